// Checks a proof bundle in a folder against a pinned anchor, without network or database.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Anchor, type AnchorJson, parseAnchor } from '#libs/proof/anchor.ts';
import type { Check } from '#libs/proof/header-proof.ts';
import { type ProofBundle, verifyBundle } from '#libs/proof/proof-bundle.ts';
import type { Suite } from '#libs/proof/suite.ts';
import { isJsonObject } from '#libs/proof/sealed-object.ts';
import { importSm2PublicKeyPem, verifySm2 } from '#libs/sm/sm2.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import { CommandFailure } from '#libs/installation/command.ts';
import { readJson } from '#libs/installation/installation.ts';
import { type SignedFile, signedFilesOf } from './proof-files.ts';

const suite: Suite = { sm3, verifySm2 };
const texts = ['version', 'chainId', 'record', 'snapshot', 'header', 'leafIndex', 'treeSize'];

function readBundle(folder: string): ProofBundle {
  const value = readJson(join(folder, 'bundle.json'));
  const isBundle =
    isJsonObject(value) &&
    texts.every((name) => typeof value[name] === 'string') &&
    Array.isArray(value['certificate']) &&
    Array.isArray(value['inclusionPath']) &&
    (value['result'] === undefined || isJsonObject(value['result']));
  if (!isBundle) throw new CommandFailure(`${join(folder, 'bundle.json')} is not a proof bundle`);
  // Its members' own shapes are looked into by every check that uses them.
  return value as unknown as ProofBundle;
}

function readAnchorFile(file: string): { json: AnchorJson; anchor: Anchor } {
  // A file from outside: parseAnchor tells every fault of its members.
  const json = readJson(file) as AnchorJson;
  const anchor = parseAnchor(suite, json);
  if (!anchor.ok) throw new CommandFailure(`${file}: ${anchor.error}`);
  return { json, anchor: anchor.value };
}

/** Every check of the bundle, then every signature file beside it. Errors (thrown): CommandFailure. */
export function verifyProofFolder(folder: string, anchorFile: string): readonly Check[] {
  const { json, anchor } = readAnchorFile(anchorFile);
  const bundle = readBundle(folder);
  const checks = verifyMembers(bundle, anchor);
  const files = checks.every((check) => check.passed) ? signedFilesOf(bundle, json) : [];
  return [...checks, ...files.flatMap((file) => checkFile(folder, file))];
}

/** A bundle comes from anybody: members of a wrong shape fail it, whatever they make a check do. */
function verifyMembers(bundle: ProofBundle, anchor: Anchor): readonly Check[] {
  try {
    return verifyBundle(bundle, anchor, suite);
  } catch {
    return [{ name: 'bundle-form', passed: false, detail: 'members of a wrong shape' }];
  }
}

/** The file must hold what the bundle says, and the key the anchor's. */
function checkFile(folder: string, { name, message, signature, publicKey }: SignedFile): Check[] {
  const path = (ending: string): string => join(folder, `${name}.${ending}`);
  if (!['bin', 'sig', 'pem'].every((ending) => existsSync(path(ending)))) return [];
  const check = `file-${name}`;
  try {
    const fits =
      readFileSync(path('bin')).equals(message) &&
      Buffer.from(importSm2PublicKeyPem(readFileSync(path('pem'), 'utf8'))).equals(publicKey) &&
      readFileSync(path('sig')).equals(signature) &&
      verifySm2(publicKey, message, signature);
    return [fits ? { name: check, passed: true } : differing(check)];
  } catch {
    return [differing(check)];
  }
}

function differing(name: string): Check {
  return { name, passed: false, detail: 'differs from the bundle' };
}

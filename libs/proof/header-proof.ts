/** A certified header with a leaf under it: the part that every proof of inclusion repeats. */
import { fromHex } from '#libs/sm/hex.ts';
import type { ChainTrust } from './anchor.ts';
import { equalBytes, fromBase64, isHashHex } from './bytes.ts';
import { type CertificateEntryJson, certificateFromJson, checkCertificate } from './certificate.ts';
import { decodeHeader, type Header, headerHash } from './header.ts';
import type { Suite } from './suite.ts';
import { leafHash, verifyInclusion } from './tree.ts';
import { validatorSetHash } from './validator-set.ts';

/** Bytes in base64, hashes in hexadecimal, numbers as decimal strings. */
export interface HeaderProofJson {
  readonly header: string;
  readonly certificate: readonly CertificateEntryJson[];
  readonly leafIndex: string;
  readonly treeSize: string;
  readonly inclusionPath: readonly string[];
}

export interface Check {
  readonly name: string;
  readonly passed: boolean;
  /** Why it failed, in a stable code or short phrase. */
  readonly detail?: string;
}

export function check(name: string, passed: boolean, detail: string): Check {
  return passed ? { name, passed } : { name, passed, detail };
}

const NATURAL = /^(0|[1-9][0-9]{0,18})$/;

/** Three checks, named with the prefix: header, certificate, inclusion. */
export function checkHeaderProof(
  suite: Suite,
  proof: HeaderProofJson,
  record: Uint8Array,
  scope: { readonly prefix: string; readonly trust: ChainTrust },
): readonly Check[] {
  const { prefix, trust } = scope;
  const bytes = fromBase64(proof.header) ?? new Uint8Array();
  const decoded = decodeHeader(bytes);
  if (!decoded.ok) return [check(`${prefix}-header`, false, decoded.error)];
  const header = decoded.value;
  return [
    checkHeader(suite, header, scope),
    checkSignatures(suite, headerHash(suite, bytes), proof, { prefix, trust }),
    checkLeaf(suite, header, proof, { prefix, record }),
  ];
}

function checkHeader(
  suite: Suite,
  header: Header,
  { prefix, trust }: { readonly prefix: string; readonly trust: ChainTrust },
): Check {
  const name = `${prefix}-header`;
  if (header.chainId !== trust.chainId) return check(name, false, 'another chain');
  const pinned = validatorSetHash(suite, trust.validators);
  return check(name, equalBytes(pinned, header.validatorSetHash), 'another validator set');
}

function checkSignatures(
  suite: Suite,
  hash: Uint8Array,
  proof: HeaderProofJson,
  { prefix, trust }: { readonly prefix: string; readonly trust: ChainTrust },
): Check {
  const name = `${prefix}-certificate`;
  const certificate = certificateFromJson(proof.certificate);
  if (certificate === undefined) return check(name, false, 'not base64');
  const result = checkCertificate(suite, hash, certificate, trust);
  return check(name, result.ok, result.ok ? '' : result.error);
}

function checkLeaf(
  suite: Suite,
  header: Header,
  proof: HeaderProofJson,
  { prefix, record }: { readonly prefix: string; readonly record: Uint8Array },
): Check {
  const name = `${prefix}-inclusion`;
  const { leafIndex, treeSize, inclusionPath } = proof;
  if (!NATURAL.test(leafIndex) || !NATURAL.test(treeSize) || !inclusionPath.every(isHashHex)) {
    return check(name, false, 'malformed');
  }
  if (BigInt(treeSize) !== header.treeSize) return check(name, false, "not the header's tree");
  const included = verifyInclusion(suite, {
    leafHash: leafHash(suite, record),
    leafIndex: BigInt(leafIndex),
    treeSize: BigInt(treeSize),
    path: inclusionPath.map(fromHex),
    root: header.treeRoot,
  });
  return check(name, included, 'the path does not lead to the root');
}

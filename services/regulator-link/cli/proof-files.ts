// A proof bundle as files that other tools can check: signed bytes, signatures (DER), keys (PEM).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnchorJson, KeyJson } from '#libs/proof/anchor.ts';
import { fromBase64 } from '#libs/lane-messages/envelope.ts';
import type { CertificateEntryJson } from '#libs/proof/certificate.ts';
import { envelopeSignedBytes } from '#libs/proof/lane-envelope.ts';
import type { ProofBundle } from '#libs/proof/proof-bundle.ts';
import { isJsonObject, parseSnapshot, sealSignedBytes } from '#libs/proof/sealed-object.ts';
import { fromHex } from '#libs/sm/hex.ts';
import { exportSm2PublicKeyPem } from '#libs/sm/sm2.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import { CommandFailure } from '#libs/installation/command.ts';

/** One signature: the message for SM2 with SM3, the signature, and who made it. */
export interface SignedFile {
  readonly name: string;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** Every signature in the bundle, each by a key of the anchor. Errors (thrown): CommandFailure. */
export function signedFilesOf(bundle: ProofBundle, anchor: AnchorJson): SignedFile[] {
  const { market, supervisory } = anchor;
  const result = bundle.result;
  return [
    ...headerFiles('header', market.validators, bundle),
    ...headerFiles('witness', market.witnesses, bundle),
    sealFile(bundle, market.sealKeys),
    ...(result === undefined ? [] : resultFiles(result, supervisory)),
  ];
}

interface Certified {
  readonly header: string;
  readonly certificate: readonly CertificateEntryJson[];
}

/** Validators and witnesses sign the header's hash. */
function headerFiles(
  name: string,
  keys: readonly KeyJson[],
  { header, certificate }: Certified,
): SignedFile[] {
  const message = sm3(fromBase64(header));
  return certificate.flatMap(({ keyId, signature }) => {
    const key = keys.find((known) => known.keyId === keyId);
    if (key === undefined) return [];
    const publicKey = fromHex(key.publicKey);
    return [{ name, message, signature: fromBase64(signature), publicKey }];
  });
}

function sealFile(bundle: ProofBundle, sealKeys: readonly KeyJson[]): SignedFile {
  const object = parseSnapshot(fromBase64(bundle.snapshot));
  const header = object?.['header'];
  const seals: unknown = isJsonObject(header) ? header['seal'] : undefined;
  const seal: unknown = Array.isArray(seals) ? seals[0] : undefined;
  if (object === undefined || !isJsonObject(seal) || !isJsonObject(seal['pub_key'])) {
    throw new CommandFailure('the snapshot has no seal');
  }
  const { value } = seal['pub_key'];
  const key = sealKeys.find((known) => known.publicKey === value);
  if (key === undefined) throw new CommandFailure('the seal is not by a key of the anchor');
  return {
    name: 'seal',
    message: sealSignedBytes(object),
    signature: fromHex(String(seal['signature'])),
    publicKey: fromHex(key.publicKey),
  };
}

function resultFiles(
  result: Readonly<Record<string, unknown>>,
  supervisory: AnchorJson['supervisory'],
): SignedFile[] {
  const key = supervisory.gatewayKeys.find((known) => known.keyId === result['keyId']);
  const { payload } = result;
  if (key === undefined || !isJsonObject(payload)) {
    throw new CommandFailure('the result is not by a key of the anchor');
  }
  const certified = {
    header: String(payload['header']),
    // The message was checked against its schema before it was stored.
    certificate: payload['certificate'] as readonly CertificateEntryJson[],
  };
  return [
    {
      name: 'result',
      message: envelopeSignedBytes(result),
      signature: fromBase64(String(result['signature'])),
      publicKey: fromHex(key.publicKey),
    },
    ...headerFiles('supervisory-header', supervisory.validators, certified),
  ];
}

/** `bundle.json`, `snapshot.json`, and X.bin, X.sig, X.pem for every signature. */
export function writeProofFiles(folder: string, bundle: ProofBundle, anchor: AnchorJson): string[] {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'bundle.json'), `${JSON.stringify(bundle, null, 1)}\n`);
  writeFileSync(join(folder, 'snapshot.json'), fromBase64(bundle.snapshot));
  const files = signedFilesOf(bundle, anchor);
  for (const { name, message, signature, publicKey } of files) {
    writeFileSync(join(folder, `${name}.bin`), message);
    writeFileSync(join(folder, `${name}.sig`), signature);
    writeFileSync(join(folder, `${name}.pem`), exportSm2PublicKeyPem(publicKey));
  }
  return files.map((file) => file.name);
}

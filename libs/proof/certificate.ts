/** Quorum certificates: signatures of the expected set and of pinned witnesses over a header. */
import { err, ok, type Result } from '#libs/result/result.ts';
import { fromBase64, toBase64 } from './bytes.ts';
import type { Suite } from './suite.ts';
import {
  type PublicKey,
  quorumWeight,
  VALIDATORS_MAX,
  type ValidatorSet,
} from './validator-set.ts';

const WITNESSES_MAX = 32;

export interface CertificateEntry {
  readonly keyId: string;
  /** SM2 over the 32-byte header hash, DER. */
  readonly signature: Uint8Array;
}

/** In strictly ascending order of key id. */
export type Certificate = readonly CertificateEntry[];

export interface CertificateTrust {
  /** The set that the previous header named as next; its hash must stand in the header. */
  readonly validators: ValidatorSet;
  /** Witnesses pinned out of band: every one of them must have signed. */
  readonly witnesses: readonly PublicKey[];
}

export type CertificateFault =
  | 'certificate-too-long'
  | 'certificate-order'
  | 'certificate-unknown-key'
  | 'certificate-bad-signature'
  | 'certificate-quorum'
  | 'certificate-witness-missing';

/** Errors: in the order of the union. */
export function checkCertificate(
  suite: Suite,
  headerHash: Uint8Array,
  certificate: Certificate,
  trust: CertificateTrust,
): Result<undefined, CertificateFault> {
  if (certificate.length > VALIDATORS_MAX + WITNESSES_MAX) return err('certificate-too-long');
  if (!isInKeyIdOrder(certificate)) return err('certificate-order');
  const known = new Map<string, PublicKey>();
  for (const key of [...trust.witnesses, ...trust.validators]) known.set(key.keyId, key);
  const keys = certificate.map((entry) => known.get(entry.keyId));
  if (keys.includes(undefined)) return err('certificate-unknown-key');
  const valid = certificate.every((entry, index) => {
    const key = keys[index];
    return key !== undefined && suite.verifySm2(key.publicKey, headerHash, entry.signature);
  });
  if (!valid) return err('certificate-bad-signature');
  const signed = new Set(certificate.map((entry) => entry.keyId));
  const weight = trust.validators.reduce(
    (sum, member) => (signed.has(member.keyId) ? sum + member.weight : sum),
    0n,
  );
  if (weight < quorumWeight(trust.validators)) return err('certificate-quorum');
  const witnessed = trust.witnesses.every((witness) => signed.has(witness.keyId));
  return witnessed ? ok() : err('certificate-witness-missing');
}

export function sortCertificate(entries: readonly CertificateEntry[]): Certificate {
  return entries.toSorted((a, b) => (a.keyId < b.keyId ? -1 : 1));
}

/** The wire form: signatures in base64. */
export interface CertificateEntryJson {
  readonly keyId: string;
  readonly signature: string;
}

export function certificateToJson(certificate: Certificate): CertificateEntryJson[] {
  return certificate.map(({ keyId, signature }) => ({ keyId, signature: toBase64(signature) }));
}

/** Undefined for a signature that is not base64. */
export function certificateFromJson(
  entries: readonly CertificateEntryJson[],
): Certificate | undefined {
  const certificate: CertificateEntry[] = [];
  for (const { keyId, signature: text } of entries) {
    const signature = fromBase64(text);
    if (signature === undefined) return undefined;
    certificate.push({ keyId, signature });
  }
  return certificate;
}

function isInKeyIdOrder(certificate: Certificate): boolean {
  return certificate.every((entry, index) => entry.keyId > (certificate[index - 1]?.keyId ?? ''));
}

/** What is signed of a lane message, and what a verdict's leaf on the supervisory chain covers. */
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import { asciiBytes, joinBytes } from './bytes.ts';

const ENVELOPE_LABEL = 'QJ-LANE-1';

/** Label, then the canonical bytes of the envelope without `signature`: the message for SM2. */
export function envelopeSignedBytes(envelope: Readonly<Record<string, unknown>>): Uint8Array {
  const { signature: _signature, ...signed } = envelope;
  return joinBytes([asciiBytes(ENVELOPE_LABEL), canonicalBytes(signed)]);
}

/** The record of a verdict on the supervisory chain: its leaf is SM3(0x00 || these bytes). */
export function verdictRecord(verdict: Readonly<Record<string, unknown>>): Uint8Array {
  return canonicalBytes(verdict);
}

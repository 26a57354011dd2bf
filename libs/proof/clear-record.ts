/** The JSON records of the chain: batches of supervisory results, and validator set changes. */
import { canonicalBytes, canonicalJson } from '#libs/canonical-json/canonical-json.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import { fromHex, toHex } from '#libs/sm/hex.ts';
import { asciiBytes, fromBase64, isHashHex, joinBytes, toBase64 } from './bytes.ts';
import type { Certificate } from './certificate.ts';
import { encodeClearRecord } from './record-frame.ts';
import { equalBytes } from './bytes.ts';
import type { Suite } from './suite.ts';
import { makeValidatorSet, type ValidatorSet } from './validator-set.ts';

const GOVERNANCE_LABEL = 'QJ-GOVERNANCE-1';
export const RESULTS_PER_RECORD_MAX = 1000;
const VERDICTS = ['ACCEPTED', 'REJECTED', 'EXPIRED'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What the business chain keeps of one supervisory RESULT. */
export interface RecordedResult {
  readonly packetHash: string;
  /** SM3 of the RESULT message's canonical bytes with its signature. */
  readonly resultHash: string;
  readonly verdict: Verdict;
  readonly supervisoryHeight: string;
}

export function encodeResultsRecord(results: readonly RecordedResult[]): Uint8Array {
  return encodeClearRecord('results', canonicalBytes({ results }));
}

export type ClearRecordFault = 'record-malformed';

export function decodeResults(
  body: Uint8Array,
): Result<readonly RecordedResult[], ClearRecordFault> {
  const content = parseCanonical(body);
  if (!hasExactly(content, ['results'])) return err('record-malformed');
  const { results } = content;
  if (!Array.isArray(results)) return err('record-malformed');
  if (results.length === 0 || results.length > RESULTS_PER_RECORD_MAX)
    return err('record-malformed');
  return results.every(isRecordedResult) ? ok(results) : err('record-malformed');
}

/** A change of the validator set, approved by a quorum of the set in force. */
export interface SetChange {
  readonly chainId: string;
  /** 1 for the chain's first change, then one more each time: no approval serves twice. */
  readonly change: bigint;
  readonly validators: ValidatorSet;
}

/** What members of the set in force sign to approve a change. */
export function setChangeSignedBytes(change: SetChange): Uint8Array {
  return joinBytes([asciiBytes(GOVERNANCE_LABEL), canonicalBytes(setChangeJson(change))]);
}

export function encodeSetChangeRecord(change: SetChange, approvals: Certificate): Uint8Array {
  const content = {
    ...setChangeJson(change),
    approvals: approvals.map(({ keyId, signature }) => ({ keyId, signature: toBase64(signature) })),
  };
  return encodeClearRecord('governance', canonicalBytes(content));
}

export interface ApprovedSetChange {
  readonly change: SetChange;
  readonly approvals: Certificate;
}

export function decodeSetChange(
  suite: Suite,
  body: Uint8Array,
): Result<ApprovedSetChange, ClearRecordFault> {
  const content = parseCanonical(body);
  if (!hasExactly(content, ['approvals', 'chainId', 'change', 'type', 'validators'])) {
    return err('record-malformed');
  }
  const { approvals, chainId, change, type, validators } = content;
  if (type !== 'validator-set' || typeof chainId !== 'string') return err('record-malformed');
  if (!isDecimal(change) || change.length > 18) return err('record-malformed');
  const set = readMembers(suite, validators);
  const signatures = readApprovals(approvals);
  if (set === undefined || signatures === undefined) return err('record-malformed');
  return ok({
    change: { chainId, change: BigInt(change), validators: set },
    approvals: signatures,
  });
}

function setChangeJson(change: SetChange) {
  return {
    type: 'validator-set',
    chainId: change.chainId,
    change: change.change.toString(),
    validators: change.validators.map(({ keyId, publicKey, weight }) => ({
      keyId,
      publicKey: toHex(publicKey),
      weight: weight.toString(),
    })),
  };
}

function readMembers(suite: Suite, value: unknown): ValidatorSet | undefined {
  if (!Array.isArray(value)) return undefined;
  const members = value.map((member: unknown) => {
    if (!hasExactly(member, ['keyId', 'publicKey', 'weight'])) return undefined;
    const { keyId, publicKey, weight } = member;
    if (typeof keyId !== 'string' || typeof publicKey !== 'string') return undefined;
    if (!/^[0-9a-f]{130}$/.test(publicKey) || !isDecimal(weight)) return undefined;
    return { keyId, publicKey: fromHex(publicKey), weight: BigInt(weight) };
  });
  const whole = members.filter((member) => member !== undefined);
  if (whole.length !== members.length) return undefined;
  const set = makeValidatorSet(suite, whole);
  return set.ok ? set.value : undefined;
}

function readApprovals(value: unknown): Certificate | undefined {
  if (!Array.isArray(value)) return undefined;
  const approvals = value.map((approval: unknown) => {
    if (!hasExactly(approval, ['keyId', 'signature'])) return undefined;
    const { keyId, signature: text } = approval;
    if (typeof keyId !== 'string' || typeof text !== 'string') return undefined;
    const signature = fromBase64(text);
    return signature === undefined ? undefined : { keyId, signature };
  });
  const whole = approvals.filter((approval) => approval !== undefined);
  return whole.length === approvals.length ? whole : undefined;
}

function isRecordedResult(value: unknown): value is RecordedResult {
  if (!hasExactly(value, ['packetHash', 'resultHash', 'supervisoryHeight', 'verdict']))
    return false;
  const { packetHash, resultHash, supervisoryHeight, verdict } = value;
  return (
    typeof packetHash === 'string' &&
    isHashHex(packetHash) &&
    typeof resultHash === 'string' &&
    isHashHex(resultHash) &&
    isDecimal(supervisoryHeight) &&
    VERDICTS.some((name) => name === verdict)
  );
}

/** The value, if the bytes are its one canonical form; else undefined. */
export function parseCanonical(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    const canonical = new TextEncoder().encode(canonicalJson(value));
    return equalBytes(canonical, bytes) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isDecimal(value: unknown): value is string {
  return typeof value === 'string' && /^(0|[1-9][0-9]{0,19})$/.test(value);
}

function hasExactly(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const present = Object.keys(value);
  return present.length === names.length && names.every((name) => Object.hasOwn(value, name));
}

/** The proof bundle of one object version, and its offline check against a pinned anchor. */
import { toHex } from '#libs/sm/hex.ts';
import type { Anchor } from './anchor.ts';
import { equalBytes, fromBase64 } from './bytes.ts';
import { check, type Check, checkHeaderProof, type HeaderProofJson } from './header-proof.ts';
import { envelopeSignedBytes, verdictRecord } from './lane-envelope.ts';
import { packetHash } from './packet.ts';
import { decodeRecord, type ObjectFrame, type ObjectRecord } from './record-frame.ts';
import { isJsonObject, parseSnapshot, verifySeals } from './sealed-object.ts';
import type { Suite } from './suite.ts';
import { leafHash } from './tree.ts';

export interface ProofBundle extends HeaderProofJson {
  readonly version: '1';
  readonly chainId: string;
  /** The chain record: clear frame and encrypted body, base64. */
  readonly record: string;
  /** The sealed snapshot's canonical bytes, base64. */
  readonly snapshot: string;
  /** The supervisory side's RESULT message as received; absent until there is one. */
  readonly result?: Readonly<Record<string, unknown>>;
}

type JsonObject = Readonly<Record<string, unknown>>;

export function isVerified(checks: readonly Check[]): boolean {
  return checks.length > 0 && checks.every((each) => each.passed);
}

/**
 * Every check by name, in order; the bundle proves its object only if all passed. Nothing in the
 * bundle is believed: keys and chain ids come from the anchor, hashes are computed here.
 */
export function verifyBundle(bundle: ProofBundle, anchor: Anchor, suite: Suite): readonly Check[] {
  const record = fromBase64(bundle.record) ?? new Uint8Array();
  const snapshot = fromBase64(bundle.snapshot) ?? new Uint8Array();
  const chain = checkHeaderProof(suite, bundle, record, { prefix: 'chain', trust: anchor.market });
  const decoded = decodeRecord(record);
  if (!decoded.ok || decoded.value.kind !== 'object') {
    return [...chain, check('record-form', false, 'not an object record')];
  }
  return [
    check('bundle-version', bundle.version === '1', 'unknown version'),
    check('bundle-chain', bundle.chainId === anchor.market.chainId, 'another chain'),
    ...chain,
    check('record-form', true, ''),
    ...checkSnapshot(suite, snapshot, decoded.value, anchor),
    ...checkResult(suite, bundle.result, { record, frame: decoded.value.frame, anchor }),
  ];
}

function checkSnapshot(
  suite: Suite,
  snapshot: Uint8Array,
  { frame }: ObjectRecord,
  anchor: Anchor,
): readonly Check[] {
  const object = parseSnapshot(snapshot);
  const hashFits = equalBytes(suite.sm3(snapshot), frame.snapshotHash);
  return [
    check('snapshot-hash', hashFits, 'the record commits to other bytes'),
    check('snapshot-form', object !== undefined, 'not canonical JSON'),
    check('snapshot-identity', isSnapshotOf(object, frame), 'another object, version or class'),
    check(
      'snapshot-seal',
      object !== undefined && verifySeals(suite, object, anchor.market.sealKeys),
      'not sealed by a pinned key',
    ),
  ];
}

function isSnapshotOf(object: JsonObject | undefined, frame: ObjectFrame): boolean {
  const header = object?.['header'];
  if (!isJsonObject(header)) return false;
  const { content, metadata } = header;
  if (!isJsonObject(content) || !isJsonObject(metadata)) return false;
  return (
    content['type'] === frame.class &&
    content['object_id'] === frame.objectId &&
    content['version'] === frame.version &&
    content['operation'] === frame.operation &&
    metadata['revision'] === frame.revision
  );
}

interface ResultScope {
  readonly record: Uint8Array;
  readonly frame: ObjectFrame;
  readonly anchor: Anchor;
}

function checkResult(
  suite: Suite,
  result: JsonObject | undefined,
  scope: ResultScope,
): readonly Check[] {
  if (result === undefined) return [check('result-present', false, 'no result yet')];
  const { payload } = result;
  const verdict = isJsonObject(payload) ? payload['verdict'] : undefined;
  const isResult = result['type'] === 'RESULT' && isJsonObject(verdict);
  if (!isJsonObject(payload) || !isJsonObject(verdict) || !isResult || !hasHeaderProof(payload)) {
    return [check('result-present', false, 'not a RESULT message')];
  }
  const { anchor } = scope;
  const accepted = verdict['verdict'] === 'ACCEPTED';
  return [
    check('result-present', true, ''),
    check('result-signature', isSignedByGateway(suite, result, anchor), 'not by a pinned gateway'),
    check('result-packet', isVerdictOn(suite, verdict, scope), 'the verdict is on another packet'),
    check('result-accepted', accepted, String(verdict['verdict'])),
    ...checkHeaderProof(suite, payload, verdictRecord(verdict), {
      prefix: 'supervisory',
      trust: anchor.supervisory,
    }),
  ];
}

function isSignedByGateway(suite: Suite, result: JsonObject, anchor: Anchor): boolean {
  const { keyId, source, destination, signature } = result;
  if (source !== anchor.supervisory.chainId || destination !== anchor.market.chainId) return false;
  const key = anchor.supervisory.gatewayKeys.find((pinned) => pinned.keyId === keyId);
  const der = typeof signature === 'string' ? fromBase64(signature) : undefined;
  if (key === undefined || der === undefined) return false;
  return suite.verifySm2(key.publicKey, envelopeSignedBytes(result), der);
}

function isVerdictOn(suite: Suite, verdict: JsonObject, scope: ResultScope): boolean {
  const { frame, record, anchor } = scope;
  const { chainId } = anchor.market;
  const hash = packetHash(suite, {
    chainId,
    lane: frame.lane,
    sequence: frame.laneSequence,
    previousPacketHash: frame.previousPacketHash,
    recordHash: leafHash(suite, record),
  });
  return verdict['chainId'] === chainId && verdict['packetHash'] === toHex(hash);
}

function hasHeaderProof(payload: JsonObject): payload is JsonObject & HeaderProofJson {
  const { certificate, header, inclusionPath, leafIndex, treeSize } = payload;
  const texts = [header, leafIndex, treeSize];
  return (
    texts.every((text) => typeof text === 'string') &&
    Array.isArray(inclusionPath) &&
    inclusionPath.every((hash) => typeof hash === 'string') &&
    Array.isArray(certificate) &&
    certificate.every(
      (entry) =>
        isJsonObject(entry) &&
        typeof entry['keyId'] === 'string' &&
        typeof entry['signature'] === 'string',
    )
  );
}

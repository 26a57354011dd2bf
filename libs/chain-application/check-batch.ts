/** Judges an ordered batch of records, one by one, against the state that each leaves behind. */
import { checkCertificate } from '#libs/proof/certificate.ts';
import { decodeResults, decodeSetChange, setChangeSignedBytes } from '#libs/proof/clear-record.ts';
import { equalBytes } from '#libs/proof/bytes.ts';
import type { LaneHead, LaneTable } from '#libs/proof/lane-table.ts';
import { packetHash } from '#libs/proof/packet.ts';
import {
  type DecodedRecord,
  decodeRecord,
  laneOfClass,
  type ObjectFrame,
} from '#libs/proof/record-frame.ts';
import { type Suite, zeroHash } from '#libs/proof/suite.ts';
import { leafHash } from '#libs/proof/tree.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import { nextObjectHead } from './object-rules.ts';
import type { ObjectHead, ObjectHeads, RecordState } from './state.ts';

/** Codes of the problem catalogue: why a record is not taken. */
export const RECORD_REFUSALS = [
  'record-too-large',
  'record-malformed',
  'record-lane-of-another-class',
  'lane-sequence-not-next',
  'lane-predecessor-differs',
  'object-already-created',
  'object-unknown',
  'object-deleted',
  'object-overwrite-owed',
  'object-version-not-next',
  'object-version-unknown',
  'object-revision-not-next',
  'set-change-of-another-chain',
  'set-change-not-next',
  'set-change-not-approved',
] as const;

export type RecordRefusal = (typeof RECORD_REFUSALS)[number];

export interface AcceptedObject {
  readonly kind: 'object';
  readonly recordHash: Uint8Array;
  readonly frame: ObjectFrame;
  readonly packetHash: Uint8Array;
}

export interface AcceptedClear {
  readonly kind: 'results' | 'governance';
  readonly recordHash: Uint8Array;
}

export type AcceptedRecord = AcceptedObject | AcceptedClear;

export interface RefusedRecord {
  /** Place in the batch, from 0. */
  readonly index: number;
  readonly code: RecordRefusal;
}

export interface CheckedBatch {
  readonly accepted: readonly AcceptedRecord[];
  readonly next: RecordState;
  /** The heads of the objects that the batch touched. */
  readonly objects: ObjectHeads;
}

interface Working {
  readonly suite: Suite;
  readonly known: ObjectHeads;
  state: RecordState;
  readonly touched: Map<string, ObjectHead>;
}

/**
 * All or nothing: one refused record refuses the batch, and every refused one is named. A refused
 * record changes nothing for those behind it.
 */
export function checkBatch(
  suite: Suite,
  state: RecordState,
  objects: ObjectHeads,
  records: readonly Uint8Array[],
): Result<CheckedBatch, readonly RefusedRecord[]> {
  const working: Working = { suite, known: objects, state, touched: new Map() };
  const accepted: AcceptedRecord[] = [];
  const refused: RefusedRecord[] = [];
  for (const [index, bytes] of records.entries()) {
    const result = checkRecord(working, bytes);
    if (result.ok) accepted.push(result.value);
    else refused.push({ index, code: result.error });
  }
  if (refused.length > 0) return err(refused);
  return ok({ accepted, next: working.state, objects: working.touched });
}

function checkRecord(working: Working, bytes: Uint8Array): Result<AcceptedRecord, RecordRefusal> {
  const decoded = decodeRecord(bytes);
  if (!decoded.ok) return decoded;
  const recordHash = leafHash(working.suite, bytes);
  const record: DecodedRecord = decoded.value;
  switch (record.kind) {
    case 'object':
      return checkObject(working, record.frame, recordHash);
    case 'results': {
      const results = decodeResults(record.body);
      return results.ok ? ok({ kind: 'results', recordHash }) : results;
    }
    case 'governance':
      return checkSetChange(working, record.body, recordHash);
  }
}

function checkObject(
  working: Working,
  frame: ObjectFrame,
  recordHash: Uint8Array,
): Result<AcceptedRecord, RecordRefusal> {
  const { suite, state } = working;
  if (laneOfClass(frame.class) !== frame.lane) return err('record-lane-of-another-class');
  const last = state.lanes.find((head) => head.lane === frame.lane);
  if (frame.laneSequence !== (last?.lastSequence ?? 0n) + 1n) return err('lane-sequence-not-next');
  if (!equalBytes(frame.previousPacketHash, last?.lastPacketHash ?? zeroHash())) {
    return err('lane-predecessor-differs');
  }
  const head = working.touched.get(frame.objectId) ?? working.known.get(frame.objectId);
  const next = nextObjectHead(head, frame);
  if (!next.ok) return next;
  const hash = packetHash(suite, {
    chainId: state.chainId,
    lane: frame.lane,
    sequence: frame.laneSequence,
    previousPacketHash: frame.previousPacketHash,
    recordHash,
  });
  const lane = { lane: frame.lane, lastSequence: frame.laneSequence, lastPacketHash: hash };
  working.state = { ...state, lanes: withLane(state.lanes, lane) };
  working.touched.set(frame.objectId, next.value);
  return ok({ kind: 'object', recordHash, frame, packetHash: hash });
}

function checkSetChange(
  working: Working,
  body: Uint8Array,
  recordHash: Uint8Array,
): Result<AcceptedRecord, RecordRefusal> {
  const { suite, state } = working;
  const decoded = decodeSetChange(suite, body);
  if (!decoded.ok) return decoded;
  const { change, approvals } = decoded.value;
  if (change.chainId !== state.chainId) return err('set-change-of-another-chain');
  if (change.change !== state.setChanges + 1n) return err('set-change-not-next');
  const trust = { validators: state.validators, witnesses: [] };
  const approved = checkCertificate(suite, setChangeSignedBytes(change), approvals, trust);
  if (!approved.ok) return err('set-change-not-approved');
  working.state = { ...state, validators: change.validators, setChanges: change.change };
  return ok({ kind: 'governance', recordHash });
}

function withLane(table: LaneTable, head: LaneHead): LaneTable {
  const others = table.filter((each) => each.lane !== head.lane);
  return [...others, head].sort((a, b) => a.lane - b.lane);
}

/** Re-derives every column about one record from the record's own bytes and what came before it. */
import { nextObjectHead } from '#libs/chain-application/object-rules.ts';
import type { ObjectHead } from '#libs/chain-application/state.ts';
import { decodeSetChange } from '#libs/proof/clear-record.ts';
import { equalBytes } from '#libs/proof/bytes.ts';
import { packetHash } from '#libs/proof/packet.ts';
import {
  decodeRecord,
  OBJECT_CLASS,
  type ObjectFrame,
  OPERATION,
  RECORD_KIND,
} from '#libs/proof/record-frame.ts';
import { type Suite, zeroHash } from '#libs/proof/suite.ts';
import { leafHash } from '#libs/proof/tree.ts';
import { encodeValidatorSet, type ValidatorSet } from '#libs/proof/validator-set.ts';
import { compareStored, type Difference } from '#libs/result/difference.ts';
import { toBytes } from '../repositories/rows.ts';
import type { LaneHead } from '#libs/proof/lane-table.ts';
import type { RangeRows, StoredObject } from './stored-rows.ts';

/** What the records read so far add up to. */
export interface Derived {
  readonly suite: Suite;
  readonly chainId: string;
  readonly lanes: Map<number, LaneHead>;
  readonly objects: Map<string, ObjectHead>;
  validators: ValidatorSet;
  setChanges: bigint;
  objectCount: bigint;
}

const NOTHING = 'nothing';

/** The leaf's hash, computed, beside the differences that were found on the way. */
export function* checkRecord(
  derived: Derived,
  rows: RangeRows,
  leafIndex: bigint,
): Generator<Difference, Uint8Array> {
  const row = rows.records.get(leafIndex);
  const key = `leaf_index=${leafIndex}`;
  if (row === undefined) {
    yield { table: 'record', key, expected: 'a record', found: NOTHING };
    return zeroHash();
  }
  const { suite } = derived;
  const bytes = toBytes(row.record);
  const hash = leafHash(suite, bytes);
  yield* compareStored('record', `${key} record_hash`, hash, toBytes(row.record_hash));
  const decoded = decodeRecord(bytes);
  if (!decoded.ok) {
    yield { table: 'record', key: `${key} record`, expected: 'a record', found: decoded.error };
    return hash;
  }
  const record = decoded.value;
  yield* compareStored('record', `${key} kind`, RECORD_KIND[record.kind], row.kind);
  const object = rows.objects.get(leafIndex);
  if (record.kind === 'object') {
    yield* checkObject(derived, { frame: record.frame, hash, leafIndex, object });
  } else if (object !== undefined) {
    yield { table: 'object_record', key, expected: NOTHING, found: object.object_id };
  }
  if (record.kind === 'governance') yield* checkSetChange(derived, rows, leafIndex, record.body);
  return hash;
}

interface ObjectAt {
  readonly frame: ObjectFrame;
  readonly hash: Uint8Array;
  readonly leafIndex: bigint;
  readonly object: StoredObject | undefined;
}

function* checkObject(derived: Derived, at: ObjectAt): Generator<Difference> {
  const { frame, leafIndex, object } = at;
  const key = `leaf_index=${leafIndex}`;
  const packet = packetHash(derived.suite, {
    chainId: derived.chainId,
    lane: frame.lane,
    sequence: frame.laneSequence,
    previousPacketHash: frame.previousPacketHash,
    recordHash: at.hash,
  });
  yield* checkRules(derived, frame, key);
  derived.lanes.set(frame.lane, {
    lane: frame.lane,
    lastSequence: frame.laneSequence,
    lastPacketHash: packet,
  });
  derived.objectCount += 1n;
  if (object === undefined) {
    yield { table: 'object_record', key, expected: frame.objectId, found: NOTHING };
    return;
  }
  const table = 'object_record';
  yield* compareStored(table, `${key} lane`, frame.lane, object.lane);
  yield* compareStored(table, `${key} lane_sequence`, frame.laneSequence, object.lane_sequence);
  yield* compareStored(table, `${key} packet_hash`, packet, toBytes(object.packet_hash));
  yield* compareStored(table, `${key} object_id`, frame.objectId, object.object_id);
  yield* compareStored(table, `${key} version`, frame.version, object.version);
  yield* compareStored(table, `${key} revision`, frame.revision, object.revision);
  yield* compareStored(table, `${key} class`, OBJECT_CLASS[frame.class], object.class);
  yield* compareStored(table, `${key} operation`, OPERATION[frame.operation], object.operation);
}

/** The rules of the chain application, over all history. */
function* checkRules(derived: Derived, frame: ObjectFrame, key: string): Generator<Difference> {
  const last = derived.lanes.get(frame.lane);
  const place = `${key} record`;
  const expected = (last?.lastSequence ?? 0n) + 1n;
  yield* compareStored('record', `${place} lane sequence`, expected, frame.laneSequence);
  const previous = last?.lastPacketHash ?? zeroHash();
  if (!equalBytes(previous, frame.previousPacketHash)) {
    const name = `${place} previous packet hash`;
    yield* compareStored('record', name, previous, frame.previousPacketHash);
  }
  const next = nextObjectHead(derived.objects.get(frame.objectId), frame);
  if (next.ok) derived.objects.set(frame.objectId, next.value);
  else yield { table: 'record', key: place, expected: 'an operation allowed', found: next.error };
}

function* checkSetChange(
  derived: Derived,
  rows: RangeRows,
  leafIndex: bigint,
  body: Uint8Array,
): Generator<Difference> {
  const key = `leaf_index=${leafIndex}`;
  const row = rows.setChanges.get(leafIndex);
  const decoded = decodeSetChange(derived.suite, body);
  if (!decoded.ok) {
    yield { table: 'record', key: `${key} record`, expected: 'a set change', found: decoded.error };
    return;
  }
  const { change } = decoded.value;
  yield* compareStored('record', `${key} record`, derived.setChanges + 1n, change.change);
  derived.setChanges = change.change;
  derived.validators = change.validators;
  if (row === undefined) {
    yield { table: 'set_change', key, expected: `change ${change.change}`, found: NOTHING };
    return;
  }
  yield* compareStored('set_change', `${key} change`, change.change, row.change);
  const encoded = encodeValidatorSet(change.validators);
  yield* compareStored('set_change', `${key} validators`, encoded, toBytes(row.validators));
}

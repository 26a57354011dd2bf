// Rows of the link as its contract shows them.
import type { components } from '#libs/contracts/generated/regulator-link.ts';
import { toHex } from '#libs/sm/hex.ts';
import { laneNameOf } from '../lanes/outgoing.ts';
import type { FactObjectRow, FactRow } from '../repositories/fact-queries.ts';
import { backlogOf, type LaneStatusRow } from '../repositories/status-queries.ts';

type Schemas = components['schemas'];

export function toFact(row: FactRow): Schemas['Fact'] {
  return {
    eventId: row.event_id,
    source: row.source,
    book: row.book,
    sequence: row.sequence.toString(),
    type: row.type,
    businessDate: row.business_date,
    recordedAt: row.recorded_at,
    receivedAt: row.received_at,
    state: row.state,
    objectCount: row.object_count,
    onChainCount: row.on_chain,
    acceptedCount: row.accepted,
    rejectedCount: row.rejected,
  };
}

/** Members that are null stand for steps that have not been taken: they are left out. */
function present<T extends object>(members: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(members).filter(([, value]) => value !== null);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}

const hex = (bytes: Uint8Array | null): string | null => (bytes === null ? null : toHex(bytes));
const decimal = (value: bigint | null): string | null => (value === null ? null : value.toString());

export function toFactObject(row: FactObjectRow): Schemas['FactObject'] {
  return {
    objectId: row.object_id,
    version: row.version.toString(),
    revision: row.revision.toString(),
    class: row.class,
    operation: row.operation,
    sm3: toHex(row.sm3),
    ...present({
      snapshotHash: hex(row.snapshot_hash),
      waitingFor: row.blocked_on,
      fault: row.fault,
      faultField: row.fault_field,
      packetState: row.packet_state,
      lane: row.lane === null ? null : laneNameOf(row.lane),
      sequence: decimal(row.sequence),
      packetHash: hex(row.packet_hash),
      height: decimal(row.height),
      leafIndex: decimal(row.leaf_index),
      verdict: row.verdict,
      code: row.code,
      field: row.field,
      investorCode: row.investor_code,
      supervisoryHeight: decimal(row.supervisory_height),
      receiptedAt: row.receipted_at,
    }),
  };
}

export function toLane(row: LaneStatusRow, frozen: ReadonlySet<string>): Schemas['Lane'] {
  const lane = laneNameOf(row.lane);
  return {
    lane,
    lastSequence: row.last_sequence.toString(),
    lastPacketHash: toHex(row.last_packet_hash),
    queued: row.queued.toString(),
    final: row.final.toString(),
    sent: row.sent.toString(),
    seen: row.seen.toString(),
    resulted: (row.last_sequence - backlogOf(row)).toString(),
    rejected: row.rejected.toString(),
    frozen: frozen.has(lane) || frozen.has('chain'),
  };
}

// Verified RESULTs, their way onto the business chain, and the investor codes they carry.
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Verdict } from '#libs/proof/clear-record.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LaneSequence } from './packet-repository.ts';

/** Two ways bring RESULTs; the second finds what the first has stored. Ends with the transaction. */
export async function lockReceiving(tx: Executor): Promise<void> {
  const lock = `select pg_advisory_xact_lock(hashtext('link-receiving'))`;
  await prepared(tx, 'link_lock_receiving', lock);
}

export interface KnownPacket extends LaneSequence {
  readonly packet_hash: Uint8Array;
  readonly object_id: string;
  readonly version: number;
  readonly event_id: string;
  readonly state: string;
  /** The RESULT that there is already. */
  readonly message: Uint8Array | null;
}

const KNOWN = `
  select p.lane, p.sequence, p.packet_hash, p.object_id, p.version, p.event_id::text as event_id,
         g.state, r.message
    from packet p join packet_progress g using (lane, sequence)
    join unnest($1::smallint[], $2::bigint[]) as n(lane, sequence) using (lane, sequence)
    left join receipt r using (lane, sequence)`;

export function knownPackets(
  db: Executor,
  places: readonly LaneSequence[],
): Promise<KnownPacket[]> {
  return prepared<KnownPacket>(db, 'link_known_packets', KNOWN, [
    places.map((place) => place.lane),
    places.map((place) => place.sequence.toString()),
  ]);
}

export interface NewReceipt extends LaneSequence {
  readonly packetHash: Uint8Array;
  readonly verdict: Verdict;
  readonly code: string | undefined;
  readonly field: string | undefined;
  readonly investorCode: string | undefined;
  readonly supervisoryHeight: bigint;
  readonly message: Uint8Array;
  readonly messageHash: Uint8Array;
}

const INSERT = `
  insert into receipt (lane, sequence, packet_hash, verdict, code, field, investor_code,
    supervisory_height, message, message_hash, received_at)
  select r.*, $11::timestamptz from unnest($1::smallint[], $2::bigint[], $3::bytea[], $4::text[], $5::text[],
    $6::text[], $7::text[], $8::bigint[], $9::bytea[], $10::bytea[]) as r`;

const RESULTED = `
  update packet_progress g set state = 'resulted'
    from unnest($1::smallint[], $2::bigint[]) as n(lane, sequence)
   where g.lane = n.lane and g.sequence = n.sequence`;

const ENQUEUE = `
  insert into result_queue (lane, sequence, queued_at)
  select r.*, $3::timestamptz from unnest($1::smallint[], $2::bigint[]) as r`;

export async function insertReceipts(
  tx: Executor,
  receipts: readonly NewReceipt[],
  now: Instant,
): Promise<void> {
  const places = [
    receipts.map((receipt) => receipt.lane),
    receipts.map((receipt) => receipt.sequence.toString()),
  ];
  await prepared(tx, 'link_receipt_insert', INSERT, [
    ...places,
    receipts.map((receipt) => Buffer.from(receipt.packetHash)),
    receipts.map((receipt) => receipt.verdict),
    receipts.map((receipt) => receipt.code ?? null),
    receipts.map((receipt) => receipt.field ?? null),
    receipts.map((receipt) => receipt.investorCode ?? null),
    receipts.map((receipt) => receipt.supervisoryHeight.toString()),
    receipts.map((receipt) => Buffer.from(receipt.message)),
    receipts.map((receipt) => Buffer.from(receipt.messageHash)),
    now,
  ]);
  await prepared(tx, 'link_resulted', RESULTED, places);
  await prepared(tx, 'link_result_enqueue', ENQUEUE, [...places, now]);
}

const RELATED = `
  select distinct p.event_id::text as event_id from packet p
    join receipt r using (lane, sequence)
   where p.object_id = any($1::text[]) and r.verdict <> 'ACCEPTED'`;

/** Events whose packets about these objects were not accepted: a correction may have mended them. */
export async function eventsInDoubt(db: Executor, objectIds: readonly string[]): Promise<string[]> {
  const rows = await prepared<{ event_id: string }>(db, 'link_events_in_doubt', RELATED, [
    objectIds,
  ]);
  return rows.map((row) => row.event_id);
}

export interface QueuedResult extends LaneSequence {
  readonly packet_hash: Uint8Array;
  readonly message_hash: Uint8Array;
  readonly verdict: Verdict;
  readonly supervisory_height: bigint;
  readonly queued_at: Instant;
}

const QUEUED = `
  select q.lane, q.sequence, r.packet_hash, r.message_hash, r.verdict, r.supervisory_height,
         q.queued_at
    from result_queue q join receipt r using (lane, sequence)
   order by q.queued_at, q.lane, q.sequence limit $1`;

export function queuedResults(db: Executor, limit: number): Promise<QueuedResult[]> {
  return prepared<QueuedResult>(db, 'link_queued_results', QUEUED, [limit]);
}

export interface ResultsRecord {
  readonly batchId: string;
  readonly batchIndex: number;
  readonly record: Uint8Array;
  readonly recordHash: Uint8Array;
  readonly packets: readonly LaneSequence[];
}

const INSERT_RECORD = `
  insert into results_record (batch_id, batch_index, result_count, record, record_hash)
  values ($1, $2, $3, $4, $5)`;

const INSERT_RECORDED = `
  insert into recorded_result (lane, sequence, batch_id, place)
  select r.lane, r.sequence, $3::uuid, r.place - 1
    from unnest($1::smallint[], $2::bigint[]) with ordinality as r(lane, sequence, place)`;

const DEQUEUE = `
  delete from result_queue q using unnest($1::smallint[], $2::bigint[]) as n(lane, sequence)
   where q.lane = n.lane and q.sequence = n.sequence`;

export async function saveResultsRecord(tx: Executor, results: ResultsRecord): Promise<void> {
  const { batchId, batchIndex, record, recordHash, packets } = results;
  const places = [
    packets.map((packet) => packet.lane),
    packets.map((packet) => packet.sequence.toString()),
  ];
  await prepared(tx, 'link_results_record', INSERT_RECORD, [
    batchId,
    batchIndex,
    packets.length,
    Buffer.from(record),
    Buffer.from(recordHash),
  ]);
  await prepared(tx, 'link_recorded_results', INSERT_RECORDED, [...places, batchId]);
  await prepared(tx, 'link_result_dequeue', DEQUEUE, places);
}

export interface CodeOrder {
  readonly sequence: bigint;
  readonly objectId: string;
  readonly version: number;
  readonly investorCode: string;
  readonly resultHash: Uint8Array;
}

const ORDER = `
  insert into investor_code_order (sequence, object_id, version, investor_code, result_hash, next_at)
  values ($1, $2, $3, $4, $5, $6)`;

export async function orderInvestorCode(
  tx: Executor,
  order: CodeOrder,
  now: Instant,
): Promise<void> {
  const { sequence, objectId, version, investorCode, resultHash } = order;
  await prepared(tx, 'link_code_order', ORDER, [
    sequence.toString(),
    objectId,
    version,
    investorCode,
    Buffer.from(resultHash),
    now,
  ]);
}

export interface OpenOrder {
  readonly sequence: bigint;
  readonly object_id: string;
  readonly version: number;
  readonly investor_code: string;
  readonly result_hash: Uint8Array;
  readonly attempts: number;
}

const OPEN = `
  select sequence, object_id, version, investor_code, result_hash, attempts
    from investor_code_order where state = 'open' and next_at <= $1 order by next_at limit $2`;

export function openCodeOrders(db: Executor, now: Instant, limit: number): Promise<OpenOrder[]> {
  return prepared<OpenOrder>(db, 'link_open_codes', OPEN, [now, limit]);
}

const CLOSE = `
  update investor_code_order set state = $2, outcome = $3, attempts = attempts + 1
   where sequence = $1 and state = 'open'`;

export async function closeCodeOrder(
  tx: Executor,
  sequence: bigint,
  state: 'done' | 'refused',
  outcome: string,
): Promise<void> {
  const values = [sequence.toString(), state, outcome.slice(0, 128)];
  await prepared(tx, 'link_close_code', CLOSE, values);
}

const POSTPONE = `
  update investor_code_order set attempts = attempts + 1, next_at = $2
   where sequence = $1 and state = 'open'`;

export async function postponeCodeOrder(
  tx: Executor,
  sequence: bigint,
  nextAt: Instant,
): Promise<void> {
  await prepared(tx, 'link_postpone_code', POSTPONE, [sequence.toString(), nextAt]);
}

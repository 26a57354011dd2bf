/** The offsets that a consumer keeps beside its effects. */
import { sql } from 'kysely';
import type { QueryExecutorProvider } from 'kysely';

export interface OffsetPlace {
  readonly consumer: string;
  readonly topic: string;
  readonly origin: string;
}

/** Offsets taken from another origin count for nothing. */
export async function readNextOffsets(
  db: QueryExecutorProvider,
  { consumer, topic, origin }: OffsetPlace,
): Promise<ReadonlyMap<number, bigint>> {
  const { rows } = await sql<{ partition: number; next_offset: string }>`
    select partition, next_offset::text as next_offset from consumer_offset
     where consumer = ${consumer} and topic = ${topic} and origin = ${origin}`.execute(db);
  return new Map(rows.map((row) => [row.partition, BigInt(row.next_offset)]));
}

/** The next offset wanted; the row is locked for this transaction. */
export async function lockOffset(
  trx: QueryExecutorProvider,
  place: OffsetPlace & { readonly partition: number },
): Promise<bigint> {
  const { consumer, topic, partition, origin } = place;
  await sql`
    insert into consumer_offset (consumer, topic, partition, origin, next_offset)
    values (${consumer}, ${topic}, ${partition}, ${origin}, 0) on conflict do nothing
  `.execute(trx);
  const { rows } = await sql<{ origin: string; next_offset: string }>`
    select origin, next_offset::text as next_offset from consumer_offset
     where consumer = ${consumer} and topic = ${topic} and partition = ${partition}
       for update`.execute(trx);
  const row = rows[0];
  return row === undefined || row.origin !== origin ? 0n : BigInt(row.next_offset);
}

export async function storeOffset(
  trx: QueryExecutorProvider,
  place: OffsetPlace & { readonly partition: number; readonly next: bigint },
): Promise<void> {
  const { consumer, topic, partition, origin, next } = place;
  await sql`
    update consumer_offset set origin = ${origin}, next_offset = ${next.toString()}
     where consumer = ${consumer} and topic = ${topic} and partition = ${partition}`.execute(trx);
}

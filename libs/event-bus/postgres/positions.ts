/** Where the partitions of the PostgreSQL bus begin and end, and which bus it is. */
import type { ClientBase, Pool } from 'pg';
import type { PartitionBounds } from '../start-offset.ts';

type Queryable = Pool | ClientBase;

export async function readOrigin(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ id: string }>('select id::text as id from bus.identity');
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('the bus database has no identity row');
  return `postgres:${id}`;
}

export async function readBounds(db: Queryable, topic: string): Promise<PartitionBounds[]> {
  const { rows } = await db.query<{ partition: number; first: string; next: string }>(
    `select partition, first_offset::text as first, next_offset::text as next
       from bus.partition where topic = $1 order by partition`,
    [topic],
  );
  return rows.map((row) => ({
    partition: row.partition,
    first: BigInt(row.first),
    next: BigInt(row.next),
  }));
}

export async function readEndOffsets(
  db: Queryable,
  topic: string,
): Promise<ReadonlyMap<number, bigint>> {
  const bounds = await readBounds(db, topic);
  return new Map(bounds.map(({ partition, next }) => [partition, next]));
}

// Holds every row against the digest beside it: eight bytes for each column name the one at fault.
import { CompiledQuery } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import type { Check } from '#libs/fsck/run-checks.ts';
import type { Difference } from '#libs/result/difference.ts';
import { toHex } from '#libs/sm/hex.ts';

/** The key of each table that carries digests. */
const keysOf: Readonly<Record<string, readonly string[]>> = {
  fact: ['event_id'],
  announced_object: ['object_id', 'version', 'revision'],
  fact_progress: ['event_id'],
  owner_key: ['kind', 'id'],
  sealed_object: ['object_id', 'version', 'revision'],
  lane: ['lane'],
  append_batch: ['batch_id'],
  packet: ['lane', 'sequence'],
  packet_progress: ['lane', 'sequence'],
  results_record: ['batch_id'],
  recorded_result: ['lane', 'sequence'],
  chain_header: ['height'],
  checkpoint: ['height'],
  relay_state: ['only_row'],
  receipt: ['lane', 'sequence'],
  investor_code_order: ['sequence'],
  evidence: ['id'],
  repetition: ['id'],
  lane_freeze: ['scope'],
};

const DIGEST_BYTES = 8;
const ROWS_MAX = 1_001;

export const digestChecks: readonly Check<unknown>[] = Object.entries(keysOf).map(
  ([table, keys]) => ({
    name: `digests of link.${table}`,
    run: (tx) => checkDigests(tx, table, keys),
  }),
);

interface DigestRow {
  readonly key: string;
  readonly stored: Uint8Array;
  readonly computed: Uint8Array;
}

async function* checkDigests(
  db: Executor,
  table: string,
  keys: readonly string[],
): AsyncGenerator<Difference> {
  const columns = await columnsOf(db, table);
  const key = keys.map((name) => `r.${name}::text`).join(`, '/', `);
  const text = `
    select concat(${key}) as key, r.digest as stored, link.${table}_digest(r) as computed
      from link.${table} r where r.digest is distinct from link.${table}_digest(r)
     limit ${ROWS_MAX}`;
  const { rows } = await db.executeQuery<DigestRow>(CompiledQuery.raw(text, []));
  for (const row of rows) yield* compareDigests(`link.${table}`, columns, row);
}

/** In their order in the digest, as the migration noted them. */
async function columnsOf(db: Executor, table: string): Promise<readonly string[]> {
  const text = `
    select obj_description(p.oid, 'pg_proc') as columns from pg_proc p
     where p.pronamespace = 'link'::regnamespace and p.proname = $1`;
  const { rows } = await db.executeQuery<{ columns: string | null }>(
    CompiledQuery.raw(text, [`${table}_digest`]),
  );
  const columns: unknown = JSON.parse(rows[0]?.columns ?? '[]');
  if (!Array.isArray(columns) || columns.length === 0) {
    throw new Error(`link.${table} has no digest function`);
  }
  return columns.map(String);
}

function* compareDigests(
  table: string,
  columns: readonly string[],
  { key, stored, computed }: DigestRow,
): Generator<Difference> {
  if (stored.length !== DIGEST_BYTES * columns.length) {
    const expected = toHex(computed);
    yield { table, key: `${key} digest`, expected, found: toHex(stored) };
    return;
  }
  for (const [index, column] of columns.entries()) {
    const part = (bytes: Uint8Array): string =>
      toHex(bytes.subarray(DIGEST_BYTES * index, DIGEST_BYTES * (index + 1)));
    if (part(stored) === part(computed)) continue;
    const [expected, found] = [`digest ${part(stored)}`, `digest ${part(computed)}`];
    yield { table, key: `${key} ${column}`, expected, found };
  }
}

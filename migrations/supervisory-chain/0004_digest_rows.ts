/** Digests beside the rows that carry moments and states which nothing else tells. */
import { type Kysely, sql } from 'kysely';

const schema = 'supervisory';

const digested = {
  market: [
    'r.chain_id',
    'r.height',
    "encode(r.header_hash, 'hex')",
    "encode(r.header, 'hex')",
    "encode(r.lanes, 'hex')",
    'extract(epoch from r.last_header_at)',
    'r.frozen_reason',
    'extract(epoch from r.frozen_at)',
  ],
  lane: [
    'r.chain_id',
    'r.lane',
    'r.last_sequence',
    "encode(r.last_packet_hash, 'hex')",
    'r.frozen_reason',
  ],
  block: [
    'r.height',
    "encode(r.header, 'hex')",
    "encode(r.header_hash, 'hex')",
    'r.tree_size',
    'r.certificate',
    'extract(epoch from r.made_at)',
  ],
  verdict: [
    'r.leaf_index',
    'r.chain_id',
    'r.lane',
    'r.sequence',
    "encode(r.record, 'hex')",
    "encode(r.leaf_hash, 'hex')",
    'extract(epoch from r.given_at)',
  ],
  outgoing: [
    'r.id',
    'r.topic',
    'r.key',
    "encode(r.message, 'hex')",
    'r.chain_id',
    'r.lane',
    'r.sequence',
    'extract(epoch from r.made_at)',
    'extract(epoch from r.sent_at)',
  ],
};

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, columns] of Object.entries(digested)) await digestRows(db, table, columns);
}

/** Rows change with their digest; those from before get theirs here. */
async function digestRows(
  db: Kysely<unknown>,
  table: string,
  columns: readonly string[],
): Promise<void> {
  const target = sql.id(schema, table);
  const digest = sql.id(schema, `${table}_digest`);
  const fill = sql.id(schema, `fill_${table}_digest`);
  await sql`alter table ${target} add column digest bytea`.execute(db);
  await sql`
    create function ${digest}(r supervisory.${sql.id(table)}) returns bytea
    language sql stable as $$
      select sha256(convert_to(row(${sql.raw(columns.join(', '))})::text, 'UTF8'))
    $$`.execute(db);
  await sql`
    create function ${fill}() returns trigger language plpgsql as $$
    begin
      new.digest := ${digest}(new);
      return new;
    end $$`.execute(db);
  await sql`alter table ${target} disable trigger user`.execute(db);
  await sql`update ${target} t set digest = ${digest}(t)`.execute(db);
  await sql`alter table ${target} enable trigger user`.execute(db);
  await sql`
    create trigger fill_digest before insert or update on ${target}
    for each row execute function ${fill}()`.execute(db);
  await sql`
    alter table ${target} alter column digest set not null,
      add check (length(digest) = 32)`.execute(db);
  await sql`grant execute on function ${digest} to supervisory, auditor`.execute(db);
  await sql`grant execute on function ${fill} to supervisory`.execute(db);
}

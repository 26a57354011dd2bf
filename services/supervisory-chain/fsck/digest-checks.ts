/** Rows against the digests beside them: for what nothing else tells. */
import { checkBySql } from '#libs/fsck/check-by-sql.ts';
import type { Check } from '#libs/fsck/run-checks.ts';

const keys: Readonly<Record<string, string>> = {
  market: 't.chain_id',
  lane: "t.chain_id || '/' || t.lane",
  market_header: "t.chain_id || '/' || t.height",
  packet: "t.chain_id || '/' || t.lane || '/' || t.sequence",
  investor: "'identity=' || encode(t.identity, 'hex')",
  evidence: "'id=' || t.id",
  block: "'height=' || t.height",
  verdict: "'leaf_index=' || t.leaf_index",
  outgoing: "'id=' || t.id",
};

export const digestChecks: readonly Check<unknown>[] = Object.entries(keys).map(([table, key]) =>
  checkBySql(
    `digests of ${table}`,
    table,
    `select ${key} as key, 'digest' as column, encode(t.digest, 'hex') as expected,
       encode(${table}_digest(t), 'hex') as found
     from ${table} t where t.digest <> ${table}_digest(t)`,
  ),
);

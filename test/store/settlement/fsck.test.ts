// fsck of settlement: silent on untouched books, and loud on any one changed value.
import { CompiledQuery, sql, type Transaction } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Check } from '#libs/fsck/run-checks.ts';
import { runChecks } from '#libs/fsck/run-checks.ts';
import type { Difference } from '#libs/result/difference.ts';
import { createDocumentCipher } from '../../../services/settlement/bank/document-cipher.ts';
import { settlementChecks } from '../../../services/settlement/fsck.ts';
import { createPackCipher } from '../../../services/settlement/renderer/pack-cipher.ts';
import { openSettlementRig, type SettlementRig } from '../../support/settlement-rig.ts';
import { fillBooks, packKey } from './full-books.ts';

let rig: SettlementRig;
let checks: readonly Check<unknown>[];

beforeAll(async () => {
  rig = await openSettlementRig();
  const documents = createDocumentCipher(new Uint8Array(32).fill(7));
  checks = settlementChecks({ documents, packs: createPackCipher(packKey, rig.clock) });
  await fillBooks(rig);
}, 240_000);
afterAll(async () => {
  await rig.close();
});

/** Keys are changed too: a row under another name is a missing row and a stray one. */
const TABLES = [
  'money_account',
  'money_journal',
  'money_posting',
  'money_hold',
  'deposit',
  'bank_confirmation',
  'payout',
  'embedded_bank_entry',
  'fee_parameter',
  'document',
  'cycle',
  'transfer',
  'transfer_step',
  'transfer_transition',
  'book',
  'event',
  'object_fact',
  'object_pack',
  'data_key',
  'approval',
  'audit_record',
] as const;

/** Candidates in turn: the first that the column's constraints allow is taken. */
const CHANGES: Readonly<Record<string, readonly string[]>> = {
  uuid: ['uuidv7()'],
  bigint: ['%c + 1', '%c + 1000', '%c - 1'],
  integer: ['%c + 1', '%c + 1000', '%c - 1'],
  smallint: ['%c + 1', '%c - 1'],
  numeric: ['%c + 0.0001'],
  date: ['%c + 1'],
  'timestamp with time zone': ["%c + interval '1 second'", "timestamptz '2026-11-24T00:00:00Z'"],
  bytea: [
    "overlay(%c placing decode(lpad(to_hex((get_byte(%c, 20) + 1) % 256), 2, '0'), 'hex') from 21)",
  ],
  jsonb: ["jsonb_set(%c, '{changed}', '1')", "%c || '[1]'"],
  'text[]': ["%c || array['x']"],
  text: [
    "%c || 'x'",
    "translate(%c, '0123456789abcdef', '123456789abcdef0')",
    "case when %c = '1' then '0' else '1' end",
    "case %c when 'create' then 'update' else 'create' end",
    "case %c when 'fees' then 'tax' else 'client' end",
    "case %c when 'deposit' then 'payout' when 'settlement' then 'reversal' else 'deposit' end",
    "case %c when 'held' then 'used' when 'used' then 'released' else 'used' end",
    "case %c when 'paid' then 'returned' when 'held' then 'instructed' else 'paid' end",
    "case %c when 'confirmed' then 'mismatched' else 'confirmed' end",
    "case %c when 'matched' then 'mismatched' else 'matched' end",
    "case %c when 'in' then 'out' else 'in' end",
    "case %c when 'stamp-duty' then 'transfer-fee' else 'stamp-duty' end",
    "case %c when 'buyer' then 'seller' else 'buyer' end",
    "case %c when 'transfer' then 'reversal' else 'transfer' end",
    "case %c when 'failed' then 'cancelled' else 'failed' end",
    "case %c when 'approved' then 'returned' else 'approved' end",
    "case %c when 'person' then 'service' else 'person' end",
  ],
};

/** Values that no single change can leave within the constraints, or that stand in no row. */
const BOUND: readonly string[] = [
  'money_account.currency',
  'cycle.state',
  'cycle.ended_at',
  'transfer.kind',
  'object_fact.class',
  'object_fact.operation',
  'object_fact.key_owner_kind',
  'object_fact.revision',
  'data_key.owner_kind',
  'approval.state',
  'audit_record.on_behalf_of',
];

/** Only places a record within its seal: another number there says the same. */
const UNTOLD: readonly string[] = ['audit_record.transaction_id'];

interface Column {
  readonly name: string;
  readonly type: string;
}

async function columnsOf(table: string): Promise<readonly Column[]> {
  const { rows } = await sql<Column>`
    select a.attname as name,
      regexp_replace(format_type(a.atttypid, a.atttypmod), '\\(.*?\\)', '') as type
    from pg_attribute a
    where a.attrelid = ${`settlement.${table}`}::regclass and a.attnum > 0
      and not a.attisdropped and a.attgenerated = '' order by a.attnum`.execute(rig.store.root);
  return rows;
}

/** The trail is sealed as a whole, so that its seals name what its records cannot. */
const named = (table: string): readonly string[] =>
  table === 'audit_record' ? [table, 'audit_seal'] : [table];

class Rollback extends Error {}

/** What the checks find when one value is another; undefined when no other value is allowed. */
async function differencesAfter(
  table: string,
  column: Column,
): Promise<readonly Difference[] | undefined> {
  const { rows } = await sql<{ ctid: string }>`
    select ctid::text as ctid from ${sql.table(table)}
    where ${sql.ref(column.name)} is not null order by ctid desc limit 6`.execute(rig.store.root);
  for (const { ctid } of rows) {
    for (const change of CHANGES[column.type] ?? []) {
      const found = await tryChange(table, column, change, ctid);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

async function tryChange(
  table: string,
  { name }: Column,
  change: string,
  ctid: string,
): Promise<readonly Difference[] | undefined> {
  let differences: readonly Difference[] | undefined;
  await rig.store.root
    .transaction()
    .execute(async (tx) => {
      await run(tx, 'set local session_replication_role = replica');
      const value = change.replaceAll('%c', `"${name}"`);
      const text = `update ${table} set "${name}" = ${value}
        where ctid = '${ctid}' and "${name}" is distinct from ${value}`;
      const updated = await run(tx, text).catch(() => undefined);
      if (updated === undefined || updated.numAffectedRows !== 1n) throw new Rollback();
      differences = await findAll(tx, checks);
      throw new Rollback();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Rollback)) throw error;
    });
  return differences;
}

const run = (tx: Transaction<unknown>, text: string) =>
  tx.executeQuery(CompiledQuery.raw(text, []));

async function findAll(
  tx: Transaction<unknown>,
  all: readonly Check<unknown>[],
): Promise<readonly Difference[]> {
  const found: Difference[] = [];
  for (const check of all) for await (const difference of check.run(tx)) found.push(difference);
  return found;
}

describe('fsck of settlement', () => {
  it('reports nothing about untouched books, to the service and to the auditor', async () => {
    for (const db of [rig.store.db, rig.store.auditor]) {
      const reports = await runChecks(db, checks);
      expect(reports.flatMap((report) => report.differences)).toEqual([]);
      expect(reports.length).toBe(checks.length);
    }
  });

  it.each(TABLES)('names %s when any one value of it is changed', async (table) => {
    const silent: string[] = [];
    const bound: string[] = [];
    const columns = await columnsOf(table);
    for (const column of columns.filter(({ name }) => !UNTOLD.includes(`${table}.${name}`))) {
      const found = await differencesAfter(table, column);
      if (found === undefined) bound.push(`${table}.${column.name}`);
      else if (!found.some((difference) => named(table).includes(difference.table))) {
        silent.push(column.name);
      }
    }
    expect(silent).toEqual([]);
    expect(bound.filter((name) => !BOUND.includes(name))).toEqual([]);
  });

  it('tells more than the digest of a balance that was changed with its digest', async () => {
    const found = await afterForgery(
      `update money_account a set balance_fen = balance_fen + 1 where kind = 'client'`,
      `update money_account a set digest = money_account_digest(a)`,
    );
    expect(found.some(({ key }) => key.endsWith('balance_fen'))).toBe(true);
  });

  it('tells a journal that was removed with its postings', async () => {
    const found = await afterForgery(
      `delete from money_posting where journal_id = (select id from money_journal limit 1)`,
      `delete from money_journal where id = (
         select id from money_journal j where not exists (
           select 1 from money_posting p where p.journal_id = j.id))`,
    );
    expect(found.some(({ table }) => table === 'money_journal')).toBe(true);
    expect(found.some(({ table }) => table === 'money_account')).toBe(true);
  });
});

async function afterForgery(...texts: readonly string[]): Promise<readonly Difference[]> {
  let found: readonly Difference[] = [];
  await rig.store.root
    .transaction()
    .execute(async (tx) => {
      await run(tx, 'set local session_replication_role = replica');
      for (const text of texts) await run(tx, text);
      found = await findAll(tx, checks);
      throw new Rollback();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Rollback)) throw error;
    });
  return found;
}

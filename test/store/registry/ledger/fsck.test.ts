// fsck of the registry: silent on an untouched register, and loud on any one changed value.
import { CompiledQuery, sql, type Transaction } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '#libs/db/database.ts';
import { createPool } from '#libs/db/pool.ts';
import type { Check } from '#libs/fsck/run-checks.ts';
import { countDifferences, runChecks } from '#libs/fsck/run-checks.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { expectOk } from '#libs/result/result.ts';
import type { Difference } from '#libs/result/difference.ts';
import { fixedClock } from '#libs/time/clock.ts';
import type { Instant } from '#libs/time/instant.ts';
import { registryChecks } from '../../../../services/registry/fsck.ts';
import { createOwnerKeyStore } from '../../../../services/registry/renderer/owner-keys.ts';
import { createRendering } from '../../../../services/registry/renderer/render-events.ts';
import { postInitialRegistration } from '../../../../services/registry/use-cases/post-initial-registration.ts';
import { openPersonalOf } from '../../../../services/registry/repositories/personal-figures.ts';
import { actsOf, newAct, type RegistryActs, setting } from '../registry-acts.ts';
import { openRegistryStore, type RegistryStore } from '../registry-store.ts';
import { commit, deliver, giveBack, reserve, reverse } from './ledger-acts.ts';

let store: RegistryStore;
let acts: RegistryActs;
/** As the superuser, for whom triggers and foreign keys can be switched off. */
let root: Database<unknown>;

const clock = fixedClock('2026-11-24T02:00:01.000Z' as Instant);
const keys = createOwnerKeyStore(new Uint8Array(16).fill(5), clock);
const openPersonal = openPersonalOf(setting.cipher);
const checks = registryChecks({ keys, openPersonal });

async function accountOf(n: number): Promise<Uuid> {
  return (await acts.openAccounts(await acts.registerPerson(n))).securitiesAccountId as Uuid;
}

/** Every kind of entry once: delivered, reversed, given back, awaited through a leaving seller. */
async function fillRegister(): Promise<void> {
  const issuer = await acts.registerOrganisation(1_001);
  const securityId = (await acts.onboard(issuer, 'ZJ900001', '1000')) as Uuid;
  const [a, b, c, d] = [
    await accountOf(1),
    await accountOf(2),
    await accountOf(3),
    await accountOf(4),
  ];
  const posted = await acts.run((tx) =>
    postInitialRegistration(tx, newAct(), {
      securityId,
      rows: [
        { accountId: a, nature: 0, quantity: 600n },
        { accountId: b, nature: 0, quantity: 300n },
        { accountId: b, nature: 21, quantity: 100n },
      ],
    }),
  );
  expectOk(posted, 'register the issue');
  const terms = (sellerAccountId: Uuid, buyerAccountId: Uuid, quantity: bigint) => ({
    instructionId: newUuid(),
    securityId,
    sellerAccountId,
    buyerAccountId,
    nature: 0,
    quantity,
    deadline: '2026-11-25T00:00:00.000Z' as Instant,
  });
  const delivered = terms(a, c, 100n);
  const reversed = terms(a, b, 50n);
  const returned = terms(a, c, 10n);
  const reservedOnly = terms(a, b, 20n);
  const whole = terms(c, d, 100n);
  await reserve(store, [delivered, reversed, returned, reservedOnly]);
  await commit(store, [delivered.instructionId, reversed.instructionId, returned.instructionId]);
  await deliver(store, [delivered.instructionId, reversed.instructionId]);
  await giveBack(store, [returned.instructionId]);
  await reverse(store, reversed.instructionId);
  await reserve(store, [whole]);
  await commit(store, [whole.instructionId], 3);
  const render = createRendering({ keys, openPersonal, clock });
  await store.db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ book: string; sequence: bigint; eventId: string; topic: string }>`
      select book, sequence, event_id as "eventId", topic from outbox
      order by book, sequence`.execute(tx);
    for (const one of await render(tx, rows)) {
      if (!one.ok) throw new Error(one.reason);
      await sql`
        update outbox set state = 'rendered', message = ${Buffer.from(one.value)}
        where event_id = ${one.eventId}`.execute(tx);
    }
  });
}

beforeAll(async () => {
  store = await openRegistryStore();
  acts = await actsOf(store);
  await fillRegister();
  root = createDatabase<unknown>(
    createPool({
      connectionString: store.superuserUrl,
      schema: 'registry',
      applicationName: 'fsck-test',
      connectionsMax: 2,
      statementTimeoutMs: 60_000,
    }),
  );
});
afterAll(async () => {
  await root.destroy();
  await store.close();
});

/** `keys` are changed too: a row under another name is a missing row and a stray one. */
const TABLES = [
  'journal',
  'posting',
  'slice',
  'holding',
  'holding_history',
  'holder_place',
  'claim',
  'trade',
  'trade_clock',
  'security_state',
  'parties_book',
  'object_fact',
  'object_pack',
  'data_key',
] as const;

/** Candidates in turn: the first that the column's constraints allow is taken. */
const CHANGES: Readonly<Record<string, readonly string[]>> = {
  uuid: ['uuidv7()'],
  bigint: ['%c + 1', '%c + 1000', '%c - 1', '-1 * %c'],
  integer: ['%c + 1', '%c + 1000', '%c - 1'],
  smallint: ['%c + 1', '%c - 1'],
  numeric: ['%c + 1'],
  boolean: ['not %c'],
  date: ['%c + 1', "date '2026-11-24'"],
  'timestamp with time zone': ["%c + interval '1 second'", "timestamptz '2026-11-24T00:00:00Z'"],
  bytea: [
    "overlay(%c placing decode(lpad(to_hex((get_byte(%c, 20) + 1) % 256), 2, '0'), 'hex') from 21)",
    "decode(repeat('ab', 60), 'hex')",
  ],
  jsonb: [
    "jsonb_set(%c, '{changed}', '1')",
    'jsonb_insert(%c, \'{0}\', \'{"path": "x", "objectId": "SUB-x", "version": "0"}\')',
  ],
  text: [
    "%c || 'x'",
    "case when %c = '2' then '1' else '2' end",
    "translate(%c, '0123456789abcdef', '123456789abcdef0')",
    "case %c when 'subject' then 'security' else 'subject' end",
    "case %c when 'create' then 'update' else 'create' end",
    "case %c when 'account' then 'subject' else 'account' end",
    "case %c when 'reserved' then 'committed' when 'delivered' then 'returned' else 'delivered' end",
  ],
};

/** Values that no single change can leave within the constraints, or that stand in no row. */
const BOUND: readonly string[] = [
  'claim.id',
  'claim.kind',
  'claim.asked',
  'claim.active',
  'claim.waiting',
  'claim.released',
  'data_key.destroyed_at',
  'object_fact.corrects',
  'object_fact.operation',
  'object_fact.revision',
  'parties_book.only_row',
  'security_state.held',
  'security_state.issued',
];

interface Column {
  readonly name: string;
  readonly type: string;
}

async function columnsOf(table: string): Promise<readonly Column[]> {
  const { rows } = await sql<Column>`
    select a.attname as name,
      regexp_replace(format_type(a.atttypid, a.atttypmod), '\\(.*?\\)', '') as type
    from pg_attribute a
    where a.attrelid = ${`registry.${table}`}::regclass and a.attnum > 0 and not a.attisdropped
      and a.attgenerated = '' order by a.attnum`.execute(root);
  return rows;
}

class Rollback extends Error {}

/** What the checks find when one value is another; undefined when no other value is allowed. */
async function differencesAfter(
  table: string,
  column: Column,
): Promise<readonly Difference[] | undefined> {
  const { rows } = await sql<{ ctid: string }>`
    select ctid::text as ctid from ${sql.table(table)}
    where ${sql.ref(column.name)} is not null order by ctid desc limit 12`.execute(root);
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
  await root
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

describe('fsck of the registry', () => {
  it('reports nothing about an untouched register, to the service and to the auditor', async () => {
    const url = new URL(store.serviceUrl);
    url.username = 'auditor';
    const auditor = createDatabase<unknown>(
      createPool({ connectionString: url.href, schema: 'registry', applicationName: 'fsck-test' }),
    );
    for (const db of [store.db, auditor]) {
      const reports = await runChecks(db, checks);
      expect(reports.flatMap((report) => report.differences)).toEqual([]);
      expect(countDifferences(reports)).toBe(0);
      expect(reports.length).toBe(checks.length);
    }
    await auditor.destroy();
  });

  it.each(TABLES)('names %s when any one value of it is changed', async (table) => {
    const silent: string[] = [];
    const bound: string[] = [];
    for (const column of await columnsOf(table)) {
      const found = await differencesAfter(table, column);
      if (found === undefined) bound.push(`${table}.${column.name}`);
      else if (!found.some((difference) => difference.table === table)) silent.push(column.name);
    }
    expect(silent).toEqual([]);
    expect(bound.filter((name) => !BOUND.includes(name))).toEqual([]);
  });
});

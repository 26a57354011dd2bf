// Every value changed behind the triggers is found and named; what is whole gives no difference.
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '#libs/db/database.ts';
import { createPool } from '#libs/db/pool.ts';
import { runChecks } from '#libs/fsck/run-checks.ts';
import type { Difference } from '#libs/result/difference.ts';
import { linkChecks } from '../../../services/regulator-link/fsck.ts';
import { until } from '../../messaging/support/waiting.ts';
import { type LinkRig, newObject, refer, startLinkRig } from '../../support/link-rig.ts';
import { withClient } from '../../support/postgres.ts';

let rig: LinkRig;
let db: Database<unknown>;

beforeAll(async () => {
  rig = await startLinkRig({
    judge: (packet) => {
      if (packet.lane === 'subject') return { verdict: 'ACCEPTED', investorCode: 'S000000007' };
      const header = packet.object['header'] as { metadata: { revision: number } };
      return header.metadata.revision === 0
        ? { verdict: 'REJECTED', code: 'wrong-number', field: '/body' }
        : { verdict: 'ACCEPTED' };
    },
  });
  db = createDatabase<unknown>(
    createPool({
      connectionString: rig.database.auditorUrl,
      schema: 'link',
      applicationName: 'fsck',
      connectionsMax: 2,
    }),
  );
  await fill();
  await rig.link.stop();
  await rig.receiver.stop();
});
afterAll(async () => {
  await db.destroy();
  await rig.close();
});

/** One of everything that the link stores. */
async function fill(): Promise<void> {
  const subject = newObject('subject');
  const account = newObject('account', (object) => {
    const own = `${object.header.content.object_id}/0`;
    refer(object, { SUB: `${subject.header.content.object_id}/0`, ACC: own });
  });
  const first = await rig.books.post('parties', [{ object: subject }, { object: account }]);
  await until('it is rejected', async () => (await rig.stateOf(first)) === 'rejected');
  const corrected = structuredClone(account);
  corrected.header.content.operation = 'overwrite';
  corrected.header.metadata.revision = 1;
  corrected.header.metadata.corrects = '1';
  await rig.books.post('parties', [{ object: corrected }]);
  await until('it is mended', async () => (await rig.stateOf(first)) === 'receipted');
  const waiting = newObject('account', (object) => {
    refer(object, { SUB: 'SUB-01920000-0000-7000-8000-0000000000ff/3' });
  });
  const event = await rig.books.post('parties', [{ object: waiting }]);
  await until('it waits', async () => (await rig.stateOf(event)) === 'waiting');
  await rig.receiver.send('RESYNC', { lane: 'subject', from: '1', reason: 'test' });
  await rig.receiver.send('FREEZE', {
    chainId: 'zhejiang',
    lane: 'product',
    height: '1',
    reason: 'x',
  });
  await until('all results are recorded', async () => {
    const rows = await rig.query<{ open: bigint }>(
      `select (select count(*) from result_queue) + (select count(*) from append_batch
                where state = 'prepared') + (select 1 - count(*) from lane_freeze)
              + (select count(*) from repetition where done_at is null)
              + (select count(*) from investor_code_order where state = 'open') as open`,
    );
    return rows[0]?.open === 0n;
  });
  await until('a checkpoint is there', async () => {
    return (await rig.query('select 1 from checkpoint')).length > 0;
  });
}

async function differences(): Promise<Difference[]> {
  const { suite, genesis, supervisory, recordKek, seal } = rig.parts;
  const sealKeys = [{ keyId: seal.keyId, publicKey: seal.publicKey }];
  const checks = linkChecks({ suite, genesis, supervisory, recordKek, sealKeys });
  return (await runChecks(db, checks)).flatMap((report) => report.differences);
}

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

const texts = [
  ...['settlement', 'registry', 'parties', 'receipted', 'on-chain', 'posted', 'resulted', 'seen'],
  ...['ACCEPTED', 'REJECTED', 'subject', 'security', 'account', 'update', 'create', 'open', 'done'],
  ...['ACC-01920000-0000-7000-8000-0000000000aa', 'Q000000001', 'transfer', 'other'],
  'f'.repeat(32),
].map((text) => `'${text}'`);

/** Other values of the type; constraints refuse some of them. */
function others({ column, type }: Column): readonly string[] {
  switch (type) {
    case 'bytea':
      return [
        `set_byte(${column}, length(${column}) - 1, get_byte(${column}, length(${column}) - 1) # 1)`,
        String.raw`'\x${'00'.repeat(44)}'::bytea`,
      ];
    case 'bigint':
    case 'integer':
    case 'smallint':
      return [`${column} + 1`, `${column} - 1`, '1', `${column} + 500`, '8'];
    case 'uuid':
      return [`'01920000-0000-7000-8000-0000000000ee'`];
    case 'jsonb':
      return [`'[]'`, `'[{"lane": "product", "sequence": "1"}]'`];
    case 'date':
      return [`${column} + 1`];
    case 'timestamp with time zone':
      return [`${column} + interval '1 second'`, `'2020-01-01Z'`, `'2040-01-01Z'`];
    case 'boolean':
      return [`not ${column}`];
    default:
      return [...texts, `${column} || 'x'`];
  }
}

async function columns(client: Client): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `select c.table_name as table, c.column_name as column, c.data_type as type
       from information_schema.columns c
      where c.table_schema = 'link' and exists (
              select from information_schema.columns d where d.table_schema = 'link'
                 and d.table_name = c.table_name and d.column_name = 'digest')
        and c.table_name in (select tablename from pg_tables where schemaname = 'link')
      order by 1, c.ordinal_position`,
  );
  return rows;
}

/** The undoing of the first change that the table's constraints allow; undefined when there is none. */
async function change(client: Client, at: Column): Promise<(() => Promise<void>) | undefined> {
  const { table, column } = at;
  const { rows } = await client.query<{ ctid: string; value: unknown }>(
    `select ctid::text, ${column}::text as value from link.${table}
      order by ${column} is null, ctid limit 1`,
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  for (const value of others(at)) {
    try {
      const done = await client.query<{ ctid: string }>(
        `update link.${table} set ${column} = ${value}
          where ctid = $1 and ${column} is distinct from ${value} returning ctid::text`,
        [row.ctid],
      );
      const [changed] = done.rows;
      if (changed === undefined) continue;
      return async () => {
        await client.query(
          `update link.${table} set ${column} = $2::text::${at.type} where ctid = $1`,
          [changed.ctid, row.value],
        );
      };
    } catch {
      // Refused by a constraint: the next one.
    }
  }
  return undefined;
}

describe('the check of the link', () => {
  it('finds nothing where nothing was changed', async () => {
    expect(await differences()).toEqual([]);
  });

  it('names table, row and column of one changed value, in every column', async () => {
    const unnamed: string[] = [];
    const unchanged: string[] = [];
    await withClient(rig.database.superuserUrl, async (client) => {
      await client.query('set session_replication_role = replica');
      for (const at of await columns(client)) {
        const name = `${at.table}.${at.column}`;
        const undo = await change(client, at);
        if (undo === undefined) {
          unchanged.push(name);
          continue;
        }
        const found = await differences();
        const isNamed = found.some(
          ({ table, key }) =>
            table === `link.${at.table}` &&
            (at.column === 'digest' || key.endsWith(` ${at.column}`)),
        );
        if (!isNamed) unnamed.push(name);
        await undo();
      }
    });
    expect(unnamed).toEqual([]);
    // Their constraints allow no other value, or no row holds them.
    expect(unchanged).toEqual([
      'append_batch.state',
      'owner_key.destroyed_at',
      'relay_state.only_row',
    ]);
    expect(await differences()).toEqual([]);
  }, 600_000);
});

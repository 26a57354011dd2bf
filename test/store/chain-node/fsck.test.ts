// As superuser with triggers off, one value changed in every column of every chain table, one at a
// time: the check names the table and the row each time, and reports nothing when it is put back.
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeSetChangeRecord, setChangeSignedBytes } from '#libs/proof/clear-record.ts';
import { createDatabase } from '#libs/db/database.ts';
import { createPool } from '#libs/db/pool.ts';
import { countDifferences, runChecks } from '#libs/fsck/run-checks.ts';
import { chainChecks } from '../../../services/chain-node/fsck.ts';
import type {
  ChainDatabase,
  ChainTables,
} from '../../../services/chain-node/repositories/writer-session.ts';
import { type ChainNodes, startChainNodes } from '../../support/chain-nodes.ts';
import { createRecordWriter } from '../../support/chain-records.ts';
import { smSuite } from '../../support/sm-suite.ts';

const tables = [
  'record',
  'object_record',
  'set_change',
  'tree_node',
  'block',
  'block_signature',
  'append_batch',
] as const;

let nodes: ChainNodes;
let superuser: Client;
let db: ChainDatabase;

beforeAll(async () => {
  nodes = await startChainNodes();
  const { engine, keys } = nodes;
  const { chainId, validators } = keys.genesis;
  const write = createRecordWriter(chainId);
  const ids = Array.from({ length: 12 }, () => `SUB-${randomUUID()}`);
  const append = async (records: readonly Uint8Array[]): Promise<void> => {
    const ticket = await engine.append({ records, idempotencyKey: randomUUID() });
    if (!ticket.ok) throw new Error(JSON.stringify(ticket.error));
    await engine.awaitFinal(ticket.value, AbortSignal.timeout(30_000));
  };
  await append(ids.map((objectId) => write.object({ objectId })));
  await append(ids.slice(0, 5).map((objectId) => write.object({ objectId, version: 1 })));
  const change = { chainId, change: 1n, validators };
  const signature = keys.operator.sign(setChangeSignedBytes(change));
  await append([encodeSetChangeRecord(change, [{ keyId: keys.operator.keyId, signature }])]);
  await append([write.results(smSuite.sm3()), write.object({ objectId: `SUB-${randomUUID()}` })]);
  await nodes.stop('follower');
  await nodes.stop('sequencer');
  superuser = new Client({ connectionString: nodes.databases.sequencer.superuserUrl });
  await superuser.connect();
  await superuser.query("set session_replication_role = 'replica'");
  db = createDatabase<ChainTables>(
    createPool({
      connectionString: nodes.databases.sequencer.auditorUrl,
      schema: 'chain',
      applicationName: 'fsck-test',
    }),
  );
});
afterAll(async () => {
  await superuser.end();
  await db.destroy();
  await nodes.close();
});

const differences = async () => {
  const reports = await runChecks(db, chainChecks(smSuite, nodes.keys.genesis));
  return reports.flatMap((report) => report.differences);
};

interface Column {
  readonly name: string;
  readonly type: string;
}

async function columnsOf(table: string): Promise<readonly Column[]> {
  const { rows } = await superuser.query<Column>(
    `select column_name as name, data_type as type from information_schema.columns
     where table_schema = 'chain' and table_name = $1 order by ordinal_position`,
    [table],
  );
  return rows;
}

/** Another value of the type that the table's constraints allow. */
function otherValue({ name, type }: Column): string {
  const column = `t.${name}`;
  const choices: Readonly<Record<string, number>> = { operation: 4, kind: 3 };
  switch (type) {
    case 'bytea':
      return `set_byte(${column}, length(${column}) / 2, get_byte(${column}, length(${column}) / 2) # 1)`;
    case 'smallint':
      return `${column} % ${choices[name] ?? 8} + 1`;
    case 'text':
      return name === 'key_id' ? `repeat('0', 32)` : `${column} || 'x'`;
    case 'uuid':
      return `'${randomUUID()}'::uuid`;
    case 'timestamp with time zone':
      return `${column} + interval '1 second'`;
    default:
      return `${column} + 77`;
  }
}

test('an untouched store has no difference, on both nodes', async () => {
  expect(await differences()).toEqual([]);
  const follower = createDatabase<ChainTables>(
    createPool({
      connectionString: nodes.databases.follower.auditorUrl,
      schema: 'chain',
      applicationName: 'fsck-test',
    }),
  );
  const reports = await runChecks(follower, chainChecks(smSuite, nodes.keys.genesis));
  await follower.destroy();
  expect(countDifferences(reports)).toBe(0);
});

describe('a changed value is found', () => {
  test.each(tables)('in every column of %s', async (table) => {
    const columns = await columnsOf(table);
    expect(columns.length).toBeGreaterThan(2);
    for (const column of columns) {
      const { rows } = await superuser.query<{ old: unknown; row: string }>(
        `with target as (select ctid, ${column.name} as old from chain.${table}
           order by 2 desc nulls last limit 1)
         update chain.${table} t set ${column.name} = ${otherValue(column)}
         from target where t.ctid = target.ctid returning target.old, t.ctid as row`,
      );
      const [changed] = rows;
      if (changed === undefined) throw new Error(`${table} has no row`);
      const found = await differences();
      const here = found.filter((each) => each.table === table);
      expect(here.length, `${table}.${column.name}`).toBeGreaterThan(0);
      for (const each of found) expect(each.expected).not.toBe(each.found);
      await superuser.query(`update chain.${table} set ${column.name} = $1 where ctid = $2::tid`, [
        changed.old,
        changed.row,
      ]);
      expect(await differences(), `${table}.${column.name} put back`).toEqual([]);
    }
  });
});

test('a row taken out is found, in every table', async () => {
  for (const table of tables) {
    await superuser.query('begin');
    await superuser.query(`create table chain.kept as select * from chain.${table}`);
    await superuser.query(
      `delete from chain.${table} where ctid = (select min(ctid) from chain.${table})`,
    );
    await superuser.query('commit');
    const found = await differences();
    expect(found.length, table).toBeGreaterThan(0);
    await superuser.query(`delete from chain.${table}`);
    await superuser.query(`insert into chain.${table} select * from chain.kept`);
    await superuser.query('drop table chain.kept');
  }
  expect(await differences()).toEqual([]);
});

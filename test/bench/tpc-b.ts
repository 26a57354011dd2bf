// The baseline: pgbench's TPC-B-like transaction, driven from Node because the embedded server has
// no pgbench. Printed as "TPC-B (node)", never mixed with figures of pgbench itself.
import { Client } from 'pg';
import { withClient } from '../support/postgres.ts';

const scale = 10;
const clientCount = 8;
const accountsEach = 100_000;

const tables = `
  create table branches (bid int primary key, balance int not null) with (fillfactor = 90);
  create table tellers (tid int primary key, bid int not null, balance int not null)
    with (fillfactor = 90);
  create table accounts (aid int primary key, bid int not null, balance int not null)
    with (fillfactor = 90);
  create table history (tid int, bid int, aid int, delta int, at timestamptz);
  insert into branches select n, 0 from generate_series(1, ${scale}) n;
  insert into tellers select n, (n - 1) / 10 + 1, 0 from generate_series(1, ${scale * 10}) n;
  insert into accounts select n, (n - 1) / ${accountsEach} + 1, 0
    from generate_series(1, ${scale * accountsEach}) n;`;

const statements = {
  account: 'update accounts set balance = balance + $1 where aid = $2',
  read: 'select balance from accounts where aid = $1',
  teller: 'update tellers set balance = balance + $1 where tid = $2',
  branch: 'update branches set balance = balance + $1 where bid = $2',
  history: 'insert into history values ($1, $2, $3, $4, now())',
};

export async function prepareTpcB(serverUrl: string, url: string): Promise<void> {
  await withClient(serverUrl, (client) => client.query('create database bench'));
  await withClient(url, async (client) => {
    await client.query(tables);
    await client.query('vacuum analyze');
  });
}

/** Transactions of eight clients in the given time. */
export async function runTpcB(
  url: string,
  durationMs: number,
): Promise<{ rate: number; count: number }> {
  const clients = Array.from({ length: clientCount }, () => new Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  try {
    const begun = performance.now();
    const counts = await Promise.all(
      clients.map((client, index) => runClient(client, index, begun + durationMs)),
    );
    const count = counts.reduce((sum, one) => sum + one, 0);
    return { count, rate: (count * 1_000) / (performance.now() - begun) };
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

async function runClient(client: Client, index: number, until: number): Promise<number> {
  let drawn = index * 7_919 + 1;
  const draw = (below: number): number => {
    drawn = (Math.imul(drawn, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (drawn % below) + 1;
  };
  let count = 0;
  for (; performance.now() < until; count += 1) await transact(client, draw);
  return count;
}

async function transact(client: Client, draw: (below: number) => number): Promise<void> {
  const [aid, tid, bid, delta] = [
    draw(scale * accountsEach),
    draw(scale * 10),
    draw(scale),
    draw(10_000) - 5_000,
  ];
  const run = (name: keyof typeof statements, values: readonly number[]) =>
    client.query({ name, text: statements[name], values: [...values] });
  await client.query('begin');
  await run('account', [delta, aid]);
  await run('read', [aid]);
  await run('teller', [delta, tid]);
  await run('branch', [delta, bid]);
  await run('history', [tid, bid, aid, delta]);
  await client.query('commit');
}

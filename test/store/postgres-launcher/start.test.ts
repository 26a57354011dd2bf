import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningPostgres, startPostgres } from '#libs/postgres-launcher/start.ts';
import { withClient } from '../../support/postgres.ts';

let dataDirectory: string;
let server: RunningPostgres | undefined;

beforeAll(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'quanji-pg-'));
});

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

afterAll(() => {
  rmSync(dataDirectory, { recursive: true });
});

async function start(port?: number): Promise<RunningPostgres> {
  server = await startPostgres({
    dataDirectory,
    durable: true,
    ...(port === undefined ? {} : { port }),
  });
  return server;
}

async function notes({ superuserUrl }: RunningPostgres): Promise<string[]> {
  return await withClient(superuserUrl, async (client) => {
    const { rows } = await client.query<{ text: string }>('select text from note order by text');
    return rows.map(({ text }) => text);
  });
}

describe('an embedded PostgreSQL server', () => {
  it('starts on an empty directory, with a password that its owner alone can read', async () => {
    const { superuserUrl } = await start();
    await withClient(superuserUrl, (client) => client.query('create table note (text text)'));
    const file = join(dataDirectory, 'superuser.password');
    expect(statSync(file).mode & 0o077).toBe(0);
    const wrong = new URL(superuserUrl);
    wrong.password = 'wrong';
    const login = withClient(wrong.href, (client) => client.query('select 1'));
    await expect(login).rejects.toThrow(/password authentication failed/);
  });

  it('keeps its data over a restart on the same directory', async () => {
    const { superuserUrl, stop } = await start();
    await withClient(superuserUrl, (client) => client.query(`insert into note values ('kept')`));
    await stop();
    expect(await notes(await start())).toEqual(['kept']);
  });

  it('keeps what was committed before a SIGKILL', async () => {
    const { superuserUrl, pid, exited, port } = await start();
    await withClient(superuserUrl, (client) => client.query(`insert into note values ('late')`));
    process.kill(pid, 'SIGKILL');
    await exited;
    expect(await notes(await start(port))).toEqual(['kept', 'late']);
  });

  it('stops a server that an earlier launcher left behind', async () => {
    const left = await start();
    const lines: string[] = [];
    server = await startPostgres({
      dataDirectory,
      durable: true,
      onProgress: (line) => lines.push(line),
    });
    await left.exited;
    expect(lines[0]).toContain(`left behind (pid ${left.pid})`);
    expect(await notes(server)).toEqual(['kept', 'late']);
  });

  it('does not take another program that got the number of a dead server for it', async () => {
    const { stop } = await start();
    const pidFile = join(dataDirectory, 'cluster', 'postmaster.pid');
    const lines = readFileSync(pidFile, 'utf8').split('\n');
    await stop();
    writeFileSync(pidFile, [String(process.ppid), ...lines.slice(1)].join('\n'));
    expect(await notes(await start())).toEqual(['kept', 'late']);
  });

  it('says in one line that its port is taken', async () => {
    const other = mkdtempSync(join(tmpdir(), 'quanji-pg-'));
    const { port } = await start();
    const second = startPostgres({ dataDirectory: other, durable: false, port });
    await expect(second).rejects.toThrow(/Address already in use|could not create any TCP/);
    rmSync(other, { recursive: true });
  });
});

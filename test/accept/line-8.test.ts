// Acceptance 8: twenty canaries are readable only where they must be; a stranger gets nothing.
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api, Json } from '../../services/demo/api.ts';
import { tlsFiles } from '../../services/launcher/keys.ts';
import { layoutOf } from '../../services/launcher/layout.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import { withClient } from '../support/postgres.ts';
import { canaries, canaryCount, secretsOf, sendThroughMarket } from './support/canaries.ts';
import { untilAllReceipted } from '../support/link-status.ts';
import { openLiveBus } from './support/live-bus.ts';
import { brokerFiles, logs, type Medium, tables, topics } from './support/media.ts';
import { found, patternsOf } from './support/readable-scan.ts';
import {
  type Authority,
  createAuthority,
  type Identity,
  selfSigned,
} from './support/tls-authority.ts';

const patterns = canaries.flatMap(secretsOf).flatMap(patternsOf);
const packs = { only: ['object_pack', 'object_fact'] };
const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Hit {
  readonly medium: string;
  readonly text: string;
  readonly spelling: string;
}

/** Searches every item; says how much there was. */
function search(what: string, media: readonly Medium[]): readonly Hit[] {
  const hits: Hit[] = [];
  let items = 0;
  let bytes = 0;
  for (const medium of media) {
    for (const item of medium.items) {
      items += 1;
      bytes += item.byteLength;
      for (const { text, spelling } of found(item, patterns)) {
        hits.push({ medium: medium.name, text, spelling });
      }
    }
  }
  const size = `${media.length} places, ${items} items, ${bytes} bytes`;
  say(`${what}: ${size}: ${hits.length} hits`);
  return hits;
}

/** Each medium with every canary put in: in clear, as hexadecimal, and as base64. */
const controlTexts = (): readonly Buffer[] => {
  const all = Buffer.from(JSON.stringify(canaries.map(secretsOf)));
  return [all, Buffer.from(all.toString('hex')), Buffer.from(all.toString('base64'))];
};

function expectEachFound(media: readonly Medium[]): void {
  const texts = canaries.flatMap(secretsOf);
  for (const item of media.flatMap(({ items }) => items)) {
    const readable = new Set(found(item, patterns).map(({ text }) => text));
    expect(texts.filter((text) => !readable.has(text))).toEqual([]);
  }
}

const only = (media: readonly Medium[], name: string): readonly Medium[] => {
  const wanted = media.filter((medium) => medium.name.includes(name));
  if (wanted.every(({ items }) => items.length === 0)) throw new Error(`nothing in ${name}`);
  return wanted;
};

const withTable = (installation: Installation, database: string, text: string) =>
  withClient(installation.superuser(database), (client) => client.query(text));

/** A table with the canaries in the schema that was searched, found there, and dropped again. */
async function expectTableControl(installation: Installation, database: string, schema: string) {
  const table = `${schema}.acceptance_control`;
  const rows = controlTexts().map((text) => `('${text.toString()}', '\\x${text.toString('hex')}')`);
  await withTable(installation, database, `create table ${table} (clear text, bytes bytea)`);
  await withTable(installation, database, `insert into ${table} values ${rows.join(', ')}`);
  const media = await tables(installation, database, { schema, only: ['acceptance_control'] });
  expect(media[0]?.items).toHaveLength(3);
  expectEachFound(media);
  await withTable(installation, database, `drop table ${table}`);
}

/** The tables that both buses have: chain, link, and what is rendered at rest. */
async function tablesAtRest(installation: Installation): Promise<readonly Medium[]> {
  return [
    ...(await tables(installation, 'quanji_chain_sequencer', { schema: 'chain' })),
    ...(await tables(installation, 'quanji_chain_follower', { schema: 'chain' })),
    ...(await tables(installation, 'quanji', { schema: 'registry', ...packs })),
    ...(await tables(installation, 'quanji', { schema: 'settlement', ...packs })),
    ...(await tables(installation, 'quanji', { schema: 'link' })),
  ];
}

/** They did come through: the regulator, who may, reads each of them in a taken object. */
async function expectTheyArrived(api: Api): Promise<void> {
  const texts: string[] = [];
  for (let cursor = ''; ; ) {
    const page = await api.get('regulator', `supervisory-chain/v1/objects?limit=100${cursor}`);
    for (const item of page['items'] as readonly Json[]) {
      if (item['class'] !== 'subject') continue;
      const path = `${String(item['objectId'])}/versions/${String(item['version'])}`;
      const taken = await api.get('regulator', `supervisory-chain/v1/objects/${path}`);
      texts.push(JSON.stringify(taken));
    }
    if (typeof page['nextCursor'] !== 'string') break;
    cursor = `&cursor=${encodeURIComponent(page['nextCursor'])}`;
  }
  const arrived = canaries.filter(({ name, number, phone }) =>
    texts.some((text) => [name, number, phone].every((secret) => text.includes(secret))),
  );
  say(`${arrived.length} canaries arrived at the supervisory side, readable to it`);
  expect(arrived).toHaveLength(canaryCount);
}

/** The data directory with an authority whose key is ours, in the place of one made at the start. */
async function plantAuthority(installation: Installation): Promise<Authority> {
  const layout = layoutOf(installation.data);
  const files = tlsFiles(layout);
  const authority = await createAuthority('Acceptance authority');
  const server = await authority.issue({ commonName: 'regulator-link', usage: 'server' });
  const postgres = await authority.issue({ commonName: 'postgres', usage: 'server' });
  const client = await authority.issue({ commonName: 'supervisory-chain', usage: 'client' });
  mkdirSync(layout.tls, { recursive: true, mode: 0o700 });
  const write = (path: string, text: string): void => writeFileSync(path, text, { mode: 0o600 });
  write(files.ca, authority.cert);
  write(files.serverCert, server.cert);
  write(files.serverKey, server.key);
  write(files.postgresCert, postgres.cert);
  write(files.postgresKey, postgres.key);
  write(files.clientCert, client.cert);
  write(files.clientKey, client.key);
  return authority;
}

type Version = 'TLSv1.2' | 'TLSv1.3';

const timeoutMs = 5_000;

/** All that comes back after the request was written, whatever becomes of the connection. */
async function askByTls(
  url: URL,
  path: string,
  who: { readonly identity?: Identity; readonly version: Version },
): Promise<Buffer> {
  return await new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connectTls({
      host: url.hostname,
      port: Number.parseInt(url.port, 10),
      ...who.identity,
      minVersion: who.version,
      maxVersion: who.version,
      // The server must refuse us, not we the server.
      rejectUnauthorized: false,
    });
    socket.setTimeout(timeoutMs, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(chunks)));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${url.host}\r\nConnection: close\r\n\r\n`);
  });
}

async function askInClear(url: URL, path: string): Promise<string> {
  return await new Promise((resolve) => {
    let text = '';
    const socket = connectTcp(Number.parseInt(url.port, 10), url.hostname);
    socket.setTimeout(timeoutMs, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${url.host}\r\nConnection: close\r\n\r\n`);
  });
}

describe('acceptance 8, on Kafka', () => {
  let installation: Installation;
  let authority: Authority;
  let api: Api;

  beforeAll(async () => {
    installation = createInstallation({ options: ['--bus=kafka', '--empty'] });
    authority = await plantAuthority(installation);
    await installation.start();
    api = installation.api();
    const travelled = await sendThroughMarket(api);
    say(`${canaryCount} canaries: ${JSON.stringify({ ...travelled, subjectIds: undefined })}`);
    expect(travelled).toMatchObject({ holders: 12, buyers: 8, settled: 1, refusals: 5 });
    await untilAllReceipted(api, 240_000);
  }, 900_000);
  afterAll(() => installation.close());

  it('the canaries arrive, and are readable on no topic, no table, no pack and no log', async () => {
    await expectTheyArrived(api);
    const runtime = installation.runtime();
    const hits = [
      ...search('topics', await topics(runtime)),
      ...search('tables', await tablesAtRest(installation)),
      ...search('logs', logs(installation)),
      ...search('files of the broker', brokerFiles(runtime)),
    ];
    expect(hits).toEqual([]);
  });

  it('each of them would have been found wherever it was looked for', async () => {
    const runtime = installation.runtime();
    const { bus, close } = openLiveBus(runtime, 'market');
    const topic = 'acceptance.control';
    await bus.ensureTopics([{ name: topic, partitions: 1 }]);
    await bus.publish(
      topic,
      controlTexts().map((value) => ({ key: 'control', value })),
    );
    await close();
    const media = only(await topics(runtime), topic);
    const values = media.flatMap(({ items }) => items).filter(({ byteLength }) => byteLength > 100);
    expect(values).toHaveLength(3);
    expectEachFound([{ name: topic, items: values }]);
    expectEachFound(only(brokerFiles(runtime), topic));
    for (const database of ['quanji_chain_sequencer', 'quanji_chain_follower']) {
      await expectTableControl(installation, database, 'chain');
    }
    for (const schema of ['registry', 'settlement', 'link']) {
      await expectTableControl(installation, 'quanji', schema);
    }
    const log = join(runtime.dataDirectory, 'logs', 'acceptance-control.log');
    for (const text of controlTexts()) {
      appendFileSync(log, `{"level":"info","msg":"${text.toString('latin1')}"}\n`);
      writeFileSync(log, text);
      expectEachFound(only(logs(installation), 'acceptance-control.log'));
    }
    say(`${patterns.length} spellings of ${canaryCount} canaries are found where they are`);
  });

  it('the query port answers the regulator, and nobody without its certificate', async () => {
    const url = new URL(installation.runtime().queryUrl);
    const page = await api.get('regulator', 'supervisory-chain/v1/objects?limit=1');
    const [object] = page['items'] as readonly Json[];
    const path = `/v1/objects/${String(object?.['objectId'])}/versions/0`;
    const client = (wish: object) =>
      authority.issue({ commonName: 'supervisory-chain', usage: 'client', ...wish });
    const stranger = await createAuthority('Acceptance authority');
    const strangers: readonly (readonly [string, Identity | undefined])[] = [
      ['without a certificate', undefined],
      ['with one that it signed itself', await selfSigned('supervisory-chain')],
      [
        'of an authority of the same name',
        await stranger.issue({ commonName: 'supervisory-chain', usage: 'client' }),
      ],
      ['expired yesterday', await client({ validFrom: -30, validUntil: -1 })],
      ['valid from tomorrow', await client({ validFrom: 1 })],
      ['for servers', await authority.issue({ commonName: 'regulator-link', usage: 'server' })],
    ];
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const good = await askByTls(url, path, { identity: await client({}), version });
      expect(good.toString('latin1')).toMatch(/^HTTP\/1.1 200 /);
      for (const [who, identity] of strangers) {
        const identified = identity === undefined ? {} : { identity };
        const answer = await askByTls(url, path, { ...identified, version });
        say(`${version}, ${who}: ${answer.length} bytes of an answer`);
        expect(answer.length).toBe(0);
      }
    }
    expect(await askInClear(url, path)).not.toContain('HTTP/');
  });
});

describe('acceptance 8, on the PostgreSQL bus', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = createInstallation({ options: ['--bus=postgres', '--empty'] });
    await installation.start();
    const api = installation.api();
    await sendThroughMarket(api);
    await untilAllReceipted(api, 240_000);
  }, 900_000);
  afterAll(() => installation.close());

  it('the canaries are readable in no table of the bus, nor anywhere else', async () => {
    const bus = await tables(installation, 'quanji_bus', { schema: 'bus' });
    expect(bus.flatMap(({ items }) => items).length).toBeGreaterThan(100);
    const hits = [
      ...search('bus tables', bus),
      ...search('tables', await tablesAtRest(installation)),
      ...search('logs', logs(installation)),
    ];
    expect(hits).toEqual([]);
    await expectTableControl(installation, 'quanji_bus', 'bus');
  });
});

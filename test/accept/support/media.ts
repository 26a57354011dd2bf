// Where an installation keeps or sends bytes that others can see, as items to be searched.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Runtime } from '../../../services/launcher/runtime-file.ts';
import type { Installation } from '../../support/installation.ts';
import { withClient } from '../../support/postgres.ts';
import { openLiveBus, readTopic } from './live-bus.ts';

export interface Medium {
  readonly name: string;
  readonly items: readonly Uint8Array[];
}

interface Row {
  readonly row: string;
}

/** Every row of the tables as text; bytes stand in it as hexadecimal. */
export async function tables(
  installation: Installation,
  database: string,
  wanted: { readonly schema: string; readonly only?: readonly string[] },
): Promise<readonly Medium[]> {
  const { schema, only } = wanted;
  return await withClient(installation.superuser(database), async (client) => {
    const listed = await client.query<{ name: string }>(
      `select table_name as name from information_schema.tables
       where table_schema = $1 and table_type = 'BASE TABLE' order by 1`,
      [schema],
    );
    const names = listed.rows.map(({ name }) => name);
    const missing = (only ?? []).filter((name) => !names.includes(name));
    if (missing.length > 0) throw new Error(`${schema} has no ${missing.join()}`);
    const media: Medium[] = [];
    for (const name of names.filter((each) => only === undefined || only.includes(each))) {
      const rows = await client.query<Row>(`select t::text as row from ${schema}."${name}" t`);
      const items = rows.rows.map(({ row }) => Buffer.from(row));
      media.push({ name: `table ${database}.${schema}.${name}`, items });
    }
    return media;
  });
}

/** The topics that the local broker keeps, by its own folders; those of the broker itself too. */
function topicsOnDisk(runtime: Runtime): readonly string[] {
  const folder = join(runtime.dataDirectory, 'kafka', 'data');
  const partition = /^(.+)-\d+$/;
  const names = readdirSync(folder).flatMap((name) => partition.exec(name)?.[1] ?? []);
  return [...new Set(names)].toSorted();
}

/** Every message of every topic from offset 0: key, headers and value. */
export async function topics(runtime: Runtime): Promise<readonly Medium[]> {
  const { bus, close } = openLiveBus(runtime, 'market');
  try {
    const media: Medium[] = [];
    for (const topic of topicsOnDisk(runtime).filter((name) => !name.startsWith('__'))) {
      const messages = await readTopic(bus, topic);
      const items = messages.flatMap(({ key, value, headers }) => [
        Buffer.from(key),
        Buffer.from(JSON.stringify(headers)),
        value,
      ]);
      media.push({ name: `topic ${topic}`, items });
    }
    return media;
  } finally {
    await close();
  }
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

const chunk = 1_000_000;

/** A line of a log, or a part of a file, that crosses two pieces still stands whole in one. */
function pieces(bytes: Buffer): readonly Buffer[] {
  const overlap = 4_096;
  const count = Math.max(1, Math.ceil(bytes.length / chunk));
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * chunk, (index + 1) * chunk + overlap),
  );
}

export const fileMedium = (path: string): Medium => ({
  name: `file ${path}`,
  items: pieces(readFileSync(path)),
});

/** The services' logs, PostgreSQL's, the broker's, and all that the launcher printed. */
export function logs(installation: Installation): readonly Medium[] {
  const { dataDirectory } = installation.runtime();
  const servers = ['postgres/server.log', 'kafka/server.log']
    .map((name) => join(dataDirectory, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false }) !== undefined);
  return [
    ...filesBelow(join(dataDirectory, 'logs')).map(fileMedium),
    ...servers.map(fileMedium),
    { name: 'output of the launcher', items: pieces(Buffer.from(installation.output())) },
  ];
}

/** What the local broker wrote to disk, its own topics too. */
export function brokerFiles(runtime: Runtime): readonly Medium[] {
  return filesBelow(join(runtime.dataDirectory, 'kafka', 'data'))
    .filter((path) => path.endsWith('.log') && statSync(path).size > 0)
    .map(fileMedium);
}

// A service of one small contract on a real database: what the tests of libs/http call.
import type { Express } from 'express';
import { type Kysely, sql } from 'kysely';
import { commandRunner } from '#libs/db/command.ts';
import { createDatabase, type Tx } from '#libs/db/database.ts';
import { rememberNonce } from '#libs/db/housekeeping.ts';
import { createPool } from '#libs/db/pool.ts';
import { actorKey } from '#libs/http/actor.ts';
import { createCursorCodec } from '#libs/http/cursor.ts';
import { etagOf, requireVersion } from '#libs/http/etag.ts';
import type { HttpLog } from '#libs/http/error-answer.ts';
import { DependencyUnavailable } from '#libs/http/faults.ts';
import { reply, routesOf, type Route } from '#libs/http/route.ts';
import { createServiceApp } from '#libs/http/service-app.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { refuse } from '#libs/result/refusal.ts';
import { fixedClock, type FixedClock } from '#libs/time/clock.ts';
import { type Instant, instantFromUnixSeconds } from '#libs/time/instant.ts';
import { createTestCallers, type TestCallers } from '../../support/callers.ts';
import { createPlatformTables } from '../../../migrations/platform/platform-tables.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import type { components, operations } from './generated/sample.ts';
import { sampleContract } from './generated/sample-contract.ts';

interface SampleTables {
  note: {
    id: string;
    title: string;
    quantity: bigint;
    written_by: string;
    written_at: Instant;
    version: number;
  };
}

type NoteRow = SampleTables['note'];
type SampleTx = Tx<SampleTables>;

const toNote = (row: NoteRow): components['schemas']['Note'] => ({
  id: row.id,
  title: row.title,
  quantity: row.quantity.toString(),
  writtenBy: row.written_by,
  writtenAt: row.written_at,
});

const cursors = createCursorCodec(new Uint8Array(32).fill(7));

const columns = ['id', 'title', 'quantity', 'written_by', 'written_at', 'version'] as const;

const { query, command, action } = routesOf<operations, SampleTx>(sampleContract);

const readRoutes = (db: Kysely<SampleTables>): Route<SampleTx>[] => [
  query('listNotes', async (request) => {
    const { limit = 50, cursor } = request.query;
    const filters = { operation: 'listNotes' };
    const after = cursor === undefined ? undefined : cursors.decode(filters, cursor);
    if (after !== undefined && !after.ok) return after;
    const rows = await db
      .selectFrom('note')
      .select(columns)
      .where('id', '>', after?.value[0] ?? '00000000-0000-0000-0000-000000000000')
      .orderBy('id')
      .limit(limit + 1)
      .execute();
    const page = { query: filters, limit, keyOf: (row: NoteRow) => [row.id], itemOf: toNote };
    const { items, nextCursor } = cursors.page(rows, page);
    return reply(200, { items: [...items], nextCursor });
  }),
  query('getNote', async (request) => {
    const row = await db
      .selectFrom('note')
      .select(columns)
      .where('id', '=', request.params.noteId)
      .executeTakeFirst();
    if (row === undefined) return refuse('not-found');
    if (row.title === 'defect') throw new Error('a defect with a secret');
    if (row.title === 'unavailable') throw new DependencyUnavailable('the register');
    if (row.title === 'beyond the contract') return reply(200, { ...toNote(row), id: 'none' });
    return reply(200, toNote(row), { ETag: etagOf(row.version) });
  }),
  query('getNotice', async (_request, { language }) =>
    reply(200, { text: language === 'zh' ? '公告' : 'Notice' }),
  ),
];

const writeRoutes: Route<SampleTx>[] = [
  command('writeNote', async (tx, request, { actor, now }) => {
    const { title, quantity } = request.body;
    const row = {
      id: newUuid(),
      title,
      quantity: BigInt(quantity),
      written_by: actorKey(actor),
      written_at: now,
      version: 1,
    };
    await tx.insertInto('note').values(row).execute();
    if (title === 'refused') return refuse('quantity-shortage', { held: '0', asked: quantity });
    return reply(201, toNote(row), { ETag: etagOf(1) });
  }),
  command('changeNote', async (tx, request, { actor }) => {
    const row = await tx
      .selectFrom('note')
      .select(columns)
      .where('id', '=', request.params.noteId)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return refuse('not-found');
    const current = requireVersion(request.version, row.version);
    if (!current.ok) return current;
    const changed = { ...row, title: request.body.title, written_by: actorKey(actor) };
    await tx
      .updateTable('note')
      .set({ title: changed.title, version: row.version + 1 })
      .where('id', '=', row.id)
      .execute();
    return reply(200, toNote(changed));
  }),
  action('uploadFile', async (request) => reply(201, { bytes: request.body.byteLength })),
];

export interface SampleService {
  readonly app: Express;
  readonly clock: FixedClock;
  readonly callers: TestCallers;
  /** What was logged, as text. */
  readonly logged: string[];
  readonly db: Kysely<SampleTables>;
  close(): Promise<void>;
}

const keepIn = (logged: string[]): HttpLog => {
  const keep: HttpLog['warn'] = (message, fields = {}) => {
    const error = fields.error instanceof Error ? fields.error.message : '';
    logged.push(`${message}: ${error}`);
  };
  return { warn: keep, error: keep };
};

/** The service `sample`, its tables beside the platform tables of a migrated schema. */
export const openSampleService = async (): Promise<SampleService> => {
  const database = await createTestDatabase();
  const pool = createPool({
    connectionString: database.superuserUrl,
    schema: 'sample',
    applicationName: 'sample-test',
  });
  const db = createDatabase<SampleTables>(pool);
  await sql`create schema sample`.execute(db);
  // The tables' grants go to whoever may use the schema: here any role that is always there.
  await sql`grant usage on schema sample to pg_monitor`.execute(db);
  await createPlatformTables(createDatabase<unknown>(pool), { schema: 'sample' });
  await sql`
    create table note (
      id uuid primary key, title text not null, quantity bigint not null,
      written_by text not null, written_at timestamptz(3) not null, version integer not null
    )`.execute(db);
  const clock = fixedClock(instantFromUnixSeconds(1_790_000_000));
  const callers = await createTestCallers('sample', {
    clock,
    useNonce: (nonce) => rememberNonce(db, nonce),
  });
  const logged: string[] = [];
  const app = createServiceApp({
    contract: sampleContract,
    routes: [...readRoutes(db), ...writeRoutes],
    authenticator: callers.authenticator,
    clock,
    log: keepIn(logged),
    runCommand: commandRunner(db),
    ready: { database: () => sql`select 1`.execute(db) },
    validateResponses: true,
  });
  const close = async (): Promise<void> => {
    await db.destroy();
    await database.drop();
  };
  return { app, clock, callers, logged, db, close };
};

// Closing, signing and replaying blocks on real stores: what a node refuses to do.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDatabase } from '#libs/db/database.ts';
import { createPool } from '#libs/db/pool.ts';
import type { Signer } from '#libs/sm/sm2.ts';
import { systemClock } from '#libs/time/clock.ts';
import { instantFromMilliseconds } from '#libs/time/instant.ts';
import {
  findBlock,
  findSignatures,
} from '../../../services/chain-node/repositories/block-repository.ts';
import { readRecords } from '../../../services/chain-node/repositories/record-repository.ts';
import { createSignerMemory } from '../../../services/chain-node/repositories/signer-memory.ts';
import {
  type ChainTables,
  openWriterSession,
  type WriterSession,
} from '../../../services/chain-node/repositories/writer-session.ts';
import { appendRecords } from '../../../services/chain-node/use-cases/append-records.ts';
import { closeBlock } from '../../../services/chain-node/use-cases/close-block.ts';
import type { NodeContext } from '../../../services/chain-node/use-cases/node-context.ts';
import { type RawBlock, replayBlock } from '../../../services/chain-node/use-cases/replay-block.ts';
import {
  assertStoreNotRewound,
  type BlockSigner,
  signBlock,
} from '../../../services/chain-node/use-cases/sign-block.ts';
import {
  ensureGenesis,
  loadLastState,
} from '../../../services/chain-node/use-cases/start-chain.ts';
import { type ChainKeys, makeChainKeys } from '../../support/chain-keys.ts';
import { createRecordWriter, type RecordWriter } from '../../support/chain-records.ts';
import { createServiceDatabase, type ServiceDatabase } from '../../support/service-database.ts';
import { smSuite } from '../../support/sm-suite.ts';

interface Node {
  readonly database: ServiceDatabase;
  readonly pool: pg.Pool;
  readonly context: NodeContext;
  readonly session: WriterSession;
}

let keys: ChainKeys;
let directory: string;
let sequencer: Node;
let follower: Node;
let write: RecordWriter;

async function openNode(service: string, role: string): Promise<Node> {
  const database = await createServiceDatabase(service);
  const connectionString = database.roleUrl(role);
  const pool = createPool({ connectionString, schema: 'chain', applicationName: 'blocks-test' });
  const db = createDatabase<ChainTables>(pool);
  const context: NodeContext = {
    db,
    suite: smSuite,
    genesis: keys.genesis,
    clock: systemClock,
    crashPoint: () => undefined,
  };
  const session = await openWriterSession(pool, 'blocks-test');
  if (session === undefined) throw new Error('another is the writer');
  await ensureGenesis(session, context);
  return { database, pool, context, session };
}

async function closeNode({ database, pool, session }: Node): Promise<void> {
  session.end();
  await pool.end();
  await database.drop();
}

beforeEach(async () => {
  keys = makeChainKeys();
  directory = mkdtempSync(join(tmpdir(), 'quanji-blocks-'));
  sequencer = await openNode('chain-sequencer', 'chain_sequencer');
  follower = await openNode('chain-follower', 'chain_follower');
  write = createRecordWriter('zhejiang');
});
afterEach(async () => {
  await closeNode(sequencer);
  await closeNode(follower);
  rmSync(directory, { recursive: true });
});

const signerOf = (signer: Signer, name = 'operator'): BlockSigner => ({
  signer,
  memory: createSignerMemory(join(directory, name)),
  role: name,
});

async function append(records: readonly Uint8Array[]): Promise<string> {
  const { context, session } = sequencer;
  const command = {
    caller: 'service:regulator-link',
    idempotencyKey: randomUUID(),
    records,
    now: systemClock.now(),
  };
  const ticket = await appendRecords(session, context, command);
  return ticket.ok ? ticket.value : ticket.error.code;
}

/** Appends, closes and signs one block, and gives it as a follower gets it. */
async function makeBlock(count: number): Promise<RawBlock> {
  const { context, session } = sequencer;
  await append(
    Array.from({ length: count }, () => write.object({ objectId: `SUB-${randomUUID()}` })),
  );
  const state = await loadLastState(context);
  await closeBlock(session, context, state);
  await signBlock(session, context, signerOf(keys.operator), state);
  const height = state.height + 1n;
  const block = await findBlock(context.db, height);
  const certificate = (await findSignatures(context.db, height, height)).get(height) ?? [];
  const records = await readRecords(context.db, state.edge.size, count);
  return { header: block?.headerBytes ?? new Uint8Array(), certificate, records };
}

describe('a sequencer', () => {
  test('does not sign a block whose stored bytes no longer give its header', async () => {
    const { context, database, session } = sequencer;
    await append([write.object({ objectId: 'SUB-1' })]);
    const state = await loadLastState(context);
    await closeBlock(session, context, state);
    const superuser = new Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    await superuser.query("set session_replication_role = 'replica'");
    await superuser.query('update chain.record set record = set_byte(record, 150, 1)');
    await superuser.end();
    const signing = signBlock(session, context, signerOf(keys.operator), state);
    await expect(signing).rejects.toThrow('another header than its records give');
    expect((await findSignatures(context.db, 1n, 1n)).size).toBe(0);
  });

  test('does not sign another header at a height that it has signed', async () => {
    const { context, session } = sequencer;
    const by = signerOf(keys.operator);
    await append([write.object({ objectId: 'SUB-1' })]);
    const state = await loadLastState(context);
    await closeBlock(session, context, state);
    await by.memory.remember(1n, new Uint8Array(32));
    await expect(signBlock(session, context, by, state)).rejects.toThrow(
      'another-header-signed-at-height',
    );
  });

  test('does not go on from a store that was put back behind its signatures', async () => {
    const by = signerOf(keys.operator);
    await by.memory.remember(5n, new Uint8Array(32));
    await expect(assertStoreNotRewound(by.memory, 4n)).rejects.toThrow('the store ends at 4');
    await assertStoreNotRewound(by.memory, 5n);
  });

  test('never lets the time of a block go back', async () => {
    const { context, session } = sequencer;
    const early: NodeContext = {
      ...context,
      clock: { now: () => instantFromMilliseconds(1_000) },
    };
    await append([write.object({ objectId: 'SUB-1' })]);
    const state = await loadLastState(context);
    const closed = await closeBlock(session, early, state);
    expect(closed?.timeMs).toBe(keys.genesis.timeMs);
  });

  test('closes a block at 8 MiB of records and leaves the rest for the next', async () => {
    const { context, session } = sequencer;
    const large = () => write.object({ objectId: `SUB-${randomUUID()}`, bodyBytes: 1_000_000 });
    await append([large(), large(), large(), large(), large()]);
    await append([large(), large(), large(), large(), large()]);
    const state = await loadLastState(context);
    const first = await closeBlock(session, context, state);
    if (first === undefined) throw new Error('no block');
    expect(first.edge.size).toBe(8n);
    const second = await closeBlock(session, context, first);
    expect(second?.edge.size).toBe(10n);
    expect(
      second === undefined ? second : await closeBlock(session, context, second),
    ).toBeUndefined();
  });

  test('answers append-queue-full when 20,000 records wait for a block', async () => {
    const superuser = new Client({ connectionString: sequencer.database.superuserUrl });
    await superuser.connect();
    await superuser.query(
      `insert into chain.record select n, 2, decode('010200', 'hex'), sha256(int8send(n))
       from generate_series(0, 19999) n`,
    );
    await superuser.end();
    expect(await append([write.object({ objectId: 'SUB-1' })])).toBe('append-queue-full');
  });
});

describe('a follower', () => {
  const replay = async (block: RawBlock): Promise<string> => {
    const { context, session } = follower;
    const replayed = await replayBlock(session, context, await loadLastState(context), block);
    return replayed.ok ? 'followed' : replayed.error;
  };

  test('follows blocks in order and ends with the same header', async () => {
    const blocks = [await makeBlock(3), await makeBlock(2)];
    for (const block of blocks) expect(await replay(block)).toBe('followed');
    const [ours, theirs] = await Promise.all([
      findBlock(follower.context.db, 2n),
      findBlock(sequencer.context.db, 2n),
    ]);
    expect(ours).toEqual(theirs);
  });

  test('stores nothing that is unsigned, altered or out of order', async () => {
    const first = await makeBlock(3);
    const second = await makeBlock(2);
    const { witness, operator } = keys;
    const resigned = (header: Uint8Array, signer: Signer): RawBlock => ({
      ...first,
      header,
      certificate: [{ keyId: signer.keyId, signature: signer.sign(smSuite.sm3(header)) }],
    });
    const otherHeader = first.header.slice();
    otherHeader[60] = (otherHeader[60] ?? 0) ^ 1;
    const [a, b] = first.records;
    if (a === undefined || b === undefined) throw new Error('two records');
    const cases: readonly [string, RawBlock][] = [
      ['header-malformed', { ...first, header: first.header.slice(1) }],
      ['not-signed-by-the-operator', { ...first, certificate: [] }],
      ['not-signed-by-the-operator', resigned(first.header, witness)],
      ['not-signed-by-the-operator', { ...first, certificate: second.certificate }],
      ['another-header', resigned(otherHeader, operator)],
      [
        'another-header',
        { ...first, records: first.records.slice(1, 1).concat(first.records.slice(0, 2)) },
      ],
      ['records-refused', { ...first, records: [b, a] }],
      ['records-refused', { ...first, records: first.records.slice(1) }],
      ['records-refused', second],
    ];
    for (const [fault, block] of cases) expect(await replay(block)).toBe(fault);
    expect((await loadLastState(follower.context)).height).toBe(0n);
    expect(await replay(first)).toBe('followed');
    expect(await replay(first)).toBe('records-refused');
  });
});

test('a store of another genesis is not gone on with', async () => {
  const other = makeChainKeys().genesis;
  const { context, session } = sequencer;
  await expect(ensureGenesis(session, { ...context, genesis: other })).rejects.toThrow(
    'the chain of another genesis',
  );
});

test('no row of the chain can be changed or taken out by the node itself', async () => {
  await makeBlock(2);
  const tables = [
    'record',
    'object_record',
    'tree_node',
    'block',
    'block_signature',
    'append_batch',
  ];
  const owner = new Client({
    connectionString: sequencer.database.roleUrl('chain_sequencer_owner'),
  });
  await owner.connect();
  for (const table of tables) {
    for (const statement of [`delete from chain.${table}`, `truncate chain.${table} cascade`]) {
      await expect(sequencer.pool.query(statement), statement).rejects.toThrow('permission denied');
      await expect(owner.query(statement), statement).rejects.toThrow('append-only');
    }
  }
  await owner.end();
});

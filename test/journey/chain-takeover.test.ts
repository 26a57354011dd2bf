// A sequencer stands still while a second one takes over, and wakes up: one block a height, and the
// stale one writes and signs nothing.
//
//   first  ── block 1 ──┤ SIGSTOP ├───────────────┤ SIGCONT: its session is gone
//   second ─────────────┤ waits, takes over ── block 2, 3 ──
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerEngine } from '#libs/chain-application/ledger-engine.ts';
import { type ChainProcesses, createChainProcesses } from '../support/chain-processes.ts';
import { chainDifferences } from '../support/chain-check.ts';
import { createRecordWriter } from '../support/chain-records.ts';

let chain: ChainProcesses;
const write = createRecordWriter('zhejiang');

beforeAll(async () => {
  chain = await createChainProcesses();
});
afterAll(() => chain.close());

const patience = (): AbortSignal => AbortSignal.timeout(60_000);

async function appendTo(engine: LedgerEngine, count: number): Promise<string> {
  const records = Array.from({ length: count }, () =>
    write.object({ objectId: `SUB-${randomUUID()}` }),
  );
  const ticket = await engine.append({ records, idempotencyKey: randomUUID() });
  if (!ticket.ok) throw new Error(JSON.stringify(ticket.error));
  return ticket.value;
}

test('the second takes over within seconds, and the first cannot go on when it wakes', async () => {
  chain.start('sequencer');
  await chain.ready('sequencer');
  chain.start('follower');
  const first = chain.engine('sequencer');
  await first.awaitFinal(await appendTo(first, 3), patience());

  chain.start('second');
  chain.signal('sequencer', 'SIGSTOP');
  await chain.ready('second');
  const second = chain.engine('second');
  const waiting = [await appendTo(second, 4), await appendTo(second, 2)];

  chain.signal('sequencer', 'SIGCONT');
  const staleWrite = createRecordWriter('zhejiang');
  const records = [staleWrite.object({ objectId: 'SUB-stale' })];
  const attempt = first.append({ records, idempotencyKey: randomUUID() });
  await expect(attempt).rejects.toThrow('service-unavailable');
  // The follower knows the first one only: finality comes when that one leads again.
  chain.signal('second', 'SIGKILL');
  await chain.ended('second');
  await chain.ready('sequencer');
  for (const ticket of waiting) await first.awaitFinal(ticket, patience());

  const client = new Client({ connectionString: chain.databases.sequencer.superuserUrl });
  await client.connect();
  const { rows } = await client.query<{ blocks: bigint; heights: bigint; signed: bigint }>(
    `select count(*) as blocks, count(distinct height) as heights,
       (select count(*) from chain.block_signature) as signed from chain.block where height > 0`,
  );
  await client.end();
  expect(rows[0]?.blocks).toEqual(rows[0]?.heights);
  for (const role of ['sequencer', 'follower'] as const) {
    expect(await chainDifferences(chain.databases[role], chain.genesis), role).toEqual([]);
  }
});

// Every database session of both nodes cut, again and again, under appends: the nodes come back by
// themselves, and nothing is lost or doubled.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EngineUnavailable } from '#libs/chain-application/ledger-engine.ts';
import { chainDifferences } from '../support/chain-check.ts';
import { type ChainNodes, startChainNodes } from '../support/chain-nodes.ts';
import { createRecordWriter } from '../support/chain-records.ts';

let nodes: ChainNodes;
beforeAll(async () => {
  nodes = await startChainNodes();
});
afterAll(() => nodes.close());

async function cutSessions(): Promise<void> {
  for (const role of ['sequencer', 'follower'] as const) {
    const client = new Client({ connectionString: nodes.databases[role].superuserUrl });
    await client.connect();
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await client.end();
  }
}

async function appendPatiently(records: readonly Uint8Array[]): Promise<string> {
  const idempotencyKey = randomUUID();
  for (;;) {
    try {
      const ticket = await nodes.engine.append({ records, idempotencyKey });
      if (!ticket.ok) throw new Error(JSON.stringify(ticket.error));
      return ticket.value;
    } catch (error) {
      if (!(error instanceof EngineUnavailable)) throw error;
      await delay(50);
    }
  }
}

test('both nodes outlive their database sessions', async () => {
  const write = createRecordWriter('zhejiang');
  const tickets: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    for (let batch = 0; batch < 4; batch += 1) {
      const records = [0, 1, 2].map(() => write.object({ objectId: `SUB-${randomUUID()}` }));
      const appending = appendPatiently(records);
      if (batch === 2) await cutSessions();
      tickets.push(await appending);
    }
  }
  const leaves: bigint[] = [];
  for (const ticket of tickets) {
    const places = await nodes.engine.awaitFinal(ticket, AbortSignal.timeout(60_000));
    leaves.push(...places.map((place) => place.leafIndex));
  }
  expect(leaves).toEqual(Array.from({ length: 60 }, (_, index) => BigInt(index)));
  for (const role of ['sequencer', 'follower'] as const) {
    expect(await chainDifferences(nodes.databases[role], nodes.keys.genesis), role).toEqual([]);
  }
});

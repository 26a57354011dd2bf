import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type PayloadCipher, plainPayloads } from '#libs/approvals/approval.ts';
import { findApproval, listApprovals } from '#libs/approvals/approval-repository.ts';
import {
  type ApprovalDecision,
  type ApprovalRules,
  decideApproval,
  expireApprovals,
  requestApproval,
} from '#libs/approvals/approvals.ts';
import { runHousekeeping } from '#libs/approvals/housekeeping.ts';
import { verifyApprovals } from '#libs/approvals/verify.ts';
import type { ActingContext } from '#libs/audit/audit-record.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { createLogger } from '#libs/log/log.ts';
import type { Difference } from '#libs/result/difference.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { expectOk, ok } from '#libs/result/result.ts';
import { fixedClock } from '#libs/time/clock.ts';
import { parseInstant } from '#libs/time/instant.ts';
import { withClient } from '../../support/postgres.ts';
import {
  counterOf,
  openSampleStore,
  type SampleStore,
  type SampleTables,
} from '../db/sample-store.ts';

const HOUR_MS = 3_600_000;
const clock = fixedClock(expectOk(parseInstant('2026-11-24T00:00:00.000Z'), 'now'));
let store: SampleStore;

beforeAll(async () => {
  store = await openSampleStore(20);
});
afterAll(() => store.drop());
beforeEach(() => store.db.updateTable('counter').set({ value: 0n }).execute());

const by = (id: string): ActingContext => ({
  actor: { kind: 'person', id, name: `人员${id}`, roles: [] },
  now: clock.now(),
  traceId: 't1',
});

/** Adds the payload's amount; above a hundred it refuses, after having changed the counter. */
const rules: ApprovalRules<SampleTables, Refusal> = {
  executors: {
    add: async (tx, _context, payload) => {
      const amount = BigInt(String(payload['amount']));
      await sql`update counter set value = value + ${amount} where id = 1`.execute(tx);
      return amount > 100n ? refuse('too-much') : ok({ value: (await counterOf(tx)).toString() });
    },
  },
  cipher: plainPayloads,
  lifetimeMs: HOUR_MS,
};

async function request(amount = '5', using = rules) {
  const made = await inTransaction(store.db, 'read committed', async (tx) =>
    ok(await requestApproval(using, tx, by('maker'), { operation: 'add', payload: { amount } })),
  );
  return expectOk(made, 'request');
}

type Change = Partial<ApprovalDecision> & { readonly as?: string };

async function decide(
  approval: Awaited<ReturnType<typeof request>>,
  { as = 'checker', ...change }: Change = {},
  using = rules,
) {
  const { id, payloadHash } = approval;
  const decision = { id, payloadHash, decision: 'approve', opinion: '同意', ...change } as const;
  return await inTransaction(store.db, 'read committed', (tx) =>
    decideApproval(using, tx, by(as), decision),
  );
}

const stateOf = async (id: Uuid) => (await findApproval(store.db, id, plainPayloads))?.state;
const auditActions = async (id: string): Promise<string[]> => {
  const { rows } = await sql<{ action: string }>`
    select action from audit_record where target = ${`approval:${id}`}
    order by transaction_id`.execute(store.db);
  return rows.map((row) => row.action);
};

describe('a request', () => {
  it('does nothing until another person approves, and then what was stored, once', async () => {
    const approval = await request();
    expect(await counterOf(store.db)).toBe(0n);
    const decided = expectOk(await decide(approval), 'decision');
    expect(decided).toMatchObject({
      state: 'approved',
      checker: 'checker',
      result: { value: '5' },
    });
    expect(await findApproval(store.db, approval.id, plainPayloads)).toEqual(decided);
    expect(await counterOf(store.db)).toBe(5n);
    expect(await auditActions(approval.id)).toEqual(['approval-requested', 'approval-approved']);
  });

  it('has exactly one effect under a hundred approvals at once', async () => {
    const approval = await request();
    const checkers = Array.from({ length: 100 }, (_, n) => decide(approval, { as: `checker${n}` }));
    const results = await Promise.all(checkers);
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    const refused = results.filter((result) => !result.ok).map((result) => result.error.code);
    expect(new Set(refused)).toEqual(new Set(['approval-already-decided']));
    expect(await counterOf(store.db)).toBe(5n);
    expect(await auditActions(approval.id)).toHaveLength(2);
  });

  it('goes back to the maker without effect', async () => {
    const approval = await request();
    const returned = expectOk(await decide(approval, { decision: 'return', opinion: '有误' }), 'r');
    expect(returned).toMatchObject({ state: 'returned', opinion: '有误', result: null });
    expect(await counterOf(store.db)).toBe(0n);
    expect(await decide(approval)).toMatchObject({ error: { code: 'approval-already-decided' } });
  });

  it('stays pending where its execution is refused, and nothing is half done', async () => {
    const approval = await request('101');
    expect(await decide(approval)).toEqual(refuse('too-much'));
    expect(await counterOf(store.db)).toBe(0n);
    expect(await stateOf(approval.id)).toBe('pending');
    expect(await auditActions(approval.id)).toEqual(['approval-requested']);
  });

  it('is refused in the order: unknown, decided, expired, same person, changed payload', async () => {
    const approval = await request();
    const faults: Change = { as: 'maker', payloadHash: '00'.repeat(32) };
    expect(await decide({ ...approval, id: newUuid() }, faults)).toEqual(refuse('not-found'));
    clock.advance(HOUR_MS);
    expect(await decide(approval, faults)).toEqual(
      refuse('approval-expired', { expiredAt: approval.expiresAt }),
    );
    clock.advance(-HOUR_MS);
    expect(await decide(approval, faults)).toEqual(refuse('approval-same-person'));
    const changed = refuse('approval-payload-changed');
    expect(await decide(approval, { ...faults, as: 'checker' })).toEqual(changed);
    expect((await decide(approval)).ok).toBe(true);
    expect(await decide(approval, faults)).toEqual(
      refuse('approval-already-decided', { decision: 'approved' }),
    );
    expect(await counterOf(store.db)).toBe(5n);
  });

  it('expires to the millisecond', async () => {
    clock.advance(HOUR_MS);
    await expireApprovals(store.db, by('clock'));
    const approval = await request();
    clock.advance(HOUR_MS - 1);
    expect(await expireApprovals(store.db, by('clock'))).toBe(0);
    clock.advance(1);
    expect(await expireApprovals(store.db, by('clock'))).toBe(1);
    expect(await stateOf(approval.id)).toBe('expired');
    expect(await decide(approval)).toMatchObject({ error: { code: 'approval-expired' } });
    expect(await auditActions(approval.id)).toEqual(['approval-requested', 'approval-expired']);
  });

  it('is expired, and its trail sealed, by housekeeping that outlives a fault', async () => {
    clock.advance(HOUR_MS);
    await expireApprovals(store.db, by('clock'));
    const approval = await request();
    clock.advance(HOUR_MS);
    const stop = new AbortController();
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    let readings = 0;
    const faulty = {
      now: () => {
        readings += 1;
        if (readings === 1) throw new Error('no time');
        return clock.now();
      },
    };
    const log = createLogger({ service: 'sample', level: 'warn', destination });
    const { db } = store;
    const running = runHousekeeping({
      db,
      clock: faulty,
      log,
      service: 'sample',
      signal: stop.signal,
      intervalMs: 20,
    });
    await vi.waitFor(
      async () => {
        expect(await stateOf(approval.id)).toBe('expired');
        const { rows } = await sql`select 1 from audit_seal`.execute(db);
        expect(rows.length).toBeGreaterThan(0);
      },
      { timeout: 30_000 },
    );
    stop.abort();
    await running;
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('no time');
  });

  it('is refused where its payload was altered in the database, its hash or its operation too', async () => {
    for (const change of [
      `payload = convert_to('{"amount":"50"}', 'utf8')`,
      `payload_hash = decode(repeat('11', 32), 'hex')`,
      `operation = 'subtract'`,
      `payload = '\\xff'`,
    ]) {
      const approval = await request();
      await withClient(store.database.superuserUrl, (client) =>
        client.query(`update sample.approval set ${change} where id = $1`, [approval.id]),
      );
      expect(await decide(approval)).toEqual(refuse('approval-payload-changed'));
      expect(await counterOf(store.db)).toBe(0n);
    }
  });

  it('is sealed in the database where the service has a key', async () => {
    const flip: PayloadCipher = {
      seal: (plain) => plain.map((byte) => byte ^ 0x5a),
      open: (sealed) => sealed.map((byte) => byte ^ 0x5a),
    };
    const sealing = { ...rules, cipher: flip };
    const approval = await request('7', sealing);
    const { rows } = await sql<{ found: boolean }>`
      select position('amount'::bytea in payload) > 0 as found from approval
      where id = ${approval.id}`.execute(store.db);
    expect(rows).toEqual([{ found: false }]);
    expect((await decide(approval, {}, sealing)).ok).toBe(true);
    expect(await counterOf(store.db)).toBe(7n);
  });
});

describe('the database', () => {
  it.each([
    ['the maker as checker', "state = 'returned', checker = maker, decided_at = made_at"],
    ['a decision without a checker', "state = 'returned', decided_at = made_at"],
    ['an approval without a result', "state = 'approved', checker = 'c', decided_at = made_at"],
    ['a decision before the request', "state = 'expired', decided_at = made_at - interval '1 s'"],
  ])('refuses %s', async (_case, change) => {
    const approval = await request();
    const attempt = sql`update approval set ${sql.raw(change)} where id = ${approval.id}`;
    await expect(attempt.execute(store.db)).rejects.toMatchObject({ code: '23514' });
  });

  it('refuses a second decision, even by the owner', async () => {
    const approval = await request();
    await decide(approval);
    const attempt = withClient(store.ownerUrl, (client) =>
      client.query(`update sample.approval set opinion = 'x' where id = $1`, [approval.id]),
    );
    await expect(attempt).rejects.toThrow(/decided already/);
  });

  it('lets the service change neither payload nor maker', async () => {
    for (const change of [sql`payload = ''`, sql`maker = 'x'`, sql`expires_at = now()`]) {
      const attempt = sql`update approval set ${change}`.execute(store.db);
      await expect(attempt).rejects.toMatchObject({ code: '42501' });
    }
    await expect(sql`delete from approval`.execute(store.db)).rejects.toMatchObject({
      code: '42501',
    });
  });
});

describe('the check of approvals against the audit trail', () => {
  const tamper = (change: string, id: string) =>
    withClient(store.database.superuserUrl, async (client) => {
      await client.query('set session_replication_role = replica; set search_path = sample');
      await client.query(`update approval set ${change} where id = $1`, [id]);
    });
  async function found(id: string): Promise<Difference[]> {
    const differences: Difference[] = [];
    for await (const difference of verifyApprovals(store.db)) differences.push(difference);
    return differences.filter(({ key }) => key.startsWith(id));
  }

  it('reports nothing of requests pending, approved, returned and expired', async () => {
    const expired = await request();
    clock.advance(HOUR_MS);
    await expireApprovals(store.db, by('clock'));
    const pending = await request();
    const approved = await request();
    await decide(approved);
    const returned = await request();
    await decide(returned, { decision: 'return' });
    for (const { id } of [expired, pending, approved, returned])
      expect(await found(id)).toEqual([]);
  });

  it.each([
    ['operation', "operation = 'subtract'"],
    ['payload', `payload = convert_to('{"amount":"50"}', 'utf8')`],
    ['payload_hash', "payload_hash = decode(repeat('11', 32), 'hex')"],
    ['maker', "maker = 'other'"],
    ['maker_name', "maker_name = '王五'"],
    ['made_at', "made_at = made_at - interval '1 ms'"],
    ['expires_at', "expires_at = expires_at + interval '1 ms'"],
    ['state', "state = 'returned', result = null"],
    ['checker', "checker = 'other'"],
    ['checker_name', "checker_name = '王五'"],
    ['decided_at', "decided_at = decided_at + interval '1 ms'"],
    ['opinion', "opinion = '不同意'"],
    ['result', `result = '{"value":"6"}'`],
  ])('shows a changed %s', async (column, change) => {
    const approval = await request();
    await decide(approval);
    await tamper(change, approval.id);
    const differences = await found(approval.id);
    expect(differences.map(({ key }) => key).join()).toContain(column);
    expect(differences.every(({ expected, found: is }) => expected !== is)).toBe(true);
  });
});

describe('the list of requests', () => {
  it('comes newest first, by state and operation, page by page', async () => {
    const first = await request();
    const second = await request();
    const third = await request();
    await decide(second);
    const ids = async (page: Parameters<typeof listApprovals>[1]) =>
      (await listApprovals(store.db, page, plainPayloads)).map(({ id }) => id);
    expect(await ids({ limit: 3 })).toEqual([third.id, second.id, first.id]);
    expect(await ids({ limit: 1, state: 'approved' })).toEqual([second.id]);
    expect(await ids({ limit: 2, before: third.id })).toEqual([second.id, first.id]);
    expect(await ids({ limit: 2, operations: ['other'] })).toEqual([]);
  });
});

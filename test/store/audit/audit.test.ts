import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ActingContext } from '#libs/audit/audit-record.ts';
import { recordAudit } from '#libs/audit/record-audit.ts';
import { sealAuditRecords } from '#libs/audit/seal.ts';
import { verifyAudit } from '#libs/audit/verify.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import type { Difference } from '#libs/result/difference.ts';
import { expectOk, ok } from '#libs/result/result.ts';
import { parseInstant } from '#libs/time/instant.ts';
import { withClient } from '../../support/postgres.ts';
import { openAs, openSampleStore, type SampleStore } from '../db/sample-store.ts';

const now = expectOk(parseInstant('2026-11-24T00:00:00.000Z'), 'now');
const context: ActingContext = {
  actor: { kind: 'person', id: 'p1', name: '李四', roles: ['registrar.maker', 'auditor'] },
  now,
  traceId: 't1',
};
let store: SampleStore;

beforeEach(async () => {
  store = await openSampleStore();
});
afterEach(() => store.drop());

const act = (note: string) =>
  recordAudit(store.db, context, {
    action: 'noted',
    target: 'note:1',
    detail: { note, count: 3n },
  });

async function differences(): Promise<Difference[]> {
  const auditor = openAs<unknown>(store.auditorUrl, 1);
  const found: Difference[] = [];
  for await (const difference of verifyAudit(auditor)) found.push(difference);
  await auditor.destroy();
  return found;
}

/** A transaction of any other test holds the seal back, since ids belong to the whole server. */
async function sealAll(expected: number): Promise<number> {
  let count = 0;
  await vi.waitFor(
    async () => {
      count += await sealAuditRecords(store.db, now);
      expect(count).toBeGreaterThanOrEqual(expected);
    },
    { timeout: 30_000, interval: 50 },
  );
  return count;
}

/** As the superuser with triggers off. */
const tamper = (statement: string) =>
  withClient(store.database.superuserUrl, async (client) => {
    await client.query(`set session_replication_role = replica; set search_path = sample`);
    await client.query(statement);
  });

describe('the audit trail', () => {
  it('verifies, empty, unsealed and sealed in several pieces', async () => {
    expect(await differences()).toEqual([]);
    await act('a');
    expect(await differences()).toEqual([]);
    expect(await sealAll(1)).toBe(1);
    expect(await sealAuditRecords(store.db, now)).toBe(0);
    await act('b');
    await act('c');
    expect(await sealAll(2)).toBe(2);
    expect(await differences()).toEqual([]);
  });

  it('is gone with the act that it told of', async () => {
    await inTransaction(store.db, 'read committed', async (tx) => {
      await recordAudit(tx, context, { action: 'noted', target: 'note:1' });
      return { ok: false, error: 'refused' } as const;
    });
    const { rows } = await sql`select 1 from audit_record`.execute(store.db);
    expect(rows).toEqual([]);
  });

  it('leaves to a later seal what was written before but not committed', async () => {
    const other = openAs<unknown>(store.serviceUrl, 1);
    const later = await inTransaction<unknown, number, never>(
      other,
      'read committed',
      async (tx) => {
        await recordAudit(tx, context, { action: 'slow', target: 'note:1' });
        await act('quick');
        // The quick one came later, so it waits for the slow one.
        return ok(await sealAuditRecords(store.db, now));
      },
    );
    await other.destroy();
    expect(later).toEqual(ok(0));
    expect(await sealAll(2)).toBe(2);
    expect(await differences()).toEqual([]);
  });

  it('gets every record sealed exactly once by sealers that race with acts', async () => {
    const acts = Array.from({ length: 60 }, (_, n) => act(`note ${n}`));
    const seals = Array.from({ length: 20 }, () => sealAuditRecords(store.db, now));
    await Promise.all(acts);
    const sealed = (await Promise.all(seals)).reduce((sum, count) => sum + count, 0);
    const rest = await sealAll(60 - sealed);
    expect(sealed + rest).toBe(60);
    expect(await differences()).toEqual([]);
  });

  it.each([
    ['at', "at = at + interval '1 ms'"],
    ['actor_kind', "actor_kind = 'service'"],
    ['actor_id', "actor_id = 'p2'"],
    ['actor_name', "actor_name = '王五'"],
    ['actor_roles', "actor_roles = '{auditor}'"],
    ['on_behalf_of', "on_behalf_of = 'p2'"],
    ['action', "action = 'other'"],
    ['target', "target = 'note:2'"],
    ['trace_id', "trace_id = 't2'"],
    ['detail', `detail = '{"note":"a"}'`],
    ['hash', "hash = decode(repeat('00', 32), 'hex')"],
    ['id', 'id = gen_random_uuid()'],
    ['transaction_id', 'transaction_id = transaction_id + 1000000'],
  ])('shows a changed %s', async (_column, change) => {
    await act('a');
    await sealAll(1);
    await tamper(`update audit_record set ${change}`);
    const found = await differences();
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]?.expected).not.toBe(found[0]?.found);
  });

  it.each([
    ['sequence', 'sequence = sequence + 1 where sequence = 2'],
    ['from_transaction', 'from_transaction = from_transaction - 1 where sequence = 2'],
    ['until_transaction', 'until_transaction = until_transaction + 1 where sequence = 2'],
    ['record_count', 'record_count = record_count + 1 where sequence = 1'],
    ['previous_hash', "previous_hash = decode(repeat('11', 32), 'hex') where sequence = 2"],
    ['hash', "hash = decode(repeat('11', 32), 'hex') where sequence = 1"],
    ['sealed_at', "sealed_at = sealed_at + interval '1 ms' where sequence = 1"],
  ])('shows a changed %s of a seal', async (_column, change) => {
    await act('a');
    await sealAll(1);
    await act('b');
    await sealAll(1);
    await tamper(`update audit_seal set ${change}`);
    const found = await differences();
    expect(found.some(({ table }) => table === 'audit_seal')).toBe(true);
  });

  it('shows a removed record', async () => {
    await act('a');
    await act('b');
    await sealAll(2);
    await tamper('delete from audit_record where ctid = (select min(ctid) from audit_record)');
    expect((await differences()).map(({ key }) => key)).toContain('1 record_count');
  });

  it('cannot be changed by the service or the owner', async () => {
    await act('a');
    const change = "update sample.audit_record set action = 'x'";
    for (const url of [store.serviceUrl, store.ownerUrl]) {
      await expect(withClient(url, (client) => client.query(change))).rejects.toThrow();
    }
  });
});

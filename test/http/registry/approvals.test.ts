// Maker-checker over HTTP: two persons, the very payload, in time, once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import { residentIdOf } from '../../store/registry/registry-acts.ts';
import { issueTo, newInvestor, newIssue, personBody } from './market.ts';
import { type Caller, openRegistryHttp, type RegistryHttp } from './registry-http.ts';

let http: RegistryHttp;
let maker: Caller;
let checker: Caller;

beforeAll(async () => {
  http = await openRegistryHttp();
  maker = await http.as(['registrar.maker']);
  checker = await http.as(['registrar.checker']);
});
afterAll(() => http.close());

interface Asked {
  readonly id: string;
  readonly payloadHash: string;
}

const ask = async (n: number, by: Caller = maker): Promise<Asked> =>
  (await by.post('/v1/subjects', personBody(n))).body.approval;

const decide = (by: Caller, { id, payloadHash }: Asked, more: object = {}) =>
  by.post(`/v1/approvals/${id}/decisions`, {
    payloadHash,
    decision: 'approve',
    opinion: '同意',
    ...more,
  });

const subjectsOf = async (n: number): Promise<number> => {
  const search = { certificateType: 'resident-id', certificateNumber: residentIdOf(n) };
  return (await maker.post('/v1/subject-searches', search)).body.items.length;
};

describe('getApproval and listApprovals', () => {
  it('show the payload with personal data masked and the hash of what will execute', async () => {
    const asked = await ask(1);
    const { approval } = (await checker.get(`/v1/approvals/${asked.id}`)).body;
    expect(approval).toMatchObject({ state: 'pending', payloadHash: asked.payloadHash });
    expect(approval.payload.certificateNumber).toMatch(/^\d{6}\*{8}/);
    const listed = await checker.get('/v1/approvals?state=pending&limit=1');
    expect(listed.body.items).toEqual([approval]);
    expect((await checker.get(`/v1/approvals/${newUuid()}`)).status).toBe(404);
  });

  it('keep the payload sealed in the database', async () => {
    await ask(2);
    const { rows } = await http.store.query(
      `select bool_or(position(convert_to($1, 'UTF8') in payload) > 0) as found from approval`,
      [residentIdOf(2)],
    );
    expect(rows).toEqual([{ found: false }]);
  });
});

describe('decideApproval', () => {
  it('executes once and tells the result', async () => {
    const asked = await ask(10);
    expect(await subjectsOf(10)).toBe(0);
    const decided = await decide(checker, asked);
    expect(decided.body.approval).toMatchObject({
      state: 'approved',
      result: { subjectId: expect.any(String), version: '0' },
    });
    expect(await subjectsOf(10)).toBe(1);
    expect((await decide(checker, asked)).body.code).toBe('approval-already-decided');
  });

  it('returns without an effect', async () => {
    const asked = await ask(11);
    const returned = await decide(checker, asked, { decision: 'return', opinion: '材料不全' });
    expect(returned.body.approval).toMatchObject({ state: 'returned', opinion: '材料不全' });
    expect(await subjectsOf(11)).toBe(0);
  });

  it('refuses the maker, in whatever role', async () => {
    const id = newUuid();
    const both = await http.as(['registrar.maker', 'registrar.checker'], { id });
    const asked = await ask(12, both);
    expect((await decide(both, asked)).body.code).toBe('approval-same-person');
    expect(await subjectsOf(12)).toBe(0);
  });

  it('refuses another hash, and a payload that was changed behind its hash', async () => {
    const asked = await ask(13);
    const other = await decide(checker, { ...asked, payloadHash: '0'.repeat(64) });
    expect(other.body.code).toBe('approval-payload-changed');
    const rival = await ask(14);
    await http.store.asOwner(
      `update registry.approval a set payload = b.payload from registry.approval b
       where a.id = '${asked.id}' and b.id = '${rival.id}'`,
    );
    expect((await decide(checker, asked)).body.code).toBe('approval-payload-changed');
    expect(await subjectsOf(13)).toBe(0);
  });

  it('admits no maker', async () => {
    expect((await decide(maker, await ask(15))).status).toBe(403);
  });

  it('answers with the refusal of the operation and stays pending', async () => {
    const [first, second] = [await ask(16), await ask(16)];
    await decide(checker, first);
    expect((await decide(checker, second)).body.code).toBe('subject-already-registered');
    const { approval } = (await checker.get(`/v1/approvals/${second.id}`)).body;
    expect(approval.state).toBe('pending');
  });

  it('has one effect under 100 decisions at once', async () => {
    const asked = await ask(17);
    const answers = await Promise.all(Array.from({ length: 100 }, () => decide(checker, asked)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status >= 500 && status !== 503)).toEqual([]);
    expect(await subjectsOf(17)).toBe(1);
  });

  it('replays the first answer to a repetition with the same key', async () => {
    const asked = await ask(18);
    const { id, payloadHash } = asked;
    const key = { 'idempotency-key': newUuid() };
    const body = { payloadHash, decision: 'approve', opinion: '同意' };
    const target = `/v1/approvals/${id}/decisions`;
    const first = await checker.post(target, body, key);
    const again = await checker.post(target, body, key);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
  });

  it('refuses what nobody decided in time', async () => {
    const asked = await ask(19);
    const start = http.clock.now();
    http.clock.set('2026-12-02T02:00:00.000Z' as Instant);
    const late = await http.as(['registrar.checker']);
    expect((await decide(late, asked)).body.code).toBe('approval-expired');
    http.clock.set(start);
  });
});

describe('correctObject', () => {
  const correct = (objectId: string, more = {}) => ({
    objectId,
    version: '0',
    operation: 'overwrite',
    reason: 'rejected by the supervisory side',
    ...more,
  });

  it('issues another revision or the next version of what the registry owns', async () => {
    const investor = await newInvestor(http, 30);
    const account = `ACC-${investor.accountId}`;
    const first = await http.change('/v1/object-corrections', correct(account, { corrects: '7' }));
    expect(first).toMatchObject({ version: '0', revision: '1' });
    const second = await http.change(
      '/v1/object-corrections',
      correct(account, { operation: 'update' }),
    );
    expect(second).toMatchObject({ version: '1', revision: '0' });
    const subject = `SUB-${investor.subjectId}`;
    const third = await http.change('/v1/object-corrections', correct(subject, { version: '1' }));
    expect(third).toMatchObject({ version: '1', revision: '1' });
    const { rows } = await http.store.query(
      'select corrects::text from object_fact where object_id = $1 and revision = 1',
      [account],
    );
    expect(rows).toEqual([{ corrects: '7' }]);
  });

  it('overwrites a registration with the figures of its postings, and never updates it', async () => {
    const securityId = await newIssue(http, 3001);
    const investor = await newInvestor(http, 31);
    await issueTo(http, securityId, investor.accountId);
    const { rows } = await http.store.query(
      'select registration_id from holding where security_id = $1',
      [securityId],
    );
    const objectId = `REG-${rows[0]?.registration_id}`;
    const update = await maker.post(
      '/v1/object-corrections',
      correct(objectId, { operation: 'update' }),
    );
    expect(update.body.code).toBe('object-update-not-applicable');
    await http.change('/v1/object-corrections', correct(objectId));
    const facts = await http.store.query(
      'select figures, revision::int from object_fact where object_id = $1 order by revision',
      [objectId],
    );
    expect(facts.rows[1]).toEqual({ ...facts.rows[0], revision: 1 });
    const product = await http.change('/v1/object-corrections', correct(`PRD-${securityId}`));
    expect(product).toMatchObject({ version: '0', revision: '1' });
  });

  it('refuses what is unknown or no longer the latest', async () => {
    const investor = await newInvestor(http, 32);
    const subject = `SUB-${investor.subjectId}`;
    const older = await maker.post('/v1/object-corrections', correct(subject));
    expect(older.body.code).toBe('object-not-latest');
    const other = await maker.post('/v1/object-corrections', correct(`SUB-${newUuid()}`));
    expect(other.body.code).toBe('object-not-found');
  });
});

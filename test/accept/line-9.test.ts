// Acceptance 9: two persons, one effect; and the 200th holder's place is given once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Api, type Json, textOf } from '../../services/demo/api.ts';
import { personName, residentId } from '../../services/demo/identities.ts';
import { until } from '../../services/demo/journey.ts';
import {
  importRoster,
  onboardIssuer,
  openBusinessDay,
  proveSuitable,
  readRoster,
} from '../../services/demo/market-steps.ts';
import { inventHolders } from '../../services/demo/roster-workbook.ts';
import {
  agree,
  fundAccountOf,
  moneyFor,
  payIn,
  runCycle,
} from '../../services/demo/transfer-steps.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import { withClient } from '../support/postgres.ts';

const maker = 'registrar-maker';
const checker = 'registrar-checker';
const parallelApprovals = 100;
const clients = 64;
const holdersBefore = 199;
const quantity = 100n;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

let installation: Installation;
let api: Api;

beforeAll(async () => {
  installation = createInstallation({ options: ['--empty'] });
  await installation.start();
  api = installation.api();
  await openBusinessDay(api);
}, 600_000);
afterAll(() => installation.close());

const textIn = (json: Json, name: string): string =>
  typeof json[name] === 'string' ? json[name] : '';

/** How often each of the texts stands. */
function tally(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, times]) => `${times} x ${text}`).join(', ');
}

interface Asked {
  readonly id: string;
  readonly payloadHash: string;
}

const personBody = (serial: number): Json => ({
  nature: 'natural-person',
  name: personName(serial),
  certificateType: 'resident-id',
  certificateNumber: residentId(serial),
});

async function ask(serial: number, by = api): Promise<Asked> {
  const { approval } = await by.post(maker, 'registry/v1/subjects', personBody(serial));
  return approval as unknown as Asked;
}

const decide = (asked: Asked, user = checker, by = api): Promise<Answer> =>
  by.ask(user, `registry/v1/approvals/${asked.id}/decisions`, {
    method: 'POST',
    json: { payloadHash: asked.payloadHash, decision: 'approve', opinion: '同意' },
  });

async function subjectsOf(serial: number): Promise<number> {
  const found = await api.post(maker, 'registry/v1/subject-searches', {
    certificateType: 'resident-id',
    certificateNumber: residentId(serial),
  });
  return (found['items'] as readonly Json[]).length;
}

/** As somebody with the whole database in hand would, past every trigger. */
const tamper = (database: string, text: string): Promise<unknown> =>
  withClient(installation.superuser(database), async (client) => {
    await client.query('set session_replication_role = replica');
    const { rowCount } = await client.query(text);
    expect(rowCount).toBe(1);
  });

const count = (text: string): Promise<number> =>
  withClient(installation.superuser('quanji'), async (client) => {
    const { rows } = await client.query<{ n: number }>(text);
    return rows[0]?.n ?? -1;
  });

async function expectRefused(answer: Answer, code: string, serial: number): Promise<void> {
  say(`${code}: ${answer.status}, ${await subjectsOf(serial)} subjects`);
  expect(answer).toMatchObject({ status: expect.any(Number), body: { code } });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(await subjectsOf(serial)).toBe(0);
}

describe('acceptance 9: maker and checker', () => {
  it('are two persons, whatever roles one of them has', async () => {
    await tamper(
      'quanji',
      `update portal.person set roles = '{registrar.maker,registrar.checker}'
       where username = '${maker}'`,
    );
    const both = installation.api();
    const serial = 11_800_001;
    const asked = await ask(serial, both);
    await expectRefused(await decide(asked, maker, both), 'approval-same-person', serial);
    expect((await decide(asked)).status).toBe(200);
    expect(await subjectsOf(serial)).toBe(1);
  });

  it('approve the very payload: another hash or an exchanged payload is refused', async () => {
    const serial = 11_800_002;
    const asked = await ask(serial);
    const other = { ...asked, payloadHash: '0'.repeat(64) };
    await expectRefused(await decide(other), 'approval-payload-changed', serial);
    const rival = await ask(serial + 1);
    await tamper(
      'quanji',
      `update registry.approval a set payload = b.payload from registry.approval b
       where a.id = '${asked.id}' and b.id = '${rival.id}'`,
    );
    await expectRefused(await decide(asked), 'approval-payload-changed', serial);
    await tamper(
      'quanji',
      `update registry.approval a set payload_hash = b.payload_hash from registry.approval b
       where a.id = '${asked.id}' and b.id = '${rival.id}'`,
    );
    await expectRefused(await decide(asked), 'approval-payload-changed', serial);
    expect(await subjectsOf(serial + 1)).toBe(0);
  });

  it('approve in time', async () => {
    const serial = 11_800_004;
    const asked = await ask(serial);
    await tamper(
      'quanji',
      `update registry.approval set expires_at = now() - interval '1 second', made_at = made_at -
       interval '8 days' where id = '${asked.id}'`,
    );
    await expectRefused(await decide(asked), 'approval-expired', serial);
  });

  it('have one effect under a hundred approvals in parallel', async () => {
    const serial = 11_800_005;
    const asked = await ask(serial);
    const before = await count('select count(*)::int as n from registry.subject');
    const answers = await Promise.all(
      Array.from({ length: parallelApprovals }, () => decide(asked)),
    );
    const done = answers.filter(({ status }) => status >= 200 && status < 300);
    say(tally(answers.map(({ status, body }) => `${status} ${textIn(body, 'code')}`)));
    expect(done).toHaveLength(1);
    expect(await subjectsOf(serial)).toBe(1);
    expect(await count('select count(*)::int as n from registry.subject')).toBe(before + 1);
    const decisions = `select count(*)::int as n from registry.audit_record
      where action = 'approval-approved' and target = 'approval:${asked.id}'`;
    expect(await count(decisions)).toBe(1);
  });
});

interface Buyer {
  readonly subjectId: string;
  readonly accountId: string;
}

/** An eligible person with accounts and the money for the purchase. */
async function prepareBuyer(serial: number, businessDate: string): Promise<Buyer> {
  const subject = await api.approved('registry', 'subjects', personBody(serial));
  const subjectId = textOf(subject, 'subjectId');
  const opened = await api.approved('registry', 'accounts', { subjectId });
  await proveSuitable(api, subjectId, businessDate);
  const accountId = textOf(opened, 'securitiesAccountId');
  await payIn(api, await fundAccountOf(api, accountId), moneyFor(quantity));
  return { subjectId, accountId };
}

/** Runs with at most eight at once: the preparation is no race. */
async function inTurns<T>(inputs: readonly number[], work: (n: number) => Promise<T>) {
  const waiting = [...inputs];
  const results: T[] = [];
  const runner = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results.push(await work(next));
    }
  };
  await Promise.all(Array.from({ length: 8 }, runner));
  return results;
}

/** A roster of 199: the last of two hundred leaves his shares to the one before. */
async function issuerWith199(): Promise<{ securityId: string; sellerAccountId: string }> {
  const run = 59_500;
  const { securityId } = await onboardIssuer(api, run);
  const all = inventHolders(run);
  const rest = all.slice(holdersBefore - 1).reduce((sum, { shares }) => sum + shares, 0n);
  const holders = all
    .slice(0, holdersBefore)
    .map((holder, index) => (index === holdersBefore - 1 ? { ...holder, shares: rest } : holder));
  await importRoster(api, securityId, holders);
  const roster = await readRoster(api, securityId);
  expect(roster.holders).toBe(holdersBefore);
  const [seller] = roster.entries.toSorted((a, b) => (BigInt(a.total) > BigInt(b.total) ? -1 : 1));
  return { securityId, sellerAccountId: seller?.accountId ?? '' };
}

const final = ['settled', 'failed', 'cancelled'];

describe('acceptance 9: the 200th holder', () => {
  it('is one of 64 who race for the place', async () => {
    const businessDate = await openBusinessDay(api);
    const terms = await issuerWith199();
    const serials = Array.from({ length: clients }, (_, index) => 11_810_000 + index);
    const buyers = await inTurns(serials, (serial) => prepareBuyer(serial, businessDate));
    say(`${buyers.length} buyers are ready for one place`);
    const outcomes = await Promise.all(
      buyers.map(({ accountId }) =>
        agree(api, { ...terms, buyerAccountId: accountId, quantity }).catch((error: unknown) => {
          expect(String(error)).toMatch(/R8|holder/);
          return undefined;
        }),
      ),
    );
    const agreed = outcomes.filter((transferId) => transferId !== undefined);
    const states = await untilDecided(agreed);
    const settled = states.filter(({ state }) => state === 'settled');
    say(`${clients - agreed.length} refused at once`);
    say(tally(states.map(({ state, reason }) => `${state} ${reason}`)));
    expect(settled).toHaveLength(1);
    expect(states.filter(({ state }) => state === 'failed')).toHaveLength(agreed.length - 1);
    const { holders, entries } = await readRoster(api, terms.securityId);
    say(`${holders} holders`);
    expect(holders).toBe(holdersBefore + 1);
    const accounts = new Set(buyers.map(({ accountId }) => accountId));
    expect(entries.filter(({ accountId }) => accounts.has(accountId))).toHaveLength(1);
  });
});

interface Standing {
  readonly state: string;
  readonly reason: string;
}

async function standingOf(transferId: string): Promise<Standing> {
  const answer = await api.get('settlement-maker', `settlement/v1/transfers/${transferId}`);
  const transfer = answer['transfer'] as Json;
  const steps = transfer['steps'] as readonly Json[];
  const last = steps.findLast((step) => step['code'] !== undefined) ?? {};
  const reason = `${textIn(last, 'code')} ${JSON.stringify(last['detail'] ?? {})}`.slice(0, 200);
  return { state: textOf(transfer, 'state'), reason };
}

/** Cycles run until every transfer has come to its end. */
async function untilDecided(transferIds: readonly string[]): Promise<readonly Standing[]> {
  return await until(
    'every transfer decided',
    async () => {
      const standings = await Promise.all(transferIds.map(standingOf));
      const moves = standings.filter(({ state }) => !final.includes(state));
      if (moves.length > 0 && moves.every(({ state }) => state === 'funded')) await runCycle(api);
      return standings;
    },
    (standings) => standings.every(({ state }) => final.includes(state)),
    300,
  );
}

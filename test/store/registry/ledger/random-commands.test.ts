// Random batches of commands against the tiny register; fsck has the last word on each run.
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runChecks } from '#libs/fsck/run-checks.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { ledgerChecks } from '../../../../services/registry/fsck/ledger-checks.ts';
import { registerChecks } from '../../../../services/registry/fsck/register-checks.ts';
import {
  addIssue,
  addInvestor,
  type Investor,
  type Issue,
  type LedgerStore,
  openLedgerStore,
} from './ledger-store.ts';
import {
  commit,
  deliver,
  giveBack,
  register,
  reportIssuer,
  reserve,
  reverse,
  termsOf,
} from './ledger-acts.ts';
import { sum, TinyRegister } from './tiny-register.ts';

const HOLDERS = 6;
const LIMIT = 4;
const START = [500n, 300n, 200n, 0n, 0n, 0n];

let store: LedgerStore;
let investors: Investor[];

beforeAll(async () => {
  store = await openLedgerStore();
  investors = await Promise.all(Array.from({ length: HOLDERS }, () => addInvestor(store)));
});
afterAll(async () => {
  await store.drop();
});

interface World {
  readonly tiny: TinyRegister;
  readonly issue: Issue;
  /** Lots by the instruction whose delivery made them. */
  readonly lots: Map<string, string>;
}

interface Wish {
  readonly seller: number;
  readonly step: number;
  readonly quantity: bigint;
}

type Command =
  | { readonly kind: 'reserve'; readonly wishes: readonly Wish[] }
  | {
      readonly kind: 'commit' | 'deliver' | 'return' | 'reverse';
      readonly picks: readonly number[];
    };

const wish = fc.record({
  seller: fc.nat(HOLDERS - 1),
  step: fc.integer({ min: 1, max: HOLDERS - 1 }),
  quantity: fc.oneof(fc.bigInt({ min: 1n, max: 220n }), fc.constant(200n), fc.constant(300n)),
});
const picks = fc.array(fc.nat(40), { minLength: 1, maxLength: 4 });
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('reserve' as const),
      wishes: fc.array(wish, { minLength: 1, maxLength: 5 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('commit' as const), picks }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('deliver' as const), picks }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('return' as const), picks }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reverse' as const), picks }) },
);

async function newWorld(): Promise<World> {
  const issue = await addIssue(store, sum(START));
  await reportIssuer(store, issue);
  const rows = START.flatMap((quantity, holder) => {
    const accountId = investors[holder]?.accountId;
    return quantity === 0n || accountId === undefined ? [] : [{ accountId, nature: 0, quantity }];
  });
  const lot = await register(store, issue, rows, LIMIT);
  return { tiny: new TinyRegister(START, lot), issue, lots: new Map() };
}

/** Distinct instructions of the picks, in an order of their own. */
function picked({ tiny }: World, indexes: readonly number[]): Uuid[] {
  const ids = [...tiny.instructions.keys()] as Uuid[];
  const chosen = indexes.map((at) => ids[at % Math.max(ids.length, 1)]);
  return [...new Set(chosen.filter((id): id is Uuid => id !== undefined))];
}

async function run(world: World, { kind, ...rest }: Command): Promise<void> {
  if ('wishes' in rest) return reserveAll(world, rest.wishes);
  const ids = picked(world, rest.picks);
  if (ids.length === 0) return;
  switch (kind) {
    case 'commit':
      return commitAll(world, ids);
    case 'deliver':
      return deliverAll(world, ids);
    case 'return':
      return returnAll(world, ids);
    default:
      return reverseAll(world, ids);
  }
}

async function reserveAll({ tiny, issue }: World, wishes: readonly Wish[]): Promise<void> {
  const items = wishes.map(({ seller, step, quantity }) => {
    const buyer = (seller + step) % HOLDERS;
    const [from, to] = [investors[seller], investors[buyer]];
    if (from === undefined || to === undefined) throw new Error('no such investor');
    return { seller, buyer, terms: termsOf({ issue, seller: from, buyer: to, quantity }) };
  });
  const outcomes = await reserve(
    store,
    items.map(({ terms }) => terms),
  );
  const expected = items.map(({ seller, buyer, terms }) => {
    const free = tiny.freeOf(seller);
    const isReserved = tiny.reserve(terms.instructionId, seller, buyer, terms.quantity);
    return { outcome: isReserved ? 'reserved' : 'insufficient', free };
  });
  expect(outcomes.map(({ outcome, free }) => ({ outcome, free }))).toEqual(expected);
}

async function commitAll({ tiny }: World, ids: readonly Uuid[]): Promise<void> {
  const outcomes = await commit(store, ids, LIMIT);
  for (const [at, id] of ids.entries()) {
    const instruction = tiny.instructions.get(id);
    const outcome = outcomes[at]?.outcome;
    if (instruction?.state === 'returned') expect(outcome).toBe('ended');
    else if (instruction?.state !== 'reserved') expect(outcome).toBe('committed');
    else if (outcome === 'committed') instruction.state = 'committed';
    else {
      // Refused only where this buyer could be one holder too many.
      expect(outcome).toBe('holder-limit');
      const may = new Set([...tiny.holders(), ...tiny.awaited(), instruction.buyer]);
      expect(may.size).toBeGreaterThan(LIMIT);
    }
  }
}

async function deliverAll({ tiny, lots }: World, ids: readonly Uuid[]): Promise<void> {
  const outcomes = await deliver(store, ids);
  for (const [at, id] of ids.entries()) {
    const state = tiny.instructions.get(id)?.state;
    const delivered = outcomes[at];
    if (state === 'committed') {
      if (delivered === undefined) throw new Error('a committed delivery was refused');
      lots.set(id, delivered.eventId);
      tiny.deliver(id, delivered.eventId);
    } else {
      expect(delivered !== undefined).toBe(state === 'delivered' || state === 'reversed');
    }
  }
}

async function returnAll({ tiny }: World, ids: readonly Uuid[]): Promise<void> {
  const outcomes = await giveBack(store, ids);
  const expected = ids.map((id) => {
    const state = tiny.instructions.get(id)?.state;
    if (state === 'reserved' || state === 'committed') tiny.giveBack(id);
    return state === 'delivered' || state === 'reversed' ? 'already-delivered' : 'returned';
  });
  expect(outcomes).toEqual(expected);
}

async function reverseAll({ tiny, lots }: World, ids: readonly Uuid[]): Promise<void> {
  for (const id of ids) {
    const { outcome } = await reverse(store, id, newUuid(), LIMIT);
    const instruction = tiny.instructions.get(id);
    const lot = lots.get(id) ?? '';
    if (instruction?.state === 'reversed') expect(outcome).toBe('already-reversed');
    else if (instruction?.state !== 'delivered') expect(outcome).toBe('unknown');
    else if (!tiny.canReverse(id, lot)) expect(outcome).toBe('shares-moved');
    else if (outcome === 'reversed') tiny.reverse(id, lot);
    else expect(outcome).toBe('holder-limit');
  }
}

async function compare({ tiny, issue }: World): Promise<void> {
  const { rows } = await sql<{ account: Uuid; total: bigint; free: bigint; reserved: bigint }>`
    select account_id as account, total, free, reserved from holding
    where security_id = ${issue.securityId}`.execute(store.db);
  const slices = await sql<{ account: Uuid; text: string }>`
    select account_id as account, lot || '=' || quantity as text from slice
    where security_id = ${issue.securityId} and mask = 0`.execute(store.db);
  for (const [holder, { accountId }] of investors.entries()) {
    const found = rows.find((row) => row.account === accountId);
    expect([found?.total ?? 0n, found?.free ?? 0n, found?.reserved ?? 0n]).toEqual([
      tiny.totalOf(holder),
      tiny.freeOf(holder),
      tiny.reservedOf(holder),
    ]);
    const free = slices.rows.filter((row) => row.account === accountId).map((row) => row.text);
    expect(free.toSorted()).toEqual(tiny.slicesOf(holder).toSorted());
  }
  const state = await sql<{ holders: number; places: number }>`
    select holders, places from security_state
    where security_id = ${issue.securityId}`.execute(store.db);
  expect(state.rows[0]?.holders).toBe(tiny.holders().length);
  expect(tiny.holders().length).toBeLessThanOrEqual(LIMIT);
}

it('agrees with the tiny register after every batch, and fsck finds nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 30 }), async (commands) => {
      const world = await newWorld();
      for (const one of commands) {
        await run(world, one);
        await compare(world);
      }
      const reports = await runChecks(store.db, [
        ...ledgerChecks,
        ...registerChecks.filter(
          // The investors of these tests are made directly and are reported by nothing.
          ({ name }) => !name.startsWith('reported versions'),
        ),
      ]);
      expect(reports.flatMap((report) => report.differences)).toEqual([]);
    }),
    { numRuns: 12, endOnFailure: true },
  );
}, 120_000);

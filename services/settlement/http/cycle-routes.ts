/** Routes of settlement cycles, corrections, object packs and approvals. */
import { decideApproval } from '#libs/approvals/approvals.ts';
import { findApproval, listApprovals } from '#libs/approvals/approval-repository.ts';
import { type Route, reply } from '#libs/http/route.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { listWaitingBooks } from '#libs/outbox/waiting-books.ts';
import { refuse } from '#libs/result/refusal.ts';
import { ok } from '#libs/result/result.ts';
import { countsOf, type Cycle, findCycle, listCycles } from '../repositories/cycle-repository.ts';
import { packsFrom } from '../repositories/pack-repository.ts';
import { checkCorrection } from '../use-cases/correct-object.ts';
import { runCycle } from '../use-cases/run-cycle.ts';
import { fromApproval } from './approval-codec.ts';
import { fromPackedFact } from './pack-codec.ts';
import { askApproval, command, query, type RouteParts, type SettlementTx } from './route-parts.ts';

const fromCycle = (cycle: Cycle, counts: Readonly<Record<string, number>>) => ({
  cycleId: cycle.id,
  state: cycle.state,
  businessDate: cycle.businessDate,
  startedAt: cycle.startedAt,
  ...(cycle.endedAt === null ? {} : { endedAt: cycle.endedAt }),
  counts: { ...counts },
});

export const cycleRoutes = (parts: RouteParts): Route<SettlementTx>[] => [
  command('runCycle', async (tx, _request, context) => {
    const started = await runCycle(tx, context, parts.registry);
    if (!started.ok) return started;
    const counts = await countsOf(tx, [started.value.id]);
    return reply(202, { cycle: fromCycle(started.value, counts.get(started.value.id) ?? {}) });
  }),

  query('getCycle', async ({ params }) => {
    const cycle = await findCycle(parts.db, params.cycleId);
    if (cycle === undefined) return refuse('not-found');
    const counts = await countsOf(parts.db, [cycle.id]);
    return reply(200, { cycle: fromCycle(cycle, counts.get(cycle.id) ?? {}) });
  }),

  query('listCycles', async ({ query: asked }) => {
    const { limit = 50, cursor } = asked;
    const page = { operation: 'listCycles' };
    const after = cursor === undefined ? ok([]) : parts.cursors.decode(page, cursor);
    if (!after.ok) return after;
    const found = await listCycles(parts.db, after.value[0] ?? null, limit + 1);
    const counts = await countsOf(
      parts.db,
      found.map(({ id }) => id),
    );
    const answer = parts.cursors.page(found, {
      query: page,
      limit,
      keyOf: ({ id }) => [id],
      itemOf: (cycle) => fromCycle(cycle, counts.get(cycle.id) ?? {}),
    });
    return reply(200, { items: [...answer.items], nextCursor: answer.nextCursor });
  }),
];

export const objectRoutes = (parts: RouteParts): Route<SettlementTx>[] => [
  command('correctObject', async (tx, { body }, context) => {
    const permitted = await checkCorrection(tx, body);
    if (!permitted.ok) return permitted;
    return askApproval(parts, tx, context, 'correctObject', body);
  }),

  query('listWaitingBooks', async ({ query: asked }) => {
    const page = await listWaitingBooks(parts.db, parts.cursors, asked);
    return page.ok ? reply(200, page.value) : page;
  }),

  query('listObjectPacks', async ({ query: asked }) => {
    const securityId = asked.book.slice('settlement:'.length);
    const from = BigInt(asked.fromSequence);
    const facts = await packsFrom(parts.db, securityId, from, asked.limit ?? 50);
    const items = await Promise.all(
      facts.map(async (fact) =>
        fromPackedFact(fact, await parts.packs.open(parts.db, fact, fact.sealed)),
      ),
    );
    return reply(200, { items });
  }),
];

export const approvalRoutes = (parts: RouteParts): Route<SettlementTx>[] => [
  command('decideApproval', async (tx, { params, body }, context) => {
    const decision = { id: params.approvalId as Uuid, ...body };
    const decided = await decideApproval(parts.approvals, tx, context, decision);
    if (!decided.ok) return decided;
    return reply(200, { approval: fromApproval(decided.value) });
  }),

  query('getApproval', async ({ params }) => {
    const { cipher } = parts.approvals;
    const approval = await findApproval(parts.db, params.approvalId as Uuid, cipher);
    if (approval === undefined) return refuse('not-found');
    return reply(200, { approval: fromApproval(approval) });
  }),

  query('listApprovals', async ({ query: asked }) => {
    const { limit = 50, cursor, state } = asked;
    const page = { operation: 'listApprovals', state };
    const after = cursor === undefined ? ok([]) : parts.cursors.decode(page, cursor);
    if (!after.ok) return after;
    const [before] = after.value;
    const found = await listApprovals(
      parts.db,
      {
        limit: limit + 1,
        ...(state === undefined ? {} : { state }),
        ...(before === undefined ? {} : { before: before as Uuid }),
      },
      parts.approvals.cipher,
    );
    const answer = parts.cursors.page(found, {
      query: page,
      limit,
      keyOf: ({ id }) => [id],
      itemOf: fromApproval,
    });
    return reply(200, { items: [...answer.items], nextCursor: answer.nextCursor });
  }),
];

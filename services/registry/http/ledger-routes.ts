/** Routes of the share ledger: settlement's calls, the register as people see it, packs. */
import type { operations } from '#libs/contracts/generated/registry.ts';
import { registryContract } from '#libs/contracts/generated/registry-contract.ts';
import { type Route, reply, routesOf } from '#libs/http/route.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { listWaitingBooks } from '#libs/outbox/waiting-books.ts';
import { refuse } from '#libs/result/refusal.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import { maySeeOf } from '../domain/access.ts';
import type { OwnerKeyStore } from '../renderer/owner-keys.ts';
import { readPacks } from '../renderer/read-packs.ts';
import type { Book } from '../repositories/event-repository.ts';
import { listHoldingChanges, listHoldings } from '../repositories/holding-repository.ts';
import { commitReservations } from '../use-cases/commit-reservations.ts';
import { deliverShares } from '../use-cases/deliver-shares.ts';
import { getRoster } from '../use-cases/get-roster.ts';
import { reserveShares } from '../use-cases/reserve-shares.ts';
import { returnReservations } from '../use-cases/return-reservations.ts';
import { reverseDelivery } from '../use-cases/reverse-delivery.ts';
import {
  toDeliveryTerms,
  toInstant,
  toReservationTerms,
  toWireChange,
  toWireDelivery,
  toWireHolding,
  toWireOutcomes,
  toWirePack,
  toWireRosterEntry,
} from './ledger-codec.ts';
import { actingContext, type RegistryServices, type RegistryTx, viewerOf } from './services.ts';

const { query, command } = routesOf<operations, RegistryTx>(registryContract);

export function ledgerRoutes(
  services: RegistryServices,
  ownerKeys: OwnerKeyStore,
): Route<RegistryTx>[] {
  return [
    ...reservationRoutes(services),
    ...deliveryRoutes(services),
    ...holdingRoutes(services),
    ...rosterRoutes(services),
    query('listWaitingBooks', async ({ query: asked }) => {
      const page = await listWaitingBooks(services.db, services.cursors, asked);
      return page.ok ? reply(200, page.value) : page;
    }),
    query('listObjectPacks', async ({ query: { book, fromSequence, limit = 50 } }) => {
      // The contract's pattern is that of a book's name.
      const page = { book: book as Book, fromSequence: BigInt(fromSequence), limit };
      const events = await readPacks(services.db, ownerKeys, page);
      return reply(200, { items: events.map(toWirePack) });
    }),
  ];
}

function reservationRoutes({ setting }: RegistryServices): Route<RegistryTx>[] {
  const { market } = setting;
  return [
    command('reserveShares', async (tx, { body }, context) => {
      const terms = toReservationTerms(body.items);
      if (!terms.ok) return terms;
      const results = await reserveShares(tx, actingContext(context), market, terms.value);
      if (!results.ok) return results;
      const items = toWireOutcomes(terms.value, results.value, context.language, (reserved) => ({
        outcome: 'reserved' as const,
        reservationId: reserved.reservationId.toString(),
      }));
      return reply(200, { items });
    }),
    command('commitReservations', async (tx, { body }, context) => {
      const asked = body.items.map(({ instructionId }) => ({
        instructionId: instructionId as Uuid,
      }));
      const results = await commitReservations(tx, actingContext(context), market, asked);
      if (!results.ok) return results;
      const items = toWireOutcomes(asked, results.value, context.language, () => ({
        outcome: 'committed' as const,
      }));
      return reply(200, { items });
    }),
    command('returnReservations', async (tx, { body }, context) => {
      const asked = body.items.map(({ instructionId, reason }) => ({
        instructionId: instructionId as Uuid,
        reason,
      }));
      const outcomes = await returnReservations(tx, actingContext(context), asked);
      if (!outcomes.ok) return outcomes;
      const items = asked.map(({ instructionId }, at) => {
        const outcome = outcomes.value[at];
        if (outcome === undefined || outcome === 'kept') throw new Error('an item has no outcome');
        return { instructionId, outcome };
      });
      return reply(200, { items });
    }),
  ];
}

function deliveryRoutes({ setting }: RegistryServices): Route<RegistryTx>[] {
  return [
    command('deliverShares', async (tx, { body }, context) => {
      const terms = toDeliveryTerms(body.items);
      if (!terms.ok) return terms;
      const cycleId = body.cycleId as Uuid;
      const asked = { cycleId, items: terms.value };
      const results = await deliverShares(tx, actingContext(context), asked);
      if (!results.ok) return results;
      const items = toWireOutcomes(terms.value, results.value, context.language, (delivered) => ({
        outcome: 'delivered' as const,
        ...toWireDelivery(delivered),
      }));
      return reply(200, { items });
    }),
    command('reverseDelivery', async (tx, { body }, context) => {
      const asked = body.items.map((item) => ({
        instructionId: item.instructionId as Uuid,
        originalInstructionId: item.originalInstructionId as Uuid,
        reason: item.reason,
      }));
      const { market } = setting;
      const results = await reverseDelivery(tx, actingContext(context), market, asked);
      if (!results.ok) return results;
      const items = toWireOutcomes(asked, results.value, context.language, (delivered) => ({
        outcome: 'reversed' as const,
        ...toWireDelivery(delivered),
      }));
      return reply(200, { items });
    }),
  ];
}

function holdingRoutes({ db, cursors }: RegistryServices): Route<RegistryTx>[] {
  return [
    query('listHoldings', async ({ query: { subjectId, limit = 50, cursor } }, { actor }) => {
      if (!maySeeOf(viewerOf(actor), subjectId)) return refuse('not-found');
      const filter = { operation: 'listHoldings', subjectId };
      const key = cursor === undefined ? undefined : cursors.decode(filter, cursor);
      if (key !== undefined && !key.ok) return key;
      const rows = await listHoldings(db, subjectId, { after: key?.value, limit: limit + 1 });
      const page = cursors.page(rows, {
        query: filter,
        limit,
        keyOf: (row) => [row.securityId, row.accountId, row.nature.toString()],
        itemOf: toWireHolding,
      });
      return reply(200, { items: [...page.items], nextCursor: page.nextCursor });
    }),
    query('listHoldingChanges', async ({ query: asked }, { actor }) => {
      const { subjectId, securityId, limit = 50, cursor } = asked;
      if (!maySeeOf(viewerOf(actor), subjectId)) return refuse('not-found');
      const filter = { operation: 'listHoldingChanges', subjectId, securityId };
      const key = cursor === undefined ? undefined : cursors.decode(filter, cursor);
      if (key !== undefined && !key.ok) return key;
      const of = { subjectId, securityId };
      const rows = await listHoldingChanges(db, of, { after: key?.value, limit: limit + 1 });
      const page = cursors.page(rows, {
        query: filter,
        limit,
        keyOf: (row) => [row.sequence.toString(), row.accountId, row.nature.toString()],
        itemOf: toWireChange,
      });
      return reply(200, { items: [...page.items], nextCursor: page.nextCursor });
    }),
  ];
}

function rosterRoutes({ db, cursors }: RegistryServices): Route<RegistryTx>[] {
  return [
    query('getRoster', async ({ params: { securityId }, query: asked }, { now }) => {
      const { limit = 50, cursor } = asked;
      const known = toInstant(asked.knownAt, 'knownAt');
      if (!known.ok) return known;
      const filter = { operation: 'getRoster', securityId, asOf: asked.asOf };
      // A page's cursor carries date and moment, so that all pages are of one roster.
      const key = cursor === undefined ? undefined : cursors.decode(filter, cursor);
      if (key !== undefined && !key.ok) return key;
      const moment = toInstant(key?.value[2], 'cursor');
      if (!moment.ok) return moment;
      const question = {
        securityId,
        asOf: (key?.value[3] ?? asked.asOf) as LocalDate | undefined,
        knownAt: moment.value ?? known.value,
      };
      const roster = await getRoster(db, now, question, { after: key?.value, limit: limit + 1 });
      if (!roster.ok) return roster;
      const { entries, knownAt, asOf, holders, total } = roster.value;
      const page = cursors.page(entries, {
        query: filter,
        limit,
        keyOf: (entry) => [entry.accountId, entry.nature.toString(), knownAt, asOf],
        itemOf: toWireRosterEntry,
      });
      return reply(200, {
        ...{ securityId, asOf, knownAt, holders, total: total.toString() },
        items: [...page.items],
        nextCursor: page.nextCursor,
      });
    }),
  ];
}

/** The registry over its HTTP contract. */
import type { KeyObject } from 'node:crypto';
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import { registryContract } from '#libs/contracts/generated/registry-contract.ts';
import type { components, operations } from '#libs/contracts/generated/registry.ts';
import {
  type CallFailure,
  createServiceClient,
  type ServiceClient,
} from '#libs/http/service-client.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { RefusalItem } from '#libs/result/refusal.ts';
import { assert, err, ok, type Result } from '#libs/result/result.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import type { Clock } from '#libs/time/clock.ts';
import { localDate } from '#libs/time/local-date.ts';
import type {
  ItemOutcome,
  RegistryAccount,
  RegistryPort,
  Unavailable,
} from '../domain/registry-port.ts';
import type { Delivery } from '../domain/transfer.ts';

type Schemas = components['schemas'];

export interface RegistryClientOptions {
  readonly baseUrl: string;
  readonly key: KeyObject;
  readonly clock: Clock;
}

/** A command of ours holds a database connection while it asks. */
const readTimeoutMs = 2_000;
/** Only the engine calls for changes, in batches and outside of its transactions. */
const changeTimeoutMs = 20_000;
/** Answers of the preview that speak of the question, not of the registry. */
const refusedQuestions: ReadonlySet<string> = new Set([
  'security-not-found',
  'account-not-found',
  'nature-unknown',
]);
/** Offline agreement between named parties; the market runs no matching. */
const offlineAgreement = '2';

/** The same body is the same request, however often a crash makes us repeat it. */
const keyOf = (operation: string, body: unknown): string =>
  `${operation}:${sm3Hex(canonicalBytes(body))}`;

const toUnavailable = (failure: CallFailure): Result<never, Unavailable> =>
  err({
    reason: failure.kind === 'problem' ? failure.problem.code : failure.reason,
  });

const toFindings = (findings: readonly Schemas['Finding'][] = []): RefusalItem[] =>
  findings.map(({ rule, code, params }) => ({ code, params: { ...params, rule } }));

function toOutcome(item: Schemas['ReservationOutcome'] | Schemas['CommitOutcome']): ItemOutcome {
  const instructionId = item.instructionId as Uuid;
  if (item.outcome !== 'refused') return { instructionId, ok: true };
  return { instructionId, ok: false, findings: toFindings(item.findings) };
}

function toDelivery(item: Schemas['DeliveryOutcome'] | Schemas['ReversalOutcome']): Delivery {
  const { eventId, businessDate, references } = item;
  assert(eventId !== undefined, 'a delivery has an event');
  assert(businessDate !== undefined && references !== undefined, 'a delivery has references');
  return { eventId: eventId as Uuid, businessDate: localDate(businessDate), references };
}

function toAccount(account: Schemas['Account']): RegistryAccount {
  return {
    accountId: account.accountId as Uuid,
    subjectId: account.subjectId as Uuid,
    type: account.kind,
    isActive: account.status === 'normal',
    linkedAccountId: account.linkedAccountId as Uuid | undefined,
  };
}

type Reads = Pick<RegistryPort, 'businessDay' | 'account' | 'preview'>;

function readsOf(client: ServiceClient<operations>): Reads {
  return {
    businessDay: async () => {
      const answer = await client.call('getBusinessDay', {});
      if (answer.ok) {
        const { businessDate, state } = answer.value.body;
        return ok(state === 'open' ? localDate(businessDate) : undefined);
      }
      const { error } = answer;
      const isClosed = error.kind === 'problem' && error.problem.code === 'business-day-not-open';
      return isClosed ? ok(undefined) : toUnavailable(error);
    },
    account: async (accountId) => {
      const answer = await client.call('getAccount', { params: { accountId } });
      if (answer.ok) return ok(toAccount(answer.value.body));
      const { error } = answer;
      if (error.kind === 'problem' && error.problem.status === 404) return ok(undefined);
      return toUnavailable(error);
    },
    preview: async ({ quantity, ...question }) => {
      const { securityId, sellerAccountId, buyerAccountId, natureCode } = question;
      const query = { securityId, sellerAccountId, buyerAccountId, natureCode };
      const answer = await client.call('previewTransfer', {
        query: { ...query, quantity: quantity.toString() },
      });
      if (answer.ok) return ok(toFindings(answer.value.body.findings));
      const { error } = answer;
      if (error.kind !== 'problem' || !refusedQuestions.has(error.problem.code)) {
        return toUnavailable(error);
      }
      return ok([{ code: error.problem.code, params: { securityId, natureCode } }]);
    },
  };
}

type Reservations = Pick<RegistryPort, 'reserve' | 'commit' | 'giveBack'>;

function reservationsOf(client: ServiceClient<operations>): Reservations {
  return {
    reserve: async (items) => {
      const body = {
        items: items.map((item) => ({
          instructionId: item.instructionId,
          securityId: item.securityId,
          sellerAccountId: item.sellerAccountId,
          buyerAccountId: item.buyerAccountId,
          natureCode: item.natureCode,
          quantity: item.quantity.toString(),
          deadline: item.deadline,
        })),
      };
      const idempotencyKey = keyOf('reserve', body);
      const answer = await client.call('reserveShares', { body, idempotencyKey });
      return answer.ok ? ok(answer.value.body.items.map(toOutcome)) : toUnavailable(answer.error);
    },
    commit: async (instructionIds) => {
      const body = { items: instructionIds.map((instructionId) => ({ instructionId })) };
      const idempotencyKey = keyOf('commit', body);
      const answer = await client.call('commitReservations', { body, idempotencyKey });
      return answer.ok ? ok(answer.value.body.items.map(toOutcome)) : toUnavailable(answer.error);
    },
    giveBack: async (instructionIds, reason) => {
      const body = { items: instructionIds.map((instructionId) => ({ instructionId, reason })) };
      const idempotencyKey = keyOf('give-back', body);
      const answer = await client.call('returnReservations', { body, idempotencyKey });
      if (!answer.ok) return toUnavailable(answer.error);
      const isDelivered = answer.value.body.items.some(
        (item) => item.outcome === 'already-delivered',
      );
      assert(!isDelivered, 'shares of an undecided transfer were delivered');
      return ok();
    },
  };
}

type Movements = Pick<RegistryPort, 'deliver' | 'reverse'>;

function movementsOf(client: ServiceClient<operations>): Movements {
  return {
    deliver: async (cycleId, items) => {
      const body = {
        cycleId,
        items: items.map((item) => ({
          instructionId: item.instructionId,
          amountFen: item.amountFen.toString(),
          unitPrice: item.unitPrice,
          method: offlineAgreement as '2',
          agreementHash: item.agreementHash,
          agreementNumber: item.agreementNumber,
          dealTime: item.dealtAt,
        })),
      };
      const idempotencyKey = keyOf('deliver', body);
      const answer = await client.call('deliverShares', { body, idempotencyKey });
      if (!answer.ok) return toUnavailable(answer.error);
      const { items: outcomes } = answer.value.body;
      const refused = outcomes.find((item) => item.outcome === 'refused');
      assert(refused === undefined, 'the registry refused a committed delivery');
      return ok(
        outcomes.map((item) => ({
          instructionId: item.instructionId as Uuid,
          delivery: toDelivery(item),
        })),
      );
    },
    reverse: async (instructionId, originalInstructionId, reason) => {
      const body = { items: [{ instructionId, originalInstructionId, reason }] };
      const idempotencyKey = keyOf('reverse', body);
      const answer = await client.call('reverseDelivery', { body, idempotencyKey });
      if (!answer.ok) return toUnavailable(answer.error);
      const [item] = answer.value.body.items;
      assert(item !== undefined, 'one reversal has one outcome');
      if (item.outcome === 'refused') {
        return ok({ ok: false as const, findings: toFindings(item.findings) });
      }
      return ok({ ok: true as const, delivery: toDelivery(item) });
    },
  };
}

export function createRegistryClient(options: RegistryClientOptions): RegistryPort {
  const clientWithin = (timeoutMs: number) =>
    createServiceClient({
      ...options,
      contract: registryContract,
      callee: 'registry',
      callerName: 'settlement',
      timeoutMs,
    });
  const changes = clientWithin(changeTimeoutMs);
  return {
    ...readsOf(clientWithin(readTimeoutMs)),
    ...reservationsOf(changes),
    ...movementsOf(changes),
  };
}

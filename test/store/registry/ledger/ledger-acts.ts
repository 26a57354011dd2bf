// The ledger's postings as a test says them: short forms over the repositories.
import type { Executor } from '#libs/db/database.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import { objectIdOf } from '../../../../services/registry/domain/object-fact.ts';
import * as deliveries from '../../../../services/registry/repositories/delivery-repository.ts';
import { appendEvent } from '../../../../services/registry/repositories/event-repository.ts';
import {
  type IssueRow,
  postIssue,
} from '../../../../services/registry/repositories/issue-repository.ts';
import type { LedgerStamp } from '../../../../services/registry/repositories/ledger-stamp.ts';
import * as reservations from '../../../../services/registry/repositories/reservation-repository.ts';
import { addIssue, type Investor, type Issue, type LedgerStore } from './ledger-store.ts';

export const stamp: LedgerStamp = {
  effectiveOn: '2026-11-24' as LocalDate,
  recordedAt: '2026-11-24T02:00:00.000Z' as Instant,
  actor: 'service:settlement',
  payloadHash: new Uint8Array(32),
};

type HasDatabase = Pick<LedgerStore, 'db'>;

export const inTx = <T>(store: HasDatabase, work: (tx: Executor) => Promise<T>): Promise<T> =>
  store.db.transaction().execute(work);

/** An issue whose issuer's subject is reported, with `rows` registered. */
export async function issueWith(
  store: LedgerStore,
  rows: readonly {
    readonly investor: Investor;
    readonly quantity: bigint;
    readonly nature?: number;
  }[],
  holderLimit = 200,
): Promise<Issue> {
  const registered = rows.reduce((sum, row) => sum + row.quantity, 0n);
  const issue = await addIssue(store, registered);
  await reportIssuer(store, issue);
  const issued: IssueRow[] = rows.map(({ investor, quantity, nature }) => ({
    accountId: investor.accountId,
    nature: nature ?? 0,
    quantity,
  }));
  await register(store, issue, issued, holderLimit);
  return issue;
}

export async function reportIssuer(store: HasDatabase, { issuerId }: Issue): Promise<void> {
  await inTx(store, (tx) =>
    appendEvent(tx, {
      book: 'parties',
      kind: 'subject-registered',
      effectiveOn: stamp.effectiveOn,
      recordedAt: stamp.recordedAt,
      actor: stamp.actor,
      businessKey: `subject:${issuerId}`,
      payloadHash: stamp.payloadHash,
      facts: [
        {
          objectId: objectIdOf('subject', issuerId),
          version: 0n,
          revision: 0n,
          class: 'subject',
          operation: 'create',
          keyOwner: { kind: 'subject', id: issuerId },
          references: [],
          figures: { subjectId: issuerId },
        },
      ],
    }),
  );
}

export async function register(
  store: HasDatabase,
  { securityId }: Issue,
  rows: readonly IssueRow[],
  holderLimit = 200,
): Promise<Uuid> {
  const eventId = newUuid();
  await inTx(store, (tx) =>
    postIssue(tx, stamp, {
      securityId,
      sign: 1,
      lot: eventId,
      rows,
      holderLimit,
      businessKey: `register:${eventId}`,
      eventId,
    }),
  );
  return eventId;
}

export interface Transfer {
  readonly issue: Issue;
  readonly seller: Investor;
  readonly buyer: Investor;
  readonly quantity: bigint;
  readonly nature?: number;
  readonly instructionId?: Uuid;
  readonly deadline?: string;
}

export const termsOf = (transfer: Transfer): reservations.ReservationTerms => ({
  instructionId: transfer.instructionId ?? newUuid(),
  securityId: transfer.issue.securityId,
  sellerAccountId: transfer.seller.accountId,
  buyerAccountId: transfer.buyer.accountId,
  nature: transfer.nature ?? 0,
  quantity: transfer.quantity,
  deadline: (transfer.deadline ?? '2026-11-25T00:00:00.000Z') as Instant,
});

export const reserve = (
  store: HasDatabase,
  items: readonly reservations.ReservationTerms[],
): Promise<readonly reservations.ReservationOutcome[]> =>
  inTx(store, (tx) => reservations.reserveShares(tx, stamp, items));

export const commit = (
  store: HasDatabase,
  instructionIds: readonly Uuid[],
  holderLimit = 200,
): Promise<readonly reservations.CommitOutcome[]> =>
  inTx(store, (tx) =>
    reservations.commitReservations(
      tx,
      stamp,
      instructionIds.map((instructionId) => ({ instructionId, holderLimit })),
    ),
  );

export const giveBack = (
  store: HasDatabase,
  instructionIds: readonly Uuid[],
): Promise<readonly reservations.ReturnOutcome[]> =>
  inTx(store, (tx) =>
    reservations.returnReservations(
      tx,
      stamp,
      instructionIds.map((instructionId) => ({ instructionId, reason: 'not paid' })),
    ),
  );

export const deliveryOf = (instructionId: Uuid): deliveries.DeliveryTerms => ({
  instructionId,
  unitPrice: '2.5000',
  amountFen: 25_000n,
  method: '2',
  agreementHash: 'b'.repeat(64),
  agreementNumber: 'A-1',
  dealTime: '2026-11-24T01:30:00.000Z' as Instant,
});

export const deliver = (
  store: HasDatabase,
  instructionIds: readonly Uuid[],
): Promise<readonly (deliveries.Delivered | undefined)[]> =>
  inTx(store, (tx) => deliveries.deliverShares(tx, stamp, instructionIds.map(deliveryOf)));

export const reverse = (
  store: HasDatabase,
  originalInstructionId: Uuid,
  instructionId = newUuid(),
  holderLimit = 200,
): Promise<deliveries.ReversalOutcome> =>
  inTx(store, (tx) =>
    deliveries.reverseDelivery(tx, stamp, {
      instructionId,
      originalInstructionId,
      reason: 'agreed in error',
      holderLimit,
    }),
  );

/** Reserve, commit and deliver; gives back the instruction. */
export async function transfer(store: HasDatabase, terms: Transfer): Promise<Uuid> {
  const item = termsOf(terms);
  const [reserved] = await reserve(store, [item]);
  const [committed] = await commit(store, [item.instructionId]);
  const [delivered] = await deliver(store, [item.instructionId]);
  if (reserved?.outcome !== 'reserved' || committed?.outcome !== 'committed' || !delivered) {
    throw new Error(`not delivered: ${reserved?.outcome ?? ''} ${committed?.outcome ?? ''}`);
  }
  return item.instructionId;
}

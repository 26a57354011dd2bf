// A delivered transfer for tests of pure functions.
import { newUuid } from '#libs/ids/uuid.ts';
import { fen } from '#libs/quantity/money.ts';
import { shares } from '#libs/quantity/shares.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import type { Transfer } from '../../../services/settlement/domain/transfer.ts';

const reference = (prefix: string, version = '3') => ({
  objectId: `${prefix}-${newUuid()}`,
  version,
});

export function aTransfer(more: Partial<Transfer> = {}): Transfer {
  return {
    id: newUuid(),
    kind: 'transfer',
    originalId: null,
    approvalId: newUuid(),
    securityId: newUuid(),
    sellerAccountId: newUuid(),
    buyerAccountId: newUuid(),
    sellerFundAccountId: newUuid(),
    buyerFundAccountId: newUuid(),
    sellerSubjectId: newUuid(),
    buyerSubjectId: newUuid(),
    natureCode: '0',
    quantity: shares(100n),
    unitPrice: '10',
    amountFen: fen(100_000n),
    charges: [],
    agreementDocumentId: newUuid(),
    agreementHash: 'a'.repeat(64),
    agreementNumber: 'A-1',
    dealtAt: '2026-11-24T02:00:00.000Z' as Instant,
    deadline: '2026-12-01T02:00:00.000Z' as Instant,
    reason: null,
    createdAt: '2026-11-24T02:00:00.000Z' as Instant,
    state: 'delivered',
    steps: 7,
    cycleId: newUuid(),
    delivery: {
      eventId: newUuid(),
      businessDate: '2026-11-24' as LocalDate,
      references: {
        transferReport: reference('TRD', '0'),
        product: reference('PRD'),
        seller: reference('SUB'),
        buyer: reference('SUB'),
        sellerFundAccount: reference('ACC'),
        buyerFundAccount: reference('ACC'),
      },
    },
    settledEventId: null,
    ...more,
  };
}

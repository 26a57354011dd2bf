// Books of settlement with everything in them once: settled, reversed, failed, cancelled, paid out.
import { sql } from 'kysely';
import { inTransaction } from '#libs/db/transaction.ts';
import { sealAuditRecords } from '#libs/audit/seal.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { fen } from '#libs/quantity/money.ts';
import { expectOk, ok } from '#libs/result/result.ts';
import { bookAtEmbeddedBank } from '../../../services/settlement/bank/embedded-bank.ts';
import { createPackCipher } from '../../../services/settlement/renderer/pack-cipher.ts';
import { createRendering } from '../../../services/settlement/renderer/render-events.ts';
import type { SettlementRig } from '../../support/settlement-rig.ts';

export const bankAccount = {
  bankCode: '102',
  bankAccount: '6222021234567890123',
  payeeName: '张三',
};

export const packKey = new Uint8Array(16).fill(5);

/** A line of the bank's statement that nobody asked for. */
export async function bookLine(
  { store, clock }: SettlementRig,
  direction: 'in' | 'out' | 'out-returned',
  reference: string,
  amount: bigint,
): Promise<void> {
  const line = { direction, reference, fundAccountId: null, amountFen: fen(amount) };
  const booked = await inTransaction(store.db, 'read committed', async (tx) =>
    ok(await bookAtEmbeddedBank(tx, line, clock.now())),
  );
  if (!expectOk(booked, 'book a line')) throw new Error('the reference was used');
}

export async function runCycle(rig: SettlementRig): Promise<void> {
  const started = await rig.maker.post('/v1/cycles', undefined);
  if (started.status !== 202) throw new Error(JSON.stringify(started.body));
  await rig.settleDown();
}

export async function settledTransfer(rig: SettlementRig) {
  const issue = await rig.registry.issue();
  await rig.payIn(issue.buyer.fundAccountId, '500000');
  const transferId = await rig.agree(issue);
  await rig.settleDown();
  await runCycle(rig);
  return { issue, transferId };
}

/** Renders what waits, as the relay would before it publishes. */
export async function renderAll({ store, clock }: SettlementRig): Promise<void> {
  const render = createRendering(createPackCipher(packKey, clock), clock);
  const done = await inTransaction(store.db, 'read committed', async (tx) => {
    const { rows } = await sql<{ book: string; sequence: bigint; eventId: Uuid; topic: string }>`
      select book, sequence, event_id as "eventId", topic from outbox where state = 'pending'
      order by book, sequence`.execute(tx);
    for (const one of await render(tx, rows)) {
      if (!one.ok) throw new Error(one.reason);
      await sql`
        update outbox set state = 'rendered', message = ${Buffer.from(one.value)}
        where event_id = ${one.eventId}`.execute(tx);
    }
    return ok();
  });
  expectOk(done, 'render');
}

export async function fillBooks(rig: SettlementRig): Promise<void> {
  const { issue, transferId } = await settledTransfer(rig);
  const { seller, buyer } = issue;
  const reason = { reason: 'agreed in error' };
  await rig.change(`/v1/transfers/${transferId}/reversals`, reason);
  await rig.payIn(seller.fundAccountId, '1000');
  const cancelled = await rig.agree(issue, { quantity: '1', amountFen: '1000' });
  await rig.settleDown();
  await rig.change(`/v1/transfers/${cancelled}/cancellations`, reason);
  await rig.settleDown();
  const other = await settledTransfer(rig);
  await rig.agree(other.issue, { quantity: '10', amountFen: '10000' });
  await rig.settleDown();
  const payout = { fundAccountId: buyer.fundAccountId, amountFen: '700', ...bankAccount };
  await rig.change('/v1/payouts', payout);
  const { payoutId } = await rig.change('/v1/payouts', { ...payout, amountFen: '800' });
  await rig.settleDown();
  await bookLine(rig, 'out-returned', payoutId, 800n);
  await bookLine(rig, 'in', 'NOBODY-KNOWS', 55n);
  const deposit = { fundAccountId: buyer.fundAccountId, amountFen: '900', reference: 'IN-SHORT' };
  await rig.change('/v1/deposits', deposit);
  await bookLine(rig, 'in', 'IN-SHORT', 899n);
  await rig.change('/v1/deposits', { ...deposit, reference: 'IN-AWAITED' });
  await rig.settleDown();
  await rig.change('/v1/fee-parameters', {
    kind: 'stamp-duty',
    side: 'buyer',
    rate: '0.0006',
    minimumFen: '0',
    validFrom: '2027-01-01',
    source: 'a new statute',
  });
  const { settlementObject } = await rig.transfer(other.transferId);
  await rig.change('/v1/object-corrections', {
    objectId: settlementObject.objectId,
    version: '0',
    operation: 'overwrite',
    reason: 'rejected',
  });
  await renderAll(rig);
  await sealAuditRecords(rig.store.db, rig.clock.now());
}

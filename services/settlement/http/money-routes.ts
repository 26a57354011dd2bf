/** Routes of client money: accounts, deposits, payouts, rates, and the demonstration bank. */
import { recordAudit } from '#libs/audit/record-audit.ts';
import { type Route, reply } from '#libs/http/route.ts';
import type { Actor } from '#libs/http/actor.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { fen } from '#libs/quantity/money.ts';
import { refuse } from '#libs/result/refusal.ts';
import { ok } from '#libs/result/result.ts';
import { bookAtEmbeddedBank } from '../bank/embedded-bank.ts';
import { mayReadMoneyOf } from '../domain/access.ts';
import { findDeposit } from '../repositories/deposit-repository.ts';
import { listFeeParameters } from '../repositories/fee-repository.ts';
import { findMoneyAccount, listMoneyEntries } from '../repositories/money-repository.ts';
import { findPayout } from '../repositories/payout-repository.ts';
import { notifyEngine } from '../repositories/wake-up.ts';
import { checkDeposit } from '../use-cases/announce-deposit.ts';
import { checkPayout } from '../use-cases/request-payout.ts';
import { checkFeeParameter } from '../use-cases/set-fee-parameter.ts';
import { fromDeposit, fromFeeParameters, fromMoneyEntry, fromPayout } from './money-codec.ts';
import { depositFrom, feeParameterFrom, payoutFrom } from './payload-codec.ts';
import { askApproval, command, query, type RouteParts, type SettlementTx } from './route-parts.ts';

/** An investor's own account is known by the registry; staff need not be asked about. */
async function isReadable(parts: RouteParts, actor: Actor, fundAccountId: string) {
  if (mayReadMoneyOf(actor, undefined)) return ok(true);
  const account = await parts.registry.account(fundAccountId as Uuid);
  if (!account.ok) return refuse('registry-unavailable');
  return ok(mayReadMoneyOf(actor, account.value?.subjectId));
}

const accountRoutes = (parts: RouteParts): Route<SettlementTx>[] => [
  query('getMoneyAccount', async ({ params }, { actor }) => {
    const readable = await isReadable(parts, actor, params.fundAccountId);
    if (!readable.ok) return readable;
    const account = await findMoneyAccount(parts.db, params.fundAccountId);
    if (account === undefined || !readable.value) return refuse('not-found');
    const { balanceFen, heldFen } = account;
    return reply(200, {
      fundAccountId: account.id,
      currency: 'CNY',
      balanceFen: balanceFen.toString(),
      heldFen: heldFen.toString(),
      availableFen: (balanceFen - heldFen).toString(),
    });
  }),

  query('listMoneyEntries', async ({ params, query: asked }, { actor }) => {
    const readable = await isReadable(parts, actor, params.fundAccountId);
    if (!readable.ok) return readable;
    const account = await findMoneyAccount(parts.db, params.fundAccountId);
    if (account === undefined || !readable.value) return refuse('not-found');
    const { limit = 50, cursor } = asked;
    const page = { operation: 'listMoneyEntries', account: account.id };
    const after = cursor === undefined ? ok([]) : parts.cursors.decode(page, cursor);
    if (!after.ok) return after;
    const found = await listMoneyEntries(parts.db, account.id, after.value[0] ?? null, limit + 1);
    const answer = parts.cursors.page(found, {
      query: page,
      limit,
      keyOf: ({ entry }) => [entry.toString()],
      itemOf: fromMoneyEntry,
    });
    return reply(200, { items: [...answer.items], nextCursor: answer.nextCursor });
  }),
];

const changeRoutes = (parts: RouteParts): Route<SettlementTx>[] => [
  command('announceDeposit', async (tx, { body }, context) => {
    const permitted = await checkDeposit(tx, parts.registry, depositFrom(body));
    if (!permitted.ok) return permitted;
    return askApproval(parts, tx, context, 'announceDeposit', body);
  }),

  command('requestPayout', async (tx, { body }, context) => {
    const permitted = await checkPayout(tx, payoutFrom(body));
    if (!permitted.ok) return permitted;
    return askApproval(parts, tx, context, 'requestPayout', body);
  }),

  command('setFeeParameter', async (tx, { body }, context) => {
    const permitted = await checkFeeParameter(parts.registry, feeParameterFrom(body));
    if (!permitted.ok) return permitted;
    return askApproval(parts, tx, context, 'setFeeParameter', body);
  }),

  command('payIntoEmbeddedBank', async (tx, { body }, context) => {
    const entry = {
      direction: 'in' as const,
      reference: body.reference,
      fundAccountId: body.fundAccountId as Uuid,
      amountFen: fen(BigInt(body.amountFen)),
    };
    const booked = await bookAtEmbeddedBank(tx, entry, context.now);
    if (!booked) return refuse('bank-reference-used', { reference: body.reference });
    await recordAudit(tx, context, {
      action: 'embedded-bank-paid-in',
      target: `bank-reference:${body.reference}`,
      detail: { amountFen: body.amountFen },
    });
    await notifyEngine(tx);
    return reply(201, body);
  }),
];

export const moneyRoutes = (parts: RouteParts): Route<SettlementTx>[] => [
  ...accountRoutes(parts),
  ...changeRoutes(parts),
  query('getDeposit', async ({ params }) => {
    const deposit = await findDeposit(parts.db, params.depositId);
    return deposit === undefined ? refuse('not-found') : reply(200, fromDeposit(deposit));
  }),
  query('getPayout', async ({ params }) => {
    const payout = await findPayout(parts.db, params.payoutId);
    return payout === undefined ? refuse('not-found') : reply(200, fromPayout(payout));
  }),
  query('listFeeParameters', async () =>
    reply(200, { items: [...fromFeeParameters(await listFeeParameters(parts.db))] }),
  ),
];

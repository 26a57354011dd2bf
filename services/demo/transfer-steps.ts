/** Steps in settlement: money in, agreement, approval, cycle, and the sale that breaks four rules. */
import { newUuid } from '#libs/ids/uuid.ts';
import { systemClock } from '#libs/time/clock.ts';
import { type Answer, type Api, type Json, textOf } from './api.ts';
import { expectThat, until } from './journey.ts';

const maker = 'settlement-maker';
const unitPrice = '2.50';
const fenPerShare = 250n;

export interface Terms {
  readonly securityId: string;
  readonly sellerAccountId: string;
  readonly buyerAccountId: string;
  readonly quantity: bigint;
}

export async function fundAccountOf(api: Api, accountId: string): Promise<string> {
  const account = await api.get('registrar-maker', `registry/v1/accounts/${accountId}`);
  return textOf(account, 'linkedAccountId');
}

/** Announced by settlement, paid in at the embedded bank, counted once the bank confirms it. */
export async function payIn(api: Api, fundAccountId: string, amountFen: bigint): Promise<string> {
  const reference = `DEMO-${newUuid()}`;
  const terms = { fundAccountId, amountFen: amountFen.toString(), reference };
  const deposit = await api.approved('settlement', 'deposits', terms);
  await api.post('operator', 'settlement/v1/embedded-bank/transfers', terms);
  await until(
    'the bank confirmation',
    () => api.get(maker, `settlement/v1/deposits/${textOf(deposit, 'depositId')}`),
    (answer) => answer['state'] === 'confirmed',
  );
  const money = await api.get(maker, `settlement/v1/money-accounts/${fundAccountId}`);
  return textOf(money, 'availableFen');
}

async function transferBody(api: Api, terms: Terms): Promise<Json> {
  const path = `settlement/v1/documents?fileName=${encodeURIComponent('转让协议.pdf')}`;
  const text = `转让协议 ${terms.sellerAccountId} ${terms.buyerAccountId} ${terms.quantity}`;
  const document = await api.upload(maker, path, new TextEncoder().encode(text));
  return {
    securityId: terms.securityId,
    sellerAccountId: terms.sellerAccountId,
    buyerAccountId: terms.buyerAccountId,
    natureCode: '0',
    quantity: terms.quantity.toString(),
    unitPrice,
    amountFen: (terms.quantity * fenPerShare).toString(),
    agreementDocumentId: textOf(document, 'documentId'),
    agreementNumber: `DEMO-${newUuid()}`,
    dealtAt: systemClock.now(),
  };
}

/** Price and the buyer's charges at the seeded rates, with room to spare. */
export const moneyFor = (quantity: bigint): bigint => quantity * fenPerShare * 2n;

export async function agree(api: Api, terms: Terms): Promise<string> {
  const agreed = await api.approved('settlement', 'transfers', await transferBody(api, terms));
  return textOf(agreed, 'transferId');
}

export async function waitForState(api: Api, transferId: string, state: string): Promise<Json> {
  const answer = await until(
    `transfer ${state}`,
    () => api.get(maker, `settlement/v1/transfers/${transferId}`),
    ({ transfer }) => ['failed', 'cancelled', state].includes(textOf(transfer as Json, 'state')),
  );
  const transfer = answer['transfer'] as Json;
  expectThat(
    transfer['state'] === state,
    `the transfer is ${String(transfer['state'])}: ${JSON.stringify(transfer['steps']).slice(0, 600)}`,
  );
  return transfer;
}

export async function runCycle(api: Api): Promise<string> {
  const started = await until(
    'a free cycle',
    () => api.ask(maker, 'settlement/v1/cycles', { method: 'POST' }),
    ({ status, body }) => status === 202 || body['code'] !== 'cycle-running',
  );
  expectThat(started.status === 202, `no cycle: ${JSON.stringify(started.body).slice(0, 300)}`);
  return textOf(started.body['cycle'] as Json, 'cycleId');
}

/** Submits what must be refused; the refusal with every reason. */
export async function submitRefused(api: Api, terms: Terms): Promise<Answer> {
  const json = await transferBody(api, terms);
  return api.ask(maker, 'settlement/v1/transfers', { method: 'POST', json });
}

export const rulesOf = (answer: Answer): readonly string[] => {
  const errors = (answer.body['errors'] ?? []) as readonly {
    readonly code: string;
    readonly params?: { readonly rule?: string };
  }[];
  return errors.map(({ code, params }) => params?.rule ?? code);
};

export async function cancel(api: Api, transferId: string): Promise<void> {
  await api.approved('settlement', `transfers/${transferId}/cancellations`, { reason: '演示结束' });
  await until(
    'transfer cancelled',
    () => api.get(maker, `settlement/v1/transfers/${transferId}`),
    ({ transfer }) => (transfer as Json)['state'] === 'cancelled',
  );
}

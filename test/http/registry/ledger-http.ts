// The share ledger over HTTP as settlement calls it: short forms for one test file's registry.
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { expectOk } from '#libs/result/result.ts';
import { postInitialRegistration } from '../../../services/registry/use-cases/post-initial-registration.ts';
import { actsOf, newAct, type RegistryActs } from '../../store/registry/registry-acts.ts';
import { type Answer, openRegistryHttp, type RegistryHttp } from './registry-http.ts';

export let http: RegistryHttp;
let acts: RegistryActs;
let serial = 0;

/** For `beforeAll`; close with `http.close()`. */
export async function openLedger(): Promise<void> {
  http = await openRegistryHttp({ isDayOpen: false });
  acts = await actsOf(http.store);
}

export interface Party {
  readonly subjectId: string;
  readonly accountId: string;
  readonly fundAccountId: string;
}

export async function party(isQualified = true): Promise<Party> {
  serial += 1;
  const subjectId = await acts.registerPerson(serial);
  if (isQualified) await acts.qualifyPerson(subjectId);
  const { securitiesAccountId, fundAccountId } = await acts.openAccounts(subjectId);
  return { subjectId, accountId: securitiesAccountId, fundAccountId };
}

export interface Setting {
  readonly securityId: string;
  readonly seller: Party;
  readonly buyer: Party;
}

export async function issued(): Promise<Setting> {
  const [seller, buyer] = [await party(), await party()];
  serial += 1;
  const issuer = await acts.registerOrganisation(500 + serial);
  const securityId = await acts.onboard(issuer, `ZJ${(200_000 + serial).toString()}`, '1000');
  const rows = [{ accountId: seller.accountId as Uuid, nature: 0, quantity: 1_000n }];
  const command = { securityId: securityId as Uuid, rows };
  expectOk(await acts.run((tx) => postInitialRegistration(tx, newAct(), command)), 'register');
  return { securityId, seller, buyer };
}

export const reservation = (
  { securityId, seller, buyer }: Setting,
  quantity: string,
  more = {},
) => ({
  instructionId: newUuid(),
  securityId,
  sellerAccountId: seller.accountId,
  buyerAccountId: buyer.accountId,
  natureCode: '0',
  quantity,
  deadline: '2026-11-24T10:00:00.000Z',
  ...more,
});

const delivery = (instructionId: string) => ({
  instructionId,
  amountFen: '100000',
  unitPrice: '2.5',
  method: '2',
  agreementHash: 'c'.repeat(64),
  agreementNumber: 'A-2026-1',
  dealTime: '2026-11-24T01:00:00.000Z',
});

const call = (target: string, body: object): Promise<Answer> =>
  http.service('settlement', 'POST', target, body);
export const reserve = (...items: object[]) => call('/v1/reservations', { items });
export const commit = (...ids: string[]) =>
  call('/v1/reservation-commits', { items: ids.map((instructionId) => ({ instructionId })) });
export const deliver = (...ids: string[]) =>
  call('/v1/deliveries', { cycleId: newUuid(), items: ids.map(delivery) });
export const giveBack = (...ids: string[]) =>
  call('/v1/reservation-returns', {
    items: ids.map((instructionId) => ({ instructionId, reason: 'buyer did not pay' })),
  });
export const reverse = (instructionId: string, originalInstructionId: string) =>
  call('/v1/delivery-reversals', {
    items: [{ instructionId, originalInstructionId, reason: 'agreed in error' }],
  });

export const codesOf = (answer: Answer): string[][] =>
  answer.body.items.map((item: { findings?: { code: string }[] }) =>
    (item.findings ?? []).map(({ code }) => code),
  );

export async function delivered(terms: Setting, quantity: string): Promise<string> {
  const item = reservation(terms, quantity);
  await reserve(item);
  await commit(item.instructionId);
  await deliver(item.instructionId);
  return item.instructionId;
}

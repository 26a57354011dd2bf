// Bad input for every operation that takes some: a problem of the catalogue, never a 5xx.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '#libs/ids/uuid.ts';
import { problemCatalogue } from '#libs/problem/generated/catalogue.ts';
import { bankAccount } from '../../store/settlement/full-books.ts';
import {
  type Answer,
  openSettlementRig,
  type SettlementRig,
} from '../../support/settlement-rig.ts';

let rig: SettlementRig;
const id = '0192f000-0000-7000-8000-000000000001';

beforeAll(async () => {
  rig = await openSettlementRig();
}, 120_000);
afterAll(async () => {
  await rig.close();
});

type Body = Record<string, unknown>;

/** Each operation with a body that the contract takes. */
const bodies: Readonly<Record<string, readonly [target: string, body: Body]>> = {
  submitTransfer: [
    '/v1/transfers',
    {
      securityId: id,
      sellerAccountId: id,
      buyerAccountId: newUuid(),
      natureCode: '0',
      quantity: '1',
      unitPrice: '1',
      amountFen: '100',
      agreementDocumentId: id,
      agreementNumber: 'A',
      dealtAt: '2026-11-24T01:00:00.000Z',
    },
  ],
  cancelTransfer: [`/v1/transfers/${id}/cancellations`, { reason: 'r' }],
  reverseTransfer: [`/v1/transfers/${id}/reversals`, { reason: 'r' }],
  announceDeposit: ['/v1/deposits', { fundAccountId: id, amountFen: '1', reference: 'REF-001' }],
  requestPayout: ['/v1/payouts', { fundAccountId: id, amountFen: '1', ...bankAccount }],
  payIntoEmbeddedBank: [
    '/v1/embedded-bank/transfers',
    { fundAccountId: id, amountFen: '1', reference: 'REF-001' },
  ],
  setFeeParameter: [
    '/v1/fee-parameters',
    {
      kind: 'stamp-duty',
      side: 'buyer',
      rate: '0.1',
      minimumFen: '0',
      validFrom: '2027-01-01',
      source: 's',
    },
  ],
  correctObject: [
    '/v1/object-corrections',
    { objectId: `STL-${id}`, version: '0', operation: 'overwrite', reason: 'r' },
  ],
  decideApproval: [
    `/v1/approvals/${id}/decisions`,
    { payloadHash: 'a'.repeat(64), decision: 'approve', opinion: 'o' },
  ],
};

const operations = Object.entries(bodies);
const send = (operation: string, body: unknown, headers?: Record<string, string>) => {
  const [target] = bodies[operation] ?? ['', {}];
  const caller = operation === 'decideApproval' ? rig.checker : rig.maker;
  return caller.post(target, body, headers);
};

function expectProblem({ status, body }: Answer, expected: object = { status: 400 }): void {
  expect({ status: body.status, code: body.code }).toMatchObject(expected);
  expect(status).toBe(body.status);
  expect(Object.keys(problemCatalogue)).toContain(body.code);
}

describe.each(operations)('%s', (operation, [, body]) => {
  it('refuses what is no object, unknown members, and missing ones', async () => {
    for (const bad of ['', '{', '[]', 'null', '"x"', '{"__proto__": {}}']) {
      expectProblem(await send(operation, bad));
    }
    expectProblem(await send(operation, { ...body, extra: 1 }));
    for (const member of Object.keys(body)) {
      const { [member]: _, ...rest } = body;
      expectProblem(await send(operation, rest));
    }
  });

  it('refuses members of another type, over-long ones, and control characters', async () => {
    for (const member of Object.keys(body)) {
      for (const value of [null, 1, -1, true, [], {}, '', 'x'.repeat(5_000), 'a\u0000b']) {
        expectProblem(await send(operation, { ...body, [member]: value }));
      }
    }
  });

  it('needs an idempotency key', async () => {
    const answer = await send(operation, body, { 'idempotency-key': '' });
    expectProblem(answer, { status: 400, code: 'idempotency-key-missing' });
  });

  it('admits nobody without a token, and no investor', async () => {
    const [target] = bodies[operation] ?? [''];
    const anonymous = await rig.maker.post(target, body, { authorization: '' });
    expect(anonymous.status).toBe(401);
    const investor = await rig.as(['investor'], { subjectId: id });
    expect((await investor.post(target, body)).status).toBe(403);
  });
});

describe('quantities and amounts', () => {
  const [, transfer] = bodies['submitTransfer'] ?? ['', {}];

  it.each([
    '0',
    '-1',
    '9007199254740992',
    '9223372036854775807',
    '9223372036854775808',
    '1.5',
    '1e3',
    '',
    ' 1',
    '01',
    '１',
  ])('refuse %j shares', async (quantity) => {
    expectProblem(await send('submitTransfer', { ...transfer, quantity }));
  });

  it.each(['0', '-1', '1000000000000000', '9223372036854775808', '1.5', '01', '1e3'])(
    'refuse %j fen',
    async (amountFen) => {
      for (const operation of [
        'submitTransfer',
        'announceDeposit',
        'requestPayout',
        'payIntoEmbeddedBank',
      ]) {
        const [, body] = bodies[operation] ?? ['', {}];
        expectProblem(await send(operation, { ...body, amountFen }));
      }
    },
  );

  it.each(['-1', '1.23456', '1e2', '.5', '5.', '1234567890', 'NaN', '01'])(
    'refuse the unit price %j',
    async (unitPrice) => {
      expectProblem(await send('submitTransfer', { ...transfer, unitPrice }));
    },
  );

  it('take the greatest quantity and price, and then compare the amount', async () => {
    const most = { quantity: '9007199254740991', unitPrice: '999999999.9999' };
    const answer = await send('submitTransfer', { ...transfer, ...most });
    expectProblem(answer, { status: 422, code: 'transfer-amount-mismatch' });
  });

  it.each(['1', '1.0', '-0.1', '0.123456789', '.1', '00.1'])('refuse the rate %j', async (rate) => {
    const [, body] = bodies['setFeeParameter'] ?? ['', {}];
    expectProblem(await send('setFeeParameter', { ...body, rate }));
  });

  it.each(['2026-02-30', '26-01-01', 'today', '2026-11-24T00:00:00Z'])(
    'refuse the date %j',
    async (validFrom) => {
      const [, body] = bodies['setFeeParameter'] ?? ['', {}];
      expectProblem(await send('setFeeParameter', { ...body, validFrom }));
    },
  );

  it.each(['2026-11-24', '2026-11-24T01:00:00Z', '2026-02-30T01:00:00.000Z', '99999'])(
    'refuse the moment %j',
    async (moment) => {
      expectProblem(await send('submitTransfer', { ...transfer, dealtAt: moment }));
      expectProblem(await send('submitTransfer', { ...transfer, deadline: moment }));
    },
  );

  it.each(['-1', '01', '99999999999', 'x'])('refuse the version %j', async (version) => {
    const [, body] = bodies['correctObject'] ?? ['', {}];
    expectProblem(await send('correctObject', { ...body, version }));
  });
});

describe('text', () => {
  it('of any plane of Unicode is taken as it is, and half of a pair is no text', async () => {
    const [, body] = bodies['requestPayout'] ?? ['', {}];
    const rare = await send('requestPayout', { ...body, payeeName: '𠮷𰻞' });
    expectProblem(rare, { status: 422, code: 'fund-account-not-found' });
    const half = await send('requestPayout', '{"fundAccountId":"\\ud800"}');
    expectProblem(half);
  });
});

describe('reads', () => {
  it.each([
    '/v1/transfers/x',
    '/v1/transfers?state=gone',
    '/v1/transfers?limit=0',
    '/v1/transfers?limit=201',
    '/v1/transfers?limit=x',
    '/v1/transfers?securityId=x',
    "/v1/transfers?accountId='--",
    '/v1/transfers?cursor=%00',
    '/v1/transfers?unknown=1',
    '/v1/cycles/x',
    '/v1/cycles?cursor=abc',
    '/v1/money-accounts/x',
    '/v1/money-accounts/x/entries',
    `/v1/money-accounts/${id}/entries?limit=-1`,
    '/v1/deposits/x',
    '/v1/payouts/x',
    '/v1/documents/x',
    '/v1/approvals?state=x',
    '/v1/approvals/x',
    '/v1/fee-parameters?x=1',
  ])('of %s are refused', async (target) => {
    expectProblem(await rig.maker.get(target));
  });

  it.each([
    'book=parties&fromSequence=1',
    `book=settlement:${'-'.repeat(36)}&fromSequence=1`,
    `book=settlement:${id}&fromSequence=0`,
    `book=settlement:${id}&fromSequence=-1`,
    `book=settlement:${id}&fromSequence=9223372036854775808`,
    `book=settlement:${id}`,
  ])('of packs by %s are refused', async (query) => {
    expectProblem(await rig.service('regulator-link', `/v1/object-packs?${query}`));
  });
});

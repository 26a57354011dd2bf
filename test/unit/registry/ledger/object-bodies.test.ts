// Bodies of registrations and transfer reports: pure functions of facts, valid for every figure.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newUuid } from '#libs/ids/uuid.ts';
import { MAX_SHARES } from '#libs/quantity/shares.ts';
import type { Figures, ObjectFact } from '../../../../services/registry/domain/object-fact.ts';
import { objectIdOf } from '../../../../services/registry/domain/object-fact.ts';
import { parseSignedShares } from '../../../../services/registry/domain/signed-shares.ts';
import { renderObject } from '../../../../services/registry/renderer/render-object.ts';

const [subject, other, account, product, report] = Array.from({ length: 5 }, () => newUuid());
const id = newUuid();

const pin = (
  path: string,
  objectClass: 'subject' | 'account' | 'product' | 'transactionreport',
  of = id,
) => ({
  path,
  objectId: objectIdOf(objectClass, of),
  version: 3n,
});

const factOf = (
  objectClass: 'registration' | 'transactionreport',
  figures: Figures,
  references: ObjectFact['references'],
): ObjectFact => ({
  eventId: id,
  line: 2,
  objectId: objectIdOf(objectClass, id),
  version: 0n,
  revision: 0n,
  class: objectClass,
  operation: 'create',
  schemaVersion: '2.0.0',
  timestampSeconds: 1_795_500_000n,
  keyOwner: { kind: 'security', id },
  references,
  salt: '0123456789abcdef0123456789abcdef',
  figures,
});

const registrationRefs = [
  pin('register_subject_ref', 'subject', subject),
  pin('register_subject_account_ref', 'account', account),
  pin('register_product_ref', 'product', product),
];

const neverPersonal = (): never => {
  throw new Error('no personal figures are needed here');
};

const render = (fact: ObjectFact): unknown => {
  const rendered = renderObject(fact, neverPersonal);
  if (!rendered.ok) throw new Error(rendered.error);
  return JSON.parse(new TextDecoder().decode(rendered.value.bytes));
};

/** The member at a path of names. */
const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], value);

const change = (before: bigint, delta: bigint) =>
  [before, delta, before + delta].map((value) => value.toString());

describe('a registration', () => {
  it('is valid for every figure that the ledger admits, with exact numbers', () => {
    const shares = fc.bigInt({ min: 0n, max: MAX_SHARES });
    fc.assert(
      fc.property(
        shares,
        shares,
        fc.nat(99),
        fc.boolean(),
        (before, after, natureCode, isPerson) => {
          const fact = factOf(
            'registration',
            {
              cause: 'initial',
              subjectKind: isPerson ? 'person' : 'organisation',
              natureCode,
              available: change(before, after - before),
              pledged: change(0n, 0n),
              frozen: change(0n, 0n),
            },
            registrationRefs,
          );
          const rights = at(render(fact), 'body.registration_information.registration_rights');
          const balance = at(rights, 'available_registration.register_asset_balance_after');
          expect(String(balance)).toBe(after.toString());
          const note = at(rights, 'description_status_information.register_asset_note');
          expect(note).toBe(`${natureCode}`);
        },
      ),
    );
  });

  it('refers to its transfer report where a trade was the cause, and only there', () => {
    const figures = {
      cause: 'trade',
      subjectKind: 'person',
      natureCode: 21,
      available: change(10n, -4n),
      pledged: change(0n, 0n),
      frozen: change(0n, 0n),
    };
    const traded = render(
      factOf('registration', figures, [
        ...registrationRefs,
        pin('register_transaction_ref', 'transactionreport', report),
      ]),
    );
    expect(at(traded, 'body.registration_information')).toMatchObject({
      register_basic_information: { register_event_type: 2 },
      registration_rights: {
        basic_information_rights: {
          basic_information_description: { register_transaction_ref: `TRD-${report}/3` },
        },
        description_status_information: {
          register_asset_holding_nature: 2,
          register_source_type: 3,
        },
      },
    });
    const initial = render(
      factOf('registration', { ...figures, cause: 'initial' }, registrationRefs),
    );
    expect(JSON.stringify(initial)).not.toContain('register_transaction_ref');
  });

  it('does not render when the figures do not add up', () => {
    const fact = factOf(
      'registration',
      {
        cause: 'initial',
        subjectKind: 'person',
        natureCode: 0,
        available: ['1', '1', '3'],
        pledged: change(0n, 0n),
        frozen: change(0n, 0n),
      },
      registrationRefs,
    );
    expect(renderObject(fact, neverPersonal)).toMatchObject({ ok: false });
  });
});

describe('a transfer report', () => {
  const refs = [
    pin('transaction_custody_product_ref', 'product', product),
    pin('transaction_investor_original_ref', 'subject', subject),
    pin('transaction_investor_counterparty_ref', 'subject', other),
  ];
  const figures = {
    purpose: 'trade',
    serial: id,
    quantity: '400',
    unitPrice: '9999999999.9999',
    method: '2',
    agreementHash: 'a'.repeat(64),
    agreementNumber: 'A-1',
    dealTime: '2026-11-24T01:30:00.000Z',
    reverses: null,
  };

  it('keeps every digit of the price and the time of the market', () => {
    const object = render(factOf('transactionreport', figures, refs));
    const path = 'body.transaction_report_information.transaction_information';
    expect(at(object, `${path}.transaction_content_information`)).toMatchObject({
      transaction_settlement_price: 9999999999.9999,
      transaction_settlement_quantity: 400,
      transaction_settlement_time: '2026-11-24T09:30:00+08:00',
    });
  });

  it('of a reversal is of type 255 and cites the original', () => {
    const reversal = {
      ...figures,
      purpose: 'reversal',
      reverses: { objectId: `TRD-${report}`, version: '0' },
    };
    const object = render(factOf('transactionreport', reversal, refs));
    const path = 'body.transaction_report_information.basic_transaction_information';
    expect(at(object, `${path}.basic_information_remark`)).toMatchObject({
      transaction_type: 255,
      transaction_description: `冲正 TRD-${report}/0`,
    });
  });
});

describe('share counts of the model', () => {
  it.each(['9007199254740992', '-9007199254740992', '01', '1.0', '', '1e3'])(
    'are a defect as %j',
    (text) => {
      expect(() => parseSignedShares(text)).toThrow();
    },
  );
});

// Subjects, accounts, issuers: registered in the parties' book with facts that render and validate.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateObject } from '#libs/cross-chain-model/validate.ts';
import { buildObject } from '#libs/cross-chain-model/build.ts';
import { objectIdOf, type ObjectFact } from '../../../services/registry/domain/object-fact.ts';
import { accountBody } from '../../../services/registry/domain/objects/account-object.ts';
import { productBody } from '../../../services/registry/domain/objects/product-object.ts';
import { subjectBody } from '../../../services/registry/domain/objects/subject-object.ts';
import { latestFact } from '../../../services/registry/repositories/fact-repository.ts';
import { recordInvestorCode } from '../../../services/registry/use-cases/record-investor-code.ts';
import { storeDocument } from '../../../services/registry/use-cases/store-document.ts';
import { registerSubject } from '../../../services/registry/use-cases/register-subject.ts';
import { openPersonalOf } from '../../../services/registry/repositories/personal-figures.ts';
import {
  actsOf,
  newAct,
  type RegistryActs,
  residentIdOf,
  setting,
  usccOf,
} from './registry-acts.ts';
import { openRegistryStore, type RegistryStore } from './registry-store.ts';

let store: RegistryStore;
let acts: RegistryActs;

beforeAll(async () => {
  store = await openRegistryStore();
  acts = await actsOf(store);
});
afterAll(() => store.close());

async function renderedFaults(objectId: string): Promise<unknown> {
  const fact = await latestFact(store.db, objectId);
  if (fact === undefined) throw new Error(`no fact of ${objectId}`);
  const whole: ObjectFact = {
    ...fact,
    eventId: fact.keyOwner.id,
    line: 1,
    schemaVersion: '2.0.0',
    timestampSeconds: 1_764_000_000n,
    salt: 'a'.repeat(32),
  };
  const object = buildObject({ ...whole }, bodyOf(whole));
  const checked = validateObject(object);
  return checked.ok ? [] : checked.error;
}

function bodyOf(fact: ObjectFact) {
  if (fact.class === 'account') return accountBody(fact);
  if (fact.class === 'product') return productBody(fact);
  return subjectBody(fact, openPersonalOf(setting.cipher)(fact));
}

describe('a registered subject', () => {
  it('has a first version that renders to a valid object', async () => {
    const subjectId = await acts.registerPerson(1);
    expect(await renderedFaults(`SUB-${subjectId}`)).toEqual([]);
  });

  it('is the only one of its certificate', async () => {
    await acts.registerOrganisation(2);
    const again = await acts.run((tx) =>
      registerSubject(tx, setting, newAct(), {
        nature: 'company',
        name: '另一名称',
        certificateType: 'uscc',
        certificateNumber: ` ${usccOf(2).toLowerCase()}`,
      }),
    );
    expect(again).toMatchObject({ ok: false, error: { code: 'subject-already-registered' } });
  });

  it('leaves no personal value in clear in any row', async () => {
    await acts.registerPerson(3);
    const { rows } = await store.query<{ found: boolean }>(
      `select exists (select 1 from subject s where s::text like $1)
         or exists (select 1 from object_fact f where f::text like $1)
         or exists (select 1 from journal j where j::text like $1)
         or exists (select 1 from audit_record a where a::text like $1) as found`,
      [`%${residentIdOf(3)}%`],
    );
    expect(rows).toEqual([{ found: false }]);
  });
});

describe('a document', () => {
  it('without content is refused', async () => {
    const empty = { fileName: 'empty.pdf', bytes: new Uint8Array() };
    const stored = await acts.run((tx) => storeDocument(tx, setting, newAct(), empty));
    expect(stored).toMatchObject({ ok: false, error: { code: 'document-empty' } });
  });
});

describe('a partnership', () => {
  const partnership = (n: number, owners: readonly number[]) =>
    acts.run((tx) =>
      registerSubject(tx, setting, newAct(), {
        nature: 'partnership',
        name: `合伙企业${n}`,
        certificateType: 'uscc',
        certificateNumber: usccOf(n),
        beneficialOwners: owners.map((owner) => ({
          name: `合伙人${owner}`,
          certificateType: 'resident-id' as const,
          certificateNumber: residentIdOf(owner),
          ratio: owners.length === 1 ? '1' : '0.5',
        })),
      }),
    );

  it('counts by the identities of its owners', async () => {
    const made = await partnership(10, [101, 102]);
    if (!made.ok) throw new Error(made.error.code);
    const { rows } = await store.query('select 1 from holder_identity where subject_id = $1', [
      made.value.subjectId,
    ]);
    expect(rows).toHaveLength(2);
  });

  it('shares an identity with a direct holder of the same certificate', async () => {
    const direct = await acts.registerPerson(103);
    const made = await partnership(11, [103]);
    if (!made.ok) throw new Error(made.error.code);
    const { rows } = await store.query(
      'select count(distinct identity)::int as n from holder_identity where subject_id = any($1)',
      [[direct, made.value.subjectId]],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  it.each([
    ['has no owners', [], 'beneficial-owners-required'],
    ['names an owner twice', [104, 104], 'beneficial-owners-invalid'],
  ] as const)('is refused when it %s', async (_, owners, code) => {
    expect(await partnership(12, owners)).toMatchObject({ ok: false, error: { code } });
  });
});

describe('accounts', () => {
  it('open as a pair and make the subject an investor without a code', async () => {
    const subjectId = await acts.registerPerson(20);
    const pair = await acts.openAccounts(subjectId);
    expect(await renderedFaults(`ACC-${pair.securitiesAccountId}`)).toEqual([]);
    expect(await renderedFaults(`ACC-${pair.fundAccountId}`)).toEqual([]);
    const fact = await latestFact(store.db, `SUB-${subjectId}`);
    expect(fact).toMatchObject({ version: 1n, figures: { isInvestor: true, investorCode: null } });
  });

  it('take the investor code once, and repeats answer with the same version', async () => {
    const subjectId = await acts.registerPerson(21);
    await acts.openAccounts(subjectId);
    const record = (investorCode: string) =>
      acts.run((tx) =>
        recordInvestorCode(tx, setting, newAct(`investor-code:${investorCode}`), {
          subjectObjectId: `SUB-${subjectId}`,
          subjectVersion: '1',
          investorCode,
          resultHash: 'b'.repeat(64),
        }),
      );
    const first = await record('Q000000021');
    expect(first).toMatchObject({ ok: true, value: { version: '2' } });
    await acts.qualifyPerson(subjectId);
    expect(await record('Q000000021')).toEqual(first);
    expect(await record('Q000000022')).toMatchObject({ error: { code: 'investor-code-conflict' } });
    expect(await renderedFaults(`SUB-${subjectId}`)).toEqual([]);
  });
});

describe('an issuer', () => {
  it('is onboarded with a product whose object is valid', async () => {
    const subjectId = await acts.registerOrganisation(30);
    const securityId = await acts.onboard(subjectId, 'ZJ000030', '1000000');
    expect(await renderedFaults(objectIdOf('product', securityId as never))).toEqual([]);
    expect(await renderedFaults(`SUB-${subjectId}`)).toEqual([]);
    const { rows } = await store.query(
      'select registered::text, issued::text from security_state where security_id = $1',
      [securityId],
    );
    expect(rows).toEqual([{ registered: '1000000', issued: '0' }]);
  });

  it('of another province is refused by R2', async () => {
    const subjectId = await acts.registerOrganisation(31, { region: '310104' });
    await expect(acts.onboard(subjectId, 'ZJ000031', '1000000')).rejects.toThrow(
      'issuer-outside-region',
    );
  });
});

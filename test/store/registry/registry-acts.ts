// Use cases of the registry called directly, each in its own transaction, with valid identities.
import { inTransaction } from '#libs/db/transaction.ts';
import type { Executor } from '#libs/db/database.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import type { Refusal } from '#libs/result/refusal.ts';
import type { Result } from '#libs/result/result.ts';
import { expectOk } from '#libs/result/result.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import {
  residentIdCheckCharacter,
  usccCheckCharacter,
} from '../../../services/registry/domain/identity-number.ts';
import { createPersonalCipher } from '../../../services/registry/repositories/personal-cipher.ts';
import type { Act, RegistrySetting } from '../../../services/registry/use-cases/act.ts';
import { addSuitabilityEvidence } from '../../../services/registry/use-cases/add-suitability-evidence.ts';
import { openBusinessDay } from '../../../services/registry/use-cases/change-rules.ts';
import { onboardIssuer } from '../../../services/registry/use-cases/onboard-issuer.ts';
import { openAccounts } from '../../../services/registry/use-cases/open-accounts.ts';
import {
  ensureMarket,
  type RegisterSubject,
  registerSubject,
} from '../../../services/registry/use-cases/register-subject.ts';
import { storeDocument } from '../../../services/registry/use-cases/store-document.ts';
import type { RegistryStore } from './registry-store.ts';

export const BUSINESS_DATE = '2026-11-24' as LocalDate;

export const setting: RegistrySetting = {
  cipher: createPersonalCipher({
    personalColumns: new Uint8Array(32).fill(7),
    blindIndex: new Uint8Array(32).fill(9),
  }),
  market: { code: 'ZJ', name: '浙江示范股权交易中心', uscc: usccOf(1), region: '33' },
};

/** The n-th organisation of Hangzhou with a right check character. */
export function usccOf(n: number): string {
  const first17 = `9133010${n.toString().padStart(10, '0')}`;
  return first17 + usccCheckCharacter(first17);
}

/** The n-th person of Hangzhou with a right check character. */
export function residentIdOf(n: number): string {
  const day = (1 + (n % 28)).toString().padStart(2, '0');
  const first17 = `33010219${(50 + (n % 49)).toString()}01${day}${(n % 1000).toString().padStart(3, '0')}`;
  return first17 + residentIdCheckCharacter(first17);
}

export const newAct = (businessKey: string = newUuid()): Act => ({
  actor: { kind: 'person', id: 'checker', name: 'Checker', roles: ['registrar.checker'] },
  now: '2026-11-24T02:00:00.000Z' as Instant,
  traceId: '0'.repeat(32),
  businessKey,
});

export type Run = <T>(
  work: (tx: Executor) => Promise<Result<T, Refusal>>,
) => Promise<Result<T, Refusal>>;

export interface RegistryActs {
  readonly run: Run;
  registerPerson(n: number): Promise<string>;
  registerOrganisation(n: number, more?: Partial<RegisterSubject>): Promise<string>;
  storeDocument(): Promise<string>;
  qualifyPerson(subjectId: string): Promise<void>;
  openAccounts(subjectId: string): Promise<{ securitiesAccountId: string; fundAccountId: string }>;
  onboard(subjectId: string, code: string, issuedCapital: string): Promise<string>;
}

/** The market stands and the business day is open. */
export async function actsOf(store: RegistryStore): Promise<RegistryActs> {
  const run: Run = (work) => inTransaction(store.db, 'read committed', work);
  await run((tx) => ensureMarket(tx, setting, newAct('start'), BUSINESS_DATE));
  const opened = await run((tx) =>
    openBusinessDay(tx, setting, newAct(), { businessDate: BUSINESS_DATE }),
  );
  expectOk(opened, 'open the business day');
  const register = async (command: RegisterSubject): Promise<string> => {
    const made = await run((tx) => registerSubject(tx, setting, newAct(), command));
    return expectOk(made, 'register a subject').subjectId;
  };
  const document = async (): Promise<string> => {
    const file = { fileName: 'evidence.pdf', bytes: new TextEncoder().encode(newUuid()) };
    const stored = await run((tx) => storeDocument(tx, setting, newAct(), file));
    return expectOk(stored, 'store a document').documentId;
  };
  const evidence = async (
    subjectId: string,
    more: {
      condition: 'financial-assets' | 'investment-experience';
      amountFen?: string;
      months?: number;
    },
  ): Promise<void> => {
    const command = {
      subjectId,
      ...more,
      documentId: await document(),
      verifier: '开户机构',
      verifiedOn: '2026-11-20',
      validFrom: '2026-11-20',
      validUntil: '2027-11-20',
    };
    const added = await run((tx) => addSuitabilityEvidence(tx, setting, newAct(), command));
    expectOk(added, 'add evidence');
  };
  return {
    run,
    registerPerson: (n) =>
      register({
        nature: 'natural-person',
        name: `张${n}`,
        certificateType: 'resident-id',
        certificateNumber: residentIdOf(n),
        phone: '13800000000',
      }),
    registerOrganisation: (n, more = {}) =>
      register({
        nature: 'company',
        name: `杭州示范${n}有限公司`,
        certificateType: 'uscc',
        certificateNumber: usccOf(n),
        ...more,
      }),
    storeDocument: document,
    qualifyPerson: async (subjectId) => {
      await evidence(subjectId, { condition: 'financial-assets', amountFen: '50000000' });
      await evidence(subjectId, { condition: 'investment-experience', months: 24 });
    },
    openAccounts: async (subjectId) =>
      expectOk(
        await run((tx) => openAccounts(tx, setting, newAct(), { subjectId })),
        'open accounts',
      ),
    onboard: async (subjectId, code, issuedCapital) => {
      const product = {
        code: `${code}T.S2601`,
        name: `示范股份${code}`,
        abbreviation: code,
        productType: 'share',
        issuedCapital,
        registeredCapitalFen: '100000000',
        agreementDocumentId: await document(),
      };
      const command = { subjectId, companyCode: `${code}T`, layer: 'T' as const, product };
      const made = await run((tx) => onboardIssuer(tx, setting, newAct(), command));
      return expectOk(made, 'onboard an issuer').securityId;
    },
  };
}

/** onboardIssuer: an issuer and its product taken into custody (F1). */
import type { Executor } from '#libs/db/database.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { refuse } from '#libs/result/refusal.ts';
import { ok } from '#libs/result/result.ts';
import { objectIdOf } from '../domain/object-fact.ts';
import {
  checkCompanyCode,
  checkProductCode,
  type CompanyLayer,
  onboardingFindings,
} from '../domain/product.ts';
import { insertAccounts } from '../repositories/account-repository.ts';
import { findDocument } from '../repositories/document-repository.ts';
import { lockPartiesBook } from '../repositories/fact-repository.ts';
import {
  findIssuer,
  findSecurity,
  insertIssuer,
  insertSecurity,
} from '../repositories/security-repository.ts';
import {
  advanceSubject,
  lockSubject,
  type Registered,
} from '../repositories/subject-repository.ts';
import { type Act, audit, postEvent, type RegistrySetting, requireDayRules } from './act.ts';
import { productVersion } from './product-version.ts';
import { subjectVersion } from './subject-version.ts';

export interface OnboardIssuer {
  readonly subjectId: string;
  readonly companyCode: string;
  readonly layer: CompanyLayer;
  readonly product: {
    readonly code: string;
    readonly name: string;
    readonly abbreviation: string;
    readonly productType: string;
    /** Decimal string. Unit: shares. */
    readonly issuedCapital: string;
    /** Decimal string. Unit: fen. */
    readonly registeredCapitalFen: string;
    readonly agreementDocumentId: string;
  };
}

/**
 * Errors: business-day-not-open, rule-parameter-not-set, subject-not-found,
 * subject-not-organisation, company-code-invalid, product-code-invalid, issuer-already-onboarded,
 * document-not-found, onboarding-refused (with every finding).
 */
export async function checkOnboarding(
  tx: Executor,
  { cipher, market }: RegistrySetting,
  { subjectId, companyCode, layer, product }: OnboardIssuer,
) {
  const rules = await requireDayRules(tx);
  if (!rules.ok) return rules;
  const subject = await lockSubject(tx, cipher, subjectId);
  if (subject === undefined || subject.isMarket) return refuse('subject-not-found', { subjectId });
  if (subject.nature === 'natural-person') return refuse('subject-not-organisation', { subjectId });
  const company = checkCompanyCode(companyCode, layer, market);
  if (!company.ok) return company;
  const code = checkProductCode(product.code, companyCode);
  if (!code.ok) return code;
  const issuer = await findIssuer(tx, subjectId, companyCode);
  if (issuer !== undefined) {
    return refuse('issuer-already-onboarded', { subjectId, companyCode: issuer.companyCode });
  }
  const agreement = await findDocument(tx, product.agreementDocumentId);
  if (agreement === undefined) {
    return refuse('document-not-found', { documentId: product.agreementDocumentId });
  }
  const offered = { productType: product.productType, issuerRegion: subject.region ?? '' };
  const findings = onboardingFindings(offered, market, rules.value.parameters);
  if (findings.length > 0) {
    return refuse(
      'onboarding-refused',
      {},
      findings.map(({ rule, code: found, params }) => ({
        code: found,
        params: { rule, ...params },
      })),
    );
  }
  return ok({ ...rules.value, subject, agreement });
}

/** Rule: R1, R2. Errors: those of checkOnboarding. */
export async function onboardIssuer(
  tx: Executor,
  setting: RegistrySetting,
  act: Act,
  command: OnboardIssuer,
) {
  await lockPartiesBook(tx);
  const checked = await checkOnboarding(tx, setting, command);
  if (!checked.ok) return checked;
  const { businessDate } = checked.value;
  const registered = { on: businessDate, at: act.now };
  const change = { isIssuer: true, shareholdersNumber: 0 };
  const issuer = await advanceSubject(tx, checked.value.subject, change);
  const agreementDocumentId = checked.value.agreement.documentId;
  const parts = { subjectId: issuer.subjectId, agreementDocumentId, registered };
  const securityId = await insertRows(tx, command, parts);
  const security = await findSecurity(tx, securityId);
  if (security === undefined) throw new Error('a security vanished within its transaction');
  await postEvent(tx, act, {
    book: 'parties',
    kind: 'issuer-onboarded',
    effectiveOn: businessDate,
    facts: [await subjectVersion(tx, setting.cipher, issuer, 'update')],
    command,
  });
  await postEvent(tx, act, {
    book: `security:${securityId}`,
    kind: 'product-registered',
    effectiveOn: businessDate,
    facts: [await productVersion(tx, setting, checked.value.parameters, security, 'create')],
    command,
  });
  const detail = { issuerSubjectId: issuer.subjectId, code: security.code };
  await audit(tx, act, { action: 'issuer-onboarded', target: `security:${securityId}`, detail });
  return ok({
    securityId,
    issueAccountId: security.issueAccountId,
    objectId: objectIdOf('product', securityId),
    issuerObjectId: objectIdOf('subject', issuer.subjectId),
    issuerVersion: issuer.version.toString(),
  });
}

async function insertRows(
  tx: Executor,
  { companyCode, layer, product }: OnboardIssuer,
  parts: {
    readonly subjectId: Uuid;
    readonly agreementDocumentId: Uuid;
    readonly registered: Registered;
  },
): Promise<Uuid> {
  const { subjectId, agreementDocumentId, registered } = parts;
  const securityId = newUuid();
  const times = { onboardedOn: registered.on, recordedAt: registered.at };
  await insertIssuer(tx, { subjectId, companyCode, layer, ...times });
  await insertSecurity(tx, {
    securityId,
    issuerSubjectId: subjectId,
    code: product.code,
    name: product.name,
    abbreviation: product.abbreviation,
    productType: product.productType,
    issuedCapital: BigInt(product.issuedCapital),
    registeredCapitalFen: BigInt(product.registeredCapitalFen),
    agreementDocumentId,
    ...times,
  });
  const kinds = ['issue', 'cancellation', 'treasury'] as const;
  await insertAccounts(
    tx,
    kinds.map((kind) => ({
      accountId: newUuid(),
      subjectId,
      kind,
      number: `${product.code}/${kind}`,
      securityId,
    })),
    registered,
  );
  return securityId;
}

/** Subjects, accounts and securities on the wire; the particulars of persons masked. */
import type { components } from '#libs/contracts/generated/registry.ts';
import { maskAddress, maskIdentityNumber, maskName, maskPhone } from '#libs/envelope/masking.ts';
import { objectIdOf } from '../domain/object-fact.ts';
import { kindOf } from '../domain/subject.ts';
import type { Account } from '../repositories/account-repository.ts';
import type { StoredEvidence } from '../repositories/evidence-repository.ts';
import type { Exemption, Security } from '../repositories/security-repository.ts';
import type { Subject } from '../repositories/subject-repository.ts';

type Wire = components['schemas'];

export interface SubjectParts {
  readonly evidence: readonly StoredEvidence[];
  readonly beneficialOwnerCount: number;
}

export function toWireSubject(subject: Subject, parts: SubjectParts): Wire['Subject'] {
  const isPerson = subject.nature === 'natural-person';
  const { phone, address, region, investorCode, shareholdersNumber } = subject;
  return {
    subjectId: subject.subjectId,
    objectId: objectIdOf('subject', subject.subjectId),
    version: subject.version.toString(),
    revision: subject.revision.toString(),
    kind: kindOf(subject.nature),
    nature: subject.nature,
    name: isPerson ? maskName(subject.name) : subject.name,
    certificateType: subject.certificateType,
    certificateNumber: isPerson
      ? maskIdentityNumber(subject.certificateNumber)
      : subject.certificateNumber,
    nationality: subject.nationality,
    roles: rolesOf(subject),
    lookThrough: subject.lookThrough,
    registeredOn: subject.registeredOn,
    ...(phone === null ? {} : { phone: maskPhone(phone) }),
    ...(address === null ? {} : { address: maskAddress(address) }),
    ...(region === null ? {} : { region }),
    ...(investorCode === null ? {} : { investorCode }),
    ...(shareholdersNumber === null ? {} : { shareholdersNumber }),
    evidence: parts.evidence
      .filter((item) => item.subjectId === subject.subjectId)
      .map(toWireEvidence),
    beneficialOwnerCount: parts.beneficialOwnerCount,
  };
}

function rolesOf(subject: Subject): Wire['Subject']['roles'] {
  return [
    ...(subject.isInvestor ? (['investor'] as const) : []),
    ...(subject.isIssuer ? (['issuer'] as const) : []),
    ...(subject.isMarket ? (['market'] as const) : []),
  ];
}

function toWireEvidence(evidence: StoredEvidence): Wire['Evidence'] {
  const { evidenceId, condition, documentId, verifier } = evidence;
  const { amountFen, months, verifiedOn, validFrom, validUntil } = evidence;
  return {
    evidenceId,
    condition,
    documentId,
    verifier,
    verifiedOn,
    validFrom,
    validUntil,
    ...(amountFen === undefined ? {} : { amountFen: amountFen.toString() }),
    ...(months === undefined ? {} : { months }),
  };
}

export function toWireAccount(account: Account): Wire['Account'] {
  return {
    accountId: account.accountId,
    objectId: objectIdOf('account', account.accountId),
    version: account.version.toString(),
    subjectId: account.subjectId,
    kind: account.kind === 'fund' ? 'fund' : 'securities',
    number: account.number,
    status: account.status,
    openedOn: account.openedOn,
    ...(account.tiedAccountId === null ? {} : { linkedAccountId: account.tiedAccountId }),
  };
}

export function toWireSecurity(
  security: Security,
  issuerName: string,
  exemption: Exemption | undefined,
): Wire['Security'] {
  const { securityId, code, name, abbreviation, productType, status, issuerSubjectId } = security;
  const { companyCode, layer, onboardedOn, issueAccountId } = security;
  return {
    securityId,
    objectId: objectIdOf('product', securityId),
    version: security.version.toString(),
    revision: security.revision.toString(),
    code,
    name,
    abbreviation,
    productType,
    issuedCapital: security.issuedCapital.toString(),
    registeredCapitalFen: security.registeredCapitalFen.toString(),
    status,
    issuerSubjectId,
    issuerName,
    companyCode,
    layer,
    onboardedOn,
    issueAccountId,
    ...(exemption === undefined ? {} : { exemption }),
  };
}

/** The fact of a product's present version, from its row, its issuer and the market. */
import type { Executor } from '#libs/db/database.ts';
import type { NewObjectFact } from '../domain/object-fact.ts';
import { productFact } from '../domain/objects/product-object.ts';
import type { ObjectStep } from '../domain/objects/subject-object.ts';
import type { RuleParameters } from '../domain/rules/parameters.ts';
import { holderLimit } from '../domain/rules/holder-limit.ts';
import { findDocument } from '../repositories/document-repository.ts';
import { exemptionOn, type Security } from '../repositories/security-repository.ts';
import { findMarket, findSubject } from '../repositories/subject-repository.ts';
import type { RegistrySetting } from './act.ts';

export async function productVersion(
  tx: Executor,
  { cipher }: RegistrySetting,
  parameters: RuleParameters,
  security: Security,
  operation: ObjectStep['operation'],
): Promise<NewObjectFact> {
  const issuer = await findSubject(tx, cipher, security.issuerSubjectId);
  const market = await findMarket(tx, cipher);
  const agreement = await findDocument(tx, security.agreementDocumentId);
  if (issuer === undefined || market === undefined || agreement === undefined) {
    throw new Error('a security lacks its issuer, market or agreement');
  }
  const { version, revision } = security;
  const exemption = await exemptionOn(tx, security.securityId, security.onboardedOn);
  return productFact(
    {
      securityId: security.securityId,
      code: security.code,
      name: security.name,
      abbreviation: security.abbreviation,
      productType: security.productType,
      issuedCapital: security.issuedCapital.toString(),
      registeredCapitalFen: security.registeredCapitalFen.toString(),
      status: security.status,
      holdersMax: holderLimit(exemption, parameters),
      gapTradingDays: parameters.gapTradingDays,
      marketName: market.name,
      issuerName: issuer.name,
      onboardedOn: security.onboardedOn,
      agreement: { documentId: agreement.documentId, sm3: agreement.sm3 },
    },
    {
      issuerId: issuer.subjectId,
      issuerVersion: issuer.version,
      marketId: market.subjectId,
      marketVersion: market.version,
    },
    { version, revision, operation },
  );
}

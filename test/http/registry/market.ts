// A small market for HTTP tests: persons, organisations, issuers, evidence, positions.
import { inTransaction } from '#libs/db/transaction.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { expectOk } from '#libs/result/result.ts';
import { postInitialRegistration } from '../../../services/registry/use-cases/post-initial-registration.ts';
import { newAct, residentIdOf, usccOf } from '../../store/registry/registry-acts.ts';
import type { RegistryHttp } from './registry-http.ts';

export interface Investor {
  readonly subjectId: string;
  readonly accountId: string;
  readonly fundAccountId: string;
}

export const personBody = (n: number) => ({
  nature: 'natural-person',
  name: `张三${n}`,
  certificateType: 'resident-id',
  certificateNumber: residentIdOf(n),
  phone: '13812345678',
  address: '浙江省杭州市西湖区示范路一号',
});

export const companyBody = (n: number) => ({
  nature: 'company',
  name: `示范企业${n}有限公司`,
  certificateType: 'uscc',
  certificateNumber: usccOf(n),
});

export const evidenceBody = (documentId: string, more: object = {}) => ({
  condition: 'financial-assets',
  amountFen: '50000000',
  documentId,
  verifier: '示范开户机构',
  verifiedOn: '2026-11-20',
  validFrom: '2026-11-20',
  validUntil: '2027-11-20',
  ...more,
});

export const issuerBody = (subjectId: string, n: number, agreementDocumentId: string) => {
  const companyCode = `ZJ${n.toString().padStart(6, '0')}T`;
  return {
    subjectId,
    companyCode,
    layer: 'T',
    product: {
      code: `${companyCode}.S2601`,
      name: `示范企业${n}股份`,
      abbreviation: `示范${n}`,
      productType: 'share',
      issuedCapital: '1000',
      registeredCapitalFen: '100000000',
      agreementDocumentId,
    },
  };
};

export async function newInvestor(http: RegistryHttp, n: number): Promise<Investor> {
  const { subjectId } = await http.change('/v1/subjects', personBody(n));
  const opened = await http.change('/v1/accounts', { subjectId });
  const { securitiesAccountId: accountId, fundAccountId } = opened;
  return { subjectId, accountId, fundAccountId };
}

export async function newIssue(http: RegistryHttp, n: number): Promise<string> {
  const { subjectId } = await http.change('/v1/subjects', companyBody(n));
  const agreement = await http.upload(Buffer.from('agreement'), 'agreement.pdf');
  const issuer = await http.change('/v1/issuers', issuerBody(subjectId, n, agreement));
  return issuer.securityId;
}

/** The whole issue of a thousand shares to one investor. */
export async function issueTo(
  http: RegistryHttp,
  securityId: string,
  accountId: string,
): Promise<void> {
  const rows = [{ accountId: accountId as Uuid, nature: 0, quantity: 1_000n }];
  const posted = await inTransaction(http.store.db, 'read committed', (tx) =>
    postInitialRegistration(tx, newAct(), { securityId: securityId as Uuid, rows }),
  );
  expectOk(posted, 'post an initial registration');
}

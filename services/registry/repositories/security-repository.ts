/** Rows of issuers, securities, exemptions and share natures. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';

export interface Security {
  readonly securityId: Uuid;
  readonly issuerSubjectId: Uuid;
  readonly companyCode: string;
  readonly layer: string;
  readonly code: string;
  readonly name: string;
  readonly abbreviation: string;
  readonly productType: string;
  readonly issuedCapital: bigint;
  readonly registeredCapitalFen: bigint;
  readonly status: 'active' | 'suspended' | 'exited';
  readonly agreementDocumentId: Uuid;
  readonly onboardedOn: LocalDate;
  readonly issueAccountId: Uuid;
  readonly version: bigint;
  readonly revision: bigint;
}

interface SecurityRow {
  readonly id: Uuid;
  readonly issuer_subject_id: Uuid;
  readonly company_code: string;
  readonly layer: string;
  readonly code: string;
  readonly name: string;
  readonly abbreviation: string;
  readonly product_type: string;
  readonly issued_capital: bigint;
  readonly registered_capital_fen: bigint;
  readonly status: Security['status'];
  readonly agreement_document_id: Uuid;
  readonly onboarded_on: LocalDate;
  readonly issue_account_id: Uuid;
  readonly version: bigint;
  readonly revision: bigint;
}

const SELECT = `
  select s.id, s.issuer_subject_id, i.company_code, i.layer, s.code, s.name, s.abbreviation,
    s.product_type, s.issued_capital, s.registered_capital_fen, s.status, s.agreement_document_id,
    s.onboarded_on, a.id as issue_account_id, s.version, s.revision
  from security s
  join issuer i on i.subject_id = s.issuer_subject_id
  join account a on a.security_id = s.id and a.kind = 'issue'`;

export async function findSecurity(
  db: Executor,
  securityId: string,
): Promise<Security | undefined> {
  const [row] = await prepared<SecurityRow>(db, 'security_find', `${SELECT} where s.id = $1`, [
    securityId,
  ]);
  return row === undefined ? undefined : toSecurity(row);
}

/** Newest first. */
export async function listSecurities(
  db: Executor,
  page: { readonly before?: string | undefined; readonly limit: number },
): Promise<Security[]> {
  const text = `${SELECT} where $1::uuid is null or s.id < $1 order by s.id desc limit $2`;
  const rows = await prepared<SecurityRow>(db, 'security_list', text, [
    page.before ?? null,
    page.limit,
  ]);
  return rows.map(toSecurity);
}

export interface IssuerToInsert {
  readonly subjectId: Uuid;
  readonly companyCode: string;
  readonly layer: string;
  readonly onboardedOn: LocalDate;
  readonly recordedAt: Instant;
}

export async function insertIssuer(tx: Executor, issuer: IssuerToInsert): Promise<void> {
  const text = `
    insert into issuer (subject_id, company_code, layer, onboarded_on, recorded_at)
    values ($1, $2, $3, $4, $5)`;
  await prepared(tx, 'issuer_insert', text, [
    issuer.subjectId,
    issuer.companyCode,
    issuer.layer,
    issuer.onboardedOn,
    issuer.recordedAt,
  ]);
}

export type SecurityToInsert = Omit<
  Security,
  'companyCode' | 'layer' | 'issueAccountId' | 'version' | 'revision' | 'status'
> & { readonly recordedAt: Instant };

export async function insertSecurity(tx: Executor, security: SecurityToInsert): Promise<void> {
  const text = `
    insert into security (id, issuer_subject_id, code, name, abbreviation, product_type, scale_unit,
      currency, issued_capital, registered_capital_fen, status, agreement_document_id, onboarded_on,
      recorded_at)
    values ($1, $2, $3, $4, $5, $6, 'share', '156', $7, $8, 'active', $9, $10, $11)`;
  await prepared(tx, 'security_insert', text, [
    security.securityId,
    security.issuerSubjectId,
    security.code,
    security.name,
    security.abbreviation,
    security.productType,
    security.issuedCapital,
    security.registeredCapitalFen,
    security.agreementDocumentId,
    security.onboardedOn,
    security.recordedAt,
  ]);
}

/** The issuer that has the subject or the company code, whichever comes first. */
export async function findIssuer(
  db: Executor,
  subjectId: string,
  companyCode: string,
): Promise<{ readonly companyCode: string } | undefined> {
  const text = `
    select company_code from issuer where subject_id = $1 or company_code = $2
    order by subject_id = $1 desc limit 1`;
  const [row] = await prepared<{ company_code: string }>(db, 'issuer_find', text, [
    subjectId,
    companyCode,
  ]);
  return row === undefined ? undefined : { companyCode: row.company_code };
}

/** Makes the next version, or another revision of the present one. */
export async function advanceSecurity(
  tx: Executor,
  security: Security,
  operation: 'update' | 'overwrite',
): Promise<Security> {
  const next =
    operation === 'update'
      ? { version: security.version + 1n, revision: 0n }
      : { version: security.version, revision: security.revision + 1n };
  const text = 'update security set version = $2, revision = $3 where id = $1';
  await prepared(tx, 'security_advance', text, [security.securityId, next.version, next.revision]);
  return { ...security, ...next };
}

export interface Exemption {
  readonly exemptionId: Uuid;
  readonly basis: string;
  readonly cap: number;
  readonly validFrom: LocalDate;
  readonly validUntil: LocalDate;
}

export interface ExemptionToInsert extends Exemption {
  readonly securityId: string;
  readonly documentId: string;
  readonly approvedBy: string;
  readonly recordedAt: Instant;
}

export async function insertExemption(tx: Executor, exemption: ExemptionToInsert): Promise<void> {
  const text = `
    insert into holder_exemption (id, security_id, basis, cap, valid_from, valid_until, document_id,
      approved_by, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;
  await prepared(tx, 'exemption_insert', text, [
    exemption.exemptionId,
    exemption.securityId,
    exemption.basis,
    exemption.cap,
    exemption.validFrom,
    exemption.validUntil,
    exemption.documentId,
    exemption.approvedBy,
    exemption.recordedAt,
  ]);
}

/** The latest granted of those in force on the date. */
export async function exemptionOn(
  db: Executor,
  securityId: string,
  date: LocalDate,
): Promise<Exemption | undefined> {
  const text = `
    select id, basis, cap, valid_from, valid_until from holder_exemption
    where security_id = $1 and valid_from <= $2 and valid_until > $2
    order by id desc limit 1`;
  interface Row {
    readonly id: Uuid;
    readonly basis: string;
    readonly cap: number;
    readonly valid_from: LocalDate;
    readonly valid_until: LocalDate;
  }
  const [row] = await prepared<Row>(db, 'exemption_on', text, [securityId, date]);
  if (row === undefined) return undefined;
  const { id, basis, cap, valid_from: validFrom, valid_until: validUntil } = row;
  return { exemptionId: id, basis, cap, validFrom, validUntil };
}

export interface ShareNature {
  readonly code: string;
  readonly labelZh: string;
  readonly labelEn: string;
  readonly groupCode: string;
  readonly tradable: boolean;
  readonly restricted: boolean;
  readonly moneyValued: boolean;
  readonly legalEffect: boolean;
}

export async function listNatures(db: Executor): Promise<ShareNature[]> {
  const text = `
    select code::text, label_zh as "labelZh", label_en as "labelEn", group_code::text as "groupCode",
      tradable, restricted, money_valued as "moneyValued", legal_effect as "legalEffect"
    from share_nature order by share_nature.code`;
  return prepared<ShareNature>(db, 'nature_list', text);
}

function toSecurity(row: SecurityRow): Security {
  return {
    securityId: row.id,
    issuerSubjectId: row.issuer_subject_id,
    companyCode: row.company_code,
    layer: row.layer,
    code: row.code,
    name: row.name,
    abbreviation: row.abbreviation,
    productType: row.product_type,
    issuedCapital: row.issued_capital,
    registeredCapitalFen: row.registered_capital_fen,
    status: row.status,
    agreementDocumentId: row.agreement_document_id,
    onboardedOn: row.onboarded_on,
    issueAccountId: row.issue_account_id,
    version: row.version,
    revision: row.revision,
  };
}

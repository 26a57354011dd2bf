/** Rows of subjects, their counted identities and beneficial owners; personal columns sealed. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import type { CertificateType } from '../domain/identity-number.ts';
import {
  type Identity,
  isLookedThrough,
  kindOf,
  type NewSubject,
  type SubjectNature,
} from '../domain/subject.ts';
import type { PersonalCipher } from './personal-cipher.ts';

export interface Subject {
  readonly subjectId: Uuid;
  readonly nature: SubjectNature;
  readonly certificateType: CertificateType;
  readonly certificateNumber: string;
  readonly name: string;
  readonly phone: string | null;
  readonly address: string | null;
  readonly region: string | null;
  readonly nationality: string;
  readonly isInvestor: boolean;
  readonly isIssuer: boolean;
  readonly isMarket: boolean;
  readonly lookThrough: boolean;
  readonly investorCode: string | null;
  readonly shareholdersNumber: number | null;
  readonly version: bigint;
  readonly revision: bigint;
  readonly registeredOn: LocalDate;
}

export interface SubjectToInsert {
  readonly subjectId: Uuid;
  readonly subject: NewSubject;
  readonly isInvestor: boolean;
  readonly isMarket: boolean;
}

export interface Registered {
  readonly on: LocalDate;
  readonly at: Instant;
}

interface SubjectRow {
  readonly id: Uuid;
  readonly nature: SubjectNature;
  readonly certificate_type: CertificateType;
  readonly certificate_number_cipher: Buffer;
  readonly name_cipher: Buffer;
  readonly phone_cipher: Buffer | null;
  readonly address_cipher: Buffer | null;
  readonly region: string | null;
  readonly nationality: string;
  readonly is_investor: boolean;
  readonly is_issuer: boolean;
  readonly is_market: boolean;
  readonly look_through: boolean;
  readonly investor_code: string | null;
  readonly shareholders_number: number | null;
  readonly version: bigint;
  readonly revision: bigint;
  readonly registered_on: LocalDate;
}

const COLUMNS = `s.id, s.nature, s.certificate_type, s.certificate_number_cipher, s.name_cipher,
  s.phone_cipher, s.address_cipher, s.region, s.nationality, s.is_investor, s.is_issuer,
  s.is_market, s.look_through, s.investor_code, s.shareholders_number, s.version, s.revision,
  s.registered_on`;

const INSERT = `
  insert into subject (id, kind, nature, certificate_type, certificate_number_cipher,
    certificate_number_index, name_cipher, name_index, phone_cipher, phone_index, address_cipher,
    region, nationality, is_investor, is_issuer, is_market, look_through, registered_on,
    recorded_at)
  select r.id, r.kind, r.nature, r.certificate_type, r.number_cipher, r.number_index,
    r.name_cipher, r.name_index, r.phone_cipher, r.phone_index, r.address_cipher, r.region,
    r.nationality, r.is_investor, false, r.is_market, r.look_through, $17, $18
  from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::bytea[], $7::bytea[],
    $8::bytea[], $9::bytea[], $10::bytea[], $11::bytea[], $12::text[], $13::text[], $14::boolean[],
    $15::boolean[], $16::boolean[]) as r (id, kind, nature, certificate_type, number_cipher,
    number_index, name_cipher, name_index, phone_cipher, phone_index, address_cipher, region,
    nationality, is_investor, is_market, look_through)`;

const INSERT_IDENTITIES = `
  insert into holder_identity (subject_id, identity)
  select * from unnest($1::uuid[], $2::bytea[])`;

const INSERT_OWNERS = `
  insert into beneficial_owner (subject_id, line, certificate_type, certificate_number_cipher,
    identity, name_cipher, ratio, recorded_at)
  select $1, r.line, r.certificate_type, r.number_cipher, r.identity, r.name_cipher,
    r.ratio::numeric, $7
  from unnest($2::text[], $3::bytea[], $4::bytea[], $5::bytea[], $6::text[]) with ordinality
    as r (certificate_type, number_cipher, identity, name_cipher, ratio, line)`;

/** All in one statement each, for one subject or a whole roster. */
export async function insertSubjects(
  tx: Executor,
  cipher: PersonalCipher,
  subjects: readonly SubjectToInsert[],
  registered: Registered,
): Promise<void> {
  if (subjects.length === 0) return;
  const rows = subjects.map((item) => toColumns(cipher, item));
  const column = (place: number): unknown[] => rows.map((row) => row[place]);
  await prepared(tx, 'subject_insert', INSERT, [
    ...(rows[0] ?? []).map((_, place) => column(place)),
    registered.on,
    registered.at,
  ]);
  const identities = subjects.flatMap(({ subjectId, subject }) =>
    (isLookedThrough(subject.nature) ? subject.beneficialOwners : [subject]).map(
      (identity) => [subjectId, cipher.identityIndex(identity)] as const,
    ),
  );
  await prepared(tx, 'subject_identities', INSERT_IDENTITIES, [
    identities.map(([subjectId]) => subjectId),
    identities.map(([, identity]) => identity),
  ]);
  for (const item of subjects) await insertOwners(tx, cipher, item, registered.at);
}

/** In the order of INSERT's arrays. */
function toColumns(cipher: PersonalCipher, item: SubjectToInsert): readonly unknown[] {
  const { subjectId, subject } = item;
  const seal = (column: string, value: string | undefined): Buffer | null =>
    value === undefined ? null : cipher.seal(place(subjectId, column), value);
  return [
    subjectId,
    kindOf(subject.nature),
    subject.nature,
    subject.certificateType,
    seal('certificate_number', subject.certificateNumber),
    cipher.identityIndex(subject),
    seal('name', subject.name),
    cipher.nameIndex(subject.name),
    seal('phone', subject.phone),
    subject.phone === undefined ? null : cipher.phoneIndex(subject.phone),
    seal('address', subject.address),
    subject.region ?? null,
    subject.nationality,
    item.isInvestor,
    item.isMarket,
    isLookedThrough(subject.nature),
  ];
}

async function insertOwners(
  tx: Executor,
  cipher: PersonalCipher,
  { subjectId, subject }: SubjectToInsert,
  at: Instant,
): Promise<void> {
  const owners = subject.beneficialOwners;
  if (owners.length === 0) return;
  const seal = (line: number, column: string, value: string): Buffer =>
    cipher.seal({ table: 'beneficial_owner', column, rowId: `${subjectId}/${line + 1}` }, value);
  await prepared(tx, 'subject_owners', INSERT_OWNERS, [
    subjectId,
    owners.map((owner) => owner.certificateType),
    owners.map((owner, line) => seal(line, 'certificate_number', owner.certificateNumber)),
    owners.map((owner) => cipher.identityIndex(owner)),
    owners.map((owner, line) => seal(line, 'name', owner.name)),
    owners.map((owner) => owner.ratio),
    at,
  ]);
}

export async function findSubject(
  db: Executor,
  cipher: PersonalCipher,
  subjectId: string,
): Promise<Subject | undefined> {
  const text = `select ${COLUMNS} from subject s where s.id = $1`;
  const [row] = await prepared<SubjectRow>(db, 'subject_find', text, [subjectId]);
  return row === undefined ? undefined : toSubject(cipher, row);
}

/** Holds the row until the transaction ends. */
export async function lockSubject(
  tx: Executor,
  cipher: PersonalCipher,
  subjectId: string,
): Promise<Subject | undefined> {
  const text = `select ${COLUMNS} from subject s where s.id = $1 for no key update`;
  const [row] = await prepared<SubjectRow>(tx, 'subject_lock', text, [subjectId]);
  return row === undefined ? undefined : toSubject(cipher, row);
}

export async function findMarket(
  db: Executor,
  cipher: PersonalCipher,
): Promise<Subject | undefined> {
  const text = `select ${COLUMNS} from subject s where s.is_market`;
  const [row] = await prepared<SubjectRow>(db, 'subject_market', text);
  return row === undefined ? undefined : toSubject(cipher, row);
}

/** The subjects of the given certificates; certificates without a subject are left out. */
export async function findByIdentities(
  db: Executor,
  cipher: PersonalCipher,
  identities: readonly Identity[],
): Promise<Subject[]> {
  const text = `
    select ${COLUMNS} from subject s
    join unnest($1::text[], $2::bytea[]) as i (type, index)
      on s.certificate_type = i.type and s.certificate_number_index = i.index`;
  const rows = await prepared<SubjectRow>(db, 'subject_by_identities', text, [
    identities.map(({ certificateType }) => certificateType),
    identities.map((identity) => cipher.identityIndex(identity)),
  ]);
  return rows.map((row) => toSubject(cipher, row));
}

export type SubjectRole = 'investor' | 'issuer' | 'market';

/** Newest first. */
export async function listSubjects(
  db: Executor,
  cipher: PersonalCipher,
  page: {
    readonly role?: SubjectRole | undefined;
    readonly before?: string | undefined;
    readonly limit: number;
  },
): Promise<Subject[]> {
  const text = `
    select ${COLUMNS} from subject s
    where ($1::text is null or case $1 when 'investor' then s.is_investor
        when 'issuer' then s.is_issuer else s.is_market end)
      and ($2::uuid is null or s.id < $2)
    order by s.id desc limit $3`;
  const rows = await prepared<SubjectRow>(db, 'subject_list', text, [
    page.role ?? null,
    page.before ?? null,
    page.limit,
  ]);
  return rows.map((row) => toSubject(cipher, row));
}

export interface SubjectChange {
  readonly isInvestor?: boolean;
  readonly isIssuer?: boolean;
  readonly investorCode?: string;
  readonly shareholdersNumber?: number;
}

const ADVANCE = `
  update subject set is_investor = coalesce($2, is_investor), is_issuer = coalesce($3, is_issuer),
    investor_code = coalesce($4, investor_code),
    shareholders_number = coalesce($5, shareholders_number), version = version + 1, revision = 0
  where id = $1`;

/** Makes the next version; the caller holds the row. */
export async function advanceSubject(
  tx: Executor,
  subject: Subject,
  change: SubjectChange,
): Promise<Subject> {
  await prepared(tx, 'subject_advance', ADVANCE, [
    subject.subjectId,
    change.isInvestor ?? null,
    change.isIssuer ?? null,
    change.investorCode ?? null,
    change.shareholdersNumber ?? null,
  ]);
  return { ...subject, ...change, version: subject.version + 1n, revision: 0n };
}

/** Marks another revision of the present version: an overwrite. */
export async function reviseSubject(tx: Executor, subject: Subject): Promise<Subject> {
  const text = 'update subject set revision = revision + 1 where id = $1';
  await prepared(tx, 'subject_revise', text, [subject.subjectId]);
  return { ...subject, revision: subject.revision + 1n };
}

export async function isInvestorCodeTaken(
  db: Executor,
  investorCode: string,
  subjectId: string,
): Promise<boolean> {
  const text = 'select 1 from subject where investor_code = $1 and id <> $2';
  return (await prepared(db, 'subject_code_taken', text, [investorCode, subjectId])).length > 0;
}

/** The first version that carried the code. */
export async function versionOfCode(
  db: Executor,
  objectId: string,
  investorCode: string,
): Promise<bigint | undefined> {
  const text = `
    select min(version) as version from object_fact
    where object_id = $1 and figures->>'investorCode' = $2`;
  const [row] = await prepared<{ version: bigint | null }>(db, 'subject_version_of_code', text, [
    objectId,
    investorCode,
  ]);
  return row?.version ?? undefined;
}

export async function countOwners(db: Executor, subjectId: string): Promise<number> {
  const text = 'select count(*)::int as owners from beneficial_owner where subject_id = $1';
  const [row] = await prepared<{ owners: number }>(db, 'subject_count_owners', text, [subjectId]);
  return row?.owners ?? 0;
}

function place(subjectId: string, column: string) {
  return { table: 'subject', column, rowId: subjectId };
}

function toSubject(cipher: PersonalCipher, row: SubjectRow): Subject {
  const open = (column: string, sealed: Buffer): string =>
    cipher.open(place(row.id, column), sealed);
  return {
    subjectId: row.id,
    nature: row.nature,
    certificateType: row.certificate_type,
    certificateNumber: open('certificate_number', row.certificate_number_cipher),
    name: open('name', row.name_cipher),
    phone: row.phone_cipher === null ? null : open('phone', row.phone_cipher),
    address: row.address_cipher === null ? null : open('address', row.address_cipher),
    region: row.region,
    nationality: row.nationality,
    isInvestor: row.is_investor,
    isIssuer: row.is_issuer,
    isMarket: row.is_market,
    lookThrough: row.look_through,
    investorCode: row.investor_code,
    shareholdersNumber: row.shareholders_number,
    version: row.version,
    revision: row.revision,
    registeredOn: row.registered_on,
  };
}

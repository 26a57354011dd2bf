// A registry database for ledger tests, with issuers, securities and accounts made directly.
import { sql } from 'kysely';
import { createDatabase, type Database } from '#libs/db/database.ts';
import { createPool } from '#libs/db/pool.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { createServiceDatabase } from '../../../support/service-database.ts';

export interface LedgerStore {
  readonly db: Database<unknown>;
  readonly serviceUrl: string;
  readonly superuserUrl: string;
  drop(): Promise<void>;
}

export async function openLedgerStore(connectionsMax = 8): Promise<LedgerStore> {
  const database = await createServiceDatabase('registry');
  const serviceUrl = database.roleUrl('registry');
  const db = createDatabase<unknown>(
    createPool({
      connectionString: serviceUrl,
      schema: 'registry',
      applicationName: 'ledger-test',
      connectionsMax,
      acquireTimeoutMs: 30_000,
      lockTimeoutMs: 30_000,
    }),
  );
  return {
    db,
    serviceUrl,
    superuserUrl: database.superuserUrl,
    drop: async () => {
      await db.destroy();
      await database.drop();
    },
  };
}

export interface Investor {
  readonly subjectId: Uuid;
  readonly accountId: Uuid;
  readonly fundAccountId: Uuid;
}

export interface Issue {
  readonly securityId: Uuid;
  readonly issueAccountId: Uuid;
  readonly issuerId: Uuid;
}

const bytes = (length: number): Buffer =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(length)));
const at = '2026-11-20T01:00:00.000Z';

/** `identities` are the real holders of a looked-through subject; by default its own one. */
export async function addSubject(
  { db }: LedgerStore,
  kind: 'person' | 'organisation' = 'person',
  identities: readonly Uint8Array[] = [],
): Promise<Uuid> {
  const id = newUuid();
  const own = bytes(32);
  const nature =
    kind === 'person' ? 'natural-person' : identities.length > 0 ? 'partnership' : 'company';
  await sql`
    insert into subject (id, kind, nature, certificate_type, certificate_number_cipher,
      certificate_number_index, name_cipher, name_index, nationality, region, is_investor,
      is_issuer, is_market, look_through, registered_on, recorded_at)
    values (${id}, ${kind}, ${nature}, ${kind === 'person' ? 'resident-id' : 'uscc'}, ${bytes(40)},
      ${own}, ${bytes(40)}, ${bytes(32)}, 'CN', '330100', true, ${kind === 'organisation'}, false,
      ${nature === 'partnership'}, '2026-11-20', ${at})`.execute(db);
  for (const identity of identities.length > 0 ? identities : [own]) {
    await sql`
      insert into holder_identity (subject_id, identity)
      values (${id}, ${Buffer.from(identity)})`.execute(db);
  }
  return id;
}

export async function addInvestor(
  store: LedgerStore,
  kind: 'person' | 'organisation' = 'person',
  identities: readonly Uint8Array[] = [],
): Promise<Investor> {
  const subjectId = await addSubject(store, kind, identities);
  const accountId = newUuid();
  const fundAccountId = newUuid();
  await sql`
    insert into account (id, subject_id, kind, number, linked_account_id, status, opened_on,
      recorded_at)
    values (${accountId}, ${subjectId}, 'securities', ${`S${accountId}`}, null, 'normal',
        '2026-11-20', ${at}),
      (${fundAccountId}, ${subjectId}, 'fund', ${`F${accountId}`}, ${accountId}, 'normal',
        '2026-11-20', ${at})`.execute(store.db);
  return { subjectId, accountId, fundAccountId };
}

/** An issuer with one security; its subject object has its first version as a fact. */
export async function addIssue(store: LedgerStore, registered: bigint): Promise<Issue> {
  const { db } = store;
  const issuerId = await addSubject(store, 'organisation');
  const securityId = newUuid();
  const issueAccountId = newUuid();
  const documentId = newUuid();
  await sql`
    insert into document (id, file_name, media_type, size_bytes, sm3, content_cipher, uploaded_by,
      recorded_at)
    values (${documentId}, 'agreement.pdf', 'application/pdf', 1, ${'a'.repeat(64)}, ${bytes(40)},
      ${newUuid()}, ${at})`.execute(db);
  const code = securityId.slice(-6);
  await sql`
    insert into issuer (subject_id, company_code, layer, onboarded_on, recorded_at)
    values (${issuerId}, ${`ZJ${securityId}`}, 'T', '2026-11-20', ${at})`.execute(db);
  await sql`
    insert into security (id, issuer_subject_id, code, name, abbreviation, product_type, scale_unit,
      currency, issued_capital, registered_capital_fen, status, agreement_document_id,
      onboarded_on, recorded_at)
    values (${securityId}, ${issuerId}, ${`ZJ${securityId}.S`}, ${`Issue ${code}`}, ${code},
      'share', 'share', '156', ${registered}, ${100}, 'active', ${documentId}, '2026-11-20',
      ${at})`.execute(db);
  await sql`
    insert into account (id, subject_id, kind, number, security_id, status, opened_on, recorded_at)
    values (${issueAccountId}, ${issuerId}, 'issue', ${`I${securityId}`}, ${securityId}, 'normal',
      '2026-11-20', ${at})`.execute(db);
  return { securityId, issueAccountId, issuerId };
}

/** Rows of the table `person`. */
import type { Kysely } from 'kysely';
import type { DB, Person as PersonRow } from '#libs/db/generated/portal.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { FailureCount, Person } from '../domain/login.ts';

type Row = Pick<PersonRow, 'id' | 'username' | 'name' | 'roles' | 'subject_id'>;

const COLUMNS = ['id', 'username', 'name', 'roles', 'subject_id'] as const;

export interface PersonWithPassword {
  readonly person: Person;
  readonly passwordHash: string | undefined;
  readonly count: FailureCount;
}

export async function findPerson(db: Kysely<DB>, id: string): Promise<Person | undefined> {
  const row = await db.selectFrom('person').select(COLUMNS).where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : toPerson(row);
}

export async function findPersonBySubject(
  db: Kysely<DB>,
  subjectId: string,
): Promise<Person | undefined> {
  const row = await db
    .selectFrom('person')
    .select(COLUMNS)
    .where('subject_id', '=', subjectId)
    .executeTakeFirst();
  return row === undefined ? undefined : toPerson(row);
}

export async function isUsernameTaken(db: Kysely<DB>, username: string): Promise<boolean> {
  const row = await db
    .selectFrom('person')
    .select('id')
    .where('username', '=', username)
    .executeTakeFirst();
  return row !== undefined;
}

/** Holds the row until the transaction ends, so that attempts on one login come one by one. */
export async function lockByUsername(
  tx: Kysely<DB>,
  username: string,
): Promise<PersonWithPassword | undefined> {
  const row = await tx
    .selectFrom('person')
    .select([...COLUMNS, 'password_hash', 'failures', 'last_failure_at'])
    .where('username', '=', username)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    person: toPerson(row),
    passwordHash: row.password_hash ?? undefined,
    count: { failures: row.failures, lastFailureAt: row.last_failure_at ?? undefined },
  };
}

export async function saveFailures(
  tx: Kysely<DB>,
  personId: string,
  count: FailureCount,
): Promise<void> {
  await tx
    .updateTable('person')
    .set({ failures: count.failures, last_failure_at: count.lastFailureAt ?? null })
    .where('id', '=', personId)
    .execute();
}

export async function insertPerson(
  tx: Kysely<DB>,
  person: Person,
  more: { readonly passwordHash: string | undefined; readonly createdAt: Instant },
): Promise<void> {
  await tx
    .insertInto('person')
    .values({
      id: person.id,
      username: person.username,
      name: person.name,
      roles: [...person.roles],
      subject_id: person.subjectId ?? null,
      password_hash: more.passwordHash ?? null,
      created_at: more.createdAt,
    })
    .execute();
}

export async function savePassword(
  tx: Kysely<DB>,
  personId: string,
  passwordHash: string,
): Promise<void> {
  await tx
    .updateTable('person')
    .set({
      password_hash: passwordHash,
      failures: 0,
      last_failure_at: null,
      activation_hash: null,
      activation_expires_at: null,
    })
    .where('id', '=', personId)
    .execute();
}

export async function saveActivation(
  tx: Kysely<DB>,
  personId: string,
  activation: { readonly hash: Uint8Array; readonly expiresAt: Instant },
): Promise<void> {
  await tx
    .updateTable('person')
    .set({
      activation_hash: Buffer.from(activation.hash),
      activation_expires_at: activation.expiresAt,
    })
    .where('id', '=', personId)
    .execute();
}

/** The login of an unexpired code, its row held. */
export async function lockByActivation(
  tx: Kysely<DB>,
  hash: Uint8Array,
  now: Instant,
): Promise<Person | undefined> {
  const row = await tx
    .selectFrom('person')
    .select(COLUMNS)
    .where('activation_hash', '=', Buffer.from(hash))
    .where('activation_expires_at', '>', now)
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? undefined : toPerson(row);
}

function toPerson(row: Row): Person {
  return {
    id: row.id,
    username: row.username,
    name: row.name,
    roles: row.roles,
    subjectId: row.subject_id ?? undefined,
  };
}

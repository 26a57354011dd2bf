/** Rows of the table `session`: the token itself is stored nowhere, only its digest. */
import type { Kysely } from 'kysely';
import type { DB } from '#libs/db/generated/portal.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { SessionTimes } from '../domain/session.ts';

export async function insertSession(
  tx: Kysely<DB>,
  session: {
    readonly tokenHash: Uint8Array;
    readonly personId: string;
    readonly startedAt: Instant;
    readonly expiresAt: Instant;
  },
): Promise<void> {
  await tx
    .insertInto('session')
    .values({
      token_hash: Buffer.from(session.tokenHash),
      person_id: session.personId,
      started_at: session.startedAt,
      last_used_at: session.startedAt,
      expires_at: session.expiresAt,
    })
    .execute();
}

export async function findSession(
  db: Kysely<DB>,
  tokenHash: Uint8Array,
): Promise<(SessionTimes & { readonly personId: string }) | undefined> {
  const row = await db
    .selectFrom('session')
    .select(['person_id', 'last_used_at', 'expires_at'])
    .where('token_hash', '=', Buffer.from(tokenHash))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return { personId: row.person_id, lastUsedAt: row.last_used_at, expiresAt: row.expires_at };
}

export async function touchSession(
  db: Kysely<DB>,
  tokenHash: Uint8Array,
  now: Instant,
): Promise<void> {
  await db
    .updateTable('session')
    .set({ last_used_at: now })
    .where('token_hash', '=', Buffer.from(tokenHash))
    .execute();
}

export async function deleteSession(db: Kysely<DB>, tokenHash: Uint8Array): Promise<void> {
  await db.deleteFrom('session').where('token_hash', '=', Buffer.from(tokenHash)).execute();
}

export async function deleteExpiredSessions(db: Kysely<DB>, now: Instant): Promise<void> {
  await db.deleteFrom('session').where('expires_at', '<', now).execute();
}

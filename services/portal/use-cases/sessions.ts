/** Browser sessions: a random token in a cookie, its digest in the database. */
import { randomBytes } from 'node:crypto';
import type { ActingContext } from '#libs/audit/audit-record.ts';
import { recordAudit } from '#libs/audit/record-audit.ts';
import type { Database } from '#libs/db/database.ts';
import type { DB } from '#libs/db/generated/portal.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import { addMilliseconds, type Instant, millisecondsBetween } from '#libs/time/instant.ts';
import type { Person } from '../domain/login.ts';
import { isSessionAlive, SESSION_LIFE_MS } from '../domain/session.ts';
import { findPerson } from '../repositories/person-repository.ts';
import {
  deleteSession,
  findSession,
  insertSession,
  touchSession,
} from '../repositories/session-repository.ts';

const TOUCH_EVERY_MS = 60_000;

/** Gives back the token for the cookie. */
export async function startSession(
  db: Database<DB>,
  person: Person,
  now: Instant,
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await insertSession(db, {
    tokenHash: hashOf(token),
    personId: person.id,
    startedAt: now,
    expiresAt: addMilliseconds(now, SESSION_LIFE_MS),
  });
  return token;
}

/** The person of a living session, with roles as they are now. */
export async function personOfSession(
  db: Database<DB>,
  token: string,
  now: Instant,
): Promise<Person | undefined> {
  const tokenHash = hashOf(token);
  const session = await findSession(db, tokenHash);
  if (session === undefined || !isSessionAlive(session, now)) return undefined;
  if (millisecondsBetween(session.lastUsedAt, now) > TOUCH_EVERY_MS) {
    await touchSession(db, tokenHash, now);
  }
  return await findPerson(db, session.personId);
}

export async function endSession(
  db: Database<DB>,
  context: ActingContext,
  token: string,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const session = await findSession(tx, hashOf(token));
    if (session === undefined) return;
    await deleteSession(tx, hashOf(token));
    await recordAudit(tx, context, { action: 'signed-out', target: `person:${session.personId}` });
  });
}

function hashOf(token: string): Uint8Array {
  return sm3(Buffer.from(token, 'utf8'));
}

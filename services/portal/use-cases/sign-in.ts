/** Signing in with user name and password: one attempt at a time per login, counted and audited. */
import type { ActingContext } from '#libs/audit/audit-record.ts';
import { recordAudit } from '#libs/audit/record-audit.ts';
import type { Database, Tx } from '#libs/db/database.ts';
import type { DB } from '#libs/db/generated/portal.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { expectOk, ok } from '#libs/result/result.ts';
import type { Instant } from '#libs/time/instant.ts';
import { lockedUntil, type Person, withFailure } from '../domain/login.ts';
import { isPasswordOf } from '../passwords.ts';
import {
  lockByUsername,
  type PersonWithPassword,
  saveFailures,
} from '../repositories/person-repository.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export type SignIn =
  | { readonly kind: 'signed-in'; readonly person: Person }
  /** Says nothing of whether the user name exists. */
  | { readonly kind: 'wrong' }
  | { readonly kind: 'locked'; readonly until: Instant };

export async function signIn(
  db: Database<DB>,
  context: ActingContext,
  credentials: Credentials,
): Promise<SignIn> {
  const outcome = await inTransaction<DB, SignIn, never>(db, 'read committed', async (tx) => {
    const found = await lockByUsername(tx, credentials.username);
    return ok(await attempt(tx, context, credentials, found));
  });
  return expectOk(outcome, 'an attempt has an outcome');
}

async function attempt(
  tx: Tx<DB>,
  context: ActingContext,
  { password }: Credentials,
  found: PersonWithPassword | undefined,
): Promise<SignIn> {
  const { now } = context;
  const until = found === undefined ? undefined : lockedUntil(found.count, now);
  if (found !== undefined && until !== undefined) {
    await recordAudit(tx, context, audit('sign-in-refused-while-locked', found.person));
    return { kind: 'locked', until };
  }
  const isRight = await isPasswordOf(password, found?.passwordHash);
  if (found === undefined) return { kind: 'wrong' };
  const { person } = found;
  if (isRight) {
    await saveFailures(tx, person.id, { failures: 0, lastFailureAt: undefined });
    await recordAudit(tx, context, audit('signed-in', person));
    return { kind: 'signed-in', person };
  }
  const count = withFailure(found.count, now);
  await saveFailures(tx, person.id, count);
  const isLocked = lockedUntil(count, now) !== undefined;
  await recordAudit(tx, context, audit(isLocked ? 'login-locked' : 'sign-in-failed', person));
  return { kind: 'wrong' };
}

function audit(action: string, person: Person): { action: string; target: string } {
  return { action, target: `person:${person.id}` };
}

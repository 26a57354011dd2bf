/** An investor's login: asked for by a maker, checked early, made when a second person approves. */
import type { Tx } from '#libs/db/database.ts';
import type { DB } from '#libs/db/generated/portal.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import type { Instant } from '#libs/time/instant.ts';
import {
  findPersonBySubject,
  insertPerson,
  isUsernameTaken,
} from '../repositories/person-repository.ts';

export interface NewInvestorLogin {
  readonly subjectId: string;
  readonly username: string;
}

export type InvestorLoginRefusal = Refusal<'username-taken' | 'subject-has-login'>;

/** Errors: username-taken, subject-has-login. */
export async function checkInvestorLogin(
  tx: Tx<DB>,
  { subjectId, username }: NewInvestorLogin,
): Promise<Result<undefined, InvestorLoginRefusal>> {
  if (await isUsernameTaken(tx, username)) return refuse('username-taken', { username });
  const holder = await findPersonBySubject(tx, subjectId);
  return holder === undefined ? ok() : refuse('subject-has-login', { subjectId });
}

/** The login has no password until it is activated. Errors: username-taken, subject-has-login. */
export async function registerInvestorLogin(
  tx: Tx<DB>,
  now: Instant,
  login: NewInvestorLogin,
): Promise<Result<{ personId: string; username: string }, InvestorLoginRefusal>> {
  const free = await checkInvestorLogin(tx, login);
  if (!free.ok) return free;
  const { subjectId, username } = login;
  const person = { id: newUuid(), username, name: username, roles: ['investor'], subjectId };
  await insertPerson(tx, person, { passwordHash: undefined, createdAt: now });
  return ok({ personId: person.id, username });
}

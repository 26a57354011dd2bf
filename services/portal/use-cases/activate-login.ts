/** Activation: a code handed over at the counter lets the person choose a password, once. */
import type { ActingContext } from '#libs/audit/audit-record.ts';
import { recordAudit } from '#libs/audit/record-audit.ts';
import type { Tx } from '#libs/db/database.ts';
import type { DB } from '#libs/db/generated/portal.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import { toHex } from '#libs/sm/hex.ts';
import { hmacSm3, sm3 } from '#libs/sm/sm3.ts';
import { addMilliseconds, type Instant } from '#libs/time/instant.ts';
import { checkPassword } from '../domain/login.ts';
import { ACTIVATION_LIFE_MS } from '../domain/session.ts';
import { hashPassword } from '../passwords.ts';
import {
  findPerson,
  lockByActivation,
  saveActivation,
  savePassword,
} from '../repositories/person-repository.ts';

export interface ActivationCode {
  readonly code: string;
  readonly expiresAt: Instant;
}

/**
 * The code is derived from the idempotency key under our secret, so that a repetition shows the
 * same code though it is stored nowhere. Errors: not-found, login-not-for-activation.
 */
export async function issueActivationCode(
  tx: Tx<DB>,
  context: ActingContext,
  issue: { readonly personId: string; readonly key: string; readonly secret: Uint8Array },
): Promise<Result<ActivationCode, Refusal<'not-found' | 'login-not-for-activation'>>> {
  const person = await findPerson(tx, issue.personId);
  if (person === undefined) return refuse('not-found');
  if (person.subjectId === undefined) return refuse('login-not-for-activation');
  const text = `activation:${person.id}:${issue.key}`;
  const digest = toHex(hmacSm3(issue.secret, Buffer.from(text, 'utf8')).subarray(0, 16));
  const code = (digest.match(/.{8}/g) ?? []).join('-');
  const expiresAt = addMilliseconds(context.now, ACTIVATION_LIFE_MS);
  await saveActivation(tx, person.id, { hash: hashOf(code), expiresAt });
  await recordAudit(tx, context, {
    action: 'activation-code-issued',
    target: `person:${person.id}`,
  });
  return ok({ code, expiresAt });
}

/** Errors: activation-code-invalid, password-too-weak. */
export async function activateLogin(
  tx: Tx<DB>,
  context: ActingContext,
  { code, password }: { readonly code: string; readonly password: string },
): Promise<Result<{ username: string }, Refusal<'activation-code-invalid' | 'password-too-weak'>>> {
  const person = await lockByActivation(tx, hashOf(code), context.now);
  if (person === undefined) return refuse('activation-code-invalid');
  const strong = checkPassword(password, person.username);
  if (!strong.ok) return strong;
  await savePassword(tx, person.id, await hashPassword(password));
  await recordAudit(tx, context, { action: 'login-activated', target: `person:${person.id}` });
  return ok({ username: person.username });
}

function hashOf(code: string): Uint8Array {
  return sm3(Buffer.from(code, 'utf8'));
}

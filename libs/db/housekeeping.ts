/** What the platform tables may forget: old idempotency keys and nonces of expired tokens. */
import { addMilliseconds, type Instant, instantFromUnixSeconds } from '#libs/time/instant.ts';
import type { Executor } from './database.ts';
import { prepared } from './prepared.ts';

const KEY_AGE_MAX_MS = 7 * 86_400_000;
const ROWS_MAX = 5_000;

const FORGET_KEYS = `
  delete from idempotency_key where ctid = any(array(
    select ctid from idempotency_key where created_at < $1 limit ${ROWS_MAX}
    for update skip locked))`;

const FORGET_NONCES = `
  delete from service_nonce where ctid = any(array(
    select ctid from service_nonce where expires_at < $1 limit ${ROWS_MAX}
    for update skip locked))`;

const REMEMBER_NONCE = `
  insert into service_nonce (caller, nonce, expires_at) values ($1, $2, $3)
  on conflict do nothing returning nonce`;

/** A bounded bite; called on a timer, it keeps up. */
export async function forgetOldRows(db: Executor, now: Instant): Promise<void> {
  await prepared(db, 'forget_idempotency_keys', FORGET_KEYS, [
    addMilliseconds(now, -KEY_AGE_MAX_MS),
  ]);
  await prepared(db, 'forget_nonces', FORGET_NONCES, [now]);
}

export interface ServiceNonce {
  readonly caller: string;
  readonly nonce: string;
  readonly expiresAtUnixSeconds: number;
}

/** Takes note of a nonce until it expires; false when it was used before. */
export async function rememberNonce(db: Executor, used: ServiceNonce): Promise<boolean> {
  // A margin over the tolerance that callers' clocks are given.
  const expiresAt = instantFromUnixSeconds(used.expiresAtUnixSeconds + 60);
  const rows = await prepared(db, 'remember_nonce', REMEMBER_NONCE, [
    used.caller,
    used.nonce,
    expiresAt,
  ]);
  return rows.length === 1;
}

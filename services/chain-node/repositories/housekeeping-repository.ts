/** Housekeeping of the store: forgetting nonces of expired tokens. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Instant } from '#libs/time/instant.ts';

const ROWS_MAX = 5_000;

/** A bounded bite; called on a timer, it keeps up. */
export async function forgetNonces(db: Executor, now: Instant): Promise<void> {
  await prepared(
    db,
    'forget_chain_nonces',
    `delete from service_nonce where ctid = any(array(
       select ctid from service_nonce where expires_at < $1 limit ${ROWS_MAX}
       for update skip locked))`,
    [now],
  );
}

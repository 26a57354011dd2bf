// Brings allocated investor codes to the registry: idempotent, repeated, and in the end given up.
import type { Executor } from '#libs/db/database.ts';
import { toHex } from '#libs/sm/hex.ts';
import type { Clock } from '#libs/time/clock.ts';
import { addMilliseconds } from '#libs/time/instant.ts';
import type { Alarm } from '../alarm.ts';
import type { InvestorCodes } from '../ports.ts';
import {
  closeCodeOrder,
  type OpenOrder,
  openCodeOrders,
  postponeCodeOrder,
} from '../repositories/receipt-repository.ts';

export interface RecordingDeps {
  readonly codes: InvestorCodes;
  readonly clock: Clock;
  readonly alarm: Alarm;
}

const ORDERS_MAX = 50;
const ATTEMPTS_MAX = 200;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;

/** One round; true when there was something to do. */
export async function recordInvestorCodes(db: Executor, deps: RecordingDeps): Promise<boolean> {
  const orders = await openCodeOrders(db, deps.clock.now(), ORDERS_MAX);
  for (const order of orders) await recordOne(db, deps, order);
  return orders.length > 0;
}

async function recordOne(db: Executor, deps: RecordingDeps, order: OpenOrder): Promise<void> {
  const { sequence, object_id: objectId, version, investor_code: investorCode } = order;
  const resultHash = toHex(order.result_hash);
  const answer = await deps.codes.record(
    { objectId, version, investorCode, resultHash },
    `investor-code:${sequence}:${resultHash}`,
  );
  if (answer.ok) return closeCodeOrder(db, sequence, 'done', answer.value);
  const failure = answer.error;
  if (failure.kind === 'refused') {
    deps.alarm('investor-code-refused', { objectId, version, code: failure.code });
    return closeCodeOrder(db, sequence, 'refused', failure.code);
  }
  const attempts = order.attempts + 1;
  if (attempts >= ATTEMPTS_MAX) {
    deps.alarm('investor-code-given-up', { objectId, version, attempt: attempts });
    return closeCodeOrder(db, sequence, 'refused', 'registry-unreachable');
  }
  const waitMs = Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempts - 1, 10), LONGEST_WAIT_MS);
  await postponeCodeOrder(db, sequence, addMilliseconds(deps.clock.now(), waitMs));
}

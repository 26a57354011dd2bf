/** The unit of work of a command: its effect and its idempotency record, both or neither. */
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { assert, ok, type Result } from '#libs/result/result.ts';
import { fromHex } from '#libs/sm/hex.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { Database, Tx } from './database.ts';
import { violatedConstraint } from './errors.ts';
import {
  findAnswer,
  type IdempotencyKey,
  lockAndFindAnswer,
  type StoredAnswer,
  storeAnswer,
} from './idempotency.ts';
import { inTransaction, type Isolation } from './transaction.ts';

export interface CommandCall {
  readonly idempotencyKey: string;
  /** Keys of different callers never meet. */
  readonly caller: string;
  readonly operationId: string;
  /** SM3 of the canonical request, 64 hexadecimal digits. */
  readonly requestHash: string;
  readonly now: Instant;
}

/** What a success answers: kept with the key, and given again to a repetition. */
export interface CommandReply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CommandAnswer<Reply extends CommandReply> {
  readonly reply: Reply;
  /** The answer was stored by an earlier call with the same key. */
  readonly replayed: boolean;
}

export type IdempotencyRefusal = Refusal<'idempotency-key-in-flight' | 'idempotency-key-reused'>;

type Answered<Reply extends CommandReply, R> = Result<CommandAnswer<Reply>, R | IdempotencyRefusal>;

/**
 * Runs `work` at most once for its key. A refusal rolls back and stores nothing, so a later call
 * with the same key tries again. Errors: idempotency-key-reused, idempotency-key-in-flight, those
 * of the work; throws CommitUnknown, after which the caller repeats with the same key.
 */
export async function runCommand<DB, Reply extends CommandReply, R>(
  db: Database<DB>,
  call: CommandCall,
  work: (tx: Tx<DB>) => Promise<Result<Reply, R>>,
  isolation: Isolation = 'read committed',
): Promise<Answered<Reply, R>> {
  const key = keyOf(call);
  const attempt = (): Promise<Answered<Reply, R>> =>
    inTransaction(db, isolation, (tx) => once(tx, key, call.now, work));
  try {
    const result = await attempt();
    if (result.ok) return result;
    // A rival with the same key may have committed between our snapshot and our lock; then the
    // refusal is of its effect, and the true answer is the rival's.
    const stored = await findAnswer(db, key);
    return stored === undefined ? result : replay(stored, key);
  } catch (error) {
    if (violatedConstraint(error) !== 'idempotency_key_pkey') throw error;
    return await attempt();
  }
}

/**
 * The unit of work as libs/http asks for it. A fault test may end the process at the points
 * `before-command-commit`, with the work done, and `command-committed`, with no answer sent.
 */
export function commandRunner<DB>(
  db: Database<DB>,
  crashPoint: (name: string) => void = () => undefined,
) {
  return async <Reply extends CommandReply, R>(
    call: CommandCall,
    work: (tx: Tx<DB>) => Promise<Result<Reply, R>>,
  ): Promise<Answered<Reply, R>> => {
    const answered = await runCommand(db, call, async (tx) => {
      const result = await work(tx);
      crashPoint('before-command-commit');
      return result;
    });
    crashPoint('command-committed');
    return answered;
  };
}

async function once<DB, Reply extends CommandReply, R>(
  tx: Tx<DB>,
  key: IdempotencyKey,
  now: Instant,
  work: (tx: Tx<DB>) => Promise<Result<Reply, R>>,
): Promise<Answered<Reply, R>> {
  const { isFree, stored } = await lockAndFindAnswer(tx, key);
  if (stored !== undefined) return replay(stored, key);
  if (!isFree) return refuse('idempotency-key-in-flight');
  const result = await work(tx);
  if (!result.ok) return result;
  const reply = result.value;
  assert(!('bytes' in reply) || reply.bytes === undefined, 'a command answers with JSON only');
  await storeAnswer(tx, key, reply, now);
  return ok({ reply, replayed: false });
}

function replay<Reply extends CommandReply>(
  stored: StoredAnswer,
  key: IdempotencyKey,
): Result<CommandAnswer<Reply>, IdempotencyRefusal> {
  const isSameRequest =
    stored.operation === key.operation && Buffer.compare(stored.requestHash, key.requestHash) === 0;
  if (!isSameRequest) return refuse('idempotency-key-reused');
  // The same operation stored it, so it has that operation's shape.
  return ok({ reply: stored.reply as Reply, replayed: true });
}

function keyOf(call: CommandCall): IdempotencyKey {
  const requestHash = fromHex(call.requestHash);
  assert(requestHash.length === 32, 'a request hash has 32 bytes');
  return {
    principal: call.caller,
    key: call.idempotencyKey,
    operation: call.operationId,
    requestHash,
  };
}

// What libs/http asks of the unit of work: effect and idempotency record in one transaction.
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import type { ProblemRefusal } from '#libs/problem/problem.ts';
import type { Result } from '#libs/result/result.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { Outcome, Reply, UntypedRequest } from './route.ts';

export interface CommandCall {
  readonly idempotencyKey: string;
  /** Keys of different callers never meet. */
  readonly caller: string;
  readonly operationId: string;
  readonly requestHash: string;
  readonly now: Instant;
}

export interface CommandAnswer {
  readonly reply: Reply;
  /** The answer was stored by an earlier request with the same key. */
  readonly replayed: boolean;
}

/** Errors: idempotency-key-in-flight, idempotency-key-reused, and those of the work. */
export type RunCommand<Tx> = (
  call: CommandCall,
  work: (tx: Tx) => Promise<Outcome>,
) => Promise<Result<CommandAnswer, ProblemRefusal>>;

/** SM3 of the canonical request; a body of bytes goes in by its own digest. */
export const requestHashOf = (operationId: string, request: UntypedRequest): string => {
  const body = request.body instanceof Uint8Array ? sm3Hex(request.body) : (request.body ?? null);
  const { params, query, version } = request;
  const hashed = { operationId, params, query, version: version ?? null, body };
  const plain: unknown = JSON.parse(JSON.stringify(hashed));
  return sm3Hex(canonicalBytes(plain));
};

/** Requests by a maker, decided by another person, executed as stored in the decision's transaction. */
import type { ActingContext, AuditEntry } from '#libs/audit/audit-record.ts';
import { recordAudit } from '#libs/audit/record-audit.ts';
import type { Database, Tx } from '#libs/db/database.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { assert, ok, type Result } from '#libs/result/result.ts';
import { toHex } from '#libs/sm/hex.ts';
import { addMilliseconds } from '#libs/time/instant.ts';
import {
  type Approval,
  type Decision,
  encodePayload,
  type Payload,
  type PayloadCipher,
  payloadHash,
} from './approval.ts';
import {
  expirePending,
  insertApproval,
  lockApproval,
  saveDecision,
} from './approval-repository.ts';
import { decisionDigest, requestDigest } from './verify.ts';

/**
 * Carries out an approved operation inside the decision's transaction. What it returns is kept as
 * the approval's result; a refusal rolls everything back and leaves the request pending.
 */
export type Executor<DB, R extends Refusal> = (
  tx: Tx<DB>,
  context: ActingContext,
  payload: Payload,
  approval: Approval,
) => Promise<Result<unknown, R>>;

export interface ApprovalRules<DB, R extends Refusal> {
  readonly executors: Readonly<Record<string, Executor<DB, R>>>;
  readonly cipher: PayloadCipher;
  readonly lifetimeMs: number;
}

export interface ApprovalRequest {
  readonly operation: string;
  readonly payload: Payload;
}

export interface ApprovalDecision {
  readonly id: Uuid;
  /** What the checker has seen, 64 hexadecimal digits. */
  readonly payloadHash: string;
  readonly decision: Decision;
  readonly opinion: string;
}

export type DecisionRefusal = Refusal<
  | 'not-found'
  | 'approval-already-decided'
  | 'approval-expired'
  | 'approval-same-person'
  | 'approval-payload-changed'
>;

/** A working week on the calendar, so that a request made on Friday can be decided on Monday. */
export const DEFAULT_LIFETIME_MS = 7 * 86_400_000;

/** Stores a maker's request; nothing else happens until another person decides. */
export async function requestApproval<DB, R extends Refusal>(
  rules: ApprovalRules<DB, R>,
  tx: Tx<DB>,
  context: ActingContext,
  request: ApprovalRequest,
): Promise<Approval> {
  const { operation, payload } = request;
  const { actor, now } = context;
  assert(Object.hasOwn(rules.executors, operation), `nothing executes ${operation}`);
  assert(actor.kind === 'person', 'only a person or program with roles makes a request');
  const hash = payloadHash(operation, payload);
  const approval: Approval = {
    id: newUuid(),
    operation,
    payload,
    payloadHash: toHex(hash),
    maker: actor.id,
    makerName: actor.name,
    madeAt: now,
    expiresAt: addMilliseconds(now, rules.lifetimeMs),
    state: 'pending',
    checker: null,
    checkerName: null,
    decidedAt: null,
    opinion: null,
    result: null,
  };
  const storedPayload = rules.cipher.seal(encodePayload(payload));
  await insertApproval(tx, approval, { payload: storedPayload, payloadHash: hash });
  const digest = requestDigest({ ...approval, storedPayload });
  await recordAudit(tx, context, auditOf('approval-requested', approval, { digest }));
  return approval;
}

/**
 * Decides a request once. Errors: not-found, approval-already-decided, approval-expired,
 * approval-same-person, approval-payload-changed, those of the executor.
 */
export async function decideApproval<DB, R extends Refusal>(
  rules: ApprovalRules<DB, R>,
  tx: Tx<DB>,
  context: ActingContext,
  decision: ApprovalDecision,
): Promise<Result<Approval, DecisionRefusal | R>> {
  const approval = await lockApproval(tx, decision.id, rules.cipher);
  if (approval === undefined) return refuse('not-found');
  const permitted = mayDecide(context, approval, decision);
  if (!permitted.ok) return permitted;
  const executed = await execute(rules, tx, context, approval, decision);
  if (!executed.ok) return executed;
  const decided = decidedBy(context, approval, decision, executed.value);
  const isSaved = await saveDecision(tx, { ...decided, id: approval.id });
  assert(isSaved, 'a locked, pending approval could not be decided');
  await recordAudit(
    tx,
    context,
    auditOf(`approval-${decided.state}`, approval, { digest: decisionDigest(decided) }),
  );
  return ok({ ...approval, ...decided });
}

/** Marks what nobody decided in time; a bounded bite, for a timer. Gives back how many. */
export async function expireApprovals<DB>(
  db: Database<DB>,
  context: ActingContext,
): Promise<number> {
  const expired = await inTransaction<DB, number, never>(db, 'read committed', async (tx) => {
    const ids = await expirePending(tx, context.now);
    for (const id of ids) {
      await recordAudit(tx, context, { action: 'approval-expired', target: `approval:${id}` });
    }
    return ok(ids.length);
  });
  return expired.ok ? expired.value : 0;
}

function mayDecide(
  context: ActingContext,
  approval: Approval,
  decision: ApprovalDecision,
): Result<undefined, DecisionRefusal> {
  const { actor, now } = context;
  assert(actor.kind === 'person', 'only a person decides');
  if (approval.state !== 'pending' && approval.state !== 'expired') {
    return refuse('approval-already-decided', { decision: approval.state });
  }
  if (approval.state === 'expired' || approval.expiresAt <= now) {
    return refuse('approval-expired', { expiredAt: approval.expiresAt });
  }
  if (actor.id === approval.maker) return refuse('approval-same-person');
  // Hashed anew: the stored payload may have been altered behind the stored hash.
  const derived = toHex(payloadHash(approval.operation, approval.payload));
  const isUnchanged = derived === approval.payloadHash && derived === decision.payloadHash;
  return isUnchanged ? ok() : refuse('approval-payload-changed');
}

/** A return executes nothing. */
async function execute<DB, R extends Refusal>(
  rules: ApprovalRules<DB, R>,
  tx: Tx<DB>,
  context: ActingContext,
  approval: Approval,
  decision: ApprovalDecision,
): Promise<Result<unknown, R>> {
  if (decision.decision === 'return') return ok(null);
  const executor = rules.executors[approval.operation];
  assert(executor !== undefined, `nothing executes ${approval.operation}`);
  return await executor(tx, context, approval.payload, approval);
}

function decidedBy(
  { actor, now }: ActingContext,
  approval: Approval,
  decision: ApprovalDecision,
  result: unknown,
) {
  assert(actor.kind === 'person' && actor.id !== approval.maker, 'two persons are needed');
  return {
    state: decision.decision === 'approve' ? ('approved' as const) : ('returned' as const),
    checker: actor.id,
    checkerName: actor.name,
    decidedAt: now,
    opinion: decision.opinion,
    result: decision.decision === 'approve' ? asJson(result ?? {}) : null,
  };
}

/** As it will be read back. */
function asJson(result: unknown): unknown {
  return JSON.parse(JSON.stringify(result));
}

/** The hash goes into the audit trail, where a later change of the row cannot reach it. */
function auditOf(
  action: string,
  approval: Approval,
  more: Readonly<Record<string, string>>,
): AuditEntry {
  const { operation, payloadHash: hash } = approval;
  return {
    action,
    target: `approval:${approval.id}`,
    detail: { operation, payloadHash: hash, ...more },
  };
}

/** Issues a rejected fund-settlement object again; its figures are those of the postings. */
import { randomBytes } from 'node:crypto';
import type { ActingContext } from '#libs/audit/audit-record.ts';
import { recordAudit } from '#libs/audit/record-audit.ts';
import type { Executor, Tx } from '#libs/db/database.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import { appendEvents } from '../repositories/event-repository.ts';
import type { RegistryPort } from '../domain/registry-port.ts';
import { type CorrectableFact, latestFact, lockBookOf } from '../repositories/fact-repository.ts';

export interface Correction {
  readonly objectId: string;
  readonly version: string;
  readonly operation: 'overwrite' | 'update';
  readonly reason: string;
}

export type CorrectionRefusal = Refusal<
  'settlement-object-not-found' | 'settlement-object-not-latest'
>;

type DayRefusal = Refusal<'registry-unavailable' | 'settlement-day-closed'>;

/** Errors: settlement-object-not-found, settlement-object-not-latest. */
export async function checkCorrection(
  db: Executor,
  { objectId, version }: Correction,
): Promise<Result<CorrectableFact, CorrectionRefusal>> {
  const fact = await latestFact(db, objectId);
  if (fact === undefined) return refuse('settlement-object-not-found', { objectId, version });
  if (fact.version.toString() !== version) {
    const latest = fact.version.toString();
    return refuse('settlement-object-not-latest', { objectId, latest });
  }
  return ok(fact);
}

/**
 * Errors: registry-unavailable, settlement-day-closed, settlement-object-not-found,
 * settlement-object-not-latest.
 */
export async function correctObject(
  tx: Tx<unknown>,
  context: ActingContext,
  registry: RegistryPort,
  correction: Correction,
): Promise<Result<{ eventId: Uuid }, CorrectionRefusal | DayRefusal>> {
  const day = await registry.businessDay();
  if (!day.ok) return refuse('registry-unavailable');
  if (day.value === undefined) return refuse('settlement-day-closed');
  await lockBookOf(tx, correction.objectId);
  const found = await checkCorrection(tx, correction);
  if (!found.ok) return found;
  const fact = found.value;
  const isOverwrite = correction.operation === 'overwrite';
  const eventId = newUuid();
  const event = {
    eventId,
    securityId: fact.securityId,
    kind: 'object-corrected' as const,
    businessDate: day.value,
    transferId: fact.transferId,
    fact: {
      objectId: fact.objectId,
      version: (isOverwrite ? fact.version : fact.version + 1n).toString(),
      revision: (isOverwrite ? fact.revision + 1n : 0n).toString(),
      operation: correction.operation,
      refs: fact.refs,
      salt: randomBytes(16).toString('hex'),
      figures: fact.figures,
    },
  };
  await appendEvents(tx, [event], context.now);
  await recordAudit(tx, context, {
    action: 'object-corrected',
    target: `object:${fact.objectId}`,
    detail: {
      version: event.fact.version,
      revision: event.fact.revision,
      reason: correction.reason,
    },
  });
  return ok({ eventId });
}

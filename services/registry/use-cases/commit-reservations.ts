/** commitReservations: all rules once more under the locks; afterwards nothing can refuse. */
import type { ActingContext } from '#libs/audit/audit-record.ts';
import type { Executor } from '#libs/db/database.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Refusal } from '#libs/result/refusal.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import {
  findingOf,
  ledgerFinding,
  type LedgerFinding,
  tooManyHolders,
} from '../domain/ledger-finding.ts';
import type { Market } from '../domain/product.ts';
import { evaluateTransferRules } from '../domain/rules/evaluate-transfer-rules.ts';
import { holderLimit } from '../domain/rules/holder-limit.ts';
import { lockSecurities } from '../repositories/issue-repository.ts';
import {
  commitReservations as commitInLedger,
  type CommitOutcome,
  findReservations,
  type StoredReservation,
} from '../repositories/reservation-repository.ts';
import { loadTransferFacts } from '../repositories/transfer-facts-repository.ts';
import { type DayRules, requireDayRules } from './act.ts';
import { auditCall, type ItemResult, requireDistinct, stampOf, targetOf } from './ledger-call.ts';

export interface CommitItem {
  readonly instructionId: Uuid;
}

/** What the rules say of one reservation, and the limit in force for its security. */
interface Judgement {
  readonly findings: readonly LedgerFinding[];
  readonly holderLimit: number;
}

/**
 * Errors: instruction-repeated, business-day-not-open, rule-parameter-not-set. Per item:
 * reservation-unknown, reservation-ended, the findings of all rules together, reservation-expired,
 * the holder limit.
 */
export async function commitReservations(
  tx: Executor,
  context: ActingContext,
  market: Market,
  items: readonly CommitItem[],
): Promise<
  Result<
    readonly ItemResult<undefined>[],
    Refusal<'instruction-repeated' | 'business-day-not-open' | 'rule-parameter-not-set'>
  >
> {
  const distinct = requireDistinct(items);
  if (!distinct.ok) return distinct;
  const day = await requireDayRules(tx);
  if (!day.ok) return day;
  const instructionIds = items.map((item) => item.instructionId);
  const placed = await findReservations(tx, instructionIds);
  const securityIds = new Set([...placed.values()].map((claim) => claim.securityId));
  await lockSecurities(tx, [...securityIds]);
  const current = await findReservations(tx, instructionIds);
  const judged = await judge(tx, market, day.value, [...current.values()]);
  const admitted = instructionIds.flatMap((instructionId) => {
    const { findings, holderLimit: limit } = judged.get(instructionId) ?? NOTHING_AGAINST;
    return findings.length > 0 ? [] : [{ instructionId, holderLimit: limit }];
  });
  const stamp = stampOf(context, day.value.businessDate, { commit: instructionIds });
  const outcomes = await commitInLedger(tx, stamp, admitted);
  const byInstruction = new Map(
    admitted.map(({ instructionId }, at) => [instructionId, outcomes[at]]),
  );
  const results = instructionIds.map((instructionId): ItemResult<undefined> => {
    const judgement = judged.get(instructionId) ?? NOTHING_AGAINST;
    if (judgement.findings.length > 0) return err(judgement.findings);
    const outcome = byInstruction.get(instructionId);
    if (outcome === undefined) throw new Error('the ledger answered too few commitments');
    return toResult(outcome, judgement, current.get(instructionId));
  });
  const done = results.filter((result) => result.ok).length;
  const refused = results.length - done;
  const target = targetOf(items);
  await auditCall(tx, context, { action: 'reservations-committed', target, stamp, done, refused });
  return ok(results);
}

const NOTHING_AGAINST: Judgement = { findings: [], holderLimit: 0 };

/** Only what is still merely reserved is judged: a commitment stands. */
async function judge(
  tx: Executor,
  market: Market,
  { businessDate, parameters }: DayRules,
  claims: readonly StoredReservation[],
): Promise<ReadonlyMap<Uuid, Judgement>> {
  const open = claims.filter((claim) => claim.state === 'reserved');
  const questions = open.map((claim) => ({
    securityId: claim.securityId,
    sellerAccountId: claim.sellerAccountId,
    buyerAccountId: claim.buyerAccountId,
    nature: claim.nature,
    quantity: claim.quantity,
    method: '2',
    purpose: 'trade' as const,
    isReserved: true,
  }));
  const { gapTradingDays } = parameters;
  const setting = { businessDate, marketRegion: market.region, gapTradingDays };
  const facts = await loadTransferFacts(tx, questions, setting);
  return new Map(
    open.map((claim, at): [Uuid, Judgement] => {
      const found = facts[at];
      if (found === undefined) throw new Error('too few facts for the rules');
      if (!found.ok) {
        return [claim.instructionId, { findings: [findingOf(found.error)], holderLimit: 0 }];
      }
      const findings = evaluateTransferRules(found.value, parameters);
      const limit = holderLimit(found.value.holders.exemption, parameters);
      return [claim.instructionId, { findings, holderLimit: limit }];
    }),
  );
}

function toResult(
  outcome: CommitOutcome,
  judgement: Judgement,
  claim: StoredReservation | undefined,
): ItemResult<undefined> {
  switch (outcome.outcome) {
    case 'committed':
      return ok();
    case 'unknown':
      return err([ledgerFinding('reservation-unknown')]);
    case 'ended':
      return err([ledgerFinding('reservation-ended')]);
    case 'deadline-passed':
      return err([ledgerFinding('reservation-expired', { deadline: claim?.deadline ?? '' })]);
    case 'holder-limit':
      return err([tooManyHolders(judgement.holderLimit, outcome.placesNeeded ?? 0)]);
  }
}

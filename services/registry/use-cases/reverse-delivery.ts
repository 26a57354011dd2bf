/** reverseDelivery: a new, linked posting that undoes a delivery while its shares have not moved. */
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
import {
  type Delivered,
  findDelivery,
  findTrade,
  type ReversalOutcome,
  reverseDelivery as reverseInLedger,
  type Trade,
} from '../repositories/delivery-repository.ts';
import { lockSecurities } from '../repositories/issue-repository.ts';
import type { LedgerStamp } from '../repositories/ledger-stamp.ts';
import { loadTransferFacts } from '../repositories/transfer-facts-repository.ts';
import { type DayRules, requireDayRules } from './act.ts';
import { auditCall, type ItemResult, requireDistinct, stampOf, targetOf } from './ledger-call.ts';

export interface ReversalItem {
  readonly instructionId: Uuid;
  readonly originalInstructionId: Uuid;
  readonly reason: string;
}

/**
 * Errors: instruction-repeated, business-day-not-open, rule-parameter-not-set. Per item:
 * delivery-unknown, instruction-known, delivery-already-reversed, shares-have-moved, the findings
 * of the rules (R7, R10 and R11 exempt), the holder limit.
 */
export async function reverseDelivery(
  tx: Executor,
  context: ActingContext,
  market: Market,
  items: readonly ReversalItem[],
): Promise<
  Result<
    readonly ItemResult<Delivered>[],
    Refusal<'instruction-repeated' | 'business-day-not-open' | 'rule-parameter-not-set'>
  >
> {
  const distinct = requireDistinct(items);
  if (!distinct.ok) return distinct;
  const day = await requireDayRules(tx);
  if (!day.ok) return day;
  const stamp = stampOf(context, day.value.businessDate, { reverse: items });
  const originals = await Promise.all(
    items.map((item) => findTrade(tx, item.originalInstructionId)),
  );
  await lockSecurities(
    tx,
    originals.flatMap((trade) => (trade === undefined ? [] : [trade.securityId])),
  );
  const results: ItemResult<Delivered>[] = [];
  for (const [at, item] of items.entries()) {
    results.push(await reverseOne(tx, { market, day: day.value, stamp }, item, originals[at]));
  }
  const done = results.filter((result) => result.ok).length;
  const refused = results.length - done;
  const target = targetOf(items);
  await auditCall(tx, context, { action: 'deliveries-reversed', target, stamp, done, refused });
  return ok(results);
}

interface Setting {
  readonly market: Market;
  readonly day: DayRules;
  readonly stamp: LedgerStamp;
}

async function reverseOne(
  tx: Executor,
  setting: Setting,
  item: ReversalItem,
  original: Trade | undefined,
): Promise<ItemResult<Delivered>> {
  if (original === undefined) return err([unknown(item)]);
  const { findings, limit } = await judge(tx, setting, original);
  const isPosted = (await findDelivery(tx, item.instructionId)) !== undefined;
  if (findings.length > 0 && !isPosted && !original.isReversed) return err(findings);
  const outcome = await reverseInLedger(tx, setting.stamp, { ...item, holderLimit: limit });
  if (outcome.outcome !== 'reversed') return err([against(item, limit, outcome)]);
  const delivered = await findDelivery(tx, item.instructionId);
  if (delivered === undefined) throw new Error('a reversal was posted and is not there');
  return ok(delivered);
}

/** The buyer of the original gives, its seller receives. */
async function judge(
  tx: Executor,
  { market, day, stamp }: Setting,
  original: Trade,
): Promise<{ readonly findings: readonly LedgerFinding[]; readonly limit: number }> {
  const question = {
    securityId: original.securityId,
    sellerAccountId: original.buyerAccountId,
    buyerAccountId: original.sellerAccountId,
    nature: original.nature,
    quantity: original.quantity,
    method: original.method,
    purpose: 'reversal' as const,
    isReserved: true,
  };
  const [facts] = await loadTransferFacts(tx, [question], {
    businessDate: stamp.effectiveOn,
    marketRegion: market.region,
    gapTradingDays: day.parameters.gapTradingDays,
  });
  if (facts === undefined) throw new Error('too few facts for the rules');
  if (!facts.ok) return { findings: [findingOf(facts.error)], limit: 0 };
  return {
    // R8 is judged by the ledger, which knows whether the shares can move at all.
    findings: evaluateTransferRules(facts.value, day.parameters).filter(
      ({ rule }) => rule !== 'R8',
    ),
    limit: holderLimit(facts.value.holders.exemption, day.parameters),
  };
}

function unknown({ originalInstructionId }: ReversalItem): LedgerFinding {
  return ledgerFinding('delivery-unknown', { instructionId: originalInstructionId });
}

function against(item: ReversalItem, limit: number, outcome: ReversalOutcome): LedgerFinding {
  switch (outcome.outcome) {
    case 'mismatch':
      return ledgerFinding('instruction-known', { instructionId: item.instructionId });
    case 'already-reversed':
      return ledgerFinding('delivery-already-reversed', {
        instructionId: item.originalInstructionId,
      });
    case 'shares-moved':
      return ledgerFinding('shares-have-moved');
    case 'holder-limit':
      return tooManyHolders(limit, outcome.placesNeeded ?? 0);
    default:
      return unknown(item);
  }
}

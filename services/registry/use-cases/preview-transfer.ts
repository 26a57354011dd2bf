/** previewTransfer: every rule that stands against a transfer, without changing anything. */
import type { Executor } from '#libs/db/database.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import type { Market } from '../domain/product.ts';
import { evaluateTransferRules } from '../domain/rules/evaluate-transfer-rules.ts';
import type { Finding } from '../domain/rules/finding.ts';
import { parametersOn, type RuleParameters } from '../domain/rules/parameters.ts';
import { currentDay, listParameters } from '../repositories/rule-repository.ts';
import {
  type FactsRefusal,
  loadTransferFacts,
  type TransferQuestion,
} from '../repositories/transfer-facts-repository.ts';

export interface TransferPreview {
  readonly allowed: boolean;
  readonly businessDate: LocalDate;
  readonly findings: readonly Finding[];
}

/** A negotiated transfer is agreed offline by its two parties. */
const NEGOTIATED = '2';

export type PreviewQuestion = Omit<TransferQuestion, 'method' | 'purpose' | 'isReserved'>;

/** Errors: business-day-not-open, rule-parameter-not-set, those of FactsRefusal. */
export async function previewTransfer(
  db: Executor,
  market: Market,
  question: PreviewQuestion,
): Promise<
  Result<
    TransferPreview,
    Refusal<'business-day-not-open' | 'rule-parameter-not-set'> | FactsRefusal
  >
> {
  const day = await currentDay(db);
  if (day === undefined) return refuse('business-day-not-open');
  const parameters = parametersOn(await listParameters(db), day.businessDate);
  if (!parameters.ok) return parameters;
  const setting = { businessDate: day.businessDate, marketRegion: market.region };
  const [findings] = await findingsOn(db, [{ ...question, ...trade }], setting, parameters.value);
  if (findings === undefined) throw new Error('a preview found nothing');
  if (!findings.ok) return findings;
  const { businessDate } = day;
  return ok({ allowed: findings.value.length === 0, businessDate, findings: findings.value });
}

const trade = { method: NEGOTIATED, purpose: 'trade', isReserved: false } as const;

/** The findings of each question, in their order: what reserve and commit evaluate as well. */
export async function findingsOn(
  db: Executor,
  questions: readonly TransferQuestion[],
  setting: { readonly businessDate: LocalDate; readonly marketRegion: string },
  parameters: RuleParameters,
): Promise<readonly Result<readonly Finding[], FactsRefusal>[]> {
  const { gapTradingDays } = parameters;
  const facts = await loadTransferFacts(db, questions, { ...setting, gapTradingDays });
  return facts.map((item) => (item.ok ? ok(evaluateTransferRules(item.value, parameters)) : item));
}

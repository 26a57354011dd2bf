/** What the registry's use cases share: their setting, and an event with its audit record. */
import type { ActingContext, AuditEntry } from '#libs/audit/audit-record.ts';
import { recordAudit } from '#libs/audit/record-audit.ts';
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import type { Executor } from '#libs/db/database.ts';
import { actorKey } from '#libs/http/actor.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import type { NewObjectFact } from '../domain/object-fact.ts';
import type { Market } from '../domain/product.ts';
import { parametersOn, type RuleParameters } from '../domain/rules/parameters.ts';
import { type AppendedEvent, appendEvent, type Book } from '../repositories/event-repository.ts';
import type { PersonalCipher } from '../repositories/personal-cipher.ts';
import { listParameters, openDay } from '../repositories/rule-repository.ts';

/** What the service is made of, the same for every call. */
export interface RegistrySetting {
  readonly cipher: PersonalCipher;
  readonly market: Market;
}

/** One act: who, when, by which approval, with what. */
export interface Act extends ActingContext {
  /** The approval, or the call of a service, that stands behind the act: once for ever. */
  readonly businessKey: string;
}

export interface RegistryEvent {
  readonly book: Book;
  readonly kind: string;
  readonly effectiveOn: LocalDate;
  readonly facts: readonly NewObjectFact[];
  /** The command that is carried out; its hash goes into the journal. */
  readonly command: unknown;
  readonly reason?: string;
}

export async function postEvent(
  tx: Executor,
  act: Act,
  event: RegistryEvent,
): Promise<AppendedEvent> {
  return appendEvent(tx, {
    book: event.book,
    kind: event.kind,
    effectiveOn: event.effectiveOn,
    recordedAt: act.now,
    actor: actorKey(act.actor),
    businessKey: `${act.businessKey}:${event.kind}`,
    payloadHash: sm3(canonicalBytes(event.command)),
    facts: event.facts,
    ...(event.reason === undefined ? {} : { reason: event.reason }),
  });
}

export async function audit(tx: Executor, act: Act, entry: AuditEntry): Promise<void> {
  await recordAudit(tx, act, entry);
}

/** The open business day, which no other transaction closes meanwhile. Errors: business-day-not-open. */
export async function requireDay(
  tx: Executor,
): Promise<Result<LocalDate, Refusal<'business-day-not-open'>>> {
  const day = await openDay(tx);
  return day === undefined ? refuse('business-day-not-open') : ok(day.businessDate);
}

export interface DayRules {
  readonly businessDate: LocalDate;
  readonly parameters: RuleParameters;
}

/** Errors: business-day-not-open, rule-parameter-not-set. */
export async function requireDayRules(
  tx: Executor,
): Promise<Result<DayRules, Refusal<'business-day-not-open' | 'rule-parameter-not-set'>>> {
  const day = await requireDay(tx);
  if (!day.ok) return day;
  const parameters = parametersOn(await listParameters(tx), day.value);
  return parameters.ok ? ok({ businessDate: day.value, parameters: parameters.value }) : parameters;
}

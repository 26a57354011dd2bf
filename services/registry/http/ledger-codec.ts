/** The share ledger on the wire: calls of settlement, holdings, rosters and packs. */
import type { components } from '#libs/contracts/generated/registry.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { type Language, toProblem } from '#libs/problem/problem.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { MAX_SHARES } from '#libs/quantity/shares.ts';
import { type Instant, isInstant } from '#libs/time/instant.ts';
import type { LedgerFinding } from '../domain/ledger-finding.ts';
import { objectIdOf } from '../domain/object-fact.ts';
import type { OpenedEvent } from '../renderer/read-packs.ts';
import { eventTypeOf } from '../renderer/render-events.ts';
import type { Delivered, DeliveryTerms } from '../repositories/delivery-repository.ts';
import type { Holding, HoldingChange, RosterEntry } from '../repositories/holding-repository.ts';
import type { ReservationTerms } from '../repositories/reservation-repository.ts';
import type { ItemResult } from '../use-cases/ledger-call.ts';

type Wire = components['schemas'];

/** A finding with its text, as the problem of the same code would read. */
export function toWireFinding(
  { rule, code, params }: LedgerFinding,
  language: Language,
): Wire['Finding'] {
  const { title, detail } = toProblem({ code, params }, { language, instance: '', traceId: '' });
  return { rule, code, params: { ...params }, title, detail };
}

interface Refused {
  readonly outcome: 'refused';
  readonly findings: Wire['Finding'][];
}

/** Each item with its outcome, in the order of the items. */
export function toWireOutcomes<T, Done>(
  items: readonly { readonly instructionId: Uuid }[],
  results: readonly ItemResult<T>[],
  language: Language,
  toDone: (value: T) => Done,
): ({ readonly instructionId: string } & (Done | Refused))[] {
  return items.map(({ instructionId }, at) => {
    const result = results[at];
    if (result === undefined) throw new Error('an item is without an outcome');
    if (result.ok) return { instructionId, ...toDone(result.value) };
    const findings = result.error.map((finding) => toWireFinding(finding, language));
    return { instructionId, outcome: 'refused' as const, findings };
  });
}

type RangeRefusal = Refusal<'malformed-request'>;

/** Errors: malformed-request, for a quantity above 2^53 - 1 or a deadline that is no moment. */
export function toReservationTerms(
  items: readonly Wire['ReservationItem'][],
): Result<readonly ReservationTerms[], RangeRefusal> {
  const terms: ReservationTerms[] = [];
  for (const [at, item] of items.entries()) {
    const quantity = BigInt(item.quantity);
    if (quantity > MAX_SHARES) return malformed(`/items/${at}/quantity`, 'field-range');
    if (!isInstant(item.deadline)) return malformed(`/items/${at}/deadline`, 'field-format');
    terms.push({
      instructionId: item.instructionId as Uuid,
      securityId: item.securityId as Uuid,
      sellerAccountId: item.sellerAccountId as Uuid,
      buyerAccountId: item.buyerAccountId as Uuid,
      nature: Number.parseInt(item.natureCode, 10),
      quantity,
      deadline: item.deadline,
    });
  }
  return ok(terms);
}

/** Errors: malformed-request, for a deal time that is no moment. */
export function toDeliveryTerms(
  items: readonly Wire['DeliveryItem'][],
): Result<readonly DeliveryTerms[], RangeRefusal> {
  const terms: DeliveryTerms[] = [];
  for (const [at, item] of items.entries()) {
    if (!isInstant(item.dealTime)) return malformed(`/items/${at}/dealTime`, 'field-format');
    terms.push({
      ...item,
      instructionId: item.instructionId as Uuid,
      amountFen: BigInt(item.amountFen),
      dealTime: item.dealTime,
    });
  }
  return ok(terms);
}

function malformed(pointer: string, code: string): Result<never, RangeRefusal> {
  return refuse('malformed-request', undefined, [{ pointer, code }]);
}

/** Errors: malformed-request, for a moment that the calendar does not have. */
export function toInstant(
  text: string | undefined,
  name: string,
): Result<Instant | undefined, RangeRefusal> {
  if (text === undefined || isInstant(text)) return ok(text);
  return err({
    code: 'malformed-request',
    errors: [{ pointer: `#/query/${name}`, code: 'field-format' }],
  });
}

export function toWireDelivery(delivered: Delivered) {
  const { references } = delivered;
  return {
    eventId: delivered.eventId,
    book: `security:${delivered.securityId}`,
    sequence: delivered.sequence.toString(),
    businessDate: delivered.businessDate,
    references: {
      transferReport: { ...references.transferReport },
      product: { ...references.product },
      sellerFundAccount: { ...references.sellerFundAccount },
      buyerFundAccount: { ...references.buyerFundAccount },
      seller: { ...references.seller },
      buyer: { ...references.buyer },
    },
  };
}

export function toWireHolding(holding: Holding): Wire['Holding'] {
  return {
    securityId: holding.securityId,
    securityCode: holding.securityCode,
    securityName: holding.securityName,
    accountId: holding.accountId,
    accountNumber: holding.accountNumber,
    natureCode: holding.nature.toString(),
    objectId: objectIdOf('registration', holding.registrationId),
    version: holding.version.toString(),
    total: holding.total.toString(),
    available: holding.available.toString(),
    free: holding.free.toString(),
    reserved: holding.reserved.toString(),
    pledged: holding.pledged.toString(),
    frozen: holding.frozen.toString(),
  };
}

export function toWireChange(change: HoldingChange): Wire['HoldingChange'] {
  return {
    eventId: change.eventId,
    kind: change.kind,
    sequence: change.sequence.toString(),
    effectiveOn: change.effectiveOn,
    recordedAt: change.recordedAt,
    accountId: change.accountId,
    natureCode: change.nature.toString(),
    version: change.version.toString(),
    total: toWireFigure(change.total, change.totalChange),
    available: toWireFigure(change.available, change.availableChange),
    pledged: toWireFigure(change.pledged, change.pledgedChange),
    frozen: toWireFigure(change.frozen, change.frozenChange),
  };
}

function toWireFigure(after: bigint, change: bigint): Wire['FigureChange'] {
  return {
    before: (after - change).toString(),
    change: change.toString(),
    after: after.toString(),
  };
}

export function toWireRosterEntry(entry: RosterEntry): Wire['RosterEntry'] {
  return {
    subjectId: entry.subjectId,
    accountId: entry.accountId,
    accountNumber: entry.accountNumber,
    natureCode: entry.nature.toString(),
    total: entry.total.toString(),
    available: entry.available.toString(),
    pledged: entry.pledged.toString(),
    frozen: entry.frozen.toString(),
  };
}

export function toWirePack(event: OpenedEvent) {
  return {
    book: event.book,
    sequence: event.sequence.toString(),
    eventId: event.eventId,
    type: eventTypeOf(event),
    businessDate: event.businessDate,
    recordedAt: event.recordedAt,
    objects: event.objects.map(({ fact, bytes, sm3 }) => ({
      objectId: fact.objectId,
      version: fact.version.toString(),
      revision: fact.revision.toString(),
      class: fact.class,
      operation: fact.operation,
      schemaVersion: fact.schemaVersion,
      keyOwner: { ...fact.keyOwner },
      references: fact.references.map(({ objectId, version }) => ({
        objectId,
        version: version.toString(),
      })),
      bytes: Buffer.from(bytes).toString('base64'),
      sm3,
    })),
  };
}

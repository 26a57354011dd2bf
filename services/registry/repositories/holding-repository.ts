/** Reads of the register: holdings of an investor, how they changed, rosters past and present. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';

export interface Holding {
  readonly securityId: Uuid;
  readonly securityCode: string;
  readonly securityName: string;
  readonly accountId: Uuid;
  readonly accountNumber: string;
  readonly nature: number;
  readonly registrationId: Uuid;
  readonly version: bigint;
  readonly total: bigint;
  /** As reported: free or merely reserved. */
  readonly available: bigint;
  readonly free: bigint;
  readonly reserved: bigint;
  readonly pledged: bigint;
  readonly frozen: bigint;
}

/** Continues after the given key, in its own order. */
export interface KeysetPage {
  readonly after: readonly string[] | undefined;
  readonly limit: number;
}

/** By security, account and nature; holdings that were given away whole are left out. */
export async function listHoldings(
  db: Executor,
  subjectId: string,
  { after, limit }: KeysetPage,
): Promise<readonly Holding[]> {
  const [security, account, nature] = after ?? [];
  return await prepared<Holding>(
    db,
    'holding_list',
    `select h.security_id as "securityId", s.code as "securityCode", s.name as "securityName",
       h.account_id as "accountId", a.number as "accountNumber", h.nature,
       h.registration_id as "registrationId", h.version, h.total, h.available, h.free, h.reserved,
       h.pledged, h.frozen
     from holding h
     join security s on s.id = h.security_id
     join account a on a.id = h.account_id
     where h.subject_id = $1 and h.total > 0
       and ($2::uuid is null or (h.security_id, h.account_id, h.nature) > ($2, $3::uuid, $4::smallint))
     order by h.security_id, h.account_id, h.nature limit $5`,
    [subjectId, security ?? null, account ?? null, nature ?? null, limit],
  );
}

/** Figures after an event and by how much it changed them. */
export interface HoldingChange {
  readonly eventId: Uuid;
  readonly kind: string;
  readonly sequence: bigint;
  readonly effectiveOn: LocalDate;
  readonly recordedAt: Instant;
  readonly accountId: Uuid;
  readonly nature: number;
  readonly version: bigint;
  readonly total: bigint;
  readonly available: bigint;
  readonly pledged: bigint;
  readonly frozen: bigint;
  readonly totalChange: bigint;
  readonly availableChange: bigint;
  readonly pledgedChange: bigint;
  readonly frozenChange: bigint;
}

/** Newest first. */
export async function listHoldingChanges(
  db: Executor,
  of: { readonly subjectId: string; readonly securityId: string },
  { after, limit }: KeysetPage,
): Promise<readonly HoldingChange[]> {
  const [sequence, account, nature] = after ?? [];
  return await prepared<HoldingChange>(
    db,
    'holding_changes',
    `select y.event_id as "eventId", j.kind, j.sequence, y.effective_on as "effectiveOn",
       y.recorded_at as "recordedAt", y.account_id as "accountId", y.nature, y.version, y.total,
       y.available, y.pledged, y.frozen, y.total_change as "totalChange",
       y.available_change as "availableChange", y.pledged_change as "pledgedChange",
       y.frozen_change as "frozenChange"
     from holding h
     join holding_history y on y.security_id = h.security_id and y.account_id = h.account_id
       and y.nature = h.nature
     join journal j on j.event_id = y.event_id
     where h.subject_id = $1 and h.security_id = $2
       and ($3::bigint is null or (j.sequence, y.account_id, y.nature) < ($3, $4::uuid, $5::smallint))
     order by j.sequence desc, y.account_id desc, y.nature desc limit $6`,
    [of.subjectId, of.securityId, sequence ?? null, account ?? null, nature ?? null, limit],
  );
}

/** What was effective by the date and recorded by the moment. */
export interface RosterMoment {
  readonly securityId: string;
  readonly asOf: LocalDate;
  readonly knownAt: Instant;
}

export interface RosterEntry {
  readonly subjectId: Uuid;
  readonly accountId: Uuid;
  readonly accountNumber: string;
  readonly nature: number;
  readonly total: bigint;
  readonly available: bigint;
  readonly pledged: bigint;
  readonly frozen: bigint;
}

/**
 * Sums of changes, not the last figures: a change entered late for an earlier date counts from
 * that date on.
 */
const ROSTER = `
  select y.account_id, y.nature, sum(y.total_change)::bigint as total,
    sum(y.available_change)::bigint as available, sum(y.pledged_change)::bigint as pledged,
    sum(y.frozen_change)::bigint as frozen
  from holding_history y
  where y.security_id = $1 and y.effective_on <= $2 and y.recorded_at <= $3
  group by y.account_id, y.nature having sum(y.total_change) > 0`;

/** By account and nature. */
export async function listRoster(
  db: Executor,
  { securityId, asOf, knownAt }: RosterMoment,
  { after, limit }: KeysetPage,
): Promise<readonly RosterEntry[]> {
  const [account, nature] = after ?? [];
  return await prepared<RosterEntry>(
    db,
    'roster_page',
    `select a.subject_id as "subjectId", r.account_id as "accountId", a.number as "accountNumber",
       r.nature, r.total, r.available, r.pledged, r.frozen
     from (${ROSTER}) r join account a on a.id = r.account_id
     where $4::uuid is null or (r.account_id, r.nature) > ($4, $5::smallint)
     order by r.account_id, r.nature limit $6`,
    [securityId, asOf, knownAt, account ?? null, nature ?? null, limit],
  );
}

export interface RosterTotals {
  /** Distinct holders of record. */
  readonly holders: number;
  readonly total: bigint;
}

export async function totalRoster(
  db: Executor,
  { securityId, asOf, knownAt }: RosterMoment,
): Promise<RosterTotals> {
  const [row] = await prepared<RosterTotals>(
    db,
    'roster_totals',
    `select count(distinct a.subject_id)::integer as holders,
       coalesce(sum(r.total), 0)::bigint as total
     from (${ROSTER}) r join account a on a.id = r.account_id`,
    [securityId, asOf, knownAt],
  );
  return row ?? { holders: 0, total: 0n };
}

/**
 * Waits for the postings under way, so that nothing known at this moment appears afterwards.
 * False: there is no such security.
 */
export async function settleRoster(tx: Executor, securityId: string): Promise<boolean> {
  const rows = await prepared(
    tx,
    'roster_settle',
    'select 1 from security_state where security_id = $1 for share',
    [securityId],
  );
  return rows.length > 0;
}

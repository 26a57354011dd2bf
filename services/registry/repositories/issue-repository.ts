/** Initial registration of a security's shares and its reversal. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import { newUuid, type Uuid } from '#libs/ids/uuid.ts';
import { newSalt, type AppendedEvent } from './event-repository.ts';
import { type LedgerStamp, stampValues } from './ledger-stamp.ts';

export interface IssueRow {
  readonly accountId: Uuid;
  readonly nature: number;
  readonly quantity: bigint;
}

/** The row of the security that every posting locks. */
export interface SecurityState {
  readonly securityId: Uuid;
  readonly registered: bigint;
  readonly issued: bigint;
  readonly holders: number;
  readonly places: number;
  readonly lastSequence: bigint;
}

interface StateRow {
  readonly security_id: Uuid;
  readonly registered: bigint;
  readonly issued: bigint;
  readonly holders: number;
  readonly places: number;
  readonly last_sequence: bigint;
}

const STATE = `
  select security_id, registered, issued, holders, places, last_sequence
  from security_state where security_id = any($1::uuid[]) order by security_id`;

/** In the order of their ids; locked until the transaction ends. */
export async function lockSecurities(
  tx: Executor,
  securityIds: readonly Uuid[],
): Promise<readonly SecurityState[]> {
  const rows = await prepared<StateRow>(tx, 'ledger_lock', `${STATE} for no key update`, [
    [...securityIds],
  ]);
  return rows.map((row) => ({
    securityId: row.security_id,
    registered: row.registered,
    issued: row.issued,
    holders: row.holders,
    places: row.places,
    lastSequence: row.last_sequence,
  }));
}

/** Distinct real holders of the accounts' subjects. */
export async function countIdentities(
  db: Executor,
  accountIds: readonly Uuid[],
): Promise<{ readonly accounts: number; readonly holders: number }> {
  const [row] = await prepared<{ accounts: number; holders: number }>(
    db,
    'ledger_count_identities',
    `select count(distinct a.id)::integer as accounts,
       count(distinct i.identity)::integer as holders
     from account a left join holder_identity i on i.subject_id = a.subject_id
     where a.id = any($1::uuid[]) and a.kind = 'securities'`,
    [[...accountIds]],
  );
  return row ?? { accounts: 0, holders: 0 };
}

export interface IssuePosting {
  readonly securityId: Uuid;
  /** 1 registers, -1 takes back what `lot` registered. */
  readonly sign: 1 | -1;
  readonly lot: Uuid;
  readonly rows: readonly IssueRow[];
  readonly holderLimit: number;
  readonly businessKey: string;
  readonly reason?: string;
  /** The first event; the lot of a registration is its own event. */
  readonly eventId: Uuid;
}

const OBJECTS_MAX = 1_000;

const POST = `
  select event_id, sequence
  from post_issue($1, $2, $3, $4::uuid[], $5::uuid[], $6::smallint[], $7::bigint[], $8::uuid[],
    $9::text[], $10, $11, $12, $13, $14, $15, $16)
  order by sequence`;

export async function postIssue(
  tx: Executor,
  stamp: LedgerStamp,
  posting: IssuePosting,
): Promise<AppendedEvent> {
  const { rows } = posting;
  const count = Math.ceil((rows.length + 1) / OBJECTS_MAX);
  const eventIds = [posting.eventId, ...Array.from({ length: count - 1 }, () => newUuid())];
  const appended = await prepared<{ event_id: Uuid; sequence: bigint }>(tx, 'ledger_issue', POST, [
    posting.securityId,
    posting.sign,
    posting.lot,
    eventIds,
    rows.map((row) => row.accountId),
    rows.map((row) => row.nature),
    rows.map((row) => row.quantity),
    rows.map(() => newUuid()),
    [...rows.map(newSalt), newSalt()],
    posting.holderLimit,
    posting.businessKey,
    ...stampValues(stamp),
    posting.reason ?? null,
  ]);
  const events = appended.map((row) => ({ eventId: row.event_id, sequence: row.sequence }));
  const [first] = events;
  if (first === undefined) throw new Error('an issue was posted without an event');
  return { ...first, events };
}

export interface RegisteredIssue {
  readonly rows: readonly IssueRow[];
  /** Whether any share of the security has moved, or been reserved, since. */
  readonly hasMoved: boolean;
}

/** What an initial registration registered; undefined when the event is no such thing. */
export async function findIssue(
  db: Executor,
  securityId: Uuid,
  eventId: Uuid,
): Promise<RegisteredIssue | undefined> {
  const rows = await prepared<{ account_id: Uuid; nature: number; delta: bigint; moved: boolean }>(
    db,
    'ledger_find_issue',
    `select p.account_id, p.nature, p.delta,
       exists (select 1 from journal later join posting x on x.event_id = later.event_id
               where later.security_id = j.security_id and later.sequence > j.sequence) as moved
     from journal j join posting p on p.event_id = j.event_id
     where j.event_id = $1 and j.security_id = $2 and j.kind = 'initial-registration'
       and p.delta > 0
     order by p.line`,
    [eventId, securityId],
  );
  const [first] = rows;
  if (first === undefined) return undefined;
  return {
    rows: rows.map((row) => ({
      accountId: row.account_id,
      nature: row.nature,
      quantity: row.delta,
    })),
    hasMoved: first.moved,
  };
}

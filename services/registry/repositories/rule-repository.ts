/** Rows of rule parameters, the trading calendar and business days. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { CalendarDay } from '#libs/time/calendar.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import type { CalendarEntry } from '../domain/calendar.ts';

export interface StoredParameter {
  readonly rule: string;
  readonly name: string;
  readonly value: string;
  readonly validFrom: LocalDate;
  readonly basis: string;
  readonly setBy: string | null;
  readonly recordedAt: Instant;
}

export async function listParameters(db: Executor): Promise<StoredParameter[]> {
  const text = `
    select rule, name, value, valid_from as "validFrom", basis, set_by as "setBy",
      recorded_at as "recordedAt"
    from rule_parameter order by rule, name, valid_from`;
  return prepared<StoredParameter>(db, 'parameter_list', text);
}

export async function insertParameter(
  tx: Executor,
  parameter: StoredParameter & { readonly parameterId: Uuid },
): Promise<void> {
  const text = `
    insert into rule_parameter (id, rule, name, value, valid_from, basis, set_by, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)`;
  await prepared(tx, 'parameter_insert', text, [
    parameter.parameterId,
    parameter.rule,
    parameter.name,
    parameter.value,
    parameter.validFrom,
    parameter.basis,
    parameter.setBy,
    parameter.recordedAt,
  ]);
}

export interface OpenDay {
  readonly businessDate: LocalDate;
  readonly openedAt: Instant;
}

interface DayRow {
  readonly business_date: LocalDate;
  readonly opened_at: Instant;
}

/** The open business day, held against a change until the transaction ends. */
export async function openDay(tx: Executor): Promise<OpenDay | undefined> {
  const text = `
    select business_date, opened_at from business_day where closed_at is null for key share`;
  // One who waited for the next day to be opened finds the old row closed and looks once more.
  const find = async (): Promise<DayRow | undefined> =>
    (await prepared<DayRow>(tx, 'day_open', text))[0];
  const row = (await find()) ?? (await find());
  return row === undefined
    ? undefined
    : { businessDate: row.business_date, openedAt: row.opened_at };
}

/** The open business day as it is now, for reading. */
export async function currentDay(db: Executor): Promise<OpenDay | undefined> {
  const text = 'select business_date, opened_at from business_day where closed_at is null';
  const [row] = await prepared<DayRow>(db, 'day_current', text);
  return row === undefined
    ? undefined
    : { businessDate: row.business_date, openedAt: row.opened_at };
}

/** Closes the open day and opens the next. */
export async function startDay(
  tx: Executor,
  date: LocalDate,
  by: { readonly actor: string; readonly at: Instant },
): Promise<void> {
  // The row's key is changed in no way, yet every posting that reads it must wait or be waited for.
  await prepared(tx, 'day_lock', 'select 1 from business_day where closed_at is null for update');
  await prepared(
    tx,
    'day_close',
    'update business_day set closed_at = $1 where closed_at is null',
    [by.at],
  );
  const text = 'insert into business_day (business_date, opened_at, opened_by) values ($1, $2, $3)';
  await prepared(tx, 'day_start', text, [date, by.at, by.actor]);
}

export interface StoredDay extends CalendarDay {
  readonly source: string;
}

export async function calendarBetween(
  db: Executor,
  from: LocalDate,
  until: LocalDate,
): Promise<StoredDay[]> {
  const text = `
    select date, open, provisional, source from trading_calendar
    where date between $1 and $2 order by date`;
  return prepared<StoredDay>(db, 'calendar_between', text, [from, until]);
}

export async function lastCalendarDate(db: Executor): Promise<LocalDate> {
  const [row] = await prepared<{ last: LocalDate }>(
    db,
    'calendar_last',
    'select max(date) as last from trading_calendar',
  );
  if (row === undefined) throw new Error('the trading calendar is empty');
  return row.last;
}

export async function saveCalendarDays(
  tx: Executor,
  days: readonly CalendarEntry[],
  source: string,
  at: Instant,
): Promise<void> {
  const text = `
    insert into trading_calendar (date, open, provisional, source, recorded_at)
    select d.date, d.open, false, $3, $4 from unnest($1::date[], $2::boolean[]) as d (date, open)
    on conflict (date) do update set open = excluded.open, provisional = false,
      source = excluded.source, recorded_at = excluded.recorded_at`;
  await prepared(tx, 'calendar_save', text, [
    days.map((day) => day.date),
    days.map((day) => day.open),
    source,
    at,
  ]);
}

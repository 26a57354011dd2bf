/**
 * The trading calendar: weekdays that are not public holidays. Make-up working days at weekends are
 * not trading days, so only the weekdays on which the market rests are listed.
 *
 * 2017 to 2026: frozen from chinese-days 1.5.7 (MIT), which holds the notices of the State Council's
 * general office for these years. 2027 to 2029: provisional, the statutory holidays of the State
 * Council's rule of 2024-11-10 without the swapped days that each year's notice adds.
 */
import { type Kysely, sql } from 'kysely';

type Closed = Readonly<Record<number, readonly string[]>>;

const decided: Closed = {
  2017: [
    '01-02', '01-27', '01-30', '01-31', '02-01', '02-02', '04-03', '04-04', '05-01',
    '05-29', '05-30', '10-02', '10-03', '10-04', '10-05', '10-06',
  ],
  2018: [
    '01-01', '02-15', '02-16', '02-19', '02-20', '02-21', '04-05', '04-06', '04-30',
    '05-01', '06-18', '09-24', '10-01', '10-02', '10-03', '10-04', '10-05', '12-31',
  ],
  2019: [
    '01-01', '02-04', '02-05', '02-06', '02-07', '02-08', '04-05', '05-01', '05-02',
    '05-03', '06-07', '09-13', '10-01', '10-02', '10-03', '10-04', '10-07',
  ],
  2020: [
    '01-01', '01-24', '01-27', '01-28', '01-29', '01-30', '01-31', '04-06', '05-01',
    '05-04', '05-05', '06-25', '06-26', '10-01', '10-02', '10-05', '10-06', '10-07',
    '10-08',
  ],
  2021: [
    '01-01', '02-11', '02-12', '02-15', '02-16', '02-17', '04-05', '05-03', '05-04',
    '05-05', '06-14', '09-20', '09-21', '10-01', '10-04', '10-05', '10-06', '10-07',
  ],
  2022: [
    '01-03', '01-31', '02-01', '02-02', '02-03', '02-04', '04-04', '04-05', '05-02',
    '05-03', '05-04', '06-03', '09-12', '10-03', '10-04', '10-05', '10-06', '10-07',
  ],
  2023: [
    '01-02', '01-23', '01-24', '01-25', '01-26', '01-27', '04-05', '05-01', '05-02',
    '05-03', '06-22', '06-23', '09-29', '10-02', '10-03', '10-04', '10-05', '10-06',
  ],
  2024: [
    '01-01', '02-12', '02-13', '02-14', '02-15', '02-16', '04-04', '04-05', '05-01',
    '05-02', '05-03', '06-10', '09-16', '09-17', '10-01', '10-02', '10-03', '10-04',
    '10-07',
  ],
  2025: [
    '01-01', '01-28', '01-29', '01-30', '01-31', '02-03', '02-04', '04-04', '05-01',
    '05-02', '05-05', '06-02', '10-01', '10-02', '10-03', '10-06', '10-07', '10-08',
  ],
  2026: [
    '01-01', '01-02', '02-16', '02-17', '02-18', '02-19', '02-20', '02-23', '04-06',
    '05-01', '05-04', '05-05', '06-19', '09-25', '10-01', '10-02', '10-05', '10-06',
    '10-07',
  ],
};

const provisional: Closed = {
  2027: [
    '01-01', '02-05', '02-08', '04-05', '06-09', '09-15', '10-01',
  ],
  2028: [
    '01-25', '01-26', '01-27', '01-28', '04-04', '05-01', '05-02', '10-02', '10-03',
  ],
  2029: [
    '01-01', '02-12', '02-13', '02-14', '02-15', '04-04', '05-01', '05-02', '10-01',
    '10-02', '10-03',
  ],
};

const RECORDED_AT = '2025-11-04T00:00:00.000Z';

export async function seedCalendar(db: Kysely<unknown>): Promise<void> {
  await seedYears(db, decided, false, '国务院办公厅节假日安排通知');
  await seedYears(db, provisional, true, '全国年节及纪念日放假办法（预置，待年度通知确认）');
}

async function seedYears(
  db: Kysely<unknown>,
  closed: Closed,
  isProvisional: boolean,
  source: string,
): Promise<void> {
  for (const [year, days] of Object.entries(closed)) {
    const dates = days.map((day) => `${year}-${day}`);
    await sql`
      insert into registry.trading_calendar (date, open, provisional, source, recorded_at)
      select day::date,
             extract(isodow from day) < 6 and not (day::date = any (${dates}::date[])),
             ${isProvisional}, ${source}, ${RECORDED_AT}
        from generate_series(
          make_date(${year}::int, 1, 1), make_date(${year}::int, 12, 31), interval '1 day'
        ) as day`.execute(db);
  }
}

/** How PostgreSQL's text values become ours: never a number for int8, never a Date for a date. */
import pg from 'pg';
import { type LocalDate, localDate } from '#libs/time/local-date.ts';
import { type Instant, instantFromMilliseconds } from '#libs/time/instant.ts';

type Parse = (text: string) => unknown;

const TIMESTAMPTZ = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?\+00$/;

/** The sessions run in UTC, so every value ends in +00; digits past milliseconds are cut. */
export function parseTimestamptz(text: string): Instant {
  const match = TIMESTAMPTZ.exec(text);
  if (match === null) return instantFromMilliseconds(Date.parse(text));
  const [, day = '', time = '', fraction = ''] = match;
  return `${day}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}Z` as Instant;
}

function parseDate(text: string): LocalDate {
  return localDate(text);
}

/** Reads the flat array literals of types whose elements are never quoted. */
function arrayOf(parse: Parse): Parse {
  return (text) => {
    const inside = text.replaceAll('"', '').slice(1, -1);
    if (inside === '') return [];
    return inside.split(',').map((item) => (item === 'NULL' ? null : parse(item)));
  };
}

const ownParsers: ReadonlyMap<number, Parse> = new Map<number, Parse>([
  [20, BigInt],
  [1016, arrayOf(BigInt)],
  [1082, parseDate],
  [1182, arrayOf(parseDate)],
  [1184, parseTimestamptz],
  [1185, arrayOf(parseTimestamptz)],
]);

/** Given to each connection; pg's own table stays untouched. numeric stays text. */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format !== 'binary' ? ownParsers.get(oid) : undefined) ??
    // pg's declared overloads want one literal format.
    pg.types.getTypeParser(oid, (format ?? 'text') as 'text'),
};

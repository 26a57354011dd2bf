/** Reads an uploaded roster of any accepted form into raw rows, or says what is wrong with the file. */
import { err, ok, type Result } from '#libs/result/result.ts';
import { isHeading, readHeader, type RosterColumn } from '../domain/roster/columns.ts';
import type { Cell, RawRow, RosterFault } from '../domain/roster/row.ts';
import { readCsv } from './read-csv.ts';
import { readWorkbook } from './read-workbook.ts';
import { fileFault, type SheetLimits, type SheetRow } from './sheet.ts';

export interface RosterFile {
  readonly headings: readonly string[];
  /** Place in the sheet, from 0, of each column. */
  readonly places: ReadonlyMap<RosterColumn, number>;
  readonly rows: readonly RawRow[];
  /** The data rows as they stand, for the result sheet. */
  readonly sheet: readonly SheetRow[];
}

export const ROWS_MAX = 20_000;
/** A title may stand above the headings. */
const HEADING_WITHIN_ROWS = 5;
const COLUMNS_MAX = 64;

/** Errors: the faults of the file itself; those of rows are found later. */
export async function readRoster(
  bytes: Uint8Array,
): Promise<Result<RosterFile, readonly RosterFault[]>> {
  const sheet = isZip(bytes) ? await readWorkbook(bytes, limits) : readCsv(bytes, limits);
  return sheet.ok ? toRoster(sheet.value) : err([sheet.error]);
}

/** Headings and a title come on top of the rows. */
const limits: SheetLimits = { rowsMax: ROWS_MAX + HEADING_WITHIN_ROWS, columnsMax: COLUMNS_MAX };

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

function toRoster(sheet: readonly SheetRow[]): Result<RosterFile, readonly RosterFault[]> {
  const top = sheet.slice(0, HEADING_WITHIN_ROWS);
  const heading = top.find((row) => isHeading(row.cells.map(textOf)));
  if (heading === undefined) {
    const code = sheet.length === 0 ? 'roster-empty' : 'roster-columns-wrong';
    return err([fileFault(code, { columns: '证件号码' })]);
  }
  const headings = heading.cells.map(textOf);
  const { places, fault } = readHeader(headings);
  if (fault !== undefined) {
    const columns = [...fault.missing, ...fault.repeated, ...fault.unknown].join('、');
    return err([{ ...fileFault('roster-columns-wrong', { columns }), row: heading.row }]);
  }
  const data = sheet.filter((row) => row.row > heading.row && row.cells.some(isFilled));
  if (data.length === 0) return err([fileFault('roster-empty', {})]);
  if (data.length > ROWS_MAX) {
    return err([fileFault('roster-too-many-rows', { rowsMax: ROWS_MAX.toString() })]);
  }
  return ok({ headings, places, rows: data.map((row) => toRaw(row, places)), sheet: data });
}

function toRaw(row: SheetRow, places: ReadonlyMap<RosterColumn, number>): RawRow {
  const cells = new Map<RosterColumn, Cell>();
  for (const [column, place] of places) cells.set(column, row.cells[place] ?? { kind: 'empty' });
  return { row: row.row, cells };
}

/** As spreadsheets name it: B7. */
export function cellAddress(
  fault: RosterFault,
  places: ReadonlyMap<RosterColumn, number>,
): string | undefined {
  const place = fault.column === undefined ? undefined : places.get(fault.column);
  if (place === undefined || fault.row === undefined) return undefined;
  const letter = (at: number): string => String.fromCharCode(65 + at);
  const high = place >= 26 ? letter(Math.floor(place / 26) - 1) : '';
  return `${high}${letter(place % 26)}${fault.row}`;
}

function isFilled(cell: Cell): boolean {
  return cell.kind !== 'empty' && !(cell.kind === 'text' && cell.text.trim() === '');
}

export function textOf(cell: Cell): string {
  if (cell.kind === 'text') return cell.text;
  return cell.kind === 'number' ? cell.value.toString() : '';
}

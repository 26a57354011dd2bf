/** xlsx rosters: bounded before they are parsed, the first sheet only. */
import type exceljs from 'exceljs';
import { err, ok, type Result } from '#libs/result/result.ts';
import type { Cell, RosterFault } from '../domain/roster/row.ts';
import { fileFault, type SheetLimits, type SheetRow } from './sheet.ts';
import { newWorkbook } from './workbook.ts';
import { readZip, workbookBounds, type ZipEntry } from './zip-guard.ts';

const SHEET = /^xl\/worksheets\/[^/]+\.xml$/;
const MERGED = /<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z0-9:]{1,20})"/;

/**
 * Errors: roster-not-a-workbook, roster-compression-suspicious, roster-merged-cells,
 * roster-too-many-rows.
 */
export async function readWorkbook(
  bytes: Uint8Array,
  limits: SheetLimits,
): Promise<Result<readonly SheetRow[], RosterFault>> {
  const entries = readZip(bytes, workbookBounds);
  if (!entries.ok) return err(fileFault(entries.error.code, entries.error.params ?? {}));
  const sheets = entries.value.filter((entry) => SHEET.test(entry.name));
  if (sheets.length === 0) return err(fileFault('roster-not-a-workbook', {}));
  const merged = mergedCell(sheets);
  if (merged !== undefined) return err(fileFault('roster-merged-cells', { cell: merged }));
  if (hasTooManyCells(sheets)) return err(tooManyRows(limits));
  try {
    return await readRows(bytes, limits);
  } catch {
    // Whatever the parser cannot read is no workbook to us.
    return err(fileFault('roster-not-a-workbook', {}));
  }
}

function mergedCell(sheets: readonly ZipEntry[]): string | undefined {
  for (const sheet of sheets) {
    const found = MERGED.exec(Buffer.from(sheet.bytes).toString('utf8'));
    if (found !== null) return found[1];
  }
  return undefined;
}

/**
 * Read in memory: the streaming reader of the library would put sheets, and so persons, into
 * temporary files. The bounds above keep the memory small.
 */
async function readRows(
  bytes: Uint8Array,
  limits: SheetLimits,
): Promise<Result<readonly SheetRow[], RosterFault>> {
  const workbook = await newWorkbook();
  // The library's type is that of an older Node; it takes any buffer.
  await workbook.xlsx.load(Buffer.from(bytes) as never, { ignoreNodes: IGNORED_NODES });
  const [sheet] = workbook.worksheets;
  if (sheet === undefined) return err(fileFault('roster-not-a-workbook', {}));
  if (sheet.actualRowCount > limits.rowsMax) return err(tooManyRows(limits));
  const rows: SheetRow[] = [];
  sheet.eachRow((row, place) => {
    rows.push({ row: place, cells: cellsOf(row, limits.columnsMax) });
  });
  return ok(rows);
}

const IGNORED_NODES = [
  'dataValidations',
  'conditionalFormatting',
  'autoFilter',
  'drawing',
  'picture',
  'hyperlinks',
  'extLst',
];

function tooManyRows(limits: SheetLimits): RosterFault {
  return fileFault('roster-too-many-rows', { rowsMax: limits.rowsMax.toString() });
}

/** Cells, empty ones too, that the sheets may hold together before a parser makes objects of them. */
const CELLS_MAX = 400_000;

function hasTooManyCells(sheets: readonly ZipEntry[]): boolean {
  let cells = 0;
  for (const { bytes } of sheets) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = text.indexOf('<c '); at >= 0; at = text.indexOf('<c ', at + 3)) {
      cells += 1;
      if (cells > CELLS_MAX) return true;
    }
  }
  return false;
}

function cellsOf(row: exceljs.Row, columnsMax: number): Cell[] {
  const count = Math.min(row.cellCount, columnsMax);
  return Array.from({ length: count }, (_, place) => toCell(row.getCell(place + 1).value));
}

function toCell(value: exceljs.CellValue): Cell {
  if (value === null || value === undefined) return { kind: 'empty' };
  switch (typeof value) {
    case 'string':
      return { kind: 'text', text: value };
    case 'number':
      return { kind: 'number', value };
    case 'boolean':
      return { kind: 'text', text: value ? 'TRUE' : 'FALSE' };
    default:
      return objectCell(value);
  }
}

function objectCell(value: object): Cell {
  if (value instanceof Date) return { kind: 'text', text: value.toISOString().slice(0, 10) };
  if ('formula' in value || 'sharedFormula' in value) return { kind: 'formula' };
  if ('error' in value) return { kind: 'error' };
  if ('richText' in value && Array.isArray(value.richText)) {
    return { kind: 'text', text: value.richText.map(textOfPart).join('') };
  }
  if ('text' in value && typeof value.text === 'string') return { kind: 'text', text: value.text };
  return { kind: 'error' };
}

function textOfPart(part: unknown): string {
  const hasText = typeof part === 'object' && part !== null && 'text' in part;
  return hasText && typeof part.text === 'string' ? part.text : '';
}

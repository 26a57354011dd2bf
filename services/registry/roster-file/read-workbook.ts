/** xlsx rosters: bounded before they are parsed, read as a stream, the first sheet only. */
import { Readable } from 'node:stream';
import exceljs from 'exceljs';
import { err, ok, type Result } from '#libs/result/result.ts';
import type { Cell, RosterFault } from '../domain/roster/row.ts';
import { fileFault, type SheetLimits, type SheetRow } from './read-roster.ts';
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

async function readRows(
  bytes: Uint8Array,
  limits: SheetLimits,
): Promise<Result<readonly SheetRow[], RosterFault>> {
  const reader = new exceljs.stream.xlsx.WorkbookReader(Readable.from([Buffer.from(bytes)]), {
    worksheets: 'emit',
    sharedStrings: 'cache',
    hyperlinks: 'ignore',
    styles: 'ignore',
    entries: 'ignore',
  });
  const rows: SheetRow[] = [];
  for await (const sheet of reader) {
    for await (const row of sheet) {
      if (rows.length >= limits.rowsMax) {
        return err(fileFault('roster-too-many-rows', { rowsMax: limits.rowsMax.toString() }));
      }
      rows.push({ row: row.number, cells: cellsOf(row, limits.columnsMax) });
    }
    // The first sheet alone is the roster.
    break;
  }
  return ok(rows);
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

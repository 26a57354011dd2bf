/** CSV rosters in UTF-8 or GB18030, told apart by their bytes. */
import { parse } from 'csv-parse/sync';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import type { Cell, RosterFault } from '../domain/roster/row.ts';
import { fileFault, type SheetLimits, type SheetRow } from './sheet.ts';

const RECORD_LENGTH_MAX = 64 * 1024;

/** Errors: roster-not-a-workbook, roster-encoding-unknown, roster-too-many-rows. */
export function readCsv(
  bytes: Uint8Array,
  limits: SheetLimits,
): Result<readonly SheetRow[], RosterFault> {
  const text = decodeText(bytes);
  if (!text.ok) return err(fileFault(text.error.code, {}));
  try {
    const records: string[][] = parse(text.value, {
      relaxColumnCount: true,
      skipEmptyLines: false,
      max_record_size: RECORD_LENGTH_MAX,
      to: limits.rowsMax + 1,
    });
    if (records.length > limits.rowsMax) {
      return err(fileFault('roster-too-many-rows', { rowsMax: limits.rowsMax.toString() }));
    }
    return ok(
      records.map((record, place) => ({
        row: place + 1,
        cells: record.slice(0, limits.columnsMax).map(toCell),
      })),
    );
  } catch {
    return err(fileFault('roster-not-a-workbook', {}));
  }
}

/** Spreadsheets write ="0012" to keep a text a text; anything else after = is a formula. */
function toCell(text: string): Cell {
  const quoted = /^="([^"]*)"$/u.exec(text)?.[1];
  if (quoted !== undefined) return { kind: 'text', text: quoted };
  if (text.startsWith('=')) return { kind: 'formula' };
  return text === '' ? { kind: 'empty' } : { kind: 'text', text };
}

/** UTF-8 is strict enough to rule out GB18030 by accident; the reverse is not so. */
export function decodeText(
  bytes: Uint8Array,
): Result<string, Refusal<'roster-not-a-workbook' | 'roster-encoding-unknown'>> {
  const isUtf16 =
    (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isUtf16) return refuse('roster-encoding-unknown');
  if (bytes.subarray(0, 4_096).includes(0)) return refuse('roster-not-a-workbook');
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return ok(new TextDecoder(encoding, { fatal: true }).decode(bytes));
    } catch {
      // The next encoding may fit.
    }
  }
  return refuse('roster-encoding-unknown');
}

/** A sheet as it was read, whatever the form of its file. */
import type { Cell, RosterFault, RosterFaultCode } from '../domain/roster/row.ts';

/** One row of the sheet with all its cells, headings included. */
export interface SheetRow {
  readonly row: number;
  readonly cells: readonly Cell[];
}

export interface SheetLimits {
  readonly rowsMax: number;
  readonly columnsMax: number;
}

export function fileFault(
  code: RosterFaultCode,
  params: Readonly<Record<string, string>>,
): RosterFault {
  return { code, params };
}

/** A roster as a whole: no holder twice, one name a certificate, the sum equal to the capital. */
import type { RosterFault, RosterRow } from './row.ts';

export interface KnownHolder {
  readonly certificateType: string;
  readonly certificateNumber: string;
  readonly name: string;
}

export interface RosterTotals {
  readonly totalShares: bigint;
  readonly faults: readonly RosterFault[];
}

/** Faults between the rows, and against the holders that are registered already. */
export function checkRoster(
  rows: readonly RosterRow[],
  issuedCapital: bigint,
  known: readonly KnownHolder[],
): RosterTotals {
  const names = new Map(known.map((holder) => [keyOf(holder), holder.name]));
  const registered = new Set(names.keys());
  const first = new Map<string, number>();
  const faults: RosterFault[] = [];
  let totalShares = 0n;
  for (const row of rows) {
    totalShares += BigInt(row.quantity);
    faults.push(...holderFaults(row, { names, registered, first }));
  }
  return { totalShares, faults: [...faults, ...totalFaults(totalShares, issuedCapital)] };
}

interface Seen {
  readonly names: Map<string, string>;
  readonly registered: ReadonlySet<string>;
  readonly first: Map<string, number>;
}

function holderFaults(row: RosterRow, { names, registered, first }: Seen): RosterFault[] {
  const faults: RosterFault[] = [];
  const key = keyOf(row);
  const position = `${key}/${row.natureCode}`;
  const earlier = first.get(position);
  if (earlier !== undefined) {
    const params = { row: earlier.toString() };
    faults.push({ code: 'roster-duplicate-holder', row: row.row, column: '证件号码', params });
  }
  first.set(position, earlier ?? row.row);
  const name = names.get(key);
  if (name !== undefined && name !== row.name) {
    const fault = { row: row.row, column: '股东名称', params: {} } as const;
    faults.push({ code: 'roster-holder-name-differs', ...fault });
  }
  names.set(key, name ?? row.name);
  // Its owners must be known before it can hold (R8, R13), and a roster does not tell them.
  const isLookedThrough = row.nature === 'partnership' || row.nature === 'other-product';
  if (isLookedThrough && !registered.has(key)) {
    const fault = { row: row.row, column: '股东类别', params: {} } as const;
    faults.push({ code: 'roster-holder-not-direct', ...fault });
  }
  return faults;
}

function totalFaults(observed: bigint, parameter: bigint): RosterFault[] {
  if (observed === parameter) return [];
  return [
    {
      code: 'roster-total-differs',
      params: {
        parameter: parameter.toString(),
        observed: observed.toString(),
        difference: (observed - parameter).toString(),
      },
    },
  ];
}

function keyOf(holder: Omit<KnownHolder, 'name'>): string {
  return `${holder.certificateType}:${holder.certificateNumber}`;
}

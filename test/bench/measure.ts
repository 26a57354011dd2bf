// Rates, processor time and percentiles of one case, for ratios within one run.
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks of /proc are hundredths of a second on every Linux. */
const microsecondsPerTick = 10_000;

/**
 * Microseconds of processor time that these processes and all below them have used so far, with
 * that of their ended children; NaN where there is no /proc.
 */
export function processorTimeOf(rootPids: readonly number[]): number {
  const stats = readStats();
  if (stats === undefined) return Number.NaN;
  const wanted = new Set(rootPids);
  for (let grown = true; grown; ) {
    grown = false;
    for (const { pid, parent } of stats) {
      if (wanted.has(parent) && !wanted.has(pid)) grown = wanted.add(pid).size > 0;
    }
  }
  const ticks = stats.filter(({ pid }) => wanted.has(pid)).map((stat) => stat.ticks);
  return ticks.reduce((sum, one) => sum + one, 0) * microsecondsPerTick;
}

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

function readStats(): readonly ProcessStat[] | undefined {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => readStat(name));
  } catch {
    return undefined;
  }
}

function readStat(name: string): readonly ProcessStat[] {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8');
    // The command stands in brackets and may hold blanks.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const number = (index: number): number => Number.parseInt(fields[index] ?? '0', 10);
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + number(index), 0);
    return [{ pid: Number.parseInt(name, 10), parent: number(1), ticks }];
  } catch {
    // It ended between the listing and the reading.
    return [];
  }
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: percentile(values, 0.5), min: Math.min(...values), max: Math.max(...values) };
}

/** Of the values in order, the one at this share of the way; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function spreadText({ median, min, max }: Spread, digits = 2): string {
  return `${median.toFixed(digits)} [${min.toFixed(digits)}-${max.toFixed(digits)}]`;
}

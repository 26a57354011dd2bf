/** Rule parameters: effective-dated values of the market, read once per evaluation by their date. */
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import type { LocalDate } from '#libs/time/local-date.ts';

export interface RuleParameters {
  /** R1: the kinds of product that may be issued or transferred here. */
  readonly productTypes: readonly string[];
  /** R2: whether the issuer must be of the market's own province. */
  readonly sameRegionRequired: boolean;
  /** R5: transaction methods of the model's code list; never matching or anonymous ones. */
  readonly transferMethods: readonly string[];
  /** R7. Unit: trading days. */
  readonly gapTradingDays: number;
  /** R8. Unit: holders, looked through. */
  readonly holdersMax: number;
  /** R10, natural persons. Unit: fen. */
  readonly financialAssetsMinFen: bigint;
  /** R10, legal persons and partnerships; a figure set by the market. Unit: fen. */
  readonly netAssetsMinFen: bigint;
  /** R11. Unit: months. */
  readonly experienceMonthsMin: number;
}

export interface DatedParameter {
  readonly rule: string;
  readonly name: string;
  readonly value: string;
  readonly validFrom: LocalDate;
}

type Parse = (value: string) => unknown;

const WHOLE = /^(?:0|[1-9][0-9]{0,14})$/;
const WORDS = /^[a-z0-9-]+(?:,[a-z0-9-]+)*$/;

const whole =
  (max: bigint): Parse =>
  (value) =>
    WHOLE.test(value) && BigInt(value) <= max ? BigInt(value) : undefined;

const count =
  (max: bigint): Parse =>
  (value) => {
    const parsed = whole(max)(value);
    return typeof parsed === 'bigint' ? Number.parseInt(parsed.toString(), 10) : undefined;
  };

const words =
  (allowed: readonly string[]): Parse =>
  (value) => {
    if (!WORDS.test(value)) return undefined;
    const list = value.split(',');
    return list.every((word) => allowed.includes(word)) ? list : undefined;
  };

const requirement: Parse = (value) =>
  value === 'required' || value === 'waived' ? value === 'required' : undefined;

/** Every parameter there is, by rule and name, with the member it fills and its reader. */
const known: Readonly<Record<string, readonly [keyof RuleParameters, Parse]>> = {
  'R1/product-types': ['productTypes', words(['share', 'convertible-bond'])],
  'R2/same-region': ['sameRegionRequired', requirement],
  'R5/transfer-methods': ['transferMethods', words(['1', '2'])],
  'R7/trading-days': ['gapTradingDays', count(250n)],
  'R8/holders-max': ['holdersMax', count(10_000_000n)],
  'R10/financial-assets-min-fen': ['financialAssetsMinFen', whole(999_999_999_999_999n)],
  'R10/net-assets-min-fen': ['netAssetsMinFen', whole(999_999_999_999_999n)],
  'R11/experience-months-min': ['experienceMonthsMin', count(600n)],
};

export const parameterNames: readonly string[] = Object.keys(known);

/** Errors: rule-parameter-unknown, rule-parameter-value-invalid. */
export function checkParameter(
  rule: string,
  name: string,
  value: string,
): Result<undefined, Refusal<'rule-parameter-unknown' | 'rule-parameter-value-invalid'>> {
  const entry = known[`${rule}/${name}`];
  if (entry === undefined) return refuse('rule-parameter-unknown', { rule, name });
  if (entry[1](value) === undefined) {
    return refuse('rule-parameter-value-invalid', { rule, name, value: value.slice(0, 80) });
  }
  return ok();
}

/** The values in force on `date`. Errors: rule-parameter-not-set, for a rule without any value. */
export function parametersOn(
  rows: readonly DatedParameter[],
  date: LocalDate,
): Result<RuleParameters, Refusal<'rule-parameter-not-set'>> {
  const values: Record<string, unknown> = {};
  for (const [key, [member, parse]] of Object.entries(known)) {
    const row = inForce(rows, key, date);
    const value = row === undefined ? undefined : parse(row.value);
    if (value === undefined) return refuse('rule-parameter-not-set', { name: key, date });
    values[member] = value;
  }
  // Filled by the loop above: `known` names every member once.
  return ok(values as unknown as RuleParameters);
}

function inForce(
  rows: readonly DatedParameter[],
  key: string,
  date: LocalDate,
): DatedParameter | undefined {
  let found: DatedParameter | undefined;
  for (const row of rows) {
    if (`${row.rule}/${row.name}` !== key || row.validFrom > date) continue;
    if (found === undefined || row.validFrom > found.validFrom) found = row;
  }
  return found;
}

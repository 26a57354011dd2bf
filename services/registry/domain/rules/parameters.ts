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

/** The value that the text means; undefined where it means none. */
type Parse<Value> = (text: string) => Value | undefined;

interface Parameter<Value> {
  readonly rule: string;
  readonly name: string;
  readonly parse: Parse<Value>;
}

const WHOLE = /^(?:0|[1-9][0-9]{0,14})$/;
const WORDS = /^[a-z0-9-]+(?:,[a-z0-9-]+)*$/;

const whole =
  (max: bigint): Parse<bigint> =>
  (text) =>
    WHOLE.test(text) && BigInt(text) <= max ? BigInt(text) : undefined;

const count =
  (max: number): Parse<number> =>
  (text) => {
    const parsed = WHOLE.test(text) ? Number.parseInt(text, 10) : undefined;
    return parsed !== undefined && parsed <= max ? parsed : undefined;
  };

const words =
  (allowed: readonly string[]): Parse<readonly string[]> =>
  (text) => {
    const list = WORDS.test(text) ? text.split(',') : [];
    return list.length > 0 && list.every((word) => allowed.includes(word)) ? list : undefined;
  };

const requirement: Parse<boolean> = (text) =>
  text === 'required' || text === 'waived' ? text === 'required' : undefined;

function parameter<Value>(rule: string, name: string, parse: Parse<Value>): Parameter<Value> {
  return { rule, name, parse };
}

const FEN_MAX = 999_999_999_999_999n;

/** Every parameter there is, by the member that it fills. */
const known = {
  productTypes: parameter('R1', 'product-types', words(['share', 'convertible-bond'])),
  sameRegionRequired: parameter('R2', 'same-region', requirement),
  transferMethods: parameter('R5', 'transfer-methods', words(['1', '2'])),
  gapTradingDays: parameter('R7', 'trading-days', count(250)),
  holdersMax: parameter('R8', 'holders-max', count(10_000_000)),
  financialAssetsMinFen: parameter('R10', 'financial-assets-min-fen', whole(FEN_MAX)),
  netAssetsMinFen: parameter('R10', 'net-assets-min-fen', whole(FEN_MAX)),
  experienceMonthsMin: parameter('R11', 'experience-months-min', count(600)),
} as const;

/** Errors: rule-parameter-unknown, rule-parameter-value-invalid. */
export function checkParameter(
  rule: string,
  name: string,
  value: string,
): Result<undefined, Refusal<'rule-parameter-unknown' | 'rule-parameter-value-invalid'>> {
  const found = Object.values(known).find((item) => item.rule === rule && item.name === name);
  if (found === undefined) return refuse('rule-parameter-unknown', { rule, name });
  if (found.parse(value) === undefined) {
    return refuse('rule-parameter-value-invalid', { rule, name, value: value.slice(0, 80) });
  }
  return ok();
}

/** The values in force on `date`. Errors: rule-parameter-not-set, for a rule without any value. */
export function parametersOn(
  rows: readonly DatedParameter[],
  date: LocalDate,
): Result<RuleParameters, Refusal<'rule-parameter-not-set'>> {
  const missing: string[] = [];
  const read = <Value>({ rule, name, parse }: Parameter<Value>): Value | undefined => {
    const row = inForce(rows, rule, name, date);
    const value = row === undefined ? undefined : parse(row.value);
    if (value === undefined) missing.push(`${rule}/${name}`);
    return value;
  };
  const values = {
    productTypes: read(known.productTypes),
    sameRegionRequired: read(known.sameRegionRequired),
    transferMethods: read(known.transferMethods),
    gapTradingDays: read(known.gapTradingDays),
    holdersMax: read(known.holdersMax),
    financialAssetsMinFen: read(known.financialAssetsMinFen),
    netAssetsMinFen: read(known.netAssetsMinFen),
    experienceMonthsMin: read(known.experienceMonthsMin),
  };
  return isComplete(values)
    ? ok(values)
    : refuse('rule-parameter-not-set', { name: missing.join(', '), date });
}

type Incomplete = { readonly [Member in keyof RuleParameters]: RuleParameters[Member] | undefined };

function isComplete(values: Incomplete): values is RuleParameters {
  return Object.values(values).every((value) => value !== undefined);
}

function inForce(
  rows: readonly DatedParameter[],
  rule: string,
  name: string,
  date: LocalDate,
): DatedParameter | undefined {
  let found: DatedParameter | undefined;
  for (const row of rows) {
    if (row.rule !== rule || row.name !== name || row.validFrom > date) continue;
    if (found === undefined || row.validFrom > found.validFrom) found = row;
  }
  return found;
}

// Turns the errors of express-openapi-validator into a refusal with a pointer and code for each.
import type { ProblemRefusal } from '#libs/problem/problem.ts';
import type { RefusalItem } from '#libs/result/refusal.ts';

/** As express-openapi-validator gives them. */
export interface ContractViolation {
  readonly path: string;
  readonly message: string;
  readonly errorCode?: string;
}

const errorsMax = 100;
const nameLengthMax = 100;

/** `/body/a/b` → `/a/b`; what is not in the body is pointed at by `#/query/x` and the like. */
const pointerOf = (path: string): string => {
  if (path === '/body') return '';
  if (path.startsWith('/body/')) return path.slice('/body'.length);
  return `#${path.replace(/^\/params\//, '/path/').replace(/^\/headers\//, '/header/')}`;
};

const lastName = (path: string): string => (path.split('/').at(-1) ?? '').slice(0, nameLengthMax);

/** `must match format "uuid"` → `uuid`. */
const expected = (message: string): string =>
  message
    .replace(/^must (be|match|have|NOT have) /, '')
    .replace(/^(format|pattern) "(.*)"$/, '$2')
    .slice(0, 200);

const toItem = (violation: ContractViolation): RefusalItem => {
  const pointer = pointerOf(violation.path);
  const params = { expected: expected(violation.message) };
  switch (violation.errorCode?.split('.')[0]) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return { pointer, code: 'field-unknown', params: { name: lastName(violation.path) } };
    case 'required':
      return { pointer, code: 'field-missing', params: { name: lastName(violation.path) } };
    case 'type':
      return { pointer, code: 'field-type', params };
    case 'pattern':
    case 'format':
      return { pointer, code: 'field-format', params };
    case 'minLength':
    case 'maxLength':
    case 'minItems':
    case 'maxItems':
    case 'minProperties':
    case 'maxProperties':
      return { pointer, code: 'field-length', params };
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
    case 'multipleOf':
      return { pointer, code: 'field-range', params };
    case undefined:
      return violation.message.startsWith('Unknown query parameter')
        ? { pointer, code: 'field-unknown', params: { name: lastName(violation.path) } }
        : { pointer, code: 'field-value' };
    default:
      return { pointer, code: 'field-value' };
  }
};

/** A format says more than the pattern beside it, and comes after it: the last one stays. */
const onePerPointer = (items: readonly RefusalItem[]): RefusalItem[] => [
  ...new Map(items.map((item) => [`${item.pointer} ${item.code}`, item])).values(),
];

/** The refusal malformed-request with one item per fault, at most a hundred. */
export const violationRefusal = (violations: readonly ContractViolation[]): ProblemRefusal => {
  const items = onePerPointer(violations.map(toItem)).slice(0, errorsMax);
  return items.length === 0
    ? { code: 'malformed-request' }
    : { code: 'malformed-request', errors: items };
};

// Rule parameters: the value in force on a date, and which values there may be.
import { describe, expect, it } from 'vitest';
import { localDate } from '#libs/time/local-date.ts';
import {
  checkParameter,
  type DatedParameter,
  parametersOn,
} from '../../../../services/registry/domain/rules/parameters.ts';

const row = (key: string, value: string, validFrom = '2017-07-01'): DatedParameter => {
  const [rule = '', name = ''] = key.split('/');
  return { rule, name, value, validFrom: localDate(validFrom) };
};

const rows: readonly DatedParameter[] = [
  row('R1/product-types', 'share'),
  row('R2/same-region', 'required'),
  row('R5/transfer-methods', '2'),
  row('R7/trading-days', '5'),
  row('R8/holders-max', '200'),
  row('R8/holders-max', '250', '2026-12-01'),
  row('R10/financial-assets-min-fen', '50000000'),
  row('R10/net-assets-min-fen', '100000000'),
  row('R11/experience-months-min', '24'),
];

describe('parametersOn', () => {
  it.each([
    ['2026-11-30', 200],
    ['2026-12-01', 250],
  ])('reads on %s the limit %i', (date, limit) => {
    const read = parametersOn(rows, localDate(date));
    expect(read.ok && read.value.holdersMax).toBe(limit);
  });

  it('refuses a day before the first value', () => {
    expect(parametersOn(rows, localDate('2017-06-30'))).toMatchObject({
      ok: false,
      error: { code: 'rule-parameter-not-set' },
    });
  });
});

describe('checkParameter', () => {
  it.each([
    ['R8', 'holders-max', '200', undefined],
    ['R1', 'product-types', 'share,convertible-bond', undefined],
    ['R2', 'same-region', 'waived', undefined],
    ['R8', 'holders-max', '-1', 'rule-parameter-value-invalid'],
    ['R8', 'holders-max', '1e3', 'rule-parameter-value-invalid'],
    ['R8', 'holders-max', '10000001', 'rule-parameter-value-invalid'],
    ['R1', 'product-types', 'private-bond', 'rule-parameter-value-invalid'],
    ['R1', 'product-types', '', 'rule-parameter-value-invalid'],
    ['R10', 'financial-assets-min-fen', '1000000000000000', 'rule-parameter-value-invalid'],
    ['R8', 'trading-days', '5', 'rule-parameter-unknown'],
    ['R99', 'holders-max', '5', 'rule-parameter-unknown'],
  ])('%s/%s = %s: %s', (rule, name, value, code) => {
    const checked = checkParameter(rule, name, value);
    expect(checked.ok ? undefined : checked.error.code).toBe(code);
  });
});

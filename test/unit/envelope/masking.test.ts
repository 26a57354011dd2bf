import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  maskAddress,
  maskBankAccount,
  maskIdentityNumber,
  maskName,
  maskPhone,
} from '#libs/envelope/masking.ts';

describe('masking', () => {
  test.each([
    [maskIdentityNumber, '11010519491231002X', '110105********002X'],
    [maskIdentityNumber, '110105491231002', '110105*****1002'],
    [maskIdentityNumber, 'E12345678', '******678'],
    [maskIdentityNumber, 'A1', '**'],
    [maskIdentityNumber, '', ''],
    [maskPhone, '13800138000', '138****8000'],
    [maskPhone, '88888888', '******88'],
    [maskName, '张三', '张*'],
    [maskName, '欧阳娜娜', '欧***'],
    [maskName, '阿依古丽·买买提', '阿***·***'],
    [maskName, 'Ann Lee', 'A** ***'],
    [maskName, '𠮷野', '𠮷*'],
    [maskName, '', ''],
    [maskBankAccount, '6222021234567890123', '6222***********0123'],
    [maskBankAccount, '12345678', '******78'],
    [maskAddress, '浙江省杭州市西湖区文三路1号', '浙江省杭州市******'],
    [maskAddress, '杭州', '******'],
  ])('%o turns %j into %j', (mask, value, expected) => {
    expect(mask(value)).toBe(expected);
  });

  test('hides at least a quarter of every value of two characters or more', () => {
    const masks = [maskIdentityNumber, maskPhone, maskBankAccount, maskAddress];
    const value = fc.string({ unit: fc.constantFrom('0', '1', 'X', '张'), minLength: 2 });
    fc.assert(
      fc.property(value, fc.constantFrom(...masks), (text, mask) => {
        const shown = [...mask(text)].filter((character) => character !== '*').length;
        expect(shown).toBeLessThanOrEqual(Math.floor(0.75 * [...text].length));
      }),
    );
  });
});

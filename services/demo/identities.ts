/** Invented people and companies with valid check digits; numbers differ from run to run. */

const usccAlphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const usccWeights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const organisationWeights = [3, 7, 9, 10, 5, 8, 4, 2];
const residentWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const residentChecks = '10X98765432';
const surnames = '赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许';
const given = '一二三四五六七八九十甲乙丙丁戊己庚辛壬癸';

const sumOf = (text: string, weights: readonly number[], alphabet: string): number =>
  weights.reduce((sum, weight, place) => sum + weight * alphabet.indexOf(text.charAt(place)), 0);

/** GB 32100 with the province 33; `serial` of at most seven digits makes it one of a kind. */
export function uscc(serial: number): string {
  const body = `M${serial.toString().padStart(7, '0')}`;
  const check =
    11 - (sumOf(body, organisationWeights, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ') % 11);
  const organisation = `${body}${check === 10 ? 'X' : check === 11 ? '0' : check.toString()}`;
  const first17 = `91330100${organisation}`;
  const remainder = sumOf(first17, usccWeights, usccAlphabet) % 31;
  return `${first17}${usccAlphabet.charAt((31 - remainder) % 31)}`;
}

/** GB 11643, born on a day of 1960 to 1999 in Hangzhou; up to about 14 million of them. */
export function residentId(serial: number): string {
  const day = (serial % 28) + 1;
  const month = (Math.floor(serial / 28) % 12) + 1;
  const year = 1960 + (Math.floor(serial / 336) % 40);
  const order = Math.floor(serial / 13_440) % 1_000;
  const two = (value: number): string => value.toString().padStart(2, '0');
  const first17 = `330102${year}${two(month)}${two(day)}${order.toString().padStart(3, '0')}`;
  return first17 + residentChecks.charAt(sumOf(first17, residentWeights, '0123456789') % 11);
}

export function personName(serial: number): string {
  const pick = (from: string, at: number): string => from.charAt(at % from.length);
  return `${pick(surnames, serial)}${pick(given, Math.floor(serial / 20))}${pick(given, Math.floor(serial / 400))}`;
}

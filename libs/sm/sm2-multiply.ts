/**
 * A multiple of any point of the SM2 curve, for decryption: node:crypto has no such call, and
 * sm-crypto-v2 takes four times as long. The same sequence of additions whatever the scalar,
 * though JavaScript's big integers are not constant in time.
 */
import { SM2_N, SM2_P_HEX } from './sm2-curve.ts';

export interface AffinePoint {
  readonly x: bigint;
  readonly y: bigint;
}

/** Jacobian coordinates: x = X / Z^2, y = Y / Z^3. */
interface Jacobian {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
}

const P = BigInt(`0x${SM2_P_HEX}`);
/** Bits of the scalar that one addition takes in. */
const WINDOW = 5;
const DIGITS = 52;
const DIGIT_MASK = 63n;
const DIGIT_OFFSET = 32n;

/** The scalar times the point. Errors: RangeError unless the scalar is in [1, n - 1]. */
export function multiplySm2(point: AffinePoint, scalar: bigint): AffinePoint {
  if (scalar < 1n || scalar >= SM2_N) throw new RangeError('scalar out of range');
  // Every odd number is a row of odd digits, so that each window adds something.
  const isEven = (scalar & 1n) === 0n;
  const digits = oddDigits(isEven ? SM2_N - scalar : scalar);
  const multiples = oddMultiples(point);
  let sum = multipleOf(multiples, digits[DIGITS - 1] ?? 1);
  for (let place = DIGITS - 2; place >= 0; place--) {
    for (let bit = 0; bit < WINDOW; bit++) sum = double(sum);
    sum = add(sum, multipleOf(multiples, digits[place] ?? 1));
  }
  const { x, y } = toAffine(sum);
  return { x, y: isEven ? P - y : y };
}

/** Digits in {-31, -29, …, 31}, least first: the odd scalar is their sum over powers of 32. */
function oddDigits(scalar: bigint): number[] {
  const digits: number[] = [];
  let rest = scalar;
  for (let place = 0; place < DIGITS - 1; place++) {
    const digit = (rest & DIGIT_MASK) - DIGIT_OFFSET;
    digits.push(Number.parseInt(digit.toString(), 10));
    rest = (rest - digit) >> BigInt(WINDOW);
  }
  digits.push(Number.parseInt(rest.toString(), 10));
  return digits;
}

/** 1, 3, …, 31 times the point. */
function oddMultiples({ x, y }: AffinePoint): readonly Jacobian[] {
  const first: Jacobian = { x, y, z: 1n };
  const twice = double(first);
  const multiples = [first];
  let last = first;
  for (let multiple = 3; multiple < 32; multiple += 2) {
    last = add(last, twice);
    multiples.push(last);
  }
  return multiples;
}

function multipleOf(multiples: readonly Jacobian[], digit: number): Jacobian {
  const multiple = multiples[Math.abs(digit) >> 1];
  if (multiple === undefined) throw new RangeError('digit out of range');
  return digit > 0 ? multiple : { ...multiple, y: P - multiple.y };
}

/** For a = -3 (dbl-2001-b of the Explicit-Formulas Database); no point of the curve has y = 0. */
function double({ x, y, z }: Jacobian): Jacobian {
  const delta = (z * z) % P;
  const gamma = (y * y) % P;
  const beta = (x * gamma) % P;
  const alpha = (3n * (x - delta) * (x + delta)) % P;
  const x3 = (alpha * alpha - 8n * beta) % P;
  const y3 = (alpha * (4n * beta - x3) - 8n * gamma * gamma) % P;
  return { x: x3, y: y3, z: (2n * y * z) % P };
}

/** add-1998-cmo-2, with the case of equal points, which only scalars of a few bits can meet. */
function add(one: Jacobian, other: Jacobian): Jacobian {
  const z1z1 = (one.z * one.z) % P;
  const z2z2 = (other.z * other.z) % P;
  const u1 = (one.x * z2z2) % P;
  const s1 = (((one.y * other.z) % P) * z2z2) % P;
  const h = (other.x * z1z1 - u1) % P;
  const r = (((other.y * one.z) % P) * z1z1 - s1) % P;
  if (h === 0n) {
    if (r === 0n) return double(one);
    throw new RangeError('the sum is no affine point');
  }
  const hh = (h * h) % P;
  const hhh = (h * hh) % P;
  const v = (u1 * hh) % P;
  const x3 = (r * r - hhh - 2n * v) % P;
  const y3 = (r * (v - x3) - s1 * hhh) % P;
  return { x: x3, y: y3, z: (((one.z * other.z) % P) * h) % P };
}

function toAffine({ x, y, z }: Jacobian): AffinePoint {
  const inverse = invert(z);
  const square = (inverse * inverse) % P;
  return { x: positive(x * square), y: positive(y * ((square * inverse) % P)) };
}

const positive = (value: bigint): bigint => ((value % P) + P) % P;

/** By Fermat's theorem would take as many multiplications as the rest; by Euclid's a tenth. */
function invert(value: bigint): bigint {
  let [a, b] = [positive(value), P];
  let [u, v] = [1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b] = [b - quotient * a, a];
    [u, v] = [v - quotient * u, u];
  }
  return positive(u);
}

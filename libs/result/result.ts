/** The value-or-error type of every expected failure, and the assertions for unexpected ones. */

export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}

export interface Err<E> {
  readonly ok: false;
  readonly error: E;
}

export type Result<T, E> = Ok<T> | Err<E>;

export function ok(): Ok<undefined>;
export function ok<T>(value: T): Ok<T>;
export function ok(value?: unknown): Ok<unknown> {
  return { ok: true, value };
}

export function err<E>(error: E): Err<E> {
  return { ok: false, error };
}

/** A defect of ours: never a refusal, never caught to be answered as one. */
export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

export function assertNever(value: never): never {
  throw new AssertionFailure(`a case is not handled: ${JSON.stringify(value)}`);
}

/** Narrows away null and undefined where their absence is already guaranteed. */
export function present<T>(value: T, what: string): NonNullable<T> {
  if (value === null || value === undefined) throw new AssertionFailure(`${what} is missing`);
  return value;
}

/** The value of a Result whose success is already guaranteed. Errors: asserts on a failure. */
export function expectOk<T, E>(result: Result<T, E>, what: string): T {
  if (result.ok) return result.value;
  throw new AssertionFailure(`${what}: ${JSON.stringify(result.error)}`);
}

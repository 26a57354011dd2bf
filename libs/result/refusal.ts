/** The refusal: an expected "no" with a stable code of the problem catalogue. */
import { err, type Err } from './result.ts';

export interface RefusalItem {
  /** JSON pointer into the request body, where one member is at fault. */
  readonly pointer?: string;
  readonly code: string;
  readonly params?: Readonly<Record<string, string>>;
}

export interface Refusal<Code extends string = string> {
  readonly code: Code;
  readonly params?: Readonly<Record<string, string>>;
  readonly errors?: readonly RefusalItem[];
}

/** Makes a refusal as the error side of a Result. */
export function refuse<const Code extends string>(
  code: Code,
  params?: Readonly<Record<string, string>>,
  errors?: readonly RefusalItem[],
): Err<Refusal<Code>> {
  return err({
    code,
    ...(params === undefined ? {} : { params }),
    ...(errors === undefined ? {} : { errors }),
  });
}

// Faults of the environment that a caller may retry, told from defects of ours.
import { isDatabaseUnavailable } from '#libs/db/errors.ts';

/** Something that a request depends on does not answer; the caller gets a 503. */
export class DependencyUnavailable extends Error {
  override readonly name = 'DependencyUnavailable';
}

export const isTransientFault = (error: unknown): boolean =>
  error instanceof DependencyUnavailable || isDatabaseUnavailable(error);

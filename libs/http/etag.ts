// Versions of resources as strong entity tags ("v7") and the If-Match header (RFC 9110, 13.1.1).
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';

const etagPattern = /^"v(0|[1-9][0-9]{0,9})"$/;

export const etagOf = (version: number): string => `"v${version}"`;

/** The version that a tag names; undefined where it is none of ours. */
export const versionOfEtag = (etag: string): number | undefined => {
  const digits = etagPattern.exec(etag)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 10);
};

/** Errors: stale-version, where the caller's version is not the current one. */
export const requireVersion = (
  given: number | undefined,
  current: number,
): Result<undefined, Refusal<'stale-version'>> =>
  given === current ? ok(undefined) : refuse('stale-version');

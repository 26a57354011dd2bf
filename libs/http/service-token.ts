// Tokens of one service for one call to another: ES256 by the caller's own key, at most 60 seconds,
// bound to the request by a digest.
import type { KeyObject } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { newUuid } from '#libs/ids/uuid.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import { type Instant, toDate, toUnixSeconds } from '#libs/time/instant.ts';

export const serviceTokenType = 'service+jwt';
export const serviceTokenSecondsMax = 60;
const secondsToLive = 30;
const clockToleranceSeconds = 5;

export interface SignedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly body: Uint8Array;
}

/** SM3 over method, target and body: what a service token is bound to. */
export const requestDigest = ({ method, target, body }: SignedRequest): string =>
  sm3Hex(new TextEncoder().encode(`${method.toUpperCase()} ${target}\n`), body);

export interface ServiceTokenIssue {
  readonly caller: string;
  readonly callee: string;
  readonly key: KeyObject;
  readonly now: Instant;
  readonly request: SignedRequest;
  readonly onBehalfOf?: string;
}

export const signServiceToken = (issue: ServiceTokenIssue): Promise<string> => {
  const issuedAt = toUnixSeconds(issue.now);
  return new SignJWT({
    digest: requestDigest(issue.request),
    ...(issue.onBehalfOf === undefined ? {} : { obo: issue.onBehalfOf }),
  })
    .setProtectedHeader({ alg: 'ES256', typ: serviceTokenType })
    .setIssuer(issue.caller)
    .setAudience(issue.callee)
    .setJti(newUuid())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + secondsToLive)
    .sign(issue.key);
};

export interface ServiceToken {
  readonly caller: string;
  readonly nonce: string;
  readonly digest: string;
  readonly expiresAtUnixSeconds: number;
  readonly onBehalfOf?: string;
}

/** Errors (thrown): those of jose; claims that are missing or a life above the maximum. */
export const verifyServiceToken = async (
  token: string,
  check: { caller: string; callee: string; publicKey: KeyObject; now: Instant },
): Promise<ServiceToken | undefined> => {
  const { payload } = await jwtVerify(token, check.publicKey, {
    algorithms: ['ES256'],
    typ: serviceTokenType,
    issuer: check.caller,
    audience: check.callee,
    currentDate: toDate(check.now),
    clockTolerance: clockToleranceSeconds,
    requiredClaims: ['jti', 'iat', 'exp', 'digest'],
  });
  const { jti, iat, exp, digest, obo } = payload;
  if (jti === undefined || iat === undefined || exp === undefined) return undefined;
  if (typeof digest !== 'string' || exp - iat > serviceTokenSecondsMax) return undefined;
  if (iat > toUnixSeconds(check.now) + clockToleranceSeconds) return undefined;
  return {
    caller: check.caller,
    nonce: jti,
    digest,
    expiresAtUnixSeconds: exp,
    ...(typeof obo === 'string' ? { onBehalfOf: obo } : {}),
  };
};

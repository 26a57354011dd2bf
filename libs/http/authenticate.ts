// Authenticates callers: people by access tokens (JWKS), services by tokens of their own keys.
import type { KeyObject } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import { type Instant, toDate } from '#libs/time/instant.ts';
import type { Actor, PersonActor } from './actor.ts';
import { DependencyUnavailable } from './faults.ts';
import {
  requestDigest,
  type ServiceToken,
  serviceTokenType,
  type SignedRequest,
  verifyServiceToken,
} from './service-token.ts';

export type AuthenticationRefusal = Refusal<'unauthenticated' | 'token-expired'>;

export interface Caller {
  readonly actor: Actor;
  /**
   * Checks what the token says of the request, once the body has been read, and uses up its nonce.
   * Errors: unauthenticated.
   */
  confirm(request: SignedRequest): Promise<Result<undefined, AuthenticationRefusal>>;
}

export interface Authenticator {
  /** Errors: unauthenticated, token-expired. */
  authenticate(
    authorization: string | undefined,
    now: Instant,
  ): Promise<Result<Caller, AuthenticationRefusal>>;
}

/** Takes note of a nonce until it expires; false when it was used before. */
export type UseNonce = (
  nonce: { caller: string; nonce: string; expiresAtUnixSeconds: number },
  now: Instant,
) => Promise<boolean>;

export interface AuthenticatorOptions {
  /** The name of this service, which service tokens must be addressed to. */
  readonly serviceName: string;
  /** Absent where no person may call. */
  readonly people?: { readonly issuer: string; readonly keys: JWTVerifyGetKey };
  /** Absent where no service may call. */
  readonly services?: {
    /** The public key of a calling service; undefined for an unknown name. */
    readonly publicKeyOf: (caller: string) => Promise<KeyObject | undefined>;
    readonly useNonce: UseNonce;
  };
}

export const accessTokenAudience = 'quanji';
const tokenLengthMax = 8192;
const clockToleranceSeconds = 5;
const bearerPattern = /^Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i;

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

const personActor = (claims: Record<string, unknown>): PersonActor | undefined => {
  if (typeof claims.sub !== 'string' || claims.sub === '') return undefined;
  return {
    kind: 'person',
    id: claims.sub,
    name: typeof claims.name === 'string' ? claims.name : claims.sub,
    roles: texts(claims.roles),
    ...(typeof claims.subject_id === 'string' ? { subjectId: claims.subject_id } : {}),
  };
};

const refusalOf = (error: unknown): Result<never, AuthenticationRefusal> => {
  if (error instanceof errors.JWTExpired) return refuse('token-expired');
  const isUnreachable =
    error instanceof errors.JWKSTimeout ||
    (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC') ||
    !(error instanceof errors.JOSEError);
  if (isUnreachable) throw new DependencyUnavailable('the token keys', { cause: error });
  return refuse('unauthenticated');
};

const authenticatePerson = async (
  token: string,
  people: NonNullable<AuthenticatorOptions['people']>,
  now: Instant,
): Promise<Result<Caller, AuthenticationRefusal>> => {
  try {
    const { payload } = await jwtVerify(token, people.keys, {
      algorithms: ['ES256'],
      issuer: people.issuer,
      audience: accessTokenAudience,
      currentDate: toDate(now),
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['sub', 'exp'],
    });
    const actor = personActor(payload);
    if (actor === undefined) return refuse('unauthenticated');
    return ok({ actor, confirm: async () => ok() });
  } catch (error) {
    return refusalOf(error);
  }
};

const callerOf = (token: ServiceToken, now: Instant, useNonce: UseNonce): Caller => ({
  actor: {
    kind: 'service',
    name: token.caller,
    ...(token.onBehalfOf === undefined ? {} : { onBehalfOf: token.onBehalfOf }),
  },
  confirm: async (request) => {
    if (requestDigest(request) !== token.digest) return refuse('unauthenticated');
    return (await useNonce(token, now)) ? ok() : refuse('unauthenticated');
  },
});

const authenticateService = async (
  token: string,
  options: AuthenticatorOptions,
  now: Instant,
): Promise<Result<Caller, AuthenticationRefusal>> => {
  if (options.services === undefined) return refuse('unauthenticated');
  const caller = decodeJwt(token).iss;
  const publicKey = caller === undefined ? undefined : await options.services.publicKeyOf(caller);
  if (caller === undefined || publicKey === undefined) return refuse('unauthenticated');
  const check = { caller, callee: options.serviceName, publicKey, now };
  const verified = await verifyServiceToken(token, check);
  if (verified === undefined) return refuse('unauthenticated');
  return ok(callerOf(verified, now, options.services.useNonce));
};

export const createAuthenticator = (options: AuthenticatorOptions): Authenticator => ({
  authenticate: async (authorization, now) => {
    const token = bearerPattern.exec((authorization ?? '').slice(0, tokenLengthMax + 1))?.[1];
    if (token === undefined || token.length > tokenLengthMax) return refuse('unauthenticated');
    try {
      if (decodeProtectedHeader(token).typ === serviceTokenType) {
        return await authenticateService(token, options, now);
      }
    } catch (error) {
      if (error instanceof TypeError) return refuse('unauthenticated');
      return refusalOf(error);
    }
    if (options.people === undefined) return refuse('unauthenticated');
    return authenticatePerson(token, options.people, now);
  },
});

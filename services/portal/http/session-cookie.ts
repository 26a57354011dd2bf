/** The session cookie: who it stands for, its CSRF token, and the bearer token made of it. */
import { timingSafeEqual } from 'node:crypto';
import type { CookieOptions, Request, RequestHandler, Response } from 'express';
import type { Database } from '#libs/db/database.ts';
import type { DB } from '#libs/db/generated/portal.ts';
import { RefusedCall } from '#libs/http/error-answer.ts';
import { toHex } from '#libs/sm/hex.ts';
import { hmacSm3 } from '#libs/sm/sm3.ts';
import type { Clock } from '#libs/time/clock.ts';
import type { Person } from '../domain/login.ts';
import { sessionToken } from '../oidc/session-token.ts';
import type { SigningKey } from '../oidc/signing-key.ts';
import { personOfSession } from '../use-cases/sessions.ts';
import { cookieOf, isFromOwnPage } from './page-answer.ts';

const SESSION_COOKIE = 'quanji_session';
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface SessionOptions {
  readonly db: Database<DB>;
  readonly clock: Clock;
  readonly publicUrl: string;
  readonly issuer: string;
  readonly key: SigningKey;
  readonly secret: Uint8Array;
}

export interface BrowserSession {
  readonly token: string;
  readonly person: Person;
  readonly csrfToken: string;
}

export function setSessionCookie(res: Response, token: string, publicUrl: string): void {
  res.cookie(SESSION_COOKIE, token, cookieOptions(publicUrl));
}

export function clearSessionCookie(res: Response, publicUrl: string): void {
  res.clearCookie(SESSION_COOKIE, cookieOptions(publicUrl));
}

export function sessionTokenOf(req: Request): string | undefined {
  const token = cookieOf(req, SESSION_COOKIE);
  return token !== undefined && TOKEN.test(token) ? token : undefined;
}

export async function browserSession(
  req: Request,
  options: SessionOptions,
): Promise<BrowserSession | undefined> {
  const token = sessionTokenOf(req);
  if (token === undefined) return undefined;
  const person = await personOfSession(options.db, token, options.clock.now());
  if (person === undefined) return undefined;
  return { token, person, csrfToken: csrfTokenOf(token, options.secret) };
}

export function isCsrfToken(given: unknown, expected: string): boolean {
  if (typeof given !== 'string' || given.length !== expected.length) return false;
  return timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}

/** A call by session goes on as a call with an access token; a change needs the CSRF token. */
export function bearerFromSession(options: SessionOptions): RequestHandler {
  return async (req, _res, next) => {
    if (req.get('authorization') === undefined) {
      const session = await browserSession(req, options);
      if (session !== undefined) {
        checkCrossSite(req, session, options.publicUrl);
        const { issuer, key, clock } = options;
        const token = await sessionToken(session.person, { issuer, key, now: clock.now() });
        req.headers.authorization = `Bearer ${token}`;
      }
    }
    next();
  };
}

function checkCrossSite(req: Request, session: BrowserSession, publicUrl: string): void {
  if (SAFE_METHODS.has(req.method)) return;
  const isOurs = isFromOwnPage(req, publicUrl);
  if (isOurs && isCsrfToken(req.get('x-csrf-token'), session.csrfToken)) return;
  throw new RefusedCall({ code: 'csrf-token-invalid' });
}

function csrfTokenOf(token: string, secret: Uint8Array): string {
  return toHex(hmacSm3(secret, Buffer.from(`csrf:${token}`, 'utf8')));
}

function cookieOptions(publicUrl: string): CookieOptions {
  return { httpOnly: true, sameSite: 'lax', path: '/', secure: publicUrl.startsWith('https:') };
}

/** Sending pages: their language, their content security policy, their cookies. */
import type { Request, Response } from 'express';
import { preferredLanguage } from '#libs/problem/language.ts';
import type { Language } from '#libs/problem/problem.ts';

const LANGUAGE_COOKIE = 'quanji_lang';
const YEAR_MS = 365 * 86_400_000;

/** `?lang=` decides and is remembered; else what was remembered; else Accept-Language. */
export function pageLanguage(req: Request, res: Response): Language {
  const asked = req.query['lang'];
  if (asked === 'zh' || asked === 'en') {
    res.cookie(LANGUAGE_COOKIE, asked, { sameSite: 'lax', httpOnly: true, maxAge: YEAR_MS });
    return asked;
  }
  const remembered = cookieOf(req, LANGUAGE_COOKIE);
  if (remembered === 'zh' || remembered === 'en') return remembered;
  return preferredLanguage(req.get('accept-language'));
}

/** Scripts come from nowhere; forms go to this site and, for a client's redirect, to its origin. */
export function sendPage(
  res: Response,
  html: string,
  options: { readonly status?: number; readonly formTarget?: string } = {},
): void {
  const forms = ["'self'", ...(options.formTarget === undefined ? [] : [options.formTarget])];
  res.set(
    'Content-Security-Policy',
    `default-src 'none'; style-src 'self'; form-action ${forms.join(' ')}; ` +
      `base-uri 'none'; frame-ancestors 'none'`,
  );
  res
    .status(options.status ?? 200)
    .type('html')
    .send(html);
}

export function cookieOf(req: Request, name: string): string | undefined {
  for (const pair of (req.get('cookie') ?? '').split(';')) {
    const [key, value] = pair.split('=', 2);
    if (key?.trim() === name) return value?.trim();
  }
  return undefined;
}

/** A browser names the origin of a form's page; another origin's form is refused. */
export function isFromOwnPage(req: Request, publicUrl: string): boolean {
  const origin = req.get('origin');
  if (origin !== undefined) return origin === new URL(publicUrl).origin;
  const site = req.get('sec-fetch-site');
  return site === undefined || site === 'same-origin' || site === 'none';
}

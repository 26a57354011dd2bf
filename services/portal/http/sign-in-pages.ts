/** Sign-in and sign-out by page, for the portal itself and for the provider's clients. */
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import type { Provider } from 'oidc-provider';
import type { ActingContext } from '#libs/audit/audit-record.ts';
import { callTraceId } from '#libs/http/answer.ts';
import { limitRate } from '#libs/http/rate-limit.ts';
import { toUnixSeconds } from '#libs/time/instant.ts';
import { faultPage, homePage, signInPage, type SignInPage } from '../pages/pages.ts';
import { endSession, startSession } from '../use-cases/sessions.ts';
import { signIn } from '../use-cases/sign-in.ts';
import { isFromOwnPage, pageLanguage, sendPage } from './page-answer.ts';
import {
  browserSession,
  clearSessionCookie,
  isCsrfToken,
  type SessionOptions,
  setSessionCookie,
} from './session-cookie.ts';

export interface PageOptions extends SessionOptions {
  readonly provider: Provider;
  /** Sign-in attempts that one address may make in a minute. */
  readonly signInsPerMinute: number;
}

export function mountPages(app: Express, options: PageOptions): void {
  const form = express.urlencoded({ extended: false, limit: '8kb', parameterLimit: 20 });
  const limited = limitRate({ windowMs: 60_000, callsMax: options.signInsPerMinute });
  app.get('/', async (req, res) => {
    const session = await browserSession(req, options);
    sendPage(res, homePage(pageLanguage(req, res), session));
  });
  app.get('/session', async (req, res) => {
    const session = await browserSession(req, options);
    const { person, csrfToken } = session ?? {};
    res.json(person === undefined ? { person: null } : { person, csrfToken });
  });
  app.get('/signin', (req, res) => {
    sendPage(res, signInPage({ language: pageLanguage(req, res), action: '/signin' }));
  });
  app.post('/signin', limited, form, async (req, res) => {
    const page = { language: pageLanguage(req, res), action: '/signin' };
    const person = await personOfForm(req, res, options, page);
    if (person === undefined) return;
    const token = await startSession(options.db, person, options.clock.now());
    setSessionCookie(res, token, options.publicUrl);
    res.redirect(303, '/');
  });
  app.post('/signout', form, async (req, res) => {
    const session = await browserSession(req, options);
    if (session !== undefined) {
      const isOurs = isFromOwnPage(req, options.publicUrl);
      if (!isOurs || !isCsrfToken(fieldsOf(req).csrf, session.csrfToken)) {
        sendPage(res, faultPage(pageLanguage(req, res), 'crossSite'), { status: 403 });
        return;
      }
      await endSession(options.db, contextOf(req, res, options), session.token);
    }
    clearSessionCookie(res, options.publicUrl);
    res.redirect(303, '/');
  });
  mountInteraction(app, options, [limited, form]);
}

function mountInteraction(
  app: Express,
  options: PageOptions,
  beforePost: readonly RequestHandler[],
): void {
  app.get('/interaction/:uid', async (req, res) => {
    const page = await interactionPage(req, res, options);
    if (page !== undefined) sendPage(res, signInPage(page), page);
  });
  app.post('/interaction/:uid', ...beforePost, async (req: Request, res: Response) => {
    const page = await interactionPage(req, res, options);
    if (page === undefined) return;
    const person = await personOfForm(req, res, options, page);
    if (person === undefined) return;
    // A native client proves little of itself, so each of its requests has the person sign in.
    const result = { login: { accountId: person.id }, consent: {} };
    const once = { mergeWithLastSubmission: false };
    await leaveOtherPerson(req, res, options, person.id);
    await options.provider.interactionFinished(req, res, result, once);
  });
}

/** Where another person signed in before with this browser, the provider's session ends here. */
async function leaveOtherPerson(
  req: Request,
  res: Response,
  { provider, clock }: PageOptions,
  personId: string,
): Promise<void> {
  const interaction = await provider.interactionDetails(req, res);
  const { session, exp } = interaction;
  if (session?.accountId === undefined || session.accountId === personId) return;
  await (await provider.Session.find(session.cookie))?.destroy();
  delete session.uid;
  await interaction.save(Math.max(1, exp - toUnixSeconds(clock.now())));
}

type FormPage = SignInPage & { readonly formTarget?: string };

/** Undefined when the interaction is unknown to this browser or over; that has been answered. */
async function interactionPage(
  req: Request,
  res: Response,
  options: PageOptions,
): Promise<FormPage | undefined> {
  const language = pageLanguage(req, res);
  try {
    const { uid, params } = await options.provider.interactionDetails(req, res);
    if (uid === req.params['uid']) {
      const { client_id: clientName, redirect_uri: redirect } = params;
      return {
        language,
        action: `/interaction/${uid}`,
        ...(typeof clientName === 'string' ? { clientName } : {}),
        ...(typeof redirect === 'string' ? { formTarget: new URL(redirect).origin } : {}),
      };
    }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'SessionNotFound') throw error;
  }
  sendPage(res, faultPage(language, 'expired'), { status: 400 });
  return undefined;
}

/** Undefined when the attempt failed; the page with its reason has then been sent. */
async function personOfForm(req: Request, res: Response, options: PageOptions, page: FormPage) {
  const { username = '', password = '' } = fieldsOf(req);
  const again = (fault: NonNullable<SignInPage['fault']>, status: number): undefined => {
    const formTarget = page.formTarget === undefined ? {} : { formTarget: page.formTarget };
    sendPage(res, signInPage({ ...page, username, fault }), { status, ...formTarget });
    return undefined;
  };
  if (!isFromOwnPage(req, options.publicUrl)) return again('crossSite', 403);
  if (username.length > 64 || password.length > 256) return again('wrongCredentials', 401);
  const credentials = { username: username.trim().toLowerCase(), password };
  const outcome = await signIn(options.db, contextOf(req, res, options), credentials);
  switch (outcome.kind) {
    case 'signed-in':
      return outcome.person;
    case 'wrong':
      return again('wrongCredentials', 401);
    case 'locked':
      return again('locked', 429);
  }
}

interface Fields {
  readonly username?: string;
  readonly password?: string;
  readonly csrf?: string;
}

function fieldsOf(req: Request): Fields {
  const body: unknown = req.body;
  if (typeof body !== 'object' || body === null) return {};
  const texts = Object.entries(body).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(texts);
}

function contextOf(req: Request, res: Response, options: PageOptions): ActingContext {
  const now = options.clock.now();
  return { actor: { kind: 'public' }, now, traceId: callTraceId(req, res) };
}

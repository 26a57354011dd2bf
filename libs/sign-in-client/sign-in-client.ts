/** Signs in at the portal as a real OpenID client: code flow with PKCE, through the sign-in page. */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type Configuration,
  discovery,
  None,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';

export interface SignInRequest {
  /** The provider's issuer, as in the tokens. */
  readonly issuer: string;
  readonly username: string;
  readonly password: string;
}

/** The sign-in page refused; the message is the page's own, in Chinese. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
}

const CLIENT_ID = 'quanji-cli';
/** Nothing listens there: the code is read off the redirect. */
const REDIRECT_URI = 'http://127.0.0.1/callback';
const REDIRECTS_MAX = 10;
const TIMEOUT_MS = 15_000;

/** An access token of five minutes. Errors: rejects with SignInRefused or the fault met. */
export async function signInForToken(request: SignInRequest): Promise<string> {
  const issuer = new URL(request.issuer);
  const insecure = issuer.protocol === 'http:' ? { execute: [allowInsecureRequests] } : {};
  const config = await discovery(issuer, CLIENT_ID, undefined, None(), insecure);
  const pkceCodeVerifier = randomPKCECodeVerifier();
  const expectedState = randomState();
  const start = await authorizationUrl(config, pkceCodeVerifier, expectedState);
  const callback = await walkThroughPages(start, request);
  const tokens = await authorizationCodeGrant(config, callback, {
    pkceCodeVerifier,
    expectedState,
  });
  return tokens.access_token;
}

async function authorizationUrl(
  config: Configuration,
  verifier: string,
  state: string,
): Promise<URL> {
  return buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: 'openid quanji',
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
  });
}

/** What a browser does: follows redirects, keeps cookies, fills in the form once. */
async function walkThroughPages(start: URL, { username, password }: SignInRequest): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = start;
  let form: URLSearchParams | undefined;
  let isFilledIn = false;
  for (let step = 0; step < REDIRECTS_MAX; step += 1) {
    const response = await open(url, cookies, form);
    form = undefined;
    const location = response.headers.get('location');
    if (location !== null) {
      await response.body?.cancel();
      url = new URL(location, url);
      if (url.href.startsWith(REDIRECT_URI)) return url;
      continue;
    }
    const page = await response.text();
    if (isFilledIn || !page.includes('name="password"')) throw new SignInRefused(reasonIn(page));
    isFilledIn = true;
    form = new URLSearchParams({ username, password });
  }
  throw new Error('the sign-in did not end');
}

async function open(
  url: URL,
  cookies: Map<string, string>,
  form: URLSearchParams | undefined,
): Promise<Response> {
  const response = await fetch(url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    ...(form === undefined ? {} : { method: 'POST', body: form }),
  });
  for (const cookie of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    cookies.set(name, value);
  }
  return response;
}

function reasonIn(page: string): string {
  return /<p role="alert">([^<]*)<\/p>/.exec(page)?.[1] ?? 'the sign-in page was not understood';
}

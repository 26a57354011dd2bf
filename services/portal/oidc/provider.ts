/** The OpenID provider for demonstration: code flow with PKCE for people, keys for programs. */
import { type Configuration, errors, type KoaContext, Provider, type Token } from 'oidc-provider';
import type { Database } from '#libs/db/database.ts';
import type { DB } from '#libs/db/generated/portal.ts';
import { accessTokenAudience } from '#libs/http/authenticate.ts';
import type { Logger } from '#libs/log/log.ts';
import type { Clock } from '#libs/time/clock.ts';
import { findPerson } from '../repositories/person-repository.ts';
import { findProgram } from '../repositories/program-repository.ts';
import { adapterFactory } from './adapter.ts';
import {
  ACCESS_TOKEN_SCOPE,
  ACCESS_TOKEN_SECONDS,
  personClaims,
  programClaims,
  RESOURCE,
} from './claims.ts';
import type { SigningKey } from './signing-key.ts';

export interface ProviderOptions {
  readonly db: Database<DB>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly issuer: string;
  readonly key: SigningKey;
  /** Signs the provider's cookies. */
  readonly cookieSecret: string;
  /** The page for an error that can be told to no client. */
  readonly errorPage: (ctx: KoaContext) => string;
}

/** A native client of the command line: its redirect goes to loopback on any port (RFC 8252). */
export const CLI_CLIENT_ID = 'quanji-cli';

const CLIENTS = [
  {
    client_id: CLI_CLIENT_ID,
    client_name: 'Quanji CLI',
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    redirect_uris: ['http://127.0.0.1/callback'],
  },
];

const HOURS = 3_600;

export function createProvider(options: ProviderOptions): Provider {
  const { db, log, issuer } = options;
  const provider = new Provider(issuer, {
    adapter: adapterFactory(db, options.clock),
    clients: CLIENTS,
    jwks: { keys: [options.key.privateJwk] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    // The resource's own scope is no scope of the provider: it comes with the resource.
    scopes: ['openid'],
    claims: { openid: ['sub', 'name', 'preferred_username'] },
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: ['none', 'private_key_jwt'],
    cookies: cookiesOf(options),
    features: featuresOf(),
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      AuthorizationCode: 60,
      ClientCredentials: ACCESS_TOKEN_SECONDS,
      Grant: 8 * HOURS,
      IdToken: ACCESS_TOKEN_SECONDS,
      Interaction: 600,
      Session: 8 * HOURS,
    },
    interactions: { url: (_ctx: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: async (_ctx: unknown, id: string) => {
      const person = await findPerson(db, id);
      if (person === undefined) return undefined;
      const { name, username } = person;
      return {
        accountId: id,
        claims: () => Promise.resolve({ sub: id, name, preferred_username: username }),
      };
    },
    loadExistingGrant: grantToOwnClients,
    extraTokenClaims: (_ctx: unknown, token: Token) => claimsOf(db, token),
    renderError: (ctx: KoaContext) => {
      ctx.type = 'html';
      ctx.body = options.errorPage(ctx);
    },
  } satisfies Configuration);
  // Behind the launcher or a proxy the issuer decides on the scheme, not the connection.
  provider.proxy = issuer.startsWith('https:');
  provider.on('server_error', (_ctx, error) => log.error('the OpenID provider failed', { error }));
  return provider;
}

function cookiesOf({ cookieSecret, issuer }: ProviderOptions): Readonly<Record<string, unknown>> {
  const common = {
    httpOnly: true,
    sameSite: 'lax',
    signed: true,
    secure: issuer.startsWith('https:'),
    overwrite: true,
  };
  return { keys: [cookieSecret], long: common, short: common };
}

function featuresOf(): Readonly<Record<string, unknown>> {
  return {
    devInteractions: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    clientCredentials: { enabled: true },
    userinfo: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => RESOURCE,
      useGrantedResource: () => true,
      getResourceServerInfo: (_ctx: unknown, resource: string) => {
        if (resource !== RESOURCE) throw new errors.InvalidTarget('there is one resource');
        return {
          scope: ACCESS_TOKEN_SCOPE,
          audience: accessTokenAudience,
          accessTokenTTL: ACCESS_TOKEN_SECONDS,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        };
      },
    },
  };
}

/** Our own clients need no consent: the person signs in to the portal itself. */
async function grantToOwnClients(ctx: KoaContext): Promise<unknown> {
  const { client, account, provider, session } = ctx.oidc;
  if (client === undefined || account === undefined) return undefined;
  const known = session?.grantIdFor(client.clientId);
  const existing = known === undefined ? undefined : await provider.Grant.find(known);
  if (existing !== undefined) return existing;
  const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
  grant.addOIDCScope('openid');
  grant.addResourceScope(RESOURCE, ACCESS_TOKEN_SCOPE);
  await grant.save();
  return grant;
}

/** Read when the token is made: a role that was taken away is gone within five minutes. */
async function claimsOf(
  db: Database<DB>,
  { accountId, clientId }: Token,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (accountId !== undefined) {
    const person = await findPerson(db, accountId);
    return person === undefined ? undefined : personClaims(person);
  }
  const program = clientId === undefined ? undefined : await findProgram(db, clientId);
  return program === undefined ? undefined : programClaims(program);
}

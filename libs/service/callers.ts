/** Who may call a service, from its configuration: people by token, services by their keys. */
import { sql } from 'kysely';
import type { Executor } from '#libs/db/database.ts';
import { type Authenticator, createAuthenticator, type UseNonce } from '#libs/http/authenticate.ts';
import { providerKeysAt, serviceKeysIn } from '#libs/http/service-keys.ts';
import { instantFromUnixSeconds } from '#libs/time/instant.ts';

export interface CallerSettings {
  readonly serviceName: string;
  readonly serviceKeysDirectory: string;
  /** Absent where no person may call. */
  readonly tokens?: { readonly issuer: string; readonly jwksUrl: string };
}

/** Nonces of service tokens, kept in the service's own schema until they expire. */
export function nonceStore(db: Executor): UseNonce {
  return async ({ caller, nonce, expiresAtUnixSeconds }) => {
    const expiresAt = instantFromUnixSeconds(expiresAtUnixSeconds);
    const inserted = await sql`
      insert into service_nonce (caller, nonce, expires_at)
      values (${caller}, ${nonce}, ${expiresAt}) on conflict do nothing`.execute(db);
    return inserted.numAffectedRows === 1n;
  };
}

export function openAuthenticator(db: Executor, settings: CallerSettings): Authenticator {
  const { tokens } = settings;
  return createAuthenticator({
    serviceName: settings.serviceName,
    ...(tokens === undefined
      ? {}
      : { people: { issuer: tokens.issuer, keys: providerKeysAt(tokens.jwksUrl) } }),
    services: {
      publicKeyOf: serviceKeysIn(settings.serviceKeysDirectory),
      useNonce: nonceStore(db),
    },
  });
}

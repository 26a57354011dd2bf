/** Who may call a service, from its configuration: people by token, services by their keys. */
import type { Executor } from '#libs/db/database.ts';
import { rememberNonce } from '#libs/db/housekeeping.ts';
import { type Authenticator, createAuthenticator } from '#libs/http/authenticate.ts';
import { providerKeysAt, serviceKeysIn } from '#libs/http/service-keys.ts';

export interface CallerSettings {
  readonly serviceName: string;
  readonly serviceKeysDirectory: string;
  /** Absent where no person may call. */
  readonly tokens?: { readonly issuer: string; readonly jwksUrl: string };
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
      useNonce: (nonce) => rememberNonce(db, nonce),
    },
  });
}

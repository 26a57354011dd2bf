/** The environment of the supervisory stand-in. */
import { z } from 'zod';
import {
  busEnvironment,
  type Environment,
  httpUrl,
  path,
  readConfiguration,
  secretFile,
  serviceEnvironment,
  tokenEnvironment,
} from '#libs/http/config.ts';

const chainId = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);

const shape = {
  ...serviceEnvironment,
  ...tokenEnvironment,
  ...busEnvironment,
  SUPERVISORY_CHAIN_ID: chainId,
  MARKET_CHAIN_ID: chainId,
  GENESIS_FILE: path,
  MARKET_TRUST_FILE: path,
  NODE_URLS: z.string().transform((list) => list.split(',').map((url) => httpUrl.parse(url))),
  QUERY_URL: httpUrl,
  TLS_CA_FILE: secretFile,
  TLS_CLIENT_CERT_FILE: secretFile,
  TLS_CLIENT_KEY_FILE: secretFile,
  FEED: z.enum(['both', 'lanes', 'pull']).default('both'),
  QUANJI_CRASH_FILE: z.string().optional(),
};

export type SupervisoryConfig = z.infer<z.ZodObject<typeof shape>>;

/** Errors (thrown): ConfigurationError. */
export function readSupervisoryConfig(environment: Environment = process.env): SupervisoryConfig {
  return readConfiguration(shape, environment);
}

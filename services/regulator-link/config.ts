// The environment of the link, and the trust files that it pins.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import {
  busEnvironment,
  ConfigurationError,
  type Environment,
  httpUrl,
  path,
  port,
  readConfiguration,
  serviceEnvironment,
  tokenEnvironment,
} from '#libs/http/config.ts';
import { parseGenesis, type Genesis } from '#libs/proof/genesis.ts';
import type { Suite } from '#libs/proof/suite.ts';
import { parseSupervisoryTrust } from './trust.ts';

const shape = {
  ...serviceEnvironment,
  ...tokenEnvironment,
  ...busEnvironment,
  REGISTRY_URL: httpUrl,
  SETTLEMENT_URL: httpUrl,
  SUPERVISORY_URL: httpUrl,
  SEQUENCER_URL: httpUrl,
  FOLLOWER_URL: httpUrl,
  CHAIN_ID: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  GENESIS_FILE: path,
  SUPERVISORY_TRUST_FILE: path,
  QUERY_PORT: port,
  TLS_CERT_FILE: path,
  TLS_KEY_FILE: path,
  TLS_CLIENT_CA_FILE: path,
  QUANJI_CRASH_FILE: path.optional(),
};

export type LinkConfig = z.infer<z.ZodObject<typeof shape>>;

/** Errors (thrown): ConfigurationError. */
export function readLinkConfig(environment: Environment = process.env): LinkConfig {
  return readConfiguration(shape, environment);
}

function readJson(name: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ConfigurationError(`configuration: ${name} cannot be read`, { cause });
  }
}

/** Errors (thrown): ConfigurationError. */
export function readGenesis(config: LinkConfig, suite: Suite): Genesis {
  const genesis = parseGenesis(suite, readJson('GENESIS_FILE', config.GENESIS_FILE));
  if (!genesis.ok) throw new ConfigurationError(`configuration: GENESIS_FILE: ${genesis.error}`);
  if (genesis.value.chainId !== config.CHAIN_ID) {
    throw new ConfigurationError('configuration: GENESIS_FILE is of another chain than CHAIN_ID');
  }
  return genesis.value;
}

/** Errors (thrown): ConfigurationError. */
export function readSupervisoryTrust(config: LinkConfig, suite: Suite) {
  const file = readJson('SUPERVISORY_TRUST_FILE', config.SUPERVISORY_TRUST_FILE);
  const trust = parseSupervisoryTrust(suite, file);
  if (!trust.ok) {
    throw new ConfigurationError(`configuration: SUPERVISORY_TRUST_FILE: ${trust.error}`);
  }
  return trust.value;
}

/** Errors (thrown): ConfigurationError. */
export function readTlsFile(name: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new ConfigurationError(`configuration: ${name} cannot be read`, { cause });
  }
}

/** The environment of a chain node: a sequencer or a follower. */
import { z } from 'zod';
import {
  ConfigurationError,
  type Environment,
  httpUrl,
  path,
  readConfiguration,
  serviceEnvironment,
} from '#libs/http/config.ts';

const shape = {
  ...serviceEnvironment,
  NODE_ROLE: z.enum(['sequencer', 'follower']),
  NODE_ID: z.string().min(1).max(64),
  CHAIN_ID: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  GENESIS_FILE: path,
  SIGNER_MEMORY_FILE: path,
  SEQUENCER_URL: httpUrl.optional(),
  /** Set by fault tests only. */
  QUANJI_CRASH_FILE: path.optional(),
};

export type NodeConfig = z.infer<z.ZodObject<typeof shape>>;

/** Errors (thrown): ConfigurationError. */
export function readNodeConfig(environment: Environment = process.env): NodeConfig {
  const config = readConfiguration(shape, environment);
  if (config.NODE_ROLE === 'follower' && config.SEQUENCER_URL === undefined) {
    throw new ConfigurationError('configuration: SEQUENCER_URL is not set');
  }
  return config;
}

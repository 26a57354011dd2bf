/** The environment of settlement. */
import { z } from 'zod';
import {
  busEnvironment,
  type Environment,
  httpUrl,
  readConfiguration,
  serviceEnvironment,
  tokenEnvironment,
} from '#libs/http/config.ts';

const shape = {
  ...serviceEnvironment,
  ...tokenEnvironment,
  ...busEnvironment,
  REGISTRY_URL: httpUrl,
  QUANJI_CRASH_FILE: z.string().optional(),
  BANK_MODE: z.enum(['embedded']).default('embedded'),
};

export type SettlementConfig = z.infer<z.ZodObject<typeof shape>>;

/** Errors (thrown): ConfigurationError. */
export function readSettlementConfig(environment: Environment = process.env): SettlementConfig {
  return readConfiguration(shape, environment);
}

/** The environment of the registry. */
import { z } from 'zod';
import {
  busEnvironment,
  ConfigurationError,
  type Environment,
  readConfiguration,
  serviceEnvironment,
  tokenEnvironment,
} from '#libs/http/config.ts';
import { checkCertificate } from './domain/identity-number.ts';
import type { Market } from './domain/product.ts';

const shape = {
  ...serviceEnvironment,
  ...tokenEnvironment,
  ...busEnvironment,
  /** Region prefix of JR/T 0326. */
  MARKET_CODE: z.string().regex(/^[A-Z]{2,3}$/),
  MARKET_NAME: z.string().min(1).max(120),
  MARKET_USCC: z.string().length(18),
  /** Province prefix of GB/T 2260. */
  MARKET_REGION: z.string().regex(/^[1-9][0-9]$/),
  QUANJI_CRASH_FILE: z.string().optional(),
};

export type RegistryConfig = z.infer<z.ZodObject<typeof shape>>;

/** Errors (thrown): ConfigurationError. */
export function readRegistryConfig(environment: Environment = process.env): RegistryConfig {
  return readConfiguration(shape, environment);
}

/** Errors (thrown): ConfigurationError, for a wrong check digit of the market's own code. */
export function marketOf(config: RegistryConfig): Market {
  if (!checkCertificate('uscc', config.MARKET_USCC).ok) {
    throw new ConfigurationError('configuration: MARKET_USCC fails its check digit');
  }
  return {
    code: config.MARKET_CODE,
    name: config.MARKET_NAME,
    uscc: config.MARKET_USCC,
    region: config.MARKET_REGION,
  };
}

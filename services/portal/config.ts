/** The environment of the portal. */
import { z } from 'zod';
import {
  type Environment,
  httpUrl,
  readConfiguration,
  secretFile,
  serviceEnvironment,
  tokenEnvironment,
} from '#libs/http/config.ts';

const users = z.object({
  users: z
    .array(
      z.object({
        sub: z.uuid(),
        username: z.string(),
        name: z.string(),
        password: z.string().min(12),
        roles: z.array(z.string()).min(1),
      }),
    )
    .max(100),
});

const shape = {
  ...serviceEnvironment,
  ...tokenEnvironment,
  PUBLIC_URL: httpUrl,
  REGISTRY_URL: httpUrl,
  SETTLEMENT_URL: httpUrl,
  REGULATOR_LINK_URL: httpUrl,
  SUPERVISORY_URL: httpUrl,
  CHAIN_NODE_URLS: z.string().transform((list) => list.split(',').filter(Boolean)),
  /** Absent where there is no demonstration. */
  DEMO_USERS_FILE: secretFile
    .transform((text, context) => {
      try {
        return users.parse(JSON.parse(text)).users;
      } catch {
        context.addIssue('the file is not a list of demo users');
        return z.NEVER;
      }
    })
    .optional(),
};

export type PortalConfig = z.infer<z.ZodObject<typeof shape>>;

/** Errors (thrown): ConfigurationError. */
export function readPortalConfig(environment: Environment = process.env): PortalConfig {
  return readConfiguration(shape, environment);
}

// Reads a service's configuration from the environment, once, with one clear line per fault.
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The configuration is broken; the message is one line that names every variable at fault. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

export type Environment = Readonly<Record<string, string | undefined>>;

const descriptorPattern = /^\/dev\/fd\/([0-9]+)$/;

const readSecret = (path: string): string => {
  const descriptor = descriptorPattern.exec(path)?.[1];
  const text = readFileSync(descriptor === undefined ? path : Number.parseInt(descriptor, 10));
  return text.toString('utf8').trim();
};

/** The path of a file; its content takes the variable's place. Also /dev/fd/N, read once. */
export const secretFile = z
  .string()
  .min(1)
  .transform((path, context) => {
    try {
      const secret = readSecret(path);
      if (secret !== '') return secret;
      context.addIssue(`the file ${path} is empty`);
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      context.addIssue(`the file ${path} cannot be read (${reason})`);
    }
    return z.NEVER;
  });

export const path = z.string().min(1);
export const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/$/, ''));
export const port = z.coerce.number().int().min(0).max(65_535);

/** What every service takes. */
export const serviceEnvironment = {
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: port,
  DATABASE_URL_FILE: secretFile,
  KEY_FILE: path,
  KEY_PASSPHRASE_FILE: secretFile,
  SERVICE_KEYS_DIR: path,
  LOG_LEVEL: z.enum(['error', 'warn', 'info', 'debug', 'silent']).default('info'),
  NODE_ENV: z.enum(['production', 'development', 'test']).default('production'),
};

/** What services that people call take. */
export const tokenEnvironment = {
  TOKEN_ISSUER: httpUrl,
  TOKEN_JWKS_URL: httpUrl,
};

/** What services on the event bus take. */
export const busEnvironment = {
  EVENT_BUS: z.enum(['kafka', 'postgres']),
  KAFKA_BROKERS: z
    .string()
    .optional()
    .transform((list) => (list === undefined || list === '' ? [] : list.split(','))),
  BUS_DATABASE_URL_FILE: secretFile.optional(),
};

const faultOf = (issue: z.core.$ZodIssue, environment: Environment): string => {
  const name = issue.path.map(String).join('.');
  const isMissing = environment[name] === undefined || environment[name] === '';
  return isMissing ? `${name} is not set` : `${name}: ${issue.message}`;
};

/** An empty variable counts as unset. Errors (thrown): ConfigurationError. */
export const readConfiguration = <Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: Environment,
): z.infer<z.ZodObject<Shape>> => {
  const given = Object.entries(environment).filter(([, value]) => value !== '');
  const parsed = z.object(shape).safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => faultOf(issue, environment));
  throw new ConfigurationError(`configuration: ${faults.join('; ')}`);
};

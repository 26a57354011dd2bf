// What the launcher takes from its environment.
import { readFileSync } from 'node:fs';

export interface LauncherEnvironment {
  /** Superuser of a PostgreSQL server to use instead of the embedded one. */
  readonly databaseUrl: string | undefined;
  readonly kafkaBrokers: string | undefined;
  /** Handed on to every service. */
  readonly inherited: Readonly<Record<string, string>>;
}

/** The last one names the file by which a fault test arms a crash point. */
const handedOn = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'SystemRoot', 'QUANJI_CRASH_FILE'];

export function readEnvironment(env: NodeJS.ProcessEnv = process.env): LauncherEnvironment {
  const inherited = handedOn.flatMap((name): [string, string][] => {
    const value = env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    databaseUrl: env['DATABASE_URL'] || undefined,
    kafkaBrokers: env['KAFKA_BROKERS'] || undefined,
    inherited: {
      ...Object.fromEntries(inherited),
      NODE_ENV: env['NODE_ENV'] ?? 'production',
      LOG_LEVEL: env['LOG_LEVEL'] ?? 'info',
    },
  };
}

/** The same, where containers take the launcher's place (docker-compose.yml). */
export interface ContainerEnvironment {
  readonly dataDirectory: string;
  readonly passphraseFile: string;
  /** By TLS, checked against the installation's own authority. */
  readonly superuserUrl: (authorityFile: string) => string;
  readonly kafkaBrokers: string;
}

export function readContainerEnvironment(
  env: NodeJS.ProcessEnv = process.env,
): ContainerEnvironment {
  const need = (name: string): string => {
    const value = env[name];
    if (!value) throw new Error(`${name} is not set`);
    return value;
  };
  return {
    dataDirectory: need('DATA_DIRECTORY'),
    passphraseFile: need('KEY_PASSPHRASE_FILE'),
    superuserUrl: (authorityFile) => {
      const url = new URL(`postgres://postgres@${need('POSTGRES_HOST')}:5432/postgres`);
      url.password = readFileSync(need('POSTGRES_PASSWORD_FILE'), 'utf8').trim();
      url.searchParams.set('sslmode', 'verify-full');
      url.searchParams.set('sslrootcert', authorityFile);
      return url.href;
    },
    kafkaBrokers: env['KAFKA_BROKERS'] ?? '',
  };
}

// What the launcher takes from its environment.

export interface LauncherEnvironment {
  /** Superuser of a PostgreSQL server to use instead of the embedded one. */
  readonly databaseUrl: string | undefined;
  readonly kafkaBrokers: string | undefined;
  /** Handed on to every service. */
  readonly inherited: Readonly<Record<string, string>>;
}

const handedOn = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'SystemRoot'];

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

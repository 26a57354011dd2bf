// The options of `npm start`.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LaunchFailure } from './failure.ts';

export type BusKind = 'kafka' | 'postgres';

export interface LaunchOptions {
  readonly data: string;
  readonly port: number;
  readonly empty: boolean;
  /** Undefined: Kafka where it can run, else PostgreSQL. */
  readonly bus: BusKind | undefined;
}

export const defaultPort = 7080;

export const help = `Quanji (权籍): starts the whole registry on this machine.

Usage: npm start -- [options]

  --data DIR       where everything is kept (default ./data)
  --port N         port of the portal (default ${defaultPort}; 0 takes a free one)
  --empty          do not seed the demonstration market on an empty data directory
  --bus KIND       kafka or postgres (default: KAFKA_BROKERS if set; else a local Kafka when
                   Java 17+ and Maven are there; else postgres)
  --help           this text

Environment: DATABASE_URL (a superuser of a PostgreSQL server to use instead of the embedded one),
KAFKA_BROKERS (brokers to use instead of a local one), LOG_LEVEL.

Ctrl-C stops everything; the next start takes the data directory up again.
<data>/runtime.json says where every part is, <data>/logs holds their logs.
`;

export function parseOptions(args: readonly string[]): LaunchOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  return {
    data: resolve(values.data ?? 'data'),
    port: parsePort(values.port),
    empty: values.empty ?? false,
    bus: parseBus(values.bus),
  };
}

function parse(args: readonly string[]): {
  data?: string | undefined;
  port?: string | undefined;
  bus?: string | undefined;
  empty?: boolean | undefined;
  help?: boolean | undefined;
} {
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        port: { type: 'string' },
        bus: { type: 'string' },
        empty: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new LaunchFailure(`${reason} (npm start -- --help lists the options)`);
  }
}

function parsePort(text: string | undefined): number {
  if (text === undefined) return defaultPort;
  const port = /^\d{1,5}$/.test(text) ? Number.parseInt(text, 10) : 65_536;
  if (port > 65_535) throw new LaunchFailure(`--port must be 0 to 65535, not "${text}"`);
  return port;
}

function parseBus(text: string | undefined): BusKind | undefined {
  if (text === undefined || text === 'kafka' || text === 'postgres') return text;
  throw new LaunchFailure(`--bus must be kafka or postgres, not "${text}"`);
}

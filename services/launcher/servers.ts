// PostgreSQL and Kafka of an installation: started, watched, and started again when they die.
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaAvailable } from '#libs/kafka-launcher/jars.ts';
import { startKafka } from '#libs/kafka-launcher/start.ts';
import { startPostgres } from '#libs/postgres-launcher/start.ts';
import type { Children } from './children.ts';
import type { LauncherEnvironment } from './config.ts';
import { LaunchFailure } from './failure.ts';
import type { Layout } from './layout.ts';
import type { BusKind } from './options.ts';
import type { Ports } from './ports.ts';

type Say = (line: string) => void;

interface RunningServer {
  readonly pid: number;
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

export interface Server<Running> {
  readonly first: Running;
  pid(): number;
  stop(): Promise<void>;
}

interface Watch<Running extends RunningServer> {
  readonly name: string;
  readonly endSignal: 'INT' | 'TERM';
  readonly start: () => Promise<Running>;
  readonly children: Children;
  readonly say: Say;
}

const longestPauseMs = 10_000;

async function keepRunning<Running extends RunningServer>(
  watch: Watch<Running>,
): Promise<Server<Running>> {
  const { name, children, say } = watch;
  const first = await watch.start();
  let current: Running = first;
  let isStopping = false;
  const follow = async (): Promise<void> => {
    for (;;) {
      const { pid } = current;
      children.add(pid, watch.endSignal);
      await current.exited;
      children.remove(pid);
      if (isStopping) return;
      say(`${name} died (pid ${pid}): starting it again`);
      const again = await startAgain(watch, () => isStopping);
      if (!again) return;
      current = again;
    }
  };
  const followed = follow();
  return {
    first,
    pid: () => current.pid,
    stop: async () => {
      isStopping = true;
      await current.stop();
      await followed;
    },
  };
}

async function startAgain<Running extends RunningServer>(
  watch: Watch<Running>,
  isStopping: () => boolean,
): Promise<Running | undefined> {
  for (let pauseMs = 250; !isStopping(); pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      const running = await watch.start();
      if (!isStopping()) return running;
      await running.stop();
      return undefined;
    } catch (error) {
      watch.say(error instanceof Error ? error.message : String(error));
      await sleep(pauseMs);
    }
  }
  return undefined;
}

export interface ServerContext {
  readonly layout: Layout;
  readonly ports: Ports;
  readonly children: Children;
  readonly environment: LauncherEnvironment;
  readonly say: Say;
}

export interface DatabaseServer {
  readonly superuserUrl: string;
  stop(): Promise<void>;
}

export async function openDatabaseServer(context: ServerContext): Promise<DatabaseServer> {
  const { databaseUrl } = context.environment;
  if (databaseUrl !== undefined) {
    context.say('PostgreSQL: using DATABASE_URL');
    return { superuserUrl: databaseUrl, stop: () => Promise.resolve() };
  }
  const port = await context.ports.take('postgres');
  const server = await keepRunning({
    ...context,
    name: 'PostgreSQL',
    endSignal: 'INT',
    start: () =>
      startPostgres({
        dataDirectory: context.layout.postgres,
        port,
        durable: true,
        onProgress: context.say,
      }),
  });
  return { superuserUrl: server.first.superuserUrl, stop: () => server.stop() };
}

export type Bus =
  | { readonly kind: 'postgres'; stop(): Promise<void> }
  | { readonly kind: 'kafka'; readonly brokers: string; stop(): Promise<void> };

/** Kafka where it is given or can run, else PostgreSQL with a line that says why. */
export async function openBus(context: ServerContext, wanted: BusKind | undefined): Promise<Bus> {
  const onPostgres: Bus = { kind: 'postgres', stop: () => Promise.resolve() };
  if (wanted === 'postgres') {
    context.say('Event bus: PostgreSQL, as asked');
    return onPostgres;
  }
  const { kafkaBrokers } = context.environment;
  if (kafkaBrokers !== undefined) {
    context.say('Event bus: Kafka at KAFKA_BROKERS');
    return { kind: 'kafka', brokers: kafkaBrokers, stop: () => Promise.resolve() };
  }
  const available = await kafkaAvailable();
  if (!available.ok) {
    if (wanted === 'kafka') throw new LaunchFailure(`--bus=kafka: ${available.reason}.`);
    context.say(`Event bus: PostgreSQL (${available.reason})`);
    return onPostgres;
  }
  const port = await context.ports.take('kafka');
  const server = await keepRunning({
    ...context,
    name: 'Kafka',
    endSignal: 'TERM',
    start: () => startKafka({ directory: context.layout.kafka, port, onProgress: context.say }),
  });
  return { kind: 'kafka', brokers: server.first.brokers, stop: () => server.stop() };
}

// One PostgreSQL server and one Kafka broker per test run, started by the first test that asks.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaAvailable } from '#libs/kafka-launcher/jars.ts';
import { startKafka } from '#libs/kafka-launcher/start.ts';
import { startPostgres } from '#libs/postgres-launcher/start.ts';
import { type Guard, startGuard } from '#libs/process-guard/guard.ts';

const prefix = 'quanji-test-';

export type Answer = Readonly<Record<string, string>>;

interface Service {
  start(): Promise<Answer>;
  stop(): Promise<void>;
}

export interface RunServices {
  readonly url: string;
  close(): Promise<void>;
}

/** Test workers are processes of their own: they ask over loopback. */
export async function openRunServices(): Promise<RunServices> {
  sweepAbandoned();
  const directory = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(directory, 0o711);
  writeFileSync(join(directory, 'owner.pid'), String(process.pid));
  const guard = startGuard();
  const services: Readonly<Record<string, Service>> = {
    '/postgres': postgresService(join(directory, 'postgres'), guard),
    '/kafka': kafkaService(join(directory, 'kafka'), guard),
  };
  const running = new Map<string, Promise<Answer>>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const service = services[path];
    if (!service) {
      response.writeHead(404).end();
      return;
    }
    const answer = running.get(path) ?? service.start();
    running.set(path, answer);
    answer.then(
      (value) => response.end(JSON.stringify(value)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  const url = await listen(server);
  return {
    url,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await Promise.allSettled(running.values());
      await Promise.allSettled(Object.values(services).map((service) => service.stop()));
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function postgresService(dataDirectory: string, guard: Guard): Service {
  let stop = (): Promise<void> => Promise.resolve();
  return {
    start: async () => {
      const server = await startPostgres({ dataDirectory, durable: false });
      guard.watch(server.pid, 'INT');
      stop = async () => {
        await server.stop();
        guard.release(server.pid);
      };
      return { superuserUrl: server.superuserUrl };
    },
    stop: () => stop(),
  };
}

function kafkaService(directory: string, guard: Guard): Service {
  let stop = (): Promise<void> => Promise.resolve();
  return {
    start: async () => {
      const available = await kafkaAvailable();
      if (!available.ok) return { unavailable: available.reason };
      const broker = await startKafka({ directory });
      guard.watch(broker.pid, 'TERM');
      stop = async () => {
        // Nobody reads the directory again: no need for an orderly end.
        await broker.kill();
        guard.release(broker.pid);
      };
      return { brokers: broker.brokers };
    },
    stop: () => stop(),
  };
}

/** The folder of a run that was killed: its servers ended with it, its files did not. */
function sweepAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const directory = join(tmpdir(), name);
    try {
      process.kill(Number.parseInt(readFileSync(join(directory, 'owner.pid'), 'utf8'), 10), 0);
    } catch (error) {
      const isDead = error instanceof Error && 'code' in error && error.code === 'ESRCH';
      if (isDead) rmSync(directory, { recursive: true, force: true });
    }
  }
}

async function listen(server: Server): Promise<string> {
  return await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address) resolve(`http://127.0.0.1:${address.port}`);
    });
  });
}

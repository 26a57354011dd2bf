// The steps that bring an installation up, and the way back.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '#libs/time/clock.ts';
import { rememberChildren, type Children } from './children.ts';
import type { LauncherEnvironment } from './config.ts';
import { type Databases, openDatabases } from './databases.ts';
import { type DemoUser, openDemoUsers } from './demo-users.ts';
import { keyFileOf, openKeys, tlsFiles } from './keys.ts';
import type { Layout } from './layout.ts';
import type { LaunchOptions } from './options.ts';
import { openPorts, portalPort, type Ports } from './ports.ts';
import { buildPrograms } from './programs.ts';
import { writeRuntime } from './runtime-file.ts';
import { seedOnce } from './seed.ts';
import { type Bus, type DatabaseServer, openBus, openDatabaseServer } from './servers.ts';
import {
  chains,
  demoUsersFile,
  type Installation,
  queryUrl,
  type ServiceSpec,
  services,
  tokenIssuer,
} from './services.ts';
import { type ServicePlan, type SupervisedService, superviseService } from './supervise.ts';
import { makeTopicsOnKafka, makeTopicsOnPostgres } from './topics.ts';

export interface BringUp {
  readonly options: LaunchOptions;
  readonly layout: Layout;
  readonly environment: LauncherEnvironment;
  readonly startedAt: string;
  readonly say: (line: string) => void;
  /** Aborted when the operator wants it all to end. */
  readonly signal: AbortSignal;
}

export interface Installed {
  /** Stopped: the operator ended it before everything was up. */
  readonly state: 'ready' | 'stopped';
  readonly publicUrl: string;
  readonly demoUsers: readonly DemoUser[];
  takeDown(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..');
const readyTimeoutMs = 120_000;

/** What is known of the installation while it comes up; each change is written to runtime.json. */
interface Progress {
  publicUrl: string;
  demoUsers: readonly DemoUser[];
  installation: Installation | undefined;
  databases: Databases | undefined;
  readonly running: SupervisedService[];
  isReady: boolean;
}

export async function bringUp(up: BringUp): Promise<Installed> {
  const children = rememberChildren(up.layout.children);
  const wayBack: (() => Promise<void>)[] = [];
  const takeDown = async (): Promise<void> => {
    for (const step of wayBack.toReversed()) await step();
    children.clear();
    rmSync(up.layout.runtime, { force: true });
  };
  try {
    const progress: Progress = {
      publicUrl: `http://127.0.0.1:${await portalPort(up.options.port)}`,
      demoUsers: openDemoUsers(demoUsersFile(up.layout)),
      installation: undefined,
      databases: undefined,
      running: [],
      isReady: false,
    };
    await bringUpParts({ up, children, wayBack, progress });
    progress.isReady = !up.signal.aborted;
    writeProgress(up, progress);
    const { publicUrl, demoUsers } = progress;
    return { state: up.signal.aborted ? 'stopped' : 'ready', publicUrl, demoUsers, takeDown };
  } catch (error) {
    await takeDown();
    if (!up.signal.aborted) throw error;
    return { state: 'stopped', publicUrl: '', demoUsers: [], takeDown };
  }
}

interface Work {
  readonly up: BringUp;
  readonly children: Children;
  readonly wayBack: (() => Promise<void>)[];
  readonly progress: Progress;
}

async function bringUpParts(work: Work): Promise<void> {
  const { up, progress } = work;
  const ports = openPorts(up.layout.state);
  const keyPlans = services.map(({ name, keys }) => ({ service: name, keys }));
  const keys = openKeys(up.layout, keyPlans, chains, systemClock, up.say);
  const folders = [...new Set(services.map(({ folder }) => folder))];
  const building = buildPrograms(folders, up.layout.programs);
  const [servers] = await Promise.allSettled([startServers(work, ports), keys, building]);
  await keys;
  const programOf = await building;
  if (servers.status === 'rejected') throw servers.reason;
  const [server, bus] = servers.value;
  progress.databases = await openDatabases({
    layout: up.layout,
    superuserUrl: server.superuserUrl,
    services: [...services.map(({ name }) => name), 'bus'],
    say: up.say,
  });
  await makeTopics(bus, progress.databases);
  progress.installation = await describeInstallation(work, ports, bus, progress.databases);
  if (up.signal.aborted) return;
  const { installation, databases } = progress;
  await startServices(work, (spec) => planOf(spec, up, { installation, databases, programOf }));
  if (up.signal.aborted) return;
  await seedOnce({
    dataDirectory: up.layout.root,
    stateFolder: up.layout.state,
    empty: up.options.empty,
    program: join(root, 'services', 'demo', 'seed.ts'),
    folder: root,
    say: up.say,
    signal: up.signal,
  });
}

/** Both at once; what did start is on the way back even when the other did not. */
async function startServers(work: Work, ports: Ports): Promise<[DatabaseServer, Bus]> {
  const { up, children, wayBack } = work;
  const context = { ...up, ports, children };
  const server = openDatabaseServer(context);
  const bus = openBus(context, up.options.bus);
  const settled = await Promise.allSettled([server, bus]);
  for (const one of settled) {
    if (one.status === 'fulfilled') wayBack.push(() => one.value.stop());
  }
  return [await server, await bus];
}

async function makeTopics(bus: Bus, { urls }: Databases): Promise<void> {
  if (bus.kind === 'kafka') await makeTopicsOnKafka(bus.brokers);
  else {
    await makeTopicsOnPostgres({
      market: urls['bus_market'] ?? '',
      supervisory: urls['bus_supervisory'] ?? '',
    });
  }
}

async function describeInstallation(
  { up, progress }: Work,
  ports: Ports,
  bus: Bus,
  databases: Databases,
): Promise<Installation> {
  const urls: Record<string, string> = {};
  for (const { name } of services) {
    urls[name] =
      name === 'portal' ? progress.publicUrl : `http://127.0.0.1:${await ports.take(name)}`;
  }
  return {
    layout: up.layout,
    publicUrl: progress.publicUrl,
    queryPort: await ports.take('regulator-query'),
    urls,
    bus:
      bus.kind === 'kafka'
        ? { kind: 'kafka', brokers: bus.brokers }
        : { kind: 'postgres', urlFileOf: (role) => databases.fileOf(role) },
  };
}

async function startServices(
  { up, children, wayBack, progress }: Work,
  plan: (spec: ServiceSpec) => ServicePlan,
): Promise<void> {
  const around = {
    children,
    say: up.say,
    onChange: () => {
      writeProgress(up, progress);
    },
    readyTimeoutMs,
  };
  for (const spec of services) {
    const service = superviseService(plan(spec), around);
    progress.running.push(service);
  }
  wayBack.push(async () => {
    await Promise.all(progress.running.map((service) => service.stop()));
  });
  const readiness = progress.running.map(async ({ name, url, ready }) => {
    await ready;
    up.say(`${name}: ready at ${url}`);
  });
  await Promise.race([Promise.all(readiness), whenAborted(up.signal)]);
}

/** What the services run on. */
interface Ground {
  readonly installation: Installation;
  readonly databases: Databases;
  readonly programOf: (folder: string) => string;
}

function planOf(
  spec: ServiceSpec,
  { layout, environment }: BringUp,
  { installation, databases, programOf }: Ground,
): ServicePlan {
  const url = installation.urls[spec.name] ?? '';
  return {
    name: spec.name,
    url,
    command: [process.execPath, programOf(spec.folder)],
    folder: root,
    logFile: join(layout.logs, `${spec.name}.log`),
    passphraseFile: layout.passphrase,
    environment: {
      ...environment.inherited,
      HOST: '127.0.0.1',
      PORT: new URL(url).port,
      DATABASE_URL_FILE: databases.fileOf(spec.role),
      KEY_FILE: keyFileOf(layout, spec.name),
      KEY_PASSPHRASE_FILE: '/dev/fd/3',
      SERVICE_KEYS_DIR: layout.serviceTrust,
      ...spec.environment(installation),
    },
  };
}

async function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

function writeProgress(up: BringUp, progress: Progress): void {
  const { installation, databases } = progress;
  if (!installation || !databases) return;
  const { layout } = up;
  const { bus, urls } = installation;
  const { issuer, jwksUrl } = tokenIssuer(progress.publicUrl);
  const running = progress.running.map(({ name, pid }) => [
    name,
    { url: urls[name] ?? '', pid: pid() ?? null, log: join(layout.logs, `${name}.log`) },
  ]);
  writeRuntime(layout.runtime, {
    version: '1',
    pid: process.pid,
    startedAt: up.startedAt,
    dataDirectory: layout.root,
    publicUrl: progress.publicUrl,
    tokenIssuer: issuer,
    jwksUrl,
    chainEngine: 'embedded',
    chainId: chains.market,
    eventBus: bus.kind,
    ...(bus.kind === 'kafka' ? { kafkaBrokers: bus.brokers } : {}),
    databases: databases.urls,
    services: Object.fromEntries(running),
    queryUrl: queryUrl(installation),
    files: {
      trust: layout.trust,
      keys: layout.keys,
      passphrase: layout.passphrase,
      ...tlsFiles(layout),
    },
    demoUsers: progress.demoUsers,
    isReady: progress.isReady,
  });
}

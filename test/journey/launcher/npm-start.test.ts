import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { isAlive } from '#libs/process-guard/process.ts';
import { withClient } from '../../support/postgres.ts';

const bootstrap = join(import.meta.dirname, '../../../services/launcher/bootstrap.mjs');
const data = mkdtempSync(join(tmpdir(), 'quanji-start-'));
const started: Launch[] = [];

interface Launch {
  readonly child: ChildProcess;
  /** Everything it printed, on both streams. */
  output(): string;
  readonly exit: Promise<number | null>;
}

interface RuntimeFile {
  readonly databases: Readonly<Record<string, string>>;
  readonly services: Readonly<Record<string, { readonly url: string; readonly pid: number }>>;
}

function launch(...args: string[]): Launch {
  return run([process.execPath, bootstrap, 'start', ...args]);
}

function run([file = '', ...args]: readonly string[]): Launch {
  const child = spawn(file, args, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const exit = new Promise<number | null>((resolve) => {
    child.on('exit', resolve);
  });
  const launched = { child, output: () => output, exit };
  started.push(launched);
  return launched;
}

/** The data directory is the test's own; the PostgreSQL bus spares the broker's start. */
function start(): Launch {
  return launch('--data', data, '--port=0', '--bus=postgres', '--empty');
}

async function ready(launched: Launch): Promise<RuntimeFile> {
  await expect
    .poll(launched.output, { timeout: 180_000, interval: 200 })
    .toMatch(/Quanji is ready: http:\/\/127\.0\.0\.1:\d+|could not start|does not/);
  expect(launched.output()).toContain('Quanji is ready');
  return JSON.parse(readFileSync(join(data, 'runtime.json'), 'utf8')) as RuntimeFile;
}

async function stop({ child, exit }: Launch): Promise<number | null> {
  child.kill('SIGINT');
  return await exit;
}

function childrenOf(): number[] {
  const marks: unknown = JSON.parse(readFileSync(join(data, 'children.json'), 'utf8'));
  return (marks as { pid: number }[]).map(({ pid }) => pid);
}

afterEach(() => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL');
});

afterAll(() => {
  rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
});

describe('npm start', { timeout: 420_000 }, () => {
  it('brings everything up on an empty directory, and Ctrl-C takes it all down', async () => {
    const launched = start();
    const runtime = await ready(launched);
    expect(launched.output()).toMatch(/registrar-maker +\S{16} +registrar\.maker/);
    expect(statSync(join(data, 'runtime.json')).mode & 0o077).toBe(0);
    for (const { url } of Object.values(runtime.services)) {
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
    }
    const children = childrenOf();
    expect(children.length).toBe(1 + Object.keys(runtime.services).length);
    expect(await stop(launched)).toBe(0);
    expect(children.filter(isAlive)).toEqual([]);
    expect(existsSync(join(data, 'launcher.lock'))).toBe(false);
  });

  it('takes up the same data, starts a dead service again, and outlives its database', async () => {
    const launched = start();
    const before = await ready(launched);
    expect(launched.output()).not.toContain('new cluster');
    const [postgres] = childrenOf();
    process.kill(postgres ?? 0, 'SIGKILL');
    await expect.poll(launched.output, { timeout: 30_000 }).toMatch(/PostgreSQL died/);
    const answers = async (): Promise<boolean> =>
      await withClient(before.databases['superuser'] ?? '', async () => true).catch(() => false);
    await expect.poll(answers, { timeout: 30_000 }).toBe(true);
    const again = Object.entries(before.services).map(async ([name, { pid, url }]) => {
      process.kill(pid, 'SIGKILL');
      await expect
        .poll(launched.output, { timeout: 30_000 })
        .toContain(`${name} died: starting it again`);
      const status = async (): Promise<number> =>
        await fetch(`${url}/readyz`).then(
          (answer) => answer.status,
          () => 0,
        );
      await expect.poll(status, { timeout: 120_000, interval: 250 }).toBe(200);
    });
    await Promise.all(again);
    expect(await stop(launched)).toBe(0);
  });

  it('leaves no process behind when it is killed, and starts again at once', async () => {
    const launched = start();
    await ready(launched);
    const children = childrenOf();
    launched.child.kill('SIGKILL');
    await launched.exit;
    const again = start();
    await ready(again);
    expect(children.filter(isAlive)).toEqual([]);
    expect(await stop(again)).toBe(0);
  });

  it('is refused while another instance holds the directory, which is named', async () => {
    const first = start();
    await ready(first);
    const second = start();
    expect(await second.exit).toBe(1);
    const pid = String(first.child.pid);
    expect(second.output()).toContain(`Another instance (pid ${pid}, started `);
    expect(second.output().trim().split('\n')).toHaveLength(2);
    expect(await stop(first)).toBe(0);
  });
});

describe('npm start says in one line', () => {
  it('that its port is in use', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    const launched = launch('--data', data, `--port=${port}`);
    expect(await launched.exit).toBe(1);
    expect(launched.output()).toBe(
      `Port ${port} on 127.0.0.1 is in use or not permitted: choose another with --port.\n`,
    );
    server.close();
  });

  it('that its data directory is a file', async () => {
    const file = join(data, 'file');
    writeFileSync(file, '');
    const launched = launch('--data', file);
    expect(await launched.exit).toBe(1);
    expect(launched.output()).toBe(`The data directory ${file} is not a folder.\n`);
  });

  it('that its data directory cannot be read', async () => {
    const folder = join(data, 'closed');
    mkdirSync(folder, { mode: 0o000 });
    // Root may read everything; in a namespace of its own it is nobody special.
    const plain = ['unshare', '-U', '--map-user=1000', '--map-group=1000'];
    const prefix = process.getuid?.() === 0 ? plain : [];
    const command = [process.execPath, bootstrap, 'start', '--data', folder];
    const launched = run([...prefix, ...command]);
    expect(await launched.exit).toBe(1);
    expect(launched.output()).toBe(
      `The data directory ${folder} cannot be read and written (EACCES).\n`,
    );
    chmodSync(folder, 0o700);
  });

  it('that its disk is full', async () => {
    const folder = join(data, 'small');
    mkdirSync(folder);
    const script = 'mount -t tmpfs -o size=64m none "$1" && exec "$0" "$2" start --data "$1"';
    const launched = run([
      ...['unshare', '-U', '-r', '-m', 'sh', '-c', script],
      ...[process.execPath, folder, bootstrap],
    ]);
    expect(await launched.exit).toBe(1);
    expect(launched.output()).toMatch(
      /^The disk that holds .*small is full: 6\d MB are free, 512 MB are needed\.\n$/,
    );
  });

  it('that it does not know an option', async () => {
    const launched = launch('--datta=x');
    expect(await launched.exit).toBe(1);
    expect(launched.output()).toMatch(/^Unknown option '--datta'.*\n$/);
  });
});

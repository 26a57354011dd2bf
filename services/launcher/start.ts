// `npm start`: brings the whole installation up, keeps it up, and takes it down again.
import { systemClock } from '#libs/time/clock.ts';
import { endLeftovers } from './children.ts';
import { readEnvironment } from './config.ts';
import { describeFailure } from './failure.ts';
import { bringUp, type Installed } from './installation.ts';
import { acquireLock } from './lock.ts';
import { layoutOf, openDataDirectory } from './layout.ts';
import { help, type LaunchOptions, parseOptions } from './options.ts';

const lockWaitMs = 30_000;

export async function main(args: readonly string[]): Promise<void> {
  // `npm start | head` ends the reader, not us.
  process.stdout.on('error', () => undefined);
  let directory = 'data';
  try {
    const options = parseOptions(args);
    if (options === 'help') {
      process.stdout.write(help);
      return;
    }
    directory = options.data;
    await run(options);
  } catch (error) {
    process.stderr.write(`${describeFailure(error, directory)}\n`);
    process.exitCode = 1;
  }
}

async function run(options: LaunchOptions): Promise<void> {
  const layout = layoutOf(options.data);
  openDataDirectory(layout);
  const lock = await acquireLock(layout.lock, layout.root, {
    waitMs: lockWaitMs,
    onWaiting: ({ pid }) => {
      say(`Another instance (pid ${pid}) holds ${layout.root}: waiting up to 30 s for it to end.`);
    },
  });
  const stop = stopRequest();
  try {
    await endLeftovers(layout.children, say);
    const installed = await bringUp({
      options,
      layout,
      environment: readEnvironment(),
      startedAt: systemClock.now(),
      say,
      signal: stop.signal,
    });
    await untilStopped(installed, stop);
  } finally {
    stop.forget();
    lock.release();
  }
}

async function untilStopped(installed: Installed, stop: StopRequest): Promise<void> {
  if (installed.state === 'ready') {
    say('Demo users (user name, password):');
    for (const { username, password, roles } of installed.demoUsers) {
      say(`  ${username.padEnd(20)} ${password}   ${roles.join(', ')}`);
    }
    say(`Quanji is ready: ${installed.publicUrl}`);
    await stop.requested;
  }
  say('Stopping ...');
  await installed.takeDown();
  say('Stopped.');
}

interface StopRequest {
  readonly signal: AbortSignal;
  readonly requested: Promise<void>;
  /** From here on nothing keeps the process alive. */
  forget(): void;
}

/** Ctrl-C, or what a supervisor sends. A second Ctrl-C does not wait for an orderly end. */
function stopRequest(): StopRequest {
  const abort = new AbortController();
  const requested = new Promise<void>((resolve) => {
    abort.signal.addEventListener('abort', () => {
      resolve();
    });
  });
  const keepAlive = setInterval(() => undefined, 60_000);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (abort.signal.aborted && name === 'SIGINT') process.exit(130);
      abort.abort();
    });
  }
  const forget = (): void => {
    clearInterval(keepAlive);
  };
  return { signal: abort.signal, requested, forget };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

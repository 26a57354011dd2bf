/** The frame of every service's main: self-test, one clear line on a bad start, graceful end. */
import { writeSync } from 'node:fs';
import { ConfigurationError } from '#libs/http/config.ts';
import { KeyFileError } from '#libs/key-store/key-file.ts';
import { runSelfTest } from '#libs/sm/self-test.ts';

/** Ends the service: stops taking work, lets what is in hand finish, closes connections. */
export type StopService = () => Promise<void>;

const stopMs = 15_000;
const standardError = 2;

const say = (line: string): void => {
  writeSync(standardError, `${line}\n`);
};

function describe(error: unknown): string {
  if (error instanceof ConfigurationError || error instanceof KeyFileError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/**
 * Runs a service until SIGTERM or SIGINT. Exit code 0 after a graceful end, 1 when it cannot start
 * or a defect was thrown outside any call.
 */
export async function runService(name: string, start: () => Promise<StopService>): Promise<void> {
  process.on('uncaughtException', (error) => {
    say(`${name}: ${describe(error)}`);
    process.exit(1);
  });
  try {
    runSelfTest();
    const stop = await start();
    let stopping = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (stopping) return;
        stopping = true;
        setTimeout(() => process.exit(1), stopMs).unref();
        stop().then(
          () => process.exit(0),
          (error: unknown) => {
            say(`${name}: ${describe(error)}`);
            process.exit(1);
          },
        );
      });
    }
  } catch (error) {
    say(`${name}: cannot start: ${describe(error)}`);
    process.exit(1);
  }
}

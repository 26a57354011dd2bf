/** How a command of this project speaks and ends: lines, an exit code, a failure in one line. */
import { writeSync } from 'node:fs';

/** Said to whoever ran the command, as one line. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

const standardOutput = 1;
const standardError = 2;

export function say(line: string): void {
  write(standardOutput, line);
}

export function complain(line: string): void {
  write(standardError, line);
}

/** A pipe may be full: nothing is lost, whoever reads is waited for. */
function write(descriptor: number, line: string): void {
  const bytes = new TextEncoder().encode(`${line}\n`);
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** Runs a command; `exitOnFailure` is its exit code where it cannot do its work at all. */
export async function runCommand(run: () => Promise<number>, exitOnFailure = 1): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    complain(message.split('\n')[0] ?? message);
    process.exitCode = exitOnFailure;
  }
}

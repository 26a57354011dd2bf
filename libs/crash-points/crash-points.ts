/** Named places where a fault test may have the process killed, as a power cut would kill it. */
import { readFileSync } from 'node:fs';

/**
 * A function that kills this process with SIGKILL if the armed file names its point, and does
 * nothing else, ever. The file holds one name; who arms it removes it when the process has died.
 */
export function createCrashPoints(armedFile: string | undefined): (name: string) => void {
  if (armedFile === undefined) return () => undefined;
  return (name) => {
    if (armedPoint(armedFile) === name) process.kill(process.pid, 'SIGKILL');
  };
}

/** The points of this process, armed through the file that QUANJI_CRASH_FILE names. */
// biome-ignore lint/style/noProcessEnv: a fault test arms any process, whatever its configuration.
export const crashPoint: (name: string) => void = createCrashPoints(process.env['QUANJI_CRASH_FILE']);

function armedPoint(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // Not armed: no file.
    return undefined;
  }
}

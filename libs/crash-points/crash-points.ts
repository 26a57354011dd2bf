/** Named places where a fault test may have the process killed, as a power cut would kill it. */
import { readFileSync } from 'node:fs';

/**
 * Kills this process with SIGKILL if the armed file names the point; does nothing else, ever.
 * The file holds the name of one point; who arms it removes it when the process has died.
 */
export function createCrashPoints(armedFile: string | undefined): (name: string) => void {
  if (armedFile === undefined) return () => undefined;
  return (name) => {
    if (armedPoint(armedFile) === name) process.kill(process.pid, 'SIGKILL');
  };
}

function armedPoint(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // Not armed: no file.
    return undefined;
  }
}

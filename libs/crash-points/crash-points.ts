/** Named places where a fault test may have the process killed, as a power cut would kill it. */
import { readFileSync } from 'node:fs';

/** Passes the point of this name; does not return where that point is armed. */
export type CrashPoint = (name: string) => void;

/**
 * Kills this process with SIGKILL if the armed file names the point; does nothing else, ever.
 * The file holds the name of one point; who arms it removes it when the process has died.
 */
export function createCrashPoints(armedFile: string | undefined): CrashPoint {
  if (armedFile === undefined) return () => undefined;
  return (name) => {
    if (armedPoint(armedFile) === name) process.kill(process.pid, 'SIGKILL');
  };
}

/** The points of a part that several services have: `registry.published`, `settlement.published`. */
export function crashPointsOf(service: string, crashPoint: CrashPoint): CrashPoint {
  return (point) => {
    crashPoint(`${service}.${point}`);
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

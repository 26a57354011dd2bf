/** Named places where a fault test may have the process killed, as a power cut would kill it. */
import { readFileSync } from 'node:fs';

// biome-ignore lint/style/noProcessEnv: a fault test arms any process, whatever its configuration.
const armedFile = process.env['QUANJI_CRASH_FILE'];

/**
 * Kills this process with SIGKILL if the file in QUANJI_CRASH_FILE names the point; otherwise, and
 * without that variable, does nothing. Who arms a point removes the file when the process has died.
 */
export function crashPoint(name: string): void {
  if (armedFile !== undefined && armedPoint(armedFile) === name) {
    process.kill(process.pid, 'SIGKILL');
  }
}

function armedPoint(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // Not armed: no file.
    return undefined;
  }
}

// Ports that stay the same from start to start wherever they are still free.
import { createServer } from 'node:net';
import { join } from 'node:path';
import { freePort } from '#libs/process-guard/port.ts';
import { LaunchFailure } from './failure.ts';
import { readStrings, writePrivateJson } from './private-file.ts';

export interface Ports {
  /** The remembered port of this name if it is free, else a new one. */
  take(name: string): Promise<number>;
}

export function openPorts(stateFolder: string): Ports {
  const file = join(stateFolder, 'ports.json');
  const remembered = readStrings(file);
  const taken = new Set<number>();
  return {
    take: async (name) => {
      let port = Number.parseInt(remembered[name] ?? '0', 10);
      while (port === 0 || taken.has(port) || !(await isFree(port))) port = await freePort();
      taken.add(port);
      remembered[name] = String(port);
      writePrivateJson(file, remembered);
      return port;
    },
  };
}

/** The port the operator named, or a free one for 0. Errors: LaunchFailure when it is in use. */
export async function portalPort(wanted: number): Promise<number> {
  if (wanted === 0) return await freePort();
  if (await isFree(wanted)) return wanted;
  throw new LaunchFailure(
    `Port ${wanted} on 127.0.0.1 is in use or not permitted: choose another with --port.`,
  );
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

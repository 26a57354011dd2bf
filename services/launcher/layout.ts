// Where things lie in a data directory, and whether it can be used.
import { accessSync, constants, mkdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LaunchFailure } from './failure.ts';

export interface Layout {
  readonly root: string;
  readonly lock: string;
  readonly children: string;
  readonly runtime: string;
  readonly postgres: string;
  readonly kafka: string;
  readonly logs: string;
  readonly keys: string;
  readonly passphrase: string;
  readonly trust: string;
  readonly serviceTrust: string;
  readonly tls: string;
  readonly secrets: string;
  readonly state: string;
  /** The services as built by the last start. */
  readonly programs: string;
}

const leastFreeBytes = 512 * 1024 * 1024;

export function layoutOf(root: string): Layout {
  const at = (...parts: string[]): string => join(root, ...parts);
  return {
    root,
    lock: at('launcher.lock'),
    children: at('children.json'),
    runtime: at('runtime.json'),
    postgres: at('postgres'),
    kafka: at('kafka'),
    logs: at('logs'),
    keys: at('keys'),
    passphrase: at('keys', 'passphrase'),
    trust: at('trust'),
    serviceTrust: at('trust', 'services'),
    tls: at('tls'),
    secrets: at('secrets'),
    state: at('state'),
    programs: at('programs'),
  };
}

/** Makes the folders, for the owner alone. Errors: LaunchFailure in one clear line. */
export function openDataDirectory(layout: Layout): void {
  const { root } = layout;
  const folders = [
    layout.logs,
    layout.keys,
    layout.trust,
    layout.serviceTrust,
    layout.tls,
    layout.secrets,
    layout.state,
    layout.programs,
  ];
  try {
    // Another user may pass through to the server that runs as it, but reads nothing here.
    mkdirSync(root, { recursive: true, mode: 0o711 });
    for (const folder of folders) mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOSPC') throw error;
    if (code === 'EEXIST' || code === 'ENOTDIR') {
      throw new LaunchFailure(`The data directory ${root} is not a folder.`);
    }
    throw new LaunchFailure(`The data directory ${root} cannot be read and written (${code}).`);
  }
  if (!statSync(root).isDirectory()) {
    throw new LaunchFailure(`The data directory ${root} is not a folder.`);
  }
  requireSpace(root);
}

function requireSpace(root: string): void {
  const { bavail, bsize } = statfsSync(root);
  const free = bavail * bsize;
  if (free >= leastFreeBytes) return;
  const megabytes = Math.floor(free / 1024 / 1024);
  throw new LaunchFailure(
    `The disk that holds ${root} is full: ${megabytes} MB are free, 512 MB are needed.`,
  );
}

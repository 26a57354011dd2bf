// Decides under which identity the PostgreSQL programs run: the server refuses root.
import {
  execFile,
  execFileSync,
  type StdioOptions,
  spawn,
  type ChildProcess,
} from 'node:child_process';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { findPrograms, programsBelow, type PostgresPrograms } from './package.ts';

export interface Runner {
  /** How the programs run, for the progress line. */
  readonly how: string;
  readonly programs: PostgresPrograms;
  /** Runs a program to its end; rejects with its output when it fails. */
  run(program: string, args: readonly string[]): Promise<string>;
  /** Starts a program in a session of its own, so that Ctrl-C does not reach it. */
  start(program: string, args: readonly string[], stdio: StdioOptions): ChildProcess;
  /** Hands a file or folder to the identity that the programs run under. */
  give(path: string): void;
}

interface Identity {
  readonly uid: number;
  readonly gid: number;
}

const namespaceArgs = ['-U', '--map-user=1000', '--map-group=1000'];

export function chooseRunner(): Runner {
  const programs = findPrograms();
  if (process.getuid?.() !== 0) return makeRunner('directly', programs, [], undefined);
  if (userNamespacesWork()) {
    return makeRunner('in a user namespace', programs, ['unshare', ...namespaceArgs], undefined);
  }
  const identity = systemUser('postgres');
  if (!identity) {
    throw new Error(
      'PostgreSQL refuses to run as root, and here are neither user namespaces nor a user ' +
        '"postgres": start as a normal user, or set DATABASE_URL',
    );
  }
  const reachable = canRun(programs.postgres, identity) ? programs : copyPrograms(programs);
  return makeRunner('as user postgres', reachable, [], identity);
}

function makeRunner(
  how: string,
  programs: PostgresPrograms,
  prefix: readonly string[],
  identity: Identity | undefined,
): Runner {
  const command = (program: string, args: readonly string[]): [string, string[]] => {
    const [first, ...rest] = [...prefix, program, ...args];
    return [first ?? program, rest];
  };
  return {
    how,
    programs,
    run: (program, args) =>
      new Promise((resolve, reject) => {
        const [file, rest] = command(program, args);
        execFile(file, rest, { ...identity, cwd: '/' }, (error, stdout, stderr) => {
          if (!error) resolve(stdout);
          else reject(new Error((stderr || stdout || error.message).trim()));
        });
      }),
    start: (program, args, stdio) => {
      const [file, rest] = command(program, args);
      return spawn(file, rest, { ...identity, cwd: '/', detached: true, stdio });
    },
    give: (path) => {
      if (!identity) return;
      chownSync(path, identity.uid, identity.gid);
      if (!succeeds('test', ['-r', path], identity)) {
        throw new Error(`user postgres cannot reach ${path}: choose another data directory`);
      }
    },
  };
}

function userNamespacesWork(): boolean {
  return succeeds('unshare', [...namespaceArgs, 'true'], undefined);
}

function canRun(program: string, identity: Identity): boolean {
  return succeeds(program, ['--version'], identity);
}

function succeeds(file: string, args: string[], identity: Identity | undefined): boolean {
  try {
    execFileSync(file, args, { ...identity, stdio: 'ignore', cwd: '/' });
    return true;
  } catch {
    return false;
  }
}

function systemUser(name: string): Identity | undefined {
  try {
    const number = (flag: string): number =>
      Number.parseInt(execFileSync('id', [flag, name], { encoding: 'utf8' }), 10);
    return { uid: number('-u'), gid: number('-g') };
  } catch {
    return undefined;
  }
}

/** Below a home of mode 0700 another user cannot reach node_modules: it gets a copy. */
function copyPrograms(programs: PostgresPrograms): PostgresPrograms {
  const target = join('/var/cache/quanji-postgres', '18.4.0-beta.17');
  const done = join(target, 'bin', 'postgres');
  if (!existsSync(done)) {
    mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
    // A rename at the end: a copy that was cut short is never taken for a whole one.
    const partial = mkdtempSync(`${target}-`);
    chmodSync(partial, 0o755);
    for (const folder of ['lib', 'share', 'bin']) {
      cpSync(join(programs.root, folder), join(partial, folder), {
        recursive: true,
        verbatimSymlinks: true,
      });
    }
    try {
      renameSync(partial, target);
    } catch (error) {
      // Another start was faster.
      rmSync(partial, { recursive: true, force: true });
      if (!existsSync(done)) throw error;
    }
  }
  accessSync(done, constants.X_OK);
  return programsBelow(target);
}

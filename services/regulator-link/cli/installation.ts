// What a command on the machine itself needs of a running installation: its database and its keys.
import { readFileSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { createDatabase, type Database } from '#libs/db/database.ts';
import { createPool } from '#libs/db/pool.ts';
import { openKeyFile } from '#libs/key-store/key-store.ts';
import { readPassphrase } from '#libs/key-store/passphrase.ts';

const runtimeFile = z.object({
  chainId: z.string(),
  databases: z.record(z.string(), z.string()),
  files: z.object({ trust: z.string(), keys: z.string(), passphrase: z.string() }),
});

/** Said to whoever ran the command, as one line. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

export interface InstallationFiles {
  readonly chainId: string;
  readonly auditorUrl: string;
  readonly keyFile: string;
  readonly passphraseFile: string;
  readonly trust: string;
}

/** Errors (thrown): CommandFailure. */
export function readInstallation(data: string): InstallationFiles {
  const file = join(resolve(data), 'runtime.json');
  const parsed = runtimeFile.safeParse(readJson(file));
  if (!parsed.success) throw new CommandFailure(`${file} is not of this version`);
  const { chainId, databases, files } = parsed.data;
  const auditorUrl = databases['auditor@quanji'];
  if (auditorUrl === undefined) throw new CommandFailure(`${file} names no database to read`);
  return {
    chainId,
    auditorUrl,
    keyFile: join(files.keys, 'regulator-link.key'),
    passphraseFile: files.passphrase,
    trust: files.trust,
  };
}

/** Errors (thrown): CommandFailure. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new CommandFailure(isMissing ? `${file} is not there` : `${file} cannot be read`);
  }
}

export interface OpenedStore {
  readonly db: Database<unknown>;
  readonly recordKek: Uint8Array;
}

/** Read-only, as the auditor's role; the snapshots open with the link's own key. */
export async function openStore(files: InstallationFiles): Promise<OpenedStore> {
  const keys = await openKeyFile(files.keyFile, readPassphrase(files.passphraseFile));
  const pool = createPool({
    connectionString: files.auditorUrl,
    schema: 'link',
    applicationName: 'quanji-export',
    connectionsMax: 2,
  });
  return { db: createDatabase<unknown>(pool), recordKek: keys.secret('record-kek') };
}

const standardOutput = 1;
const standardError = 2;

export function say(line: string): void {
  writeSync(standardOutput, `${line}\n`);
}

export function complain(line: string): void {
  writeSync(standardError, `${line}\n`);
}

/** Runs a command; says a failure in one line. */
export async function runCommand(run: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    complain(message);
    process.exitCode = 1;
  }
}

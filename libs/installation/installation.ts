/** What a command on the machine itself needs of a running installation: its databases and keys. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { AUDITOR_ROLE, type StorePlan } from '#libs/db/plan.ts';
import { type KeyStore, openKeyFile } from '#libs/key-store/key-store.ts';
import { readPassphrase } from '#libs/key-store/passphrase.ts';
import { CommandFailure } from './command.ts';

const runtimeFile = z.object({
  chainId: z.string(),
  databases: z.record(z.string(), z.string()),
  files: z.object({ trust: z.string(), keys: z.string(), passphrase: z.string() }),
});

export interface Installation {
  readonly chainId: string;
  /** The folder of trust files. */
  readonly trust: string;
  /** Read-only, for the auditor's role. Errors (thrown): CommandFailure. */
  auditorUrl(database: StorePlan['database']): string;
  openKeys(service: string): Promise<KeyStore>;
  /** The content of a trust file. Errors (thrown): CommandFailure. */
  readTrust(name: 'genesis' | 'market' | 'supervisory'): unknown;
}

/** Errors (thrown): CommandFailure. */
export function readInstallation(data: string): Installation {
  const file = join(resolve(data), 'runtime.json');
  const parsed = runtimeFile.safeParse(readJson(file));
  if (!parsed.success) throw new CommandFailure(`${file} is not of this version`);
  const { chainId, databases, files } = parsed.data;
  return {
    chainId,
    trust: files.trust,
    auditorUrl: (database) => {
      const url = databases[`${AUDITOR_ROLE}@${database}`];
      if (url === undefined) throw new CommandFailure(`${file} names no database to read`);
      return url;
    },
    openKeys: (service) =>
      openKeyFile(join(files.keys, `${service}.key`), readPassphrase(files.passphrase)),
    readTrust: (name) => readJson(join(files.trust, `${name}.json`)),
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

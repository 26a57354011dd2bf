/**
 * What a block signer remembers outside the database: the header it signed at each height, in
 * fsynced files beside the path it is given. It signs one header a height and never a lower height,
 * whatever the database says, and whichever process holds the key.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { err, ok, type Result } from '#libs/result/result.ts';
import { toHex } from '#libs/sm/hex.ts';

export type SignerRefusal = 'another-header-signed-at-height' | 'higher-block-signed-already';

export interface SignerMemory {
  /**
   * Takes note of the header, durably, before it may be signed; the same header again is allowed.
   * Errors: another-header-signed-at-height, higher-block-signed-already.
   */
  remember(height: bigint, headerHash: Uint8Array): Promise<Result<undefined, SignerRefusal>>;
  /** The highest height remembered; 0 where nothing was ever signed. */
  highest(): Promise<bigint>;
}

const KEPT_HEIGHTS = 2n;

export function createSignerMemory(path: string): SignerMemory {
  const directory = dirname(path);
  const entryOf = (height: bigint): string => `${path}.${height}`;

  const heights = async (): Promise<readonly bigint[]> => {
    const prefix = `${basename(path)}.`;
    await mkdir(directory, { recursive: true });
    const names = (await readdir(directory)).filter((name) => name.startsWith(prefix));
    return names
      .map((name) => name.slice(prefix.length))
      .filter((suffix) => /^[1-9][0-9]*$/.test(suffix))
      .map(BigInt);
  };

  const highest = async (): Promise<bigint> => {
    const rising = (await heights()).toSorted((a, b) => (a < b ? -1 : 1));
    return rising.at(-1) ?? 0n;
  };

  return {
    highest,
    async remember(height, headerHash) {
      if ((await highest()) > height) return err('higher-block-signed-already');
      const text = `${toHex(headerHash)}\n`;
      if (!(await createOnce(entryOf(height), text))) {
        const known = await readFile(entryOf(height), 'utf8');
        if (known !== text) return err('another-header-signed-at-height');
      }
      await syncDirectory(directory);
      // Again: another process may have gone on while this one was held up.
      const all = await heights();
      if (all.some((each) => each > height)) return err('higher-block-signed-already');
      const old = all.filter((each) => each + KEPT_HEIGHTS < height);
      await Promise.all(old.map((each) => rm(entryOf(each), { force: true })));
      return ok();
    },
  };
}

/** The compare-and-swap: the whole content appears under its name, or somebody else's did before. */
async function createOnce(path: string, text: string): Promise<boolean> {
  const partial = join(dirname(path), `.${basename(path)}.${randomUUID()}.partial`);
  const file = await open(partial, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
    await file.close();
    await link(partial, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await file.close().catch(() => undefined);
    await rm(partial, { force: true });
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

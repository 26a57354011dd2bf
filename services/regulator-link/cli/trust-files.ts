// The trust files of an installation: as the anchor that others may pin, and for keys by their ids.
import { join } from 'node:path';
import { z } from 'zod';
import type { AnchorJson } from '#libs/proof/anchor.ts';
import { CommandFailure } from '#libs/installation/command.ts';
import { readJson } from '#libs/installation/installation.ts';

const key = z.object({ keyId: z.string(), publicKey: z.string() });
const validator = key.extend({ weight: z.string() });
const genesisFile = z.object({
  chainId: z.string(),
  validators: z.array(validator),
  witnesses: z.array(key),
});
const marketFile = z.object({ sealKeys: z.array(key) });
const supervisoryFile = z.object({
  chainId: z.string(),
  validators: z.array(validator),
  gatewayKeys: z.array(key),
});

function read<T>(folder: string, name: string, shape: z.ZodType<T>): T {
  const parsed = shape.safeParse(readJson(join(folder, name)));
  if (!parsed.success) throw new CommandFailure(`${join(folder, name)} is not a trust file`);
  return parsed.data;
}

/** Errors (thrown): CommandFailure. */
export function readAnchor(folder: string): AnchorJson {
  const { chainId, validators, witnesses } = read(folder, 'genesis.json', genesisFile);
  const { sealKeys } = read(folder, 'market.json', marketFile);
  return {
    market: { chainId, validators, witnesses, sealKeys },
    supervisory: read(folder, 'supervisory.json', supervisoryFile),
  };
}

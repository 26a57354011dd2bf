// What the link's store is checked by, with its own keys.
import type { StoreChecks } from '#libs/fsck/fsck-command.ts';
import type { Installation } from '#libs/installation/installation.ts';
import { CommandFailure } from '#libs/installation/command.ts';
import { parseAnchor } from '#libs/proof/anchor.ts';
import { parseGenesis } from '#libs/proof/genesis.ts';
import { verifySm2 } from '#libs/sm/sm2.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import { linkChecks } from '../fsck.ts';
import { readAnchor } from './trust-files.ts';

const service = 'regulator-link';
const suite = { sm3, verifySm2 };

export async function storeChecks(installation: Installation): Promise<StoreChecks> {
  const genesis = parseGenesis(suite, installation.readTrust('genesis'));
  const anchor = parseAnchor(suite, readAnchor(installation.trust));
  if (!genesis.ok) throw new CommandFailure(`the trust file of the genesis: ${genesis.error}`);
  if (!anchor.ok) throw new CommandFailure(`the trust files: ${anchor.error}`);
  const { market, supervisory } = anchor.value;
  const recordKek = (await installation.openKeys(service)).secret('record-kek');
  const { sealKeys } = market;
  const parts = { suite, genesis: genesis.value, supervisory, recordKek, sealKeys };
  return { service, checks: linkChecks(parts) };
}

/** What a chain node's store is checked by: `sequencer` or `follower` says whose. */
import type { StoreChecks } from '#libs/fsck/fsck-command.ts';
import type { Installation } from '#libs/installation/installation.ts';
import { CommandFailure } from '#libs/installation/command.ts';
import { parseGenesis } from '#libs/proof/genesis.ts';
import { verifySm2 } from '#libs/sm/sm2.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import { chainChecks } from '../fsck.ts';
import { serviceNameOf } from '../node.ts';

const suite = { sm3, verifySm2 };

export function storeChecks(installation: Installation, [role]: readonly string[]): StoreChecks {
  if (role !== 'sequencer' && role !== 'follower') {
    throw new CommandFailure('a chain node is named: sequencer or follower');
  }
  const genesis = parseGenesis(suite, installation.readTrust('genesis'));
  if (!genesis.ok) throw new CommandFailure(`the trust file of the genesis: ${genesis.error}`);
  return { service: serviceNameOf(role), checks: chainChecks(suite, genesis.value) };
}

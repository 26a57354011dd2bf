/** What the supervisory store is checked by, with its own keys. */
import { join } from 'node:path';
import { z } from 'zod';
import type { StoreChecks } from '#libs/fsck/fsck-command.ts';
import type { Installation } from '#libs/installation/installation.ts';
import { verifySm2 } from '#libs/sm/sm2.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import { supervisoryChecks } from '../fsck.ts';
import { ownValidators, readGenesis, readMarketTrust } from '../trust.ts';

const service = 'supervisory-chain';
const suite = { sm3, verifySm2 };
const named = z.object({ chainId: z.string() });

export async function storeChecks(installation: Installation): Promise<StoreChecks> {
  const { chainId, trust } = installation;
  const keys = await installation.openKeys(service);
  const gateway = keys.signer('gateway');
  return {
    service,
    checks: supervisoryChecks({
      chainId: named.parse(installation.readTrust('supervisory')).chainId,
      market: readGenesis(suite, join(trust, 'genesis.json'), chainId),
      sealKeys: readMarketTrust(suite, join(trust, 'market.json'), chainId).sealKeys,
      validators: ownValidators(suite, keys.signer('validator')),
      gatewayKeys: [{ keyId: gateway.keyId, publicKey: gateway.publicKey }],
      storeKey: keys.secret('store-kek'),
      suite,
    }),
  };
}

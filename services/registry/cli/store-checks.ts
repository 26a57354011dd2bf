/** What the registry's store is checked by, with its own keys. */
import type { StoreChecks } from '#libs/fsck/fsck-command.ts';
import type { Installation } from '#libs/installation/installation.ts';
import { systemClock } from '#libs/time/clock.ts';
import { registryChecks } from '../fsck.ts';
import { createOwnerKeyStore } from '../renderer/owner-keys.ts';
import { createPersonalCipher } from '../repositories/personal-cipher.ts';
import { openPersonalOf } from '../repositories/personal-figures.ts';

const service = 'registry';

export async function storeChecks(installation: Installation): Promise<StoreChecks> {
  const keys = await installation.openKeys(service);
  const cipher = createPersonalCipher({
    personalColumns: keys.secret('personal-columns'),
    blindIndex: keys.secret('blind-index'),
  });
  return {
    service,
    checks: registryChecks({
      keys: createOwnerKeyStore(keys.secret('pack-kek'), systemClock),
      openPersonal: openPersonalOf(cipher),
    }),
  };
}

/** What settlement's store is checked by, with its own keys. */
import type { StoreChecks } from '#libs/fsck/fsck-command.ts';
import type { Installation } from '#libs/installation/installation.ts';
import { systemClock } from '#libs/time/clock.ts';
import { createDocumentCipher } from '../bank/document-cipher.ts';
import { settlementChecks } from '../fsck.ts';
import { createPackCipher } from '../renderer/pack-cipher.ts';

const service = 'settlement';

export async function storeChecks(installation: Installation): Promise<StoreChecks> {
  const keys = await installation.openKeys(service);
  return {
    service,
    checks: settlementChecks({
      documents: createDocumentCipher(keys.secret('personal-columns')),
      packs: createPackCipher(keys.secret('pack-kek'), systemClock),
    }),
  };
}

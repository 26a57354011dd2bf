/** Settlement's part of `npm run fsck`. */
import { runFsck } from '#libs/fsck/fsck-command.ts';
import { systemClock } from '#libs/time/clock.ts';
import { createDocumentCipher } from '../bank/document-cipher.ts';
import { settlementChecks } from '../fsck.ts';
import { createPackCipher } from '../renderer/pack-cipher.ts';

const service = 'settlement';

await runFsck(async (installation) => {
  const keys = await installation.openKeys(service);
  return {
    service,
    checks: settlementChecks({
      documents: createDocumentCipher(keys.secret('personal-columns')),
      packs: createPackCipher(keys.secret('pack-kek'), systemClock),
    }),
  };
});

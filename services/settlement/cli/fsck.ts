/** Settlement's part of `npm run fsck`. */
import { runFsck } from '#libs/fsck/fsck-command.ts';
import { storeChecks } from './store-checks.ts';

await runFsck(storeChecks);

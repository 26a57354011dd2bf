/** A chain node's part of `npm run fsck`: `sequencer` or `follower` says whose store. */
import { runFsck } from '#libs/fsck/fsck-command.ts';
import { storeChecks } from './store-checks.ts';

await runFsck(storeChecks);

/** Re-derives all that the supervisory side stores from records, headers and signed messages. */
import { verifyAudit } from '#libs/audit/verify.ts';
import type { Check } from '#libs/fsck/run-checks.ts';
import { checkBlocks } from './fsck/block-checks.ts';
import { digestChecks } from './fsck/digest-checks.ts';
import { checkHeaders } from './fsck/header-checks.ts';
import { checkVerdicts } from './fsck/judgement-checks.ts';
import { checkMessages } from './fsck/message-checks.ts';
import { checkPackets } from './fsck/packet-checks.ts';
import type { FsckParts } from './fsck/parts.ts';

/** To be run with `runChecks` of #libs/fsck, as the auditor or as the service. */
export function supervisoryChecks(parts: FsckParts): readonly Check<unknown>[] {
  return [
    { name: 'headers of the market', run: (tx) => checkHeaders(tx, parts) },
    { name: 'packets and lanes from records', run: (tx) => checkPackets(tx, parts) },
    { name: 'verdicts and codes, judged again', run: (tx) => checkVerdicts(tx, parts) },
    { name: 'own blocks from verdicts', run: (tx) => checkBlocks(tx, parts) },
    { name: 'messages that went down', run: (tx) => checkMessages(tx, parts) },
    ...digestChecks,
    { name: 'audit trail', run: verifyAudit },
  ];
}

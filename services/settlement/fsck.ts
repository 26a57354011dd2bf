/** Re-derives settlement's books from postings, steps and bank lines; reports every difference. */
import { verifyApprovals } from '#libs/approvals/verify.ts';
import { verifyAudit } from '#libs/audit/verify.ts';
import type { Check } from '#libs/fsck/run-checks.ts';
import type { DocumentCipher } from './bank/document-cipher.ts';
import { bankChecks } from './fsck/bank-checks.ts';
import { documentChecks } from './fsck/document-checks.ts';
import { eventChecks } from './fsck/event-checks.ts';
import { moneyChecks } from './fsck/money-checks.ts';
import { packChecks } from './fsck/pack-checks.ts';
import { rowDigestChecks } from './fsck/row-digest-checks.ts';
import { transferChecks } from './fsck/transfer-checks.ts';
import type { PackCipher } from './renderer/pack-cipher.ts';

export interface FsckParts {
  readonly documents: DocumentCipher;
  readonly packs: PackCipher;
}

/** To be run with `runChecks` of #libs/fsck, as the auditor or as the service. */
export function settlementChecks({ documents, packs }: FsckParts): readonly Check<unknown>[] {
  return [
    ...rowDigestChecks,
    ...moneyChecks,
    ...bankChecks,
    ...transferChecks,
    ...eventChecks,
    ...documentChecks(documents),
    ...packChecks(packs),
    { name: 'audit trail', run: verifyAudit },
    { name: 'approvals against the audit trail', run: verifyApprovals },
  ];
}

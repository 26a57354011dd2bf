/** Re-derives the whole register from its journal and postings and reports every difference. */
import { verifyApprovals } from '#libs/approvals/verify.ts';
import { verifyAudit } from '#libs/audit/verify.ts';
import type { Check } from '#libs/fsck/run-checks.ts';
import { ledgerChecks } from './fsck/ledger-checks.ts';
import { packChecks } from './fsck/pack-checks.ts';
import { registerChecks } from './fsck/register-checks.ts';
import type { OwnerKeyStore } from './renderer/owner-keys.ts';
import type { OpenPersonal } from './renderer/render-object.ts';

export interface FsckParts {
  readonly keys: OwnerKeyStore;
  readonly openPersonal: OpenPersonal;
}

/** To be run with `runChecks` of #libs/fsck, as the auditor or as the service. */
export function registryChecks({ keys, openPersonal }: FsckParts): readonly Check<unknown>[] {
  return [
    ...ledgerChecks,
    ...registerChecks,
    ...packChecks(keys, openPersonal),
    { name: 'audit trail', run: verifyAudit },
    { name: 'approvals against the audit trail', run: verifyApprovals },
  ];
}

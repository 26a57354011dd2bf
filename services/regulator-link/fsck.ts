// Re-derives everything that the link stores from raw records, signed messages and sealed bytes.
import { verifyAudit } from '#libs/audit/verify.ts';
import type { Check } from '#libs/fsck/run-checks.ts';
import type { Genesis } from '#libs/proof/genesis.ts';
import type { Suite } from '#libs/proof/suite.ts';
import type { PublicKey } from '#libs/proof/validator-set.ts';
import { countChecks } from './fsck/count-checks.ts';
import { digestChecks } from './fsck/digest-checks.ts';
import { checkHeaders } from './fsck/header-checks.ts';
import { checkObjects } from './fsck/object-checks.ts';
import { checkPackets } from './fsck/packet-checks.ts';
import { checkReceipts, checkResultsRecords } from './fsck/receipt-checks.ts';
import type { SupervisoryTrust } from './lanes/receipts.ts';

export interface LinkFsckParts {
  readonly suite: Suite;
  readonly genesis: Genesis;
  readonly supervisory: SupervisoryTrust;
  readonly recordKek: Uint8Array;
  /** Every key that ever sealed. */
  readonly sealKeys: readonly PublicKey[];
}

/** To be run with `runChecks` of #libs/fsck, as the auditor or as the service. */
export function linkChecks(parts: LinkFsckParts): readonly Check<unknown>[] {
  const { chainId } = parts.genesis;
  const trust = { ...parts, chainId };
  return [
    { name: 'sealed objects from their bytes', run: (tx) => checkObjects(tx, parts) },
    { name: 'packets from their records', run: (tx) => checkPackets(tx, trust) },
    { name: 'headers and checkpoints', run: (tx) => checkHeaders(tx, parts) },
    { name: 'receipts from signed messages', run: (tx) => checkReceipts(tx, trust) },
    { name: 'records of results', run: (tx) => checkResultsRecords(tx, trust) },
    ...countChecks,
    ...digestChecks,
    { name: 'audit trail', run: verifyAudit },
  ];
}

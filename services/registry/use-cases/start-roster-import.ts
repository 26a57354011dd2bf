/** startRosterImport: queues the check of an uploaded roster. */
import type { Executor } from '#libs/db/database.ts';
import { actorKey } from '#libs/http/actor.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { refuse } from '#libs/result/refusal.ts';
import { ok } from '#libs/result/result.ts';
import { findDocument } from '../repositories/document-repository.ts';
import { findJob, insertImport, isIssued } from '../repositories/roster-import-repository.ts';
import { findSecurity } from '../repositories/security-repository.ts';
import { type Act, audit } from './act.ts';

export interface StartRosterImport {
  readonly securityId: string;
  readonly documentId: string;
}

/** Errors: security-not-found, document-not-found, roster-already-posted. */
export async function startRosterImport(
  tx: Executor,
  act: Act,
  { securityId, documentId }: StartRosterImport,
) {
  if ((await findSecurity(tx, securityId)) === undefined) {
    return refuse('security-not-found', { securityId });
  }
  if ((await findDocument(tx, documentId)) === undefined) {
    return refuse('document-not-found', { documentId });
  }
  if (await isIssued(tx, securityId)) return refuse('roster-already-posted', { securityId });
  const importId = newUuid();
  const by = actorKey(act.actor);
  await insertImport(tx, { importId, securityId, documentId, by, at: act.now });
  const detail = { securityId, documentId };
  await audit(tx, act, { action: 'roster-import-started', target: `import:${importId}`, detail });
  const job = await findJob(tx, importId);
  if (job === undefined) throw new Error('a job vanished within its transaction');
  return ok(job);
}

// What was refused, kept by its hash, and where its sender's signature held, as it came.
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';

/** Code of what the supervisory side told to have refused. */
export const MESSAGE_REFUSED = 'message-refused';

export interface Evidence {
  /** Where it came from, as in `xc.receipt.zhejiang/0@17`. */
  readonly origin: string;
  readonly sm3: Uint8Array;
  readonly code: string;
  /** Never personal data: names of fields and rules only. */
  readonly detail: string;
  readonly message?: Uint8Array;
}

const INSERT = `
  insert into evidence (id, origin, sm3, code, detail, message, kept_at)
  values ($1, $2, $3, $4, $5, $6, $7)`;

export async function keepEvidence(tx: Executor, now: Instant, evidence: Evidence): Promise<void> {
  const { origin, sm3, code, detail, message } = evidence;
  await prepared(tx, 'link_evidence_insert', INSERT, [
    newUuid(),
    origin.slice(0, 300),
    Buffer.from(sm3),
    code,
    detail.slice(0, 512),
    message === undefined ? null : Buffer.from(message),
    now,
  ]);
}

/** Writes an audit record into the transaction of the act that it tells of. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { type ActingContext, type AuditEntry, auditHash, toAuditRecord } from './audit-record.ts';

const INSERT = `
  insert into audit_record (id, at, actor_kind, actor_id, actor_name, actor_roles, on_behalf_of,
    action, target, trace_id, detail, hash)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;

/** Gives back the record's id. */
export async function recordAudit(
  tx: Executor,
  context: ActingContext,
  entry: AuditEntry,
): Promise<Uuid> {
  const record = toAuditRecord(context, entry);
  await prepared(tx, 'audit_insert', INSERT, [
    record.id,
    record.at,
    record.actorKind,
    record.actorId,
    record.actorName,
    [...record.actorRoles],
    record.onBehalfOf,
    record.action,
    record.target,
    record.traceId,
    JSON.stringify(record.detail),
    Buffer.from(auditHash(record)),
  ]);
  return record.id;
}

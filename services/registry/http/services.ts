/** What the routes of the registry are handed. */
import type { ActingContext } from '#libs/audit/audit-record.ts';
import type { Database, Tx } from '#libs/db/database.ts';
import type { Actor } from '#libs/http/actor.ts';
import type { CursorCodec } from '#libs/http/cursor.ts';
import type { CallContext } from '#libs/http/route.ts';
import type { Viewer } from '../domain/access.ts';
import type { Act, RegistrySetting } from '../use-cases/act.ts';
import type { RegistryApprovals } from '../approvals/approval-rules.ts';

export type RegistryTx = Tx<unknown>;

export interface RegistryServices {
  readonly db: Database<unknown>;
  readonly setting: RegistrySetting;
  readonly approvals: RegistryApprovals;
  readonly cursors: CursorCodec;
}

export function viewerOf(actor: Actor): Viewer {
  return {
    kind: actor.kind,
    roles: actor.kind === 'person' ? actor.roles : [],
    subjectId: actor.kind === 'person' ? actor.subjectId : undefined,
  };
}

/** For what needs no approval: the call's own idempotency key makes it unique. */
export function actOf(context: CallContext): Act {
  return { ...actingContext(context), businessKey: `call:${context.idempotencyKey}` };
}

export function actingContext({ actor, now, traceId }: CallContext): ActingContext {
  return { actor, now, traceId };
}

/** Compares every approval with the audit trail, which holds what was asked for and decided. */
import { prepared } from '#libs/db/prepared.ts';
import type { Executor } from '#libs/db/database.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { compareStored, type Difference } from '#libs/result/difference.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import type { Instant } from '#libs/time/instant.ts';

interface Row {
  readonly id: Uuid;
  readonly operation: string;
  readonly payload: Buffer;
  readonly payload_hash: Buffer;
  readonly maker: string;
  readonly maker_name: string | null;
  readonly made_at: Instant;
  readonly expires_at: Instant;
  readonly state: string;
  readonly checker: string | null;
  readonly checker_name: string | null;
  readonly decided_at: Instant | null;
  readonly opinion: string | null;
  readonly result: unknown;
}

interface Told {
  readonly action: string;
  readonly actor_id: string;
  readonly at: Instant;
  readonly detail: Readonly<Record<string, unknown>>;
}

const PAGE = 1_000;
const NIL = '00000000-0000-0000-0000-000000000000';

const APPROVALS = `
  select id, operation, payload, payload_hash, maker, maker_name, made_at, expires_at, state,
    checker, checker_name, decided_at, opinion, result
  from approval where id > $1 order by id limit ${PAGE}`;

const TOLD = `
  select target, action, actor_id, at, detail from audit_record
  where target = any($1) and action in
    ('approval-requested', 'approval-approved', 'approval-returned', 'approval-expired')`;

/** What of a request's row does not follow from anything else goes into its audit record by this. */
export function requestDigest(row: {
  readonly storedPayload: Uint8Array;
  readonly makerName: string | null;
  readonly expiresAt: Instant;
}): string {
  const { storedPayload, makerName, expiresAt } = row;
  return sm3Hex(canonicalBytes({ makerName, expiresAt }), storedPayload);
}

/** The same for the columns that a decision fills. */
export function decisionDigest(row: {
  readonly checkerName: string | null;
  readonly opinion: string | null;
  readonly result: unknown;
}): string {
  const { checkerName, opinion, result } = row;
  return sm3Hex(canonicalBytes({ checkerName, opinion, result }));
}

export async function* verifyApprovals(db: Executor): AsyncGenerator<Difference> {
  let last: string = NIL;
  for (;;) {
    const rows = await prepared<Row>(db, 'approvals_verify', APPROVALS, [last]);
    const told = await prepared<Told & { target: string }>(db, 'approvals_told', TOLD, [
      rows.map(({ id }) => `approval:${id}`),
    ]);
    for (const row of rows) {
      const own = told.filter(({ target }) => target === `approval:${row.id}`);
      yield* verifyRequest(
        row,
        own.find(({ action }) => action === 'approval-requested'),
      );
      yield* verifyOutcome(
        row,
        own.filter(({ action }) => action !== 'approval-requested'),
      );
      last = row.id;
    }
    if (rows.length < PAGE) return;
  }
}

function* verifyRequest(row: Row, told: Told | undefined): Generator<Difference> {
  if (told === undefined) {
    yield* compareStored('approval', row.id, 'a request in the audit trail', null);
    return;
  }
  const { operation, payloadHash, digest } = told.detail;
  const compare = (column: string, expected: unknown, found: string | Uint8Array) =>
    compareStored('approval', `${row.id} ${column}`, String(expected), hexOf(found));
  yield* compare('operation', operation, row.operation);
  yield* compare('payload_hash', payloadHash, row.payload_hash);
  yield* compare('maker', told.actor_id, row.maker);
  yield* compare('made_at', told.at, row.made_at);
  const found = requestDigest({
    storedPayload: row.payload,
    makerName: row.maker_name,
    expiresAt: row.expires_at,
  });
  yield* compare('payload, maker_name, expires_at', digest, found);
}

function* verifyOutcome(row: Row, told: readonly Told[]): Generator<Difference> {
  const [outcome] = told;
  const expected = outcome?.action.replace('approval-', '') ?? 'pending';
  yield* compareStored('approval', `${row.id} state`, expected, row.state);
  if (outcome === undefined) return;
  yield* compareStored('approval', `${row.id} decided_at`, outcome.at, row.decided_at);
  if (expected === 'expired') return;
  yield* compareStored('approval', `${row.id} checker`, outcome.actor_id, row.checker);
  const found = decisionDigest({
    checkerName: row.checker_name,
    opinion: row.opinion,
    result: row.result,
  });
  const key = `${row.id} checker_name, opinion, result`;
  yield* compareStored('approval', key, String(outcome.detail['digest']), found);
}

function hexOf(value: string | Uint8Array): string {
  return typeof value === 'string' ? value : Buffer.from(value).toString('hex');
}

/** Rows of the table `oidc_record`: what the OpenID provider keeps for minutes or hours. */
import { type Kysely, sql } from 'kysely';
import type { DB } from '#libs/db/generated/portal.ts';
import { type Instant, toUnixSeconds } from '#libs/time/instant.ts';

export type OidcPayload = Record<string, unknown>;

export interface OidcRecordKey {
  readonly model: string;
  readonly id: string;
}

export async function upsertOidcRecord(
  db: Kysely<DB>,
  record: OidcRecordKey & {
    readonly payload: OidcPayload;
    readonly expiresAt: Instant | undefined;
  },
): Promise<void> {
  const { model, id, payload, expiresAt } = record;
  const values = {
    payload: JSON.stringify(payload),
    uid: textOf(payload['uid']),
    grant_id: textOf(payload['grantId']),
    expires_at: expiresAt ?? null,
  };
  await db
    .insertInto('oidc_record')
    .values({ model, id, ...values })
    .onConflict((conflict) => conflict.columns(['model', 'id']).doUpdateSet(values))
    .execute();
}

/** Undefined when unknown or expired. */
export async function findOidcRecord(
  db: Kysely<DB>,
  where: { readonly model: string } & ({ readonly id: string } | { readonly uid: string }),
  now: Instant,
): Promise<OidcPayload | undefined> {
  const [column, value] =
    'id' in where ? (['id', where.id] as const) : (['uid', where.uid] as const);
  const row = await db
    .selectFrom('oidc_record')
    .select(['payload', 'consumed_at'])
    .where('model', '=', where.model)
    .where(column, '=', value)
    .where((on) => on.or([on('expires_at', 'is', null), on('expires_at', '>', now)]))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  // Only upsertOidcRecord writes here, and it writes objects.
  const payload = row.payload as OidcPayload;
  if (row.consumed_at === null) return payload;
  return { ...payload, consumed: toUnixSeconds(row.consumed_at) };
}

export async function consumeOidcRecord(
  db: Kysely<DB>,
  { model, id }: OidcRecordKey,
  now: Instant,
): Promise<void> {
  await db
    .updateTable('oidc_record')
    .set({ consumed_at: now })
    .where('model', '=', model)
    .where('id', '=', id)
    .execute();
}

export async function deleteOidcRecord(
  db: Kysely<DB>,
  { model, id }: OidcRecordKey,
): Promise<void> {
  await db.deleteFrom('oidc_record').where('model', '=', model).where('id', '=', id).execute();
}

/** What was issued on a grant ends with it. */
export async function deleteOidcGrant(db: Kysely<DB>, grantId: string): Promise<void> {
  await db.deleteFrom('oidc_record').where('grant_id', '=', grantId).execute();
}

/** A bounded bite; called on a timer, it keeps up. */
export async function deleteExpiredOidcRecords(db: Kysely<DB>, now: Instant): Promise<void> {
  await sql`
    delete from oidc_record where ctid = any(array(
      select ctid from oidc_record where expires_at < ${now} limit 5000 for update skip locked))
  `.execute(db);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Rows of the table `program`. */
import type { Kysely } from 'kysely';
import type { DB } from '#libs/db/generated/portal.ts';
import type { Instant } from '#libs/time/instant.ts';

export interface Program {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  /** A public JWK on P-256. */
  readonly publicKey: Readonly<Record<string, unknown>>;
}

export async function findProgram(db: Kysely<DB>, id: string): Promise<Program | undefined> {
  const row = await db
    .selectFrom('program')
    .select(['id', 'name', 'roles', 'public_key'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { name, roles, public_key: publicKey } = row;
  // The table admits objects only.
  return { id: row.id, name, roles, publicKey: publicKey as Record<string, unknown> };
}

export async function insertProgram(
  tx: Kysely<DB>,
  program: Program,
  registeredAt: Instant,
): Promise<void> {
  await tx
    .insertInto('program')
    .values({
      id: program.id,
      name: program.name,
      roles: [...program.roles],
      public_key: JSON.stringify(program.publicKey),
      registered_at: registeredAt,
    })
    .execute();
}

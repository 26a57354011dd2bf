/** The demonstration's staff, as the launcher's file names them. */
import type { Database } from '#libs/db/database.ts';
import type { DB } from '#libs/db/generated/portal.ts';
import type { Instant } from '#libs/time/instant.ts';
import { hashPassword, isPasswordOf } from '../passwords.ts';
import { insertPerson, lockByUsername, savePassword } from '../repositories/person-repository.ts';

export interface DemoUser {
  readonly sub: string;
  readonly username: string;
  readonly name: string;
  readonly password: string;
  readonly roles: readonly string[];
}

/** Makes who is missing and follows changed passwords; repeating it changes nothing. */
export async function seedDemoUsers(
  db: Database<DB>,
  now: Instant,
  users: readonly DemoUser[],
): Promise<void> {
  for (const user of users) {
    await db.transaction().execute(async (tx) => {
      const known = await lockByUsername(tx, user.username);
      if (known === undefined) {
        const { sub: id, username, name, roles } = user;
        const person = { id, username, name, roles, subjectId: undefined };
        const passwordHash = await hashPassword(user.password);
        await insertPerson(tx, person, { passwordHash, createdAt: now });
      } else if (!(await isPasswordOf(user.password, known.passwordHash))) {
        await savePassword(tx, known.person.id, await hashPassword(user.password));
      }
    });
  }
}

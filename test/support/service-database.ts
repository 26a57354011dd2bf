// A migrated database for the tests of one or more services, with their real roles.
import { migrateService } from '#libs/db/migrate.ts';
import { AUDITOR_ROLE, storeOf } from '#libs/db/plan.ts';
import { provisionRoles, provisionSchemas } from '#libs/db/provision.ts';
import {
  createTestDatabase,
  templateDatabase,
  type TestDatabase,
  testCluster,
} from './postgres.ts';

/** One password for all roles: the cluster lives on loopback for one run. */
const password = 'quanji-test';

export interface ServiceDatabase extends TestDatabase {
  /** As a role of the plan: a service's, its owner's (`<role>_owner`) or `auditor`. */
  roleUrl(role: string): string;
  readonly auditorUrl: string;
}

/**
 * A fresh copy of a database that holds the named services' schemas (see libs/db/plan.ts), all
 * in the one database: `createServiceDatabase('registry')`. Call it in `beforeAll`.
 */
export async function createServiceDatabase(
  ...services: readonly [string, ...string[]]
): Promise<ServiceDatabase> {
  const plans = services.map(storeOf);
  const name = `services_${services.toSorted().join('_').replaceAll('-', '_')}`;
  const template = await templateDatabase(name, async ({ superuserUrl }) => {
    await provisionRoles((await testCluster()).superuserUrl, plans, () => password);
    await provisionSchemas(superuserUrl, plans);
    for (const plan of plans) {
      const owner = new URL(superuserUrl);
      owner.username = plan.ownerRole;
      owner.password = password;
      await migrateService(owner.href, plan);
    }
  });
  const database = await createTestDatabase(template);
  const roleUrl = (role: string): string => database.urlFor(role, password);
  // CREATE DATABASE copies no grants on the database itself.
  await provisionSchemas(database.superuserUrl, plans);
  return { ...database, roleUrl, auditorUrl: roleUrl(AUDITOR_ROLE) };
}

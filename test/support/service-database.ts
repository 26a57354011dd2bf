// A service's database for one test file: roles, schema and migrations as in a real deployment.
import { createDatabase, type Database } from '#libs/db/database.ts';
import { migrateService } from '#libs/db/migrate.ts';
import { AUDITOR_ROLE, storeOf, type StorePlan } from '#libs/db/plan.ts';
import { createPool } from '#libs/db/pool.ts';
import { provisionRoles, provisionSchemas, roleUrl } from '#libs/db/provision.ts';
import { createTestDatabase, templateDatabase, testCluster } from './postgres.ts';

export interface ServiceDatabase<DB> {
  /** As the service's own role. */
  readonly db: Database<DB>;
  /** As the service's role, the schema's owner, and the auditor. */
  readonly serviceUrl: string;
  readonly ownerUrl: string;
  readonly auditorUrl: string;
  readonly superuserUrl: string;
  drop(): Promise<void>;
}

/** Roles are shared by the whole cluster, so every test file must give them the same password. */
const passwordOf = (role: string): string => `${role.replace(/_owner$/, '')}-test`;

/** A migrated database of the service, cloned from a template that the run prepares once. */
export async function createServiceDatabase<DB>(
  service: string,
  connectionsMax = 8,
): Promise<ServiceDatabase<DB>> {
  const plan = storeOf(service);
  const template = await templateDatabase(templateName(plan), (database) =>
    prepareService(plan, database),
  );
  const database = await createTestDatabase(template);
  const [role = ''] = plan.serviceRoles;
  const urlFor = (user: string): string => database.urlFor(user, passwordOf(user));
  const db = createDatabase<DB>(
    createPool({
      connectionString: urlFor(role),
      schema: plan.schema,
      applicationName: `test-${service}`,
      connectionsMax,
    }),
  );
  return {
    db,
    serviceUrl: urlFor(role),
    ownerUrl: urlFor(plan.ownerRole),
    auditorUrl: urlFor(AUDITOR_ROLE),
    superuserUrl: database.superuserUrl,
    drop: async () => {
      await db.destroy();
      await database.drop();
    },
  };
}

/** Roles and schema of the plan in an empty database, then its migrations. */
export async function prepareService(
  plan: StorePlan,
  database: { readonly name: string; readonly superuserUrl: string },
): Promise<void> {
  const { superuserUrl } = await testCluster();
  await provisionRoles(superuserUrl, [plan], passwordOf);
  await provisionSchemas(database.superuserUrl, [plan]);
  await migrateService(
    roleUrl(superuserUrl, database.name, plan.ownerRole, passwordOf(plan.ownerRole)),
    plan,
  );
}

function templateName(plan: StorePlan): string {
  return `service_${plan.service.replaceAll('-', '_')}`;
}

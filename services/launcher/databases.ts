// Databases, roles and schemas of every service, and the files that hand out their URLs.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { migrateService } from '#libs/db/migrate.ts';
import { AUDITOR_ROLE, STORES, type StorePlan } from '#libs/db/plan.ts';
import { provisionDatabases, roleUrl } from '#libs/db/provision.ts';
import type { Layout } from './layout.ts';
import { readStrings, writePrivate, writePrivateJson } from './private-file.ts';

export interface Databases {
  /** The URL of a role, by role name. */
  readonly urls: Readonly<Record<string, string>>;
  /** The file that holds a role's URL. */
  fileOf(role: string): string;
}

export async function openDatabases({
  layout,
  superuserUrl,
  services,
  say,
}: {
  readonly layout: Layout;
  readonly superuserUrl: string;
  readonly services: readonly string[];
  readonly say: (line: string) => void;
}): Promise<Databases> {
  const stores = STORES.filter(({ service }) => services.includes(service));
  const passwords = rolePasswords(join(layout.secrets, 'database-passwords.json'), stores);
  say('Databases: roles and schemas');
  await provisionDatabases(superuserUrl, stores, (role) => passwords[role] ?? '');
  const urls: Record<string, string> = { superuser: superuserUrl };
  for (const plan of stores) {
    const urlOf = (role: string): string =>
      roleUrl(superuserUrl, plan.database, role, passwords[role] ?? '');
    const applied = await migrateService(urlOf(plan.ownerRole), plan);
    if (applied.length > 0) say(`Databases: ${plan.service} migrated (${applied.join(', ')})`);
    for (const role of [plan.ownerRole, ...plan.serviceRoles]) urls[role] = urlOf(role);
    urls[`${AUDITOR_ROLE}@${plan.database}`] = urlOf(AUDITOR_ROLE);
  }
  const fileOf = (role: string): string => join(layout.secrets, `${role}.database-url`);
  for (const plan of stores) {
    for (const role of plan.serviceRoles) writePrivate(fileOf(role), urls[role] ?? '');
  }
  return { urls, fileOf };
}

/** Made once per data directory; a role that comes with a later version gets one then. */
function rolePasswords(file: string, stores: readonly StorePlan[]): Record<string, string> {
  const passwords = readStrings(file);
  const roles = stores.flatMap((plan) => [plan.ownerRole, ...plan.serviceRoles]);
  for (const role of [...roles, AUDITOR_ROLE]) {
    passwords[role] ??= randomBytes(24).toString('hex');
  }
  writePrivateJson(file, passwords);
  return passwords;
}

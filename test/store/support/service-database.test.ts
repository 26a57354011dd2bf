import { expect, it } from 'vitest';
import { withClient } from '../../support/postgres.ts';
import { createServiceDatabase } from '../../support/service-database.ts';

it('gives a migrated database whose service role is not its owner', async () => {
  const database = await createServiceDatabase('bus');
  const user = await withClient(database.roleUrl('bus_market'), async (client) => {
    await client.query('select * from bus.topic');
    const result = await client.query<{ who: string }>('select current_user as who');
    return result.rows[0]?.who;
  });
  expect(user).toBe('bus_market');
  const drop = withClient(database.roleUrl('bus_market'), (client) =>
    client.query('drop table bus.topic'),
  );
  await expect(drop).rejects.toThrow(/must be owner/);
  await database.drop();
});

// What the stores say when all has come to rest: nothing lost, nothing doubled, nothing half done.
import type { Installation } from './installation.ts';
import { withClient } from './postgres.ts';

/** Rows of one statement, as the superuser. */
async function ask(
  installation: Installation,
  database: string,
  text: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return await withClient(installation.superuser(database), async (client) => {
    const { rows } = await client.query<Record<string, unknown>>(text);
    return rows;
  });
}

const questions = {
  'an agreement that stands in settlement twice': `
    select agreement_number from settlement.transfer where kind <> 'reversal'
    group by agreement_number having count(*) > 1`,
  'a transfer settled on one side only': `
    select coalesce(t.id, d.instruction_id) as id, t.state, d.event_id
    from settlement.transfer t full join registry.trade d on d.instruction_id = t.id
    where (t.state = 'settled') is distinct from (d.event_id is not null)`,
  'a settled transfer whose money did not move exactly once': `
    select t.id, count(j.id) from settlement.transfer t
    left join settlement.money_journal j on j.transfer_id = t.id
    where t.state = 'settled' group by t.id having count(j.id) <> 1`,
  'money of a transfer that is not settled': `
    select j.id from settlement.money_journal j join settlement.transfer t on t.id = j.transfer_id
    where t.state <> 'settled'`,
  'a transfer that never came to an end': `
    select id, state from settlement.transfer
    where state not in ('settled', 'failed', 'cancelled')`,
  'a failed transfer': `select id, state from settlement.transfer where state = 'failed'`,
  'shares that are not the issued capital': `
    select h.security_id, sum(h.total), s.issued_capital from registry.holding h
    join registry.security s on s.id = h.security_id
    group by h.security_id, s.issued_capital having sum(h.total) <> s.issued_capital`,
  'money that was made or lost': `
    select sum(balance_fen) from settlement.money_account having sum(balance_fen) <> 0`,
  'shares still reserved': `select id from registry.claim where state in ('reserved', 'committed')`,
  'money still held': `select id from settlement.money_account where held_fen <> 0`,
  'a deposit paid in and not counted': `select id from settlement.deposit where state <> 'confirmed'`,
  'an event not published': `
    select event_id from registry.outbox where state <> 'published'
    union all select event_id from settlement.outbox where state <> 'published'`,
};

/** Every question that has an answer, with it; empty when all is well. */
export async function faultsInBooks(installation: Installation): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [name, text] of Object.entries(questions)) {
    const rows = await ask(installation, 'quanji', text);
    if (rows.length > 0)
      faults.push(`${name}: ${rows.length}: ${JSON.stringify(rows.slice(0, 3))}`);
  }
  return faults;
}

/** How many of these transfers are settled. */
export async function countSettled(
  installation: Installation,
  transferIds: readonly string[],
): Promise<number> {
  const list = transferIds.map((id) => `'${id}'`).join(',');
  const [row] = await ask(
    installation,
    'quanji',
    `select count(*)::int as n from settlement.transfer where state = 'settled' and id in (${list})`,
  );
  return row?.['n'] as number;
}

/** Shares that an account holds of a security. */
export async function sharesOf(
  installation: Installation,
  securityId: string,
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await ask(
    installation,
    'quanji',
    `select account_id::text as id, sum(total)::text as total from registry.holding
     where security_id = '${securityId}' group by account_id`,
  );
  return new Map(rows.map(({ id, total }) => [String(id), BigInt(String(total))]));
}

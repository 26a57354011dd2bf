// The outbox and inbox tables of a service, exactly as libs/outbox and libs/inbox ask for them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';

/** Taken from the comments that state the convention, so that they cannot drift from the tests. */
export async function createMessagingTables(client: pg.ClientBase | pg.Pool): Promise<void> {
  for (const file of ['outbox/outbox-tables.ts', 'inbox/inbox-tables.ts']) {
    await client.query(statementsIn(join(import.meta.dirname, '../../libs', file)));
  }
}

function statementsIn(file: string): string {
  const [comment = ''] = /\/\*\*[\s\S]*?\*\//.exec(readFileSync(file, 'utf8')) ?? [];
  const lines = comment.split('\n').filter((line) => line.startsWith(' *   '));
  if (lines.length === 0) throw new Error(`no statements in ${file}`);
  return lines.map((line) => line.slice(5)).join('\n');
}

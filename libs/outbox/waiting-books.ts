/** Books that wait for the bus, for a reader who then asks for their events himself. */
import { sql } from 'kysely';
import type { QueryExecutorProvider } from 'kysely';
import type { CursorCodec } from '#libs/http/cursor.ts';
import type { Refusal } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';

export interface WaitingBook {
  readonly book: string;
  /** Of the last event that is rendered. */
  readonly lastSequence: string;
}

export interface WaitingBooksQuery {
  /** How long a rendered event has waited at least. */
  readonly waitedMs: number;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface WaitingBooksPage {
  readonly items: WaitingBook[];
  readonly nextCursor: string | null;
}

/** What a service answers the operation listWaitingBooks. Errors: invalid-cursor. */
export async function listWaitingBooks(
  db: QueryExecutorProvider,
  cursors: CursorCodec,
  { waitedMs, limit = 50, cursor }: WaitingBooksQuery,
): Promise<Result<WaitingBooksPage, Refusal<'invalid-cursor'>>> {
  const query = { operation: 'listWaitingBooks', waitedMs };
  const after = cursor === undefined ? ok([]) : cursors.decode(query, cursor);
  if (!after.ok) return after;
  const rows = await waitingBooks(db, waitedMs, after.value[0] ?? '', limit + 1);
  const { items, nextCursor } = cursors.page(rows, {
    query,
    limit,
    keyOf: ({ book }) => [book],
    itemOf: (row) => row,
  });
  return ok({ items: [...items], nextCursor });
}

async function waitingBooks(
  db: QueryExecutorProvider,
  waitedMs: number,
  after: string,
  limit: number,
): Promise<readonly WaitingBook[]> {
  const { rows } = await sql<WaitingBook>`
    select book, (max(sequence) filter (where state = 'rendered'))::text as "lastSequence"
      from outbox where state <> 'published' and book > ${after}
     group by book
    having min(recorded_at) filter (where state = 'rendered')
           <= clock_timestamp() - ${waitedMs}::integer * interval '1 millisecond'
     order by book limit ${limit}`.execute(db);
  return rows;
}

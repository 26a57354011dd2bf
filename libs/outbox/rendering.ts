/** Rendering a round of the relay; an event that fails parks its book and no other. */
import type { Kysely } from 'kysely';
import { isDatabaseUnavailable } from '#libs/db/errors.ts';
import { lockPending, parkBook, storeRendered, unparkBooks } from './outbox-rows.ts';
import type { PendingRow } from './outbox-rows.ts';
import type { RelayOptions, Rendering } from './relay.ts';

interface Failure {
  readonly row: PendingRow;
  readonly reason: string;
}

interface Outcome {
  /** In order; stops in each book before its first failure. */
  readonly rendered: readonly PendingRow[];
  readonly failures: readonly Failure[];
}

/** Returns how many rows moved on, rendered or parked. */
export async function renderRows<DB>(
  db: Kysely<DB>,
  options: RelayOptions<DB>,
  rows: readonly PendingRow[],
): Promise<number> {
  const { rendered, failures } = await renderAll(db, options, rows);
  for (const { row, reason } of failures) {
    await parkBook(db, row, reason);
    const place = { book: row.book, sequence: row.sequence, eventId: row.eventId, reason };
    options.log.error('ALARM: event not rendered, its book is parked', place);
  }
  const failed = new Set(failures.map(({ row }) => row.book));
  const recovered = new Set(rows.map(({ book }) => book).filter((book) => !failed.has(book)));
  if (recovered.size > 0) await unparkBooks(db, [...recovered]);
  return rendered.length + failures.length;
}

async function renderAll<DB>(
  db: Kysely<DB>,
  options: RelayOptions<DB>,
  rows: readonly PendingRow[],
): Promise<Outcome> {
  try {
    return await renderTogether(db, options, rows);
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    options.log.warn('rendering a round failed, trying its events one by one', { error });
    return await renderOneByOne(db, options, rows);
  }
}

async function renderOneByOne<DB>(
  db: Kysely<DB>,
  options: RelayOptions<DB>,
  rows: readonly PendingRow[],
): Promise<Outcome> {
  const rendered: PendingRow[] = [];
  const failures: Failure[] = [];
  const failedBooks = new Set<string>();
  for (const row of rows) {
    if (failedBooks.has(row.book)) continue;
    const outcome = await renderTogether(db, options, [row]).catch((error: unknown): Outcome => {
      if (isDatabaseUnavailable(error)) throw error;
      return { rendered: [], failures: [{ row, reason: reasonOf(error) }] };
    });
    rendered.push(...outcome.rendered);
    failures.push(...outcome.failures);
    for (const failure of outcome.failures) failedBooks.add(failure.row.book);
  }
  return { rendered, failures };
}

async function renderTogether<DB>(
  db: Kysely<DB>,
  options: RelayOptions<DB>,
  rows: readonly PendingRow[],
): Promise<Outcome> {
  return await db.transaction().execute(async (trx) => {
    const contiguous = rows.filter(({ isContiguous }) => isContiguous);
    const locked = await lockPending(
      trx,
      contiguous.map(({ eventId }) => eventId),
    );
    const due = contiguous.filter(({ eventId }) => locked.has(eventId));
    const renderings = new Map<string, Rendering>();
    for (const one of await options.render(trx, due)) renderings.set(one.eventId, one);
    const outcome = sortOut(rows, renderings);
    const messages = outcome.rendered.flatMap(({ eventId }) => {
      const rendering = renderings.get(eventId);
      return rendering?.ok === true ? [{ eventId, value: rendering.value }] : [];
    });
    await storeRendered(trx, messages);
    options.crashPoint?.('before-render-commit');
    return outcome;
  });
}

function sortOut(rows: readonly PendingRow[], renderings: ReadonlyMap<string, Rendering>): Outcome {
  const rendered: PendingRow[] = [];
  const failures: Failure[] = [];
  const failedBooks = new Set<string>();
  for (const row of rows) {
    if (failedBooks.has(row.book)) continue;
    const rendering = renderings.get(row.eventId);
    if (rendering?.ok === true) rendered.push(row);
    else {
      failedBooks.add(row.book);
      failures.push({ row, reason: failureReason(row, rendering?.reason) });
    }
  }
  return { rendered, failures };
}

function failureReason(row: PendingRow, reason: string | undefined): string {
  if (!row.isContiguous) return 'the row before it in its book is missing';
  return reason ?? 'the renderer returned nothing for it';
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown fault';
}

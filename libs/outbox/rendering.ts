/** Rendering a round of the relay; an event that fails parks its book and no other. */
import type { Kysely } from 'kysely';
import { isDatabaseUnavailable } from '#libs/db/errors.ts';
import { lockPending, parkBook, storeRendered, unparkBooks } from './outbox-rows.ts';
import type { WaitingRow } from './outbox-rows.ts';
import type { RelayOptions } from './relay.ts';

type ReadyRow = WaitingRow & { readonly message: Uint8Array };

interface Failure {
  readonly row: WaitingRow;
  readonly reason: string;
}

interface Outcome {
  /** In order; stops in each book before its first failure. */
  readonly ready: readonly ReadyRow[];
  readonly failures: readonly Failure[];
}

export async function renderWaiting<DB>(
  db: Kysely<DB>,
  options: RelayOptions<DB>,
  rows: readonly WaitingRow[],
): Promise<{ ready: readonly ReadyRow[]; parked: number }> {
  const { ready, failures } = await renderAll(db, options, rows);
  for (const { row, reason } of failures) {
    await parkBook(db, row, reason);
    const place = { book: row.book, sequence: row.sequence, eventId: row.eventId, reason };
    options.log.error('ALARM: event not rendered, its book is parked', place);
  }
  const rendered = rows.filter((row) => row.message === undefined).map((row) => row.book);
  const failed = new Set(failures.map(({ row }) => row.book));
  const recovered = new Set(rendered.filter((book) => !failed.has(book)));
  if (recovered.size > 0) await unparkBooks(db, [...recovered]);
  return { ready, parked: failures.length };
}

async function renderAll<DB>(
  db: Kysely<DB>,
  options: RelayOptions<DB>,
  rows: readonly WaitingRow[],
): Promise<Outcome> {
  try {
    return await renderTogether(db, options, rows);
  } catch (error) {
    if (isDatabaseUnavailable(error) || rows.length === 0) throw error;
    options.log.warn('rendering a round failed, trying its events one by one', { error });
    return await renderOneByOne(db, options, rows);
  }
}

async function renderOneByOne<DB>(
  db: Kysely<DB>,
  options: RelayOptions<DB>,
  rows: readonly WaitingRow[],
): Promise<Outcome> {
  const ready: ReadyRow[] = [];
  const failures: Failure[] = [];
  const failedBooks = new Set<string>();
  for (const row of rows) {
    if (failedBooks.has(row.book)) continue;
    const outcome = await renderTogether(db, options, [row]).catch((error: unknown): Outcome => {
      if (isDatabaseUnavailable(error)) throw error;
      return { ready: [], failures: [{ row, reason: reasonOf(error) }] };
    });
    ready.push(...outcome.ready);
    failures.push(...outcome.failures);
    for (const failure of outcome.failures) failedBooks.add(failure.row.book);
  }
  return { ready, failures };
}

async function renderTogether<DB>(
  db: Kysely<DB>,
  options: RelayOptions<DB>,
  rows: readonly WaitingRow[],
): Promise<Outcome> {
  const pending = rows.filter((row) => row.message === undefined && row.isContiguous);
  if (pending.length === 0) return sortOut(rows, new Map());
  return await db.transaction().execute(async (trx) => {
    const locked = await lockPending(
      trx,
      pending.map((row) => row.eventId),
    );
    const due = pending.filter((row) => locked.has(row.eventId));
    const renderings = await options.render(trx, due);
    const outcome = sortOut(rows, new Map(renderings.map((one) => [one.eventId, one])));
    const dueIds = new Set(due.map((row) => row.eventId));
    const fresh = outcome.ready.filter((row) => dueIds.has(row.eventId));
    await storeRendered(
      trx,
      fresh.map((row) => ({ eventId: row.eventId, value: row.message })),
    );
    options.crashPoint?.('before-render-commit');
    return outcome;
  });
}

type Renderings = ReadonlyMap<string, Awaited<ReturnType<RelayOptions<unknown>['render']>>[number]>;

function sortOut(rows: readonly WaitingRow[], renderings: Renderings): Outcome {
  const ready: ReadyRow[] = [];
  const failures: Failure[] = [];
  const failedBooks = new Set<string>();
  for (const row of rows) {
    if (failedBooks.has(row.book)) continue;
    const rendering = renderings.get(row.eventId);
    if (row.message !== undefined) {
      ready.push({ ...row, message: row.message });
    } else if (rendering?.ok === true) {
      ready.push({ ...row, message: rendering.value });
    } else {
      failedBooks.add(row.book);
      failures.push({ row, reason: failureReason(row, rendering?.reason) });
    }
  }
  return { ready, failures };
}

function failureReason(row: WaitingRow, reason: string | undefined): string {
  if (!row.isContiguous) return 'the row before it in its book is missing';
  return reason ?? 'the renderer returned nothing for it';
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown fault';
}

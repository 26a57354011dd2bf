// Takes events that the bus has not brought: their packs tell all that an event announces.
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import type { Database } from '#libs/db/database.ts';
import {
  type BookTaking,
  type ReceivedMessage,
  takeBookMessages,
} from '#libs/inbox/book-consumer.ts';
import { readBookPositions } from '#libs/inbox/book-rows.ts';
import type { BusinessEvent } from '../lanes/business-events.ts';
import type { ObjectPack, PackSource, Source, WaitingBook } from '../ports.ts';

export interface FollowingBooks {
  readonly source: Source;
  readonly packs: PackSource;
  readonly taking: BookTaking<unknown, BusinessEvent>;
  /** How long the bus has for an event. Unit: milliseconds. */
  readonly lagMs: number;
}

/** The owner of the books did not answer: the loop asks again. */
export class SourceUnavailable extends Error {
  override readonly name = 'SourceUnavailable';
}

const PACKS_MAX = 25;

/** One round over all books that wait; false, since the bus is the fast way. */
export async function followBooks(
  db: Database<unknown>,
  following: FollowingBooks,
  signal: AbortSignal,
): Promise<false> {
  let cursor: string | null = null;
  do {
    const page = await following.packs.waitingBooks(following.lagMs, cursor);
    if (!page.ok) throw new SourceUnavailable(`${following.source}: ${page.error.reason}`);
    await followPage(db, following, page.value.items, signal);
    cursor = page.value.nextCursor;
  } while (cursor !== null && !signal.aborted);
  return false;
}

async function followPage(
  db: Database<unknown>,
  following: FollowingBooks,
  books: readonly WaitingBook[],
  signal: AbortSignal,
): Promise<void> {
  if (books.length === 0) return;
  const names = books.map(({ book }) => book);
  const positions = await readBookPositions(db, following.taking.consumer, names);
  for (const { book, lastSequence } of books) {
    let last = positions.get(book) ?? 0n;
    while (last < BigInt(lastSequence) && !signal.aborted) {
      const taken = await takePacks(db, following, book, last + 1n);
      if (taken === 0) break;
      last += BigInt(taken);
    }
  }
}

async function takePacks(
  db: Database<unknown>,
  { source, packs, taking }: FollowingBooks,
  book: string,
  from: bigint,
): Promise<number> {
  const answer = await packs.packs(book, from, PACKS_MAX);
  if (!answer.ok) throw new SourceUnavailable(`${source}: ${answer.error.reason}`);
  const messages = answer.value.map((pack) => messageOf(source, pack));
  if (messages.length > 0) {
    await db.transaction().execute((tx) => takeBookMessages(tx, taking, messages));
  }
  return messages.length;
}

/** The very message that the bus would have brought. */
function messageOf(
  source: Source,
  { eventId, type, objects, ...place }: ObjectPack,
): ReceivedMessage {
  const event = {
    specversion: '1.0',
    id: eventId,
    source,
    type,
    time: place.recordedAt,
    datacontenttype: 'application/json',
    data: {
      ...place,
      objects: objects.map(({ objectId, version, revision, class: of, operation, sm3 }) => ({
        objectId,
        version,
        revision,
        class: of,
        operation,
        sm3,
      })),
    },
  };
  return { key: place.book, value: canonicalBytes(event), headers: {} };
}

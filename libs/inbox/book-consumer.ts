/** A consumer of books: each event exactly once in effect and in the order of its book. */
import type { Transaction } from 'kysely';
import type { BusMessage } from '#libs/event-bus/event-bus.ts';
import { lockBooks, saveBooks, storeWaiting, takeOutWaiting } from './book-rows.ts';
import type { BookPlace } from './book-rows.ts';
import { startConsumer } from './consumer.ts';
import type { ConsumerOptions, RunningConsumer } from './consumer.ts';
import type { BookPosition } from './inbox-tables.ts';

export interface BookConsumerOptions<DB, E> extends Omit<ConsumerOptions<DB>, 'effect'> {
  /** Throws on what it cannot read: the message is then delivered again, never skipped. */
  readonly decode: (message: ReceivedMessage) => {
    readonly position: BookPosition;
    readonly event: E;
  };
  /** Gets events in the order of their books; what it writes commits with their positions. */
  readonly effect: (trx: Transaction<DB>, events: readonly E[]) => Promise<void>;
}

export type ReceivedMessage = Pick<BusMessage, 'key' | 'value' | 'headers'>;

/** More than these are not kept but counted; the publisher sends them again (requeueBook). */
const WAITING_PER_BOOK_MAX = 1_000n;

/** What is taken, and how; whichever way it comes. */
export type BookTaking<DB, E> = Pick<
  BookConsumerOptions<DB, E>,
  'consumer' | 'log' | 'decode' | 'effect'
>;

export function startBookConsumer<DB, E>(options: BookConsumerOptions<DB, E>): RunningConsumer {
  const { decode, effect, ...rest } = options;
  return startConsumer<DB>({
    ...rest,
    effect: (trx, batch) => takeBookMessages(trx, options, batch.messages),
  });
}

/** Also for messages that came by another way than the bus: repeats fall, whichever came first. */
export async function takeBookMessages<DB, E>(
  trx: Transaction<DB>,
  taking: BookTaking<DB, E>,
  messages: readonly ReceivedMessage[],
): Promise<void> {
  const arrivals = messages.map((message) => ({ message, ...taking.decode(message) }));
  const ready = await arrange(trx, taking, arrivals);
  if (ready.length > 0) await taking.effect(trx, ready);
}

interface Arrival<E> {
  readonly message: ReceivedMessage;
  readonly position: BookPosition;
  readonly event: E;
}

/** Repeats fall, what comes too early waits, and what waited follows as soon as its turn comes. */
async function arrange<DB, E>(
  trx: Transaction<DB>,
  options: BookTaking<DB, E>,
  arrivals: readonly Arrival<E>[],
): Promise<E[]> {
  const { consumer } = options;
  const books = await lockBooks(
    trx,
    consumer,
    arrivals.map(({ position }) => position.book),
  );
  const ready: E[] = [];
  for (const arrival of arrivals) {
    const { book, sequence } = arrival.position;
    const place = books.get(book);
    if (place === undefined) throw new Error(`book ${book} was not locked`);
    if (sequence > place.highest) place.highest = sequence;
    if (sequence === place.last + 1n) {
      place.last = sequence;
      ready.push(arrival.event);
      if (place.hasWaiting) ready.push(...(await drain(trx, options, book, place)));
    } else if (sequence > place.last) {
      if (!place.hasWaiting) reportGap(options, arrival.position, place);
      place.hasWaiting = true;
      if (sequence <= place.last + WAITING_PER_BOOK_MAX) {
        await storeWaiting(trx, consumer, arrival.position, arrival.message);
      }
    }
  }
  await saveBooks(trx, consumer, books);
  return ready;
}

/** Once when the gap opens, not for each event behind it. */
function reportGap<DB, E>(
  { consumer, log }: BookTaking<DB, E>,
  { book, sequence }: BookPosition,
  place: BookPlace,
): void {
  const reason = `wanted sequence ${place.last + 1n}`;
  const gap = { consumer, book, sequence, reason };
  log.error('ALARM: gap in a book, later events are kept waiting', gap);
}

async function drain<DB, E>(
  trx: Transaction<DB>,
  options: BookTaking<DB, E>,
  book: string,
  place: BookPlace,
): Promise<E[]> {
  const messages = await takeOutWaiting(trx, options.consumer, book, place.last);
  place.last += BigInt(messages.length);
  place.hasWaiting = place.highest > place.last;
  return messages.map((message) => options.decode(message).event);
}

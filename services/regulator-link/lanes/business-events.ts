// Reads a business event from the bus: the shape of messages.yaml or nothing.
import type { ReceivedMessage } from '#libs/inbox/book-consumer.ts';
import type { BookPosition } from '#libs/inbox/inbox-tables.ts';
import { isMessage, type MessageSchemas } from '#libs/lane-messages/schemas.ts';

export type BusinessEvent = MessageSchemas['BusinessEvent'];

/** The publisher is ours: an event that breaks the contract is a defect, never to be skipped. */
export class MalformedEvent extends Error {
  override readonly name = 'MalformedEvent';
}

export function decodeBusinessEvent(message: ReceivedMessage): {
  readonly position: BookPosition;
  readonly event: BusinessEvent;
} {
  const value = parse(message.value);
  if (!isMessage('BusinessEvent', value)) throw new MalformedEvent('not a business event');
  const { book, sequence } = value.data;
  if (message.key !== book) throw new MalformedEvent('the key is not the book of the event');
  const owner = book.startsWith('settlement:') ? 'settlement' : 'registry';
  if (value.source !== owner) throw new MalformedEvent('an event in the book of another service');
  return { position: { book, sequence: BigInt(sequence) }, event: value };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * The outbox tables that each publishing service creates in its own schema.
 *
 * A service's migration creates them in exactly this form:
 *
 *   create table outbox (
 *     book        text        not null check (book <> ''),
 *     sequence    bigint      not null check (sequence >= 1),
 *     event_id    uuid        not null unique,
 *     topic       text        not null,
 *     state       text        not null default 'pending'
 *                 check (state in ('pending', 'rendered', 'published')),
 *     message     bytea       check ((message is null) = (state = 'pending')),
 *     recorded_at timestamptz not null,
 *     published_at timestamptz,
 *     primary key (book, sequence)
 *   );
 *   create index outbox_unpublished on outbox (book, sequence, recorded_at)
 *     where state <> 'published';
 *   create table outbox_parked (
 *     book      text        primary key,
 *     sequence  bigint      not null,
 *     event_id  uuid        not null,
 *     reason    text        not null,
 *     attempts  integer     not null check (attempts >= 1),
 *     parked_at timestamptz not null,
 *     retry_at  timestamptz not null
 *   );
 *   create table outbox_origin (
 *     only_row boolean primary key default true check (only_row),
 *     origin   text    not null
 *   );
 *
 * The posting's transaction inserts (book, sequence, event_id, topic, recorded_at), the sequence
 * gap-free from 1 in its book, and notifies the channel `outbox` with the service's name; the
 * relay does the rest. The service's role needs select, insert, update on all three, and delete
 * on outbox_parked.
 */

export type OutboxState = 'pending' | 'rendered' | 'published';

/** One event that waits for its message. */
export interface OutboxRow {
  readonly book: string;
  readonly sequence: bigint;
  readonly eventId: string;
  readonly topic: string;
}

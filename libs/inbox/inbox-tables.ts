/**
 * The inbox tables that each consuming service creates in its own schema.
 *
 * A service's migration creates them in exactly this form:
 *
 *   create table consumer_offset (
 *     consumer    text    not null,
 *     topic       text    not null,
 *     partition   integer not null check (partition >= 0),
 *     origin      text    not null,
 *     next_offset bigint  not null check (next_offset >= 0),
 *     primary key (consumer, topic, partition)
 *   );
 *   create table inbox_book (
 *     consumer         text   not null,
 *     book             text   not null,
 *     last_sequence    bigint not null check (last_sequence >= 0),
 *     highest_sequence bigint not null check (highest_sequence >= last_sequence),
 *     primary key (consumer, book)
 *   );
 *   create table inbox_waiting (
 *     consumer    text        not null,
 *     book        text        not null,
 *     sequence    bigint      not null check (sequence >= 2),
 *     key         text        not null,
 *     value       bytea       not null,
 *     headers     jsonb       not null,
 *     received_at timestamptz not null,
 *     primary key (consumer, book, sequence)
 *   );
 *
 * `inbox_book` and `inbox_waiting` are needed only where a service consumes books
 * (`runBookConsumer`); lanes keep their own order. A book whose highest_sequence is above its
 * last_sequence has a gap: events beyond it wait, none is skipped. The service's role needs
 * select, insert, update on all three, and delete on inbox_waiting.
 */

/** Position of an event in its publisher's book. */
export interface BookPosition {
  readonly book: string;
  readonly sequence: bigint;
}

/** The event bus on PostgreSQL: topics, partitions with dense offsets, messages. */
import { sql } from 'kysely';
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createTables(db);
  await createPublish(db);
  await createTopicFunctions(db);
  await grant(db);
}

async function createTables(db: Kysely<unknown>): Promise<void> {
  // IF NOT EXISTS would ask for a right on the database that the owner role does not have.
  await sql`
    do $$ begin
      if not exists (select from pg_namespace where nspname = 'bus') then create schema bus; end if;
    end $$`.execute(db);
  await sql`
    create table bus.identity (
      only_row boolean primary key default true check (only_row),
      id       uuid    not null default gen_random_uuid()
    )`.execute(db);
  await sql`insert into bus.identity default values`.execute(db);
  await sql`
    create table bus.topic (
      name         text    primary key check (name ~ '^[a-z0-9][a-z0-9._-]{0,248}$'),
      partitions   integer not null check (partitions between 1 and 64),
      owner_role   text    not null check (owner_role in ('bus_market', 'bus_supervisory')),
      retention_ms bigint  not null check (retention_ms > 0)
    )`.execute(db);
  await sql`
    create table bus.partition (
      topic        text    not null references bus.topic,
      partition    integer not null check (partition >= 0),
      first_offset bigint  not null default 0 check (first_offset >= 0),
      next_offset  bigint  not null default 0 check (next_offset >= first_offset),
      primary key (topic, partition)
    ) with (fillfactor = 50)`.execute(db);
  await sql`
    create table bus.message (
      topic        text        not null,
      partition    integer     not null,
      "offset"     bigint      not null check ("offset" >= 0),
      key          text        not null,
      value        bytea       not null check (octet_length(value) <= 1000000),
      headers      jsonb       not null,
      published_at timestamptz not null default clock_timestamp(),
      primary key (topic, partition, "offset"),
      foreign key (topic, partition) references bus.partition
    )`.execute(db);
  await sql`
    create function bus.refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception 'bus.message is append-only' using errcode = 'restrict_violation';
    end $$`.execute(db);
  await sql`
    create trigger message_append_only before update or truncate on bus.message
    for each statement execute function bus.refuse_change()`.execute(db);
}

/**
 * Offsets are given under the partition's row lock, which the transaction keeps until it
 * commits: a reader therefore never sees an offset before a lower one.
 */
async function createPublish(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function bus.publish(
      in_topic text, in_partitions integer[], in_keys text[], in_values bytea[], in_headers jsonb[]
    ) returns void language plpgsql security definer set search_path = pg_catalog, bus as $$
    declare
      owner text;
      locked integer;
    begin
      select t.owner_role into owner from bus.topic t where t.name = in_topic;
      if owner is null then
        raise exception 'no such topic: %', in_topic using errcode = 'undefined_object';
      end if;
      if owner <> session_user then
        raise exception '% may not append to %', session_user, in_topic
          using errcode = 'insufficient_privilege';
      end if;
      if cardinality(in_partitions) not between 1 and 1000
         or cardinality(in_keys) <> cardinality(in_partitions)
         or cardinality(in_values) <> cardinality(in_partitions)
         or cardinality(in_headers) <> cardinality(in_partitions) then
        raise exception 'publish takes 1 to 1000 messages in arrays of one length'
          using errcode = 'invalid_parameter_value';
      end if;

      perform from bus.partition p
       where p.topic = in_topic and p.partition = any (in_partitions)
       order by p.partition for update;

      insert into bus.message (topic, partition, "offset", key, value, headers)
      select in_topic, m.partition,
             p.next_offset + row_number() over (partition by m.partition order by m.line) - 1,
             m.key, m.value, m.headers
        from unnest(in_partitions, in_keys, in_values, in_headers)
             with ordinality as m(partition, key, value, headers, line)
        join bus.partition p on p.topic = in_topic and p.partition = m.partition;
      get diagnostics locked = row_count;
      if locked <> cardinality(in_partitions) then
        raise exception 'a partition of % does not exist', in_topic
          using errcode = 'invalid_parameter_value';
      end if;

      update bus.partition p
         set next_offset = p.next_offset + n.added
        from (select m.partition, count(*) as added
                from unnest(in_partitions) as m(partition) group by m.partition) n
       where p.topic = in_topic and p.partition = n.partition;

      perform pg_notify('bus', in_topic);
    end $$`.execute(db);
}

async function createTopicFunctions(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function bus.ensure_topic(
      in_topic text, in_partitions integer, in_retention_ms bigint
    ) returns void language plpgsql security definer set search_path = pg_catalog, bus as $$
    declare
      standing bus.topic;
    begin
      if not exists (select from bus.topic t where t.name = in_topic) then
        insert into bus.topic (name, partitions, owner_role, retention_ms)
        values (in_topic, in_partitions, session_user, in_retention_ms)
        on conflict (name) do nothing;
        if found then
          insert into bus.partition (topic, partition)
          select in_topic, n from generate_series(0, in_partitions - 1) n;
        end if;
      end if;
      select * into strict standing from bus.topic t where t.name = in_topic;
      if standing.partitions <> in_partitions then
        raise exception 'topic % stands with % partitions, not %',
          in_topic, standing.partitions, in_partitions
          using errcode = 'invalid_parameter_value';
      end if;
    end $$`.execute(db);
  // Bounded: takes at most in_limit messages a call, always the oldest of a partition.
  await sql`
    create function bus.expire(in_topic text, in_limit integer)
    returns bigint language plpgsql security definer set search_path = pg_catalog, bus as $$
    declare
      part record;
      cut bigint;
      removed bigint := 0;
    begin
      if in_limit not between 1 and 10000 then
        raise exception 'limit must be 1 to 10000' using errcode = 'invalid_parameter_value';
      end if;
      for part in
        select p.partition, p.first_offset, t.retention_ms
          from bus.partition p join bus.topic t on t.name = p.topic
         where p.topic = in_topic and t.owner_role = session_user
         order by p.partition for update of p
      loop
        exit when removed >= in_limit;
        select min(m."offset") into cut from (
          select m0."offset", m0.published_at from bus.message m0
           where m0.topic = in_topic and m0.partition = part.partition
           order by m0."offset" limit in_limit - removed + 1
        ) m
        where m.published_at >= clock_timestamp() - part.retention_ms * interval '1 millisecond'
           or m."offset" = part.first_offset + in_limit - removed;
        cut := coalesce(cut, (select p.next_offset from bus.partition p
                               where p.topic = in_topic and p.partition = part.partition));
        if cut > part.first_offset then
          delete from bus.message m
           where m.topic = in_topic and m.partition = part.partition and m."offset" < cut;
          update bus.partition p set first_offset = cut
           where p.topic = in_topic and p.partition = part.partition;
          removed := removed + cut - part.first_offset;
        end if;
      end loop;
      return removed;
    end $$`.execute(db);
}

async function grant(db: Kysely<unknown>): Promise<void> {
  await sql`revoke all on all functions in schema bus from public`.execute(db);
  await sql`
    grant select on bus.identity, bus.topic, bus.partition, bus.message
    to bus_market, bus_supervisory`.execute(db);
  await sql`
    grant execute on function
      bus.publish(text, integer[], text[], bytea[], jsonb[]),
      bus.ensure_topic(text, integer, bigint),
      bus.expire(text, integer)
    to bus_market, bus_supervisory`.execute(db);
}

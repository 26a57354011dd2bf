/** Where every fact stands, kept beside it so that facts can be listed by state. */
import { type Kysely, sql } from 'kysely';
import { makeColumnsUpdatable } from '../platform/grants.ts';
import { digestRows } from './row-digests.ts';

const schema = 'link';

export async function up(db: Kysely<unknown>): Promise<void> {
  await createProgress(db);
  await createIsCorrected(db);
  await createStanding(db);
  await createRefresh(db);
}

async function createProgress(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table link.fact_progress (
      event_id uuid    primary key references link.fact,
      state    text    not null default 'posted'
               check (state in ('posted', 'waiting', 'on-chain', 'receipted', 'rejected')),
      on_chain integer not null default 0 check (on_chain >= 0),
      accepted integer not null default 0 check (accepted >= 0),
      rejected integer not null default 0 check (rejected >= 0),
      digest   bytea   not null
    ) with (fillfactor = 70)`.execute(db);
  await sql`
    create index fact_progress_state on link.fact_progress (state, event_id)`.execute(db);
  await digestRows(db, 'fact_progress', {
    event_id: 'text',
    state: 'text',
    on_chain: 'text',
    accepted: 'text',
    rejected: 'text',
  });
  await makeColumnsUpdatable(db, {
    schema,
    table: 'fact_progress',
    columns: ['state', 'on_chain', 'accepted', 'rejected', 'digest'],
  });
}

/**
 * A rejected revision is mended by an accepted later revision of the version, or by an accepted
 * record that says which packet of the lane it corrects.
 */
async function createIsCorrected(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function link.is_corrected(
      in_object text, in_version integer, in_revision integer, in_lane smallint, in_sequence bigint
    ) returns boolean language sql stable as $$
      select exists (
        select from link.sealed_object s
          join link.packet p using (object_id, version, revision)
          join link.receipt r on r.lane = p.lane and r.sequence = p.sequence
         where s.object_id = in_object and r.verdict = 'ACCEPTED'
           and ((s.version = in_version and s.revision > in_revision)
                or (s.corrects = in_sequence and p.lane = in_lane)))
    $$`.execute(db);
  await sql`
    grant execute on function link.is_corrected(text, integer, integer, smallint, bigint)
    to link, auditor`.execute(db);
}

async function createStanding(db: Kysely<unknown>): Promise<void> {
  await sql`
    create view link.fact_standing as
    select c.event_id, c.on_chain, c.accepted, c.rejected,
           case when c.object_count = 0 then 'posted'
                when c.rejected > 0 then 'rejected'
                when c.waiting > 0 then 'waiting'
                when c.accepted + c.corrected = c.object_count then 'receipted'
                when c.on_chain = c.object_count then 'on-chain'
                else 'posted' end as state
      from (
        select f.event_id, f.object_count,
               count(*) filter (where g.state <> 'queued')::integer as on_chain,
               count(*) filter (where r.verdict = 'ACCEPTED')::integer as accepted,
               count(*) filter (where r.verdict <> 'ACCEPTED' and not k.corrected)::integer as rejected,
               count(*) filter (where r.verdict <> 'ACCEPTED' and k.corrected)::integer as corrected,
               count(*) filter (where q.blocked_on is not null or x.code is not null)::integer
                 as waiting
          from link.fact f
          left join link.announced_object a on a.event_id = f.event_id
          left join link.packet p
            on p.object_id = a.object_id and p.version = a.version and p.revision = a.revision
          left join link.packet_progress g on g.lane = p.lane and g.sequence = p.sequence
          left join link.receipt r on r.lane = p.lane and r.sequence = p.sequence
          left join link.append_queue q
            on q.object_id = a.object_id and q.version = a.version and q.revision = a.revision
          left join link.parked_object x
            on x.object_id = a.object_id and x.version = a.version and x.revision = a.revision
          left join lateral (
            select case when r.verdict <> 'ACCEPTED'
                        then link.is_corrected(p.object_id, p.version, p.revision, p.lane, p.sequence)
                   end as corrected
          ) k on true
         group by f.event_id, f.object_count
      ) c`.execute(db);
  await sql`grant select on link.fact_standing to link, auditor`.execute(db);
}

/** The rows are locked by one statement and judged by the next, whose snapshot sees all before. */
async function createRefresh(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function link.refresh_facts(in_events uuid[]) returns void language plpgsql as $$
    begin
      perform from link.fact_progress p
        where p.event_id = any (in_events) order by p.event_id for update;
      update link.fact_progress p
         set state = s.state, on_chain = s.on_chain, accepted = s.accepted, rejected = s.rejected
        from link.fact_standing s
       where p.event_id = any (in_events) and s.event_id = any (in_events)
         and s.event_id = p.event_id
         and (p.state, p.on_chain, p.accepted, p.rejected)
             is distinct from (s.state, s.on_chain, s.accepted, s.rejected);
    end $$`.execute(db);
  await sql`grant execute on function link.refresh_facts(uuid[]) to link`.execute(db);
}

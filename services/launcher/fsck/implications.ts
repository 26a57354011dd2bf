// What one service's store says that another's must hold too. Facts on their way are no fault: each
// side is asked only for what its own state says that the other has by now.
import { laneNames } from '#libs/lane-messages/topics.ts';

interface Side {
  readonly database: string;
  /** Selects `key` and the values to compare, all as text. */
  readonly text: string;
}

export interface Implication {
  readonly name: string;
  /** Where the held rows stand. */
  readonly table: string;
  readonly said: Side;
  /** Of the keys in `$1::text[]`; read after what was said, so that it is never behind. */
  readonly held: Side;
}

const main = 'quanji';
const sequencer = 'quanji_chain_sequencer';
const follower = 'quanji_chain_follower';
const supervisory = 'quanji_supervisory';

const keys = 'unnest($1::text[]) as w (key)';
const hex = (column: string): string => `encode(${column}, 'hex')`;
const lanes = laneNames.map((name) => `'${name}'`).join(', ');
/** The name of the lane with a number. */
const laneName = (column: string): string => `(array[${lanes}])[${column}]`;
const laneKey = `split_part(w.key, '/', 1)`;
const sequenceKey = `split_part(w.key, '/', 2)::bigint`;

const trades: readonly Implication[] = [
  {
    name: 'delivered transfers in the register',
    table: 'registry.trade',
    said: {
      database: main,
      text: `
        select id::text as key, delivery->>'eventId' as event_id, security_id::text,
          seller_account_id::text, buyer_account_id::text, nature_code::text as nature,
          quantity::text
        from settlement.transfer where delivery is not null`,
    },
    held: {
      database: main,
      text: `
        select w.key, t.event_id::text, t.security_id::text, t.seller_account_id::text,
          t.buyer_account_id::text, t.nature::text, t.quantity::text
        from ${keys} join registry.trade t on t.instruction_id = w.key::uuid`,
    },
  },
  {
    name: 'trades of the register decided in settlement',
    table: 'settlement.transfer',
    said: {
      database: main,
      text: `
        select instruction_id::text as key, 'decided' as state, security_id::text,
          quantity::text from registry.trade`,
    },
    held: {
      database: main,
      text: `
        select w.key, case when t.state in ('decided', 'delivered', 'settled') then 'decided'
            else t.state end as state, t.security_id::text, t.quantity::text
        from ${keys} join settlement.transfer t on t.id = w.key::uuid`,
    },
  },
];

const factOf = (source: string): string => `
  select event_id::text as key, book, sequence::text, business_date::text, recorded_at::text
  from link.fact where source = '${source}'`;

const objectOf = (source: string): string => `
  select a.object_id || '/' || a.version || '/' || a.revision as key, a.event_id::text, a.class,
    a.operation
  from link.announced_object a join link.fact f using (event_id) where f.source = '${source}'`;

const objectsIn = (schema: string): Side => ({
  database: main,
  text: `
    select w.key, o.event_id::text, o.class, o.operation
    from ${keys} join ${schema}.object_fact o on o.object_id = split_part(w.key, '/', 1)
      and o.version = split_part(w.key, '/', 2)::integer
      and o.revision = split_part(w.key, '/', 3)::integer`,
});

const facts: readonly Implication[] = [
  {
    name: 'facts of the link in the registry',
    table: 'registry.journal',
    said: { database: main, text: factOf('registry') },
    held: {
      database: main,
      text: `
        select w.key, case when j.security_id is null then 'parties'
            else 'security:' || j.security_id end as book, j.sequence::text,
          j.effective_on::text as business_date, j.recorded_at::text
        from ${keys} join registry.journal j on j.event_id = w.key::uuid`,
    },
  },
  {
    name: 'facts of the link in settlement',
    table: 'settlement.event',
    said: { database: main, text: factOf('settlement') },
    held: {
      database: main,
      text: `
        select w.key, 'settlement:' || e.security_id as book, e.sequence::text,
          e.business_date::text, e.recorded_at::text
        from ${keys} join settlement.event e on e.event_id = w.key::uuid`,
    },
  },
  ...['registry', 'settlement'].map((source) => ({
    name: `objects of the link in ${source}`,
    table: `${source}.object_fact`,
    said: { database: main, text: objectOf(source) },
    held: objectsIn(source),
  })),
];

const recordsIn = (database: string): Side => ({
  database,
  text: `
    select w.key, o.object_id, o.version::text, o.revision::text,
      ${hex('o.packet_hash')} as packet_hash, o.leaf_index::text,
      ${hex('r.record_hash')} as record_hash
    from ${keys} join chain.object_record o on o.lane = ${laneKey}::smallint
        and o.lane_sequence = ${sequenceKey}
      join chain.record r using (leaf_index)`,
});

const chain: readonly Implication[] = [
  ...[sequencer, follower].map((database) => ({
    name: `packets of the link in ${database}`,
    table: 'chain.object_record',
    said: {
      database: main,
      text: `
        select p.lane || '/' || p.sequence as key, p.object_id, p.version::text,
          p.revision::text, ${hex('p.packet_hash')} as packet_hash, g.leaf_index::text,
          ${hex('p.record_hash')} as record_hash
        from link.packet p join link.packet_progress g using (lane, sequence)
        where g.state <> 'queued'`,
    },
    held: recordsIn(database),
  })),
  {
    name: 'object records of the chain in the link',
    table: 'link.packet',
    said: {
      database: sequencer,
      text: `
        select lane || '/' || lane_sequence as key, ${hex('packet_hash')} as packet_hash
        from chain.object_record`,
    },
    held: {
      database: main,
      text: `
        select w.key, ${hex('p.packet_hash')} as packet_hash
        from ${keys} join link.packet p on p.lane = ${laneKey}::smallint
          and p.sequence = ${sequenceKey}`,
    },
  },
  {
    name: 'headers of the link on the chain',
    table: 'chain.block',
    said: {
      database: main,
      text: `
        select height::text as key, ${hex('header_hash')} as header_hash from link.chain_header`,
    },
    held: blocksOf(sequencer),
  },
];

function blocksOf(database: string): Side {
  return {
    database,
    text: `
      select w.key, ${hex('b.header_hash')} as header_hash
      from ${keys} join chain.block b on b.height = w.key::bigint`,
  };
}

const hashesOf = (database: string): Side => ({
  database,
  text: `
    select w.key, ${hex('r.record_hash')} as record_hash
    from ${keys} join chain.record r on r.leaf_index = w.key::bigint`,
});

/** The witness has signed what it holds. */
const finalBlocks = `
  select b.height, b.header_hash, b.tree_size from chain.block b
  where (select count(*) from chain.block_signature s where s.height = b.height) > 1`;

const nodes: readonly Implication[] = [
  {
    name: 'blocks of the follower at the sequencer',
    table: 'chain.block',
    said: {
      database: follower,
      text: `select height::text as key, ${hex('header_hash')} as header_hash from chain.block`,
    },
    held: blocksOf(sequencer),
  },
  {
    name: 'final blocks of the sequencer at the follower',
    table: 'chain.block',
    said: {
      database: sequencer,
      text: `
        select height::text as key, ${hex('header_hash')} as header_hash from (${finalBlocks}) b`,
    },
    held: blocksOf(follower),
  },
  {
    name: 'records of the follower at the sequencer',
    table: 'chain.record',
    said: {
      database: follower,
      text: `select leaf_index::text as key, ${hex('record_hash')} as record_hash from chain.record`,
    },
    held: hashesOf(sequencer),
  },
  {
    name: 'final records of the sequencer at the follower',
    table: 'chain.record',
    said: {
      database: sequencer,
      text: `
        select leaf_index::text as key, ${hex('record_hash')} as record_hash from chain.record
        where leaf_index < (select coalesce(max(tree_size), 0) from (${finalBlocks}) b)`,
    },
    held: hashesOf(follower),
  },
];

const supervised: readonly Implication[] = [
  {
    name: 'headers of the supervisory side on the chain',
    table: 'chain.block',
    said: {
      database: supervisory,
      text: `
        select height::text as key, ${hex('header_hash')} as header_hash
        from supervisory.market_header`,
    },
    held: blocksOf(sequencer),
  },
  {
    name: 'packets of the supervisory side in the link',
    table: 'link.packet',
    said: {
      database: supervisory,
      text: `
        select array_position(array[${lanes}], lane) || '/' || sequence as key,
          ${hex('packet_hash')} as packet_hash, ${hex('record_hash')} as record_hash, object_id
        from supervisory.packet`,
    },
    held: {
      database: main,
      text: `
        select w.key, ${hex('p.packet_hash')} as packet_hash,
          ${hex('p.record_hash')} as record_hash, p.object_id
        from ${keys} join link.packet p on p.lane = ${laneKey}::smallint
          and p.sequence = ${sequenceKey}`,
    },
  },
  {
    name: 'packets that were seen, at the supervisory side',
    table: 'supervisory.packet',
    said: {
      database: main,
      text: `
        select ${laneName('p.lane')} || '/' || p.sequence as key,
          ${hex('p.packet_hash')} as packet_hash
        from link.packet p join link.packet_progress g using (lane, sequence)
        where g.state in ('seen', 'resulted')`,
    },
    held: {
      database: supervisory,
      text: `
        select w.key, ${hex('p.packet_hash')} as packet_hash
        from ${keys} join supervisory.packet p on p.lane = ${laneKey}
          and p.sequence = ${sequenceKey}`,
    },
  },
  {
    name: 'receipts of the link at the supervisory side',
    table: 'supervisory.outgoing',
    said: {
      database: main,
      text: `
        select ${laneName('lane')} || '/' || sequence as key, verdict, code, field,
          ${hex('sha256(message)')} as message
        from link.receipt`,
    },
    held: {
      database: supervisory,
      text: `
        select w.key, p.verdict, p.code, p.field, ${hex('sha256(o.message)')} as message
        from ${keys} join supervisory.packet p on p.lane = ${laneKey}
            and p.sequence = ${sequenceKey}
          join supervisory.outgoing o using (chain_id, lane, sequence)`,
    },
  },
  {
    name: 'checkpoints of the link at the supervisory side',
    table: 'supervisory.market_header',
    said: {
      database: main,
      text: `
        select height::text as key, ${hex('header_hash')} as header_hash from link.checkpoint`,
    },
    held: {
      database: supervisory,
      text: `
        select w.key, ${hex('h.header_hash')} as header_hash
        from ${keys} join supervisory.market_header h on h.height = w.key::bigint`,
    },
  },
];

const codes: readonly Implication[] = [
  {
    name: 'investor codes of the link in the registry',
    table: 'registry.subject',
    said: {
      database: main,
      text: `
        select object_id as key, investor_code from link.investor_code_order
        where state = 'done' and object_id ~ '^SUB-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'`,
    },
    held: {
      database: main,
      text: `
        select w.key, s.investor_code
        from ${keys} join registry.subject s on s.id = substr(w.key, 5)::uuid`,
    },
  },
  {
    name: 'investor codes of the registry at the supervisory side',
    table: 'supervisory.investor',
    said: {
      database: main,
      text: `
        select investor_code as key, investor_code as code from registry.subject
        where investor_code is not null`,
    },
    held: {
      database: supervisory,
      text: `select w.key, i.code from ${keys} join supervisory.investor i on i.code = w.key`,
    },
  },
];

export const implications: readonly Implication[] = [
  ...trades,
  ...facts,
  ...chain,
  ...nodes,
  ...supervised,
  ...codes,
];

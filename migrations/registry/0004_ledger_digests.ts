/** Row digests of the append-only ledger tables: what cannot be derived again is checked by them. */
import type { Kysely } from 'kysely';
import { createRowDigest } from './ledger/row-digest.ts';

/**
 * Digested columns by table, as SQL over a row `r`, each in a form that no session setting changes.
 * A column added later gets a digest function of its own version, never a place in these.
 */
const digested: Readonly<Record<string, readonly string[]>> = {
  journal: [
    'r.event_id',
    'r.security_id',
    'r.sequence',
    'r.kind',
    "r.effective_on - date '2000-01-01'",
    'extract(epoch from r.recorded_at)',
    'r.actor',
    'r.business_key',
    "encode(r.payload_hash, 'hex')",
    'r.claim_id',
    'r.reason',
  ],
  posting: [
    'r.event_id',
    'r.line',
    'r.security_id',
    'r.account_id',
    'r.nature',
    'r.lot',
    'r.claim_set',
    'r.delta',
    'r.after',
  ],
  holding_history: [
    'r.security_id',
    'r.account_id',
    'r.nature',
    'r.version',
    'r.event_id',
    "r.effective_on - date '2000-01-01'",
    'extract(epoch from r.recorded_at)',
    'r.total',
    'r.available',
    'r.pledged',
    'r.frozen',
    'r.total_change',
    'r.available_change',
    'r.pledged_change',
    'r.frozen_change',
  ],
  claim: [
    'r.id',
    'r.kind',
    'r.instruction_id',
    'r.security_id',
    'r.account_id',
    'r.subject_id',
    'r.nature',
    'r.buyer_account_id',
    'r.buyer_subject_id',
    'r.asked',
    'extract(epoch from r.deadline)',
    'r.placed_event_id',
  ],
  claim_set: ['r.id', 'r.members', 'r.mask'],
  trade: [
    'r.event_id',
    'r.instruction_id',
    'r.claim_id',
    'r.reverses_event_id',
    'r.security_id',
    'r.seller_account_id',
    'r.buyer_account_id',
    'r.seller_subject_id',
    'r.buyer_subject_id',
    'r.nature',
    'r.quantity',
    "r.traded_on - date '2000-01-01'",
    'r.unit_price',
    'r.amount_fen',
    'r.method',
    'r.agreement_hash',
    'r.agreement_number',
    'extract(epoch from r.deal_time)',
    'r.refs',
  ],
  object_fact: [
    'r.event_id',
    'r.line',
    'r.object_id',
    'r.version',
    'r.revision',
    'r.class',
    'r.operation',
    'r.schema_version',
    'r.at_seconds',
    'r.key_owner_kind',
    'r.key_owner_id',
    'r.refs',
    'r.salt',
    'r.corrects',
    'r.figures',
  ],
};

/** Rows that change, and what of them nothing else tells. */
const changing: Readonly<Record<string, readonly string[]>> = {
  holder_place: ['r.security_id', 'r.subject_id', 'r.held', 'r.awaited', 'r.leaving_by'],
};

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, columns] of Object.entries(digested)) {
    await createRowDigest(db, { table, columns, column: 'digest', on: 'insert' });
  }
  for (const [table, columns] of Object.entries(changing)) {
    await createRowDigest(db, { table, columns, column: 'digest', on: 'insert or update' });
  }
  await createRowDigest(db, {
    table: 'security_state',
    columns: ['r.security_id', 'r.holder_limit'],
    column: 'limit_digest',
    on: 'insert or update of holder_limit',
  });
}

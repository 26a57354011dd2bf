// What acceptance 5 leaves out, and why; `*` is every schema. Everything else is changed.
import type { Column } from '../../support/tampering.ts';

/** Tables, and columns of tables, that say nothing of ledger, money, chain or receipts. */
const reasons: Readonly<Record<string, string>> = {
  '*.schema_migration': 'which migrations ran',
  '*.schema_migration_lock': 'held while migrations run',
  '*.idempotency_key': 'answers kept for repeats, forgotten after a while',
  '*.service_nonce': 'tokens used within the last minutes',
  '*.audit_record.transaction_id': 'only places the record within its seal',
  '*.outbox.state': 'how far the relay is; what arrived is in the facts of the link',
  '*.outbox.published_at': 'when the relay was there',
  '*.outbox_origin': 'which bus the relay published to last',
  '*.outbox_parked': 'when the relay tries again',
  '*.consumer_offset': 'where a consumer stands on the bus; repeats fall by book and sequence',
  '*.inbox_waiting': 'messages that came before their turn',
  'link.fetch_queue': 'work to do: what is fetched is in the sealed objects',
  'link.append_queue': 'work to do: what is appended is in the packets',
  'link.result_queue': 'work to do: what is recorded is in the records of results',
  'link.parked_object': 'why an object waits, until it does no longer',
  'supervisory.waiting_packet': 'packets that came before their turn, each signed by the market',
  'supervisory.sent_resync': 'when a gap was asked about last',
  'supervisory.pull_cursor': 'how far the pull is; what it brought is in headers and packets',
  'registry.job': 'progress and lease of a running import',
  'link.inbox_book.consumer': 'whose cursor it is: one consumer alone reads books',
  'link.inbox_book.highest_sequence': 'how far ahead messages have been seen',
};

export function isExcluded(schema: string, { table, name }: Column): boolean {
  const names = ['*', schema].flatMap((at) => [`${at}.${table}`, `${at}.${table}.${name}`]);
  return names.some((each) => each in reasons);
}

/** Columns that hold the one value that their constraints leave, alone or in every row there is. */
const bound: ReadonlySet<string> = new Set<string>([
  'registry.account.kind',
  'registry.account.closed_on',
  'registry.approval.state',
  'registry.claim.kind',
  'registry.claim.asked',
  'registry.claim.active',
  'registry.claim.waiting',
  'registry.claim.released',
  'registry.data_key.destroyed_at',
  'registry.holder_place.held',
  'registry.holding.free',
  'registry.holding.available',
  'registry.object_fact.revision',
  'registry.parties_book.only_row',
  'registry.roster_import.state',
  'registry.roster_import.reversal_event_id',
  'registry.security.scale_unit',
  'registry.security_state.issued',
  'registry.security_state.held',
  'registry.slice.claim_set',
  'registry.slice.mask',
  'registry.subject.kind',
  'registry.subject.nationality',
  'registry.subject.is_market',
  'registry.subject.look_through',
  'registry.trade.reverses_event_id',
  'registry.trade.method',
  'settlement.approval.state',
  'settlement.cycle.state',
  'settlement.data_key.owner_kind',
  'settlement.fee_parameter.kind',
  'settlement.fee_parameter.side',
  'settlement.money_account.currency',
  'settlement.object_fact.version',
  'settlement.object_fact.revision',
  'settlement.object_fact.class',
  'settlement.object_fact.operation',
  'settlement.object_fact.key_owner_kind',
  'settlement.transfer.kind',
  'settlement.transfer.original_id',
  'link.append_batch.state',
  'link.owner_key.destroyed_at',
  'link.relay_state.only_row',
  'supervisory.market.frozen_reason',
  'supervisory.market.frozen_at',
  'supervisory.packet.verdict',
  'supervisory.packet.code',
]);

export const isBound = (column: string): boolean => bound.has(column);

/**
 * Tables without a row here. The store tests of link and chain node change each column of theirs;
 * nothing writes the others yet.
 */
const keptElsewhere: ReadonlySet<string> = new Set([
  'registry.claim_set',
  'chain.append_batch',
  'chain.set_change',
  'link.approval',
  'link.evidence',
  'link.lane_freeze',
  'supervisory.approval',
  'supervisory.audit_record',
  'supervisory.audit_seal',
]);

export const isKeptElsewhere = (table: string): boolean => keptElsewhere.has(table);

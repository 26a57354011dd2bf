/** What stands against one instruction: rules that fail, and refusals of the ledger itself. */
import type { Refusal } from '#libs/result/refusal.ts';
import type { Finding, FindingCode } from './rules/finding.ts';

export type LedgerCode =
  | 'instruction-known'
  | 'reservation-ended'
  | 'reservation-unknown'
  | 'reservation-expired'
  | 'reservation-not-committed'
  | 'delivery-unknown'
  | 'delivery-already-reversed'
  | 'shares-have-moved'
  | 'security-not-found'
  | 'account-not-found'
  | 'nature-unknown';

export interface LedgerFinding {
  /** Of RULES.md, POSITION for a shortage, LEDGER for what no rule says. */
  readonly rule: Finding['rule'] | 'LEDGER';
  readonly code: FindingCode | LedgerCode;
  readonly params: Readonly<Record<string, string>>;
}

export function ledgerFinding(
  code: LedgerCode,
  params: Readonly<Record<string, string>> = {},
): LedgerFinding {
  return { rule: 'LEDGER', code, params };
}

/** A refusal to look at the transfer at all, as a finding against the instruction. */
export function findingOf(refusal: Refusal<LedgerCode>): LedgerFinding {
  return ledgerFinding(refusal.code, refusal.params);
}

export function shortage(quantity: bigint, free: bigint): LedgerFinding {
  const params = { parameter: quantity.toString(), observed: free.toString() };
  return { rule: 'POSITION', code: 'insufficient-available-shares', params };
}

export function tooManyHolders(limit: number, needed: number): LedgerFinding {
  const params = { parameter: limit.toString(), observed: needed.toString() };
  return { rule: 'R8', code: 'holder-limit-exceeded', params };
}

/** Client money belongs to fund accounts in normal state, and to nothing else. */
import type { Uuid } from '#libs/ids/uuid.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import type { RegistryAccount, RegistryPort } from '../domain/registry-port.ts';

export type FundAccountRefusal = Refusal<'fund-account-not-found' | 'registry-unavailable'>;

/** Errors: registry-unavailable, fund-account-not-found. */
export async function checkFundAccount(
  registry: RegistryPort,
  fundAccountId: Uuid,
): Promise<Result<RegistryAccount, FundAccountRefusal>> {
  const account = await registry.account(fundAccountId);
  if (!account.ok) return refuse('registry-unavailable');
  if (account.value?.type !== 'fund' || !account.value.isActive) {
    return refuse('fund-account-not-found', { fundAccountId });
  }
  return ok(account.value);
}

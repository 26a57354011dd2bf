/** Sets a fee or tax rate from a business date on; what has been charged never changes. */
import type { ActingContext } from '#libs/audit/audit-record.ts';
import { recordAudit } from '#libs/audit/record-audit.ts';
import type { Tx } from '#libs/db/database.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import type { FeeParameter } from '../domain/charges.ts';
import type { RegistryPort } from '../domain/registry-port.ts';
import { insertFeeParameter } from '../repositories/fee-repository.ts';

export type FeeRefusal = Refusal<
  'registry-unavailable' | 'settlement-day-closed' | 'fee-parameter-in-past'
>;

/** Errors: registry-unavailable, settlement-day-closed, fee-parameter-in-past. */
export async function checkFeeParameter(
  registry: RegistryPort,
  parameter: FeeParameter,
): Promise<Result<undefined, FeeRefusal>> {
  const day = await registry.businessDay();
  if (!day.ok) return refuse('registry-unavailable');
  const businessDate = day.value;
  if (businessDate === undefined) return refuse('settlement-day-closed');
  if (parameter.validFrom <= businessDate) {
    return refuse('fee-parameter-in-past', { validFrom: parameter.validFrom, businessDate });
  }
  return ok();
}

/** Errors: as the check; also fee-parameter-in-past where that day has a rate already. */
export async function setFeeParameter(
  tx: Tx<unknown>,
  context: ActingContext,
  registry: RegistryPort,
  parameter: FeeParameter,
): Promise<Result<FeeParameter, FeeRefusal>> {
  const permitted = await checkFeeParameter(registry, parameter);
  if (!permitted.ok) return permitted;
  const { kind, side, validFrom, rate } = parameter;
  const isNew = await insertFeeParameter(tx, parameter, context.now);
  if (!isNew) return refuse('fee-parameter-in-past', { validFrom, businessDate: validFrom });
  await recordAudit(tx, context, {
    action: 'fee-parameter-set',
    target: `fee-parameter:${kind}/${side}/${validFrom}`,
    detail: { rate, minimumFen: parameter.minimumFen.toString() },
  });
  return ok(parameter);
}

// The packs of a posting service, by its operator call.
import type { operations as RegistryOperations } from '#libs/contracts/generated/registry.ts';
import type { operations as SettlementOperations } from '#libs/contracts/generated/settlement.ts';
import type { CallFailure, ServiceClient } from '#libs/http/service-client.ts';
import { err, ok } from '#libs/result/result.ts';
import type { PackSource } from '../ports.ts';

export type RegistryClient = ServiceClient<RegistryOperations>;
export type SettlementClient = ServiceClient<SettlementOperations>;

export function reasonOf(failure: CallFailure): string {
  return failure.kind === 'problem' ? failure.problem.code : failure.reason;
}

export function registryPacks(client: RegistryClient): PackSource {
  return {
    async packs(book, fromSequence, limit) {
      const query = { book, fromSequence: fromSequence.toString(), limit };
      const answer = await client.call('listObjectPacks', { query });
      return answer.ok ? ok(answer.value.body.items) : err({ reason: reasonOf(answer.error) });
    },
  };
}

export function settlementPacks(client: SettlementClient): PackSource {
  return {
    async packs(book, fromSequence, limit) {
      const query = { book, fromSequence: fromSequence.toString(), limit };
      const answer = await client.call('listObjectPacks', { query });
      return answer.ok ? ok(answer.value.body.items) : err({ reason: reasonOf(answer.error) });
    },
  };
}

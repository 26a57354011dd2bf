// The packs of a posting service, by its operator calls.
import type {
  components,
  operations as RegistryOperations,
} from '#libs/contracts/generated/registry.ts';
import type { operations as SettlementOperations } from '#libs/contracts/generated/settlement.ts';
import type { CallFailure, ServiceClient } from '#libs/http/service-client.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import type { PackSource } from '../ports.ts';

export type RegistryClient = ServiceClient<RegistryOperations>;
type SettlementClient = ServiceClient<SettlementOperations>;
type Schemas = components['schemas'];

export function reasonOf(failure: CallFailure): string {
  return failure.kind === 'problem' ? failure.problem.code : failure.reason;
}

export function registryPacks(client: RegistryClient): PackSource {
  return packSource({
    books: (query) => client.call('listWaitingBooks', { query }),
    packs: (query) => client.call('listObjectPacks', { query }),
  });
}

export function settlementPacks(client: SettlementClient): PackSource {
  return packSource({
    books: (query) => client.call('listWaitingBooks', { query }),
    packs: (query) => client.call('listObjectPacks', { query }),
  });
}

type Reply<Body> = Promise<Result<{ readonly body: Body }, CallFailure>>;

/** Both services offer the two calls in the same form. */
interface PackCalls {
  books(
    query: RegistryOperations['listWaitingBooks']['parameters']['query'],
  ): Reply<Schemas['WaitingBookPage']>;
  packs(
    query: RegistryOperations['listObjectPacks']['parameters']['query'],
  ): Reply<Schemas['ObjectPackPage']>;
}

const booksMax = 200;

function packSource(calls: PackCalls): PackSource {
  return {
    async waitingBooks(waitedMs, cursor) {
      const page = { waitedMs, limit: booksMax };
      const answer = await calls.books(cursor === null ? page : { ...page, cursor });
      return answer.ok ? ok(answer.value.body) : err({ reason: reasonOf(answer.error) });
    },
    async packs(book, fromSequence, limit) {
      const query = { book, fromSequence: fromSequence.toString(), limit };
      const answer = await calls.packs(query);
      return answer.ok ? ok(answer.value.body.items) : err({ reason: reasonOf(answer.error) });
    },
  };
}

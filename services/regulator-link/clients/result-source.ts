// RESULTs by the supervisory side's polling call.
import type { operations } from '#libs/contracts/generated/supervisory-chain.ts';
import type { ServiceClient } from '#libs/http/service-client.ts';
import { err, ok } from '#libs/result/result.ts';
import type { ResultSource } from '../ports.ts';
import { reasonOf } from './pack-source.ts';

export function resultsOf(client: ServiceClient<operations>): ResultSource {
  return {
    async results(lane, { from, to }, limit) {
      const query = { fromSequence: from.toString(), toSequence: to.toString(), limit };
      const answer = await client.call('listResults', { params: { lane }, query });
      if (!answer.ok) return err({ reason: reasonOf(answer.error) });
      return ok(answer.value.body.items.map(({ message }) => Buffer.from(message, 'base64')));
    },
  };
}

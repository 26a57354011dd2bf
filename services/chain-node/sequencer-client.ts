/** The sequencer as its follower reaches it: HTTP calls signed with the follower's own key. */
import type { operations } from '#libs/contracts/generated/chain-node.ts';
import { DependencyUnavailable } from '#libs/http/faults.ts';
import type { CallFailure, ServiceClient } from '#libs/http/service-client.ts';
import { fromBase64, toBase64 } from '#libs/proof/bytes.ts';
import { certificateFromJson } from '#libs/proof/certificate.ts';
import { present } from '#libs/result/result.ts';
import { toHex } from '#libs/sm/hex.ts';
import { bytesFromWire } from './http/codec.ts';
import type { SequencerPort } from './use-cases/run-follower.ts';

export function createSequencerPort(
  client: ServiceClient<operations>,
  chainId: string,
): SequencerPort {
  return {
    async finalHeight() {
      const status = await client.call('getNetworkStatus', { params: { networkId: chainId } });
      if (!status.ok) throw unavailable(status.error);
      return BigInt(status.value.body.height);
    },
    async rawBlock(height, waitMs) {
      const params = { height: height.toString() };
      const answer = await client.call('getRawBlock', { params, query: { waitMs } });
      if (!answer.ok) {
        if (isNotFound(answer.error)) return undefined;
        throw unavailable(answer.error);
      }
      const { body } = answer.value;
      return {
        header: present(fromBase64(body.header), 'the header'),
        certificate: present(certificateFromJson(body.certificate), 'the certificate'),
        records: body.records.map((record) => present(bytesFromWire(record), 'a record')),
      };
    },
    async submit({ headerHash, height, keyId, signature }) {
      const answer = await client.call('submitCosignature', {
        body: {
          height: height.toString(),
          headerHash: toHex(headerHash),
          keyId,
          signature: toBase64(signature),
        },
        idempotencyKey: `${height}/${keyId}`,
      });
      if (!answer.ok) throw unavailable(answer.error);
    },
  };
}

function isNotFound(failure: CallFailure): boolean {
  return failure.kind === 'problem' && failure.problem.code === 'not-found';
}

function unavailable(failure: CallFailure): DependencyUnavailable {
  const reason = failure.kind === 'problem' ? failure.problem.code : failure.reason;
  return new DependencyUnavailable(`the sequencer: ${reason}`);
}

/** The node interface of JR/T 0314 on the market's full nodes: one typed client per node. */
import type { KeyObject } from 'node:crypto';
import { chainNodeContract } from '#libs/contracts/generated/chain-node-contract.ts';
import type { operations } from '#libs/contracts/generated/chain-node.ts';
import { type CallInput, createServiceClient } from '#libs/http/service-client.ts';
import type { ReplyOf } from '#libs/http/route.ts';
import type { Clock } from '#libs/time/clock.ts';

/** The node did not answer, or refused: the pull is repeated later. */
export class NodeUnavailable extends Error {
  override readonly name = 'NodeUnavailable';
}

export interface ChainNode {
  readonly url: string;
  readonly call: <Id extends keyof operations & string>(
    operationId: Id,
    input: CallInput<operations[Id]>,
  ) => Promise<BodyOf<Id>>;
}

export type BodyOf<Id extends keyof operations> =
  ReplyOf<operations[Id]> extends { readonly body: infer Body } ? Body : never;

const timeoutMs = 10_000;

export function openChainNodes(
  urls: readonly string[],
  key: KeyObject,
  clock: Clock,
): readonly ChainNode[] {
  return urls.map((url) => {
    const client = createServiceClient({
      contract: chainNodeContract,
      baseUrl: url,
      callee: 'chain-node',
      callerName: 'supervisory-chain',
      key,
      clock,
      timeoutMs,
    });
    return {
      url,
      call: async <Id extends keyof operations & string>(
        operationId: Id,
        input: CallInput<operations[Id]>,
      ) => {
        const answer = await client.call(operationId, input);
        if (answer.ok) return (answer.value as unknown as { readonly body: BodyOf<Id> }).body;
        const { error } = answer;
        const reason = error.kind === 'problem' ? error.problem.code : error.reason;
        throw new NodeUnavailable(`${operationId} at ${url}: ${reason}`);
      },
    };
  });
}

// The eight calls of JR/T 0314 on one node, their answers as the bytes that came.
import { z } from 'zod';

/** By call; those of a block's transactions and objects carry the id too. */
export type Answers = ReadonlyMap<string, string>;

/** What a node says of itself, by call: all else must be the same on every node. */
export const nodeFields: Readonly<Record<string, readonly string[]>> = {
  getNetworkStatus: ['node'],
};

export const eightCalls = [
  'listNetworks',
  'getNetworkOptions',
  'getNetworkStatus',
  'getBlock',
  'getTransaction',
  'getConsensusState',
  'listObjectIds',
  'getObject',
] as const;

const timeoutMs = 10_000;
const block = z.object({ transactionIds: z.array(z.string()) });
const ids = z.object({ objectIds: z.array(z.string()) });

/** Errors: whatever is not answered with 200. */
export async function ask(url: string, path: string): Promise<string> {
  const response = await fetch(`${url}/rpc/v1/${path}`, {
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
  return text;
}

/** All eight at the height, for every transaction and every object of the block. */
export async function askAll(url: string, networkId: string, height: bigint): Promise<Answers> {
  const network = `networks/${networkId}`;
  const at = `${network}/blocks/${height}`;
  const answers = new Map([
    ['listNetworks', await ask(url, 'networks')],
    ['getNetworkOptions', await ask(url, `${network}/options`)],
    ['getNetworkStatus', withoutNodeFields(await ask(url, `${network}/status`))],
    ['getBlock', await ask(url, at)],
    ['getConsensusState', await ask(url, `${at}/consensus-state`)],
    ['listObjectIds', await ask(url, `${at}/object-ids`)],
  ]);
  const { transactionIds } = block.parse(JSON.parse(answers.get('getBlock') ?? ''));
  for (const id of transactionIds) {
    answers.set(`getTransaction ${id}`, await ask(url, `${at}/transactions/${id}`));
  }
  const { objectIds } = ids.parse(JSON.parse(answers.get('listObjectIds') ?? ''));
  for (const id of objectIds) {
    answers.set(`getObject ${id}`, await ask(url, `${at}/objects/${id}`));
  }
  return answers;
}

/** The bytes of the answer but for the named fields. */
function withoutNodeFields(text: string): string {
  const answer = JSON.parse(text) as Record<string, unknown>;
  for (const field of nodeFields['getNetworkStatus'] ?? []) delete answer[field];
  return JSON.stringify(answer);
}

export function callsIn(answers: Answers): readonly string[] {
  return [...new Set([...answers.keys()].map((key) => key.split(' ')[0] ?? ''))];
}

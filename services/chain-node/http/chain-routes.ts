/** Reads of headers, records and proofs: both nodes answer them from their own store. */
import type { operations } from '#libs/contracts/generated/chain-node.ts';
import { chainNodeContract } from '#libs/contracts/generated/chain-node-contract.ts';
import { reply, type Route, routesOf } from '#libs/http/route.ts';
import { quorumWeight, validatorSetHash } from '#libs/proof/validator-set.ts';
import { toHex } from '#libs/sm/hex.ts';
import {
  type ChainReader,
  readConsistencyPath,
  readHeaders,
  readInclusionPath,
  readRecord,
  readValidatorSet,
} from '../use-cases/read-chain.ts';
import { bytesToWire, certifiedHeaderToWire, keyToWire, validatorToWire } from './codec.ts';

const { query } = routesOf<operations>(chainNodeContract);

export const chainRoutes = (reader: ChainReader): Route<never>[] => [
  query('listHeaders', async ({ query: { from, limit = 50, waitMs = 0 } }) => {
    const headers = await readHeaders(reader, { fromHeight: BigInt(from), limit, waitMs });
    return reply(200, { headers: headers.map(certifiedHeaderToWire) });
  }),
  query('getRecord', async ({ params: { leafIndex } }) => {
    const found = await readRecord(reader, BigInt(leafIndex));
    if (!found.ok) return found;
    const { height, index, record } = found.value;
    return reply(200, {
      leafIndex,
      height: height.toString(),
      index,
      record: bytesToWire(record.record),
      recordHash: toHex(record.recordHash),
    });
  }),
  query('getInclusionProof', async ({ query: { leafIndex, treeSize } }) => {
    const path = await readInclusionPath(reader, BigInt(leafIndex), BigInt(treeSize));
    if (!path.ok) return path;
    return reply(200, { leafIndex, treeSize, path: path.value.map(toHex) });
  }),
  query('getConsistencyProof', async ({ query: { from, to } }) => {
    const path = await readConsistencyPath(reader, BigInt(from), BigInt(to));
    return path.ok ? reply(200, { from, to, path: path.value.map(toHex) }) : path;
  }),
  query('getValidatorSet', async ({ params: { height } }) => {
    const found = await readValidatorSet(reader, BigInt(height));
    if (!found.ok) return found;
    const { validators, witnesses } = found.value;
    return reply(200, {
      height,
      hash: toHex(validatorSetHash(reader.context.suite, validators)),
      quorumWeight: quorumWeight(validators).toString(),
      validators: validators.map(validatorToWire),
      witnesses: witnesses.map(keyToWire),
    });
  }),
];

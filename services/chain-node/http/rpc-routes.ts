/** The node interface of JR/T 0314: the only place that knows its wire mapping. */
import { BLOCK_BYTES_MAX } from '#libs/chain-application/apply-block.ts';
import type { operations } from '#libs/contracts/generated/chain-node.ts';
import { chainNodeContract } from '#libs/contracts/generated/chain-node-contract.ts';
import { reply, type Route, routesOf } from '#libs/http/route.ts';
import { toBase64 } from '#libs/proof/bytes.ts';
import { certificateToJson } from '#libs/proof/certificate.ts';
import { OPERATION, type Operation } from '#libs/proof/record-frame.ts';
import { refuse } from '#libs/result/refusal.ts';
import { present } from '#libs/result/result.ts';
import { fromHex, toHex } from '#libs/sm/hex.ts';
import {
  type ChainReader,
  readFinalBlock,
  readValidatorSet,
  withCertificates,
} from '../use-cases/read-chain.ts';
import {
  type BlockTransaction,
  type ProvenObject,
  readBlock,
  readObject,
  readObjectIds,
  readTransaction,
} from '../use-cases/read-objects.ts';
import { readLocalState } from '../use-cases/read-sequencer.ts';
import { bytesToWire, keyToWire, timeToWire, validatorToWire, type Wire } from './codec.ts';

export interface NodeIdentity {
  readonly nodeId: string;
  readonly role: 'sequencer' | 'follower';
  readonly nodeVersion: string;
}

const { query } = routesOf<operations>(chainNodeContract);
const OPERATIONS = Object.keys(OPERATION) as Operation[];
const NOT_FOUND = refuse('not-found');

/** Calls about the network: the node itself shows in `node` of the status only. */
export const networkRoutes = (reader: ChainReader, node: NodeIdentity): Route<never>[] => {
  const { genesis } = reader.context;
  const { chainId } = genesis;
  return [
    query('listNetworks', async () =>
      reply(200, {
        networks: [{ networkId: chainId, description: `业务链 ${chainId}`, subNetworks: [] }],
      }),
    ),
    query('getNetworkOptions', async ({ params: { networkId } }) => {
      if (networkId !== chainId) return NOT_FOUND;
      return reply(200, {
        networkId,
        nodeVersion: node.nodeVersion,
        engine: genesis.engine,
        operations: OPERATIONS,
        results: ['success'],
        blockBytesMax: BLOCK_BYTES_MAX,
      });
    }),
    query('getNetworkStatus', async ({ params: { networkId } }) => {
      if (networkId !== chainId) return NOT_FOUND;
      const height = await reader.finality.height();
      const block = present(await readFinalBlock(reader, height), 'the final block');
      const local = await readLocalState(reader);
      return reply(200, {
        networkId,
        height: height.toString(),
        blockHash: toHex(block.headerHash),
        blockTime: timeToWire(block.header.timeMs),
        treeSize: block.header.treeSize.toString(),
        node: {
          nodeId: node.nodeId,
          role: node.role,
          localHeight: local.localHeight.toString(),
          waitingRecords: local.waitingRecords.toString(),
        },
        participants: [...genesis.validators, ...genesis.witnesses].map(keyToWire),
      });
    }),
  ];
};

/** Calls about one final block: byte-equal on every node. */
export const blockRoutes = (reader: ChainReader): Route<never>[] => {
  const { chainId } = reader.context.genesis;
  return [
    query('getBlock', async ({ params: { networkId, height } }) => {
      if (networkId !== chainId) return NOT_FOUND;
      const found = await readBlock(reader, BigInt(height));
      if (!found.ok) return found;
      const { block, recordHashes } = found.value;
      return reply(200, {
        networkId,
        height,
        blockHash: toHex(block.headerHash),
        previousHeight: block.height === 0n ? null : (block.height - 1n).toString(),
        previousBlockHash: toHex(block.header.previousHeaderHash),
        blockTime: timeToWire(block.header.timeMs),
        header: toBase64(block.headerBytes),
        transactionIds: recordHashes.map(toHex),
      });
    }),
    query('getTransaction', async ({ params: { networkId, height, transactionId } }) => {
      if (networkId !== chainId) return NOT_FOUND;
      const found = await readTransaction(reader, BigInt(height), fromHex(transactionId));
      if (!found.ok) return found;
      return reply(200, transactionToWire(found.value, { networkId, height, transactionId }));
    }),
    query('getConsensusState', async ({ params: { networkId, height } }) => {
      if (networkId !== chainId) return NOT_FOUND;
      const block = await readFinalBlock(reader, BigInt(height));
      const set = await readValidatorSet(reader, BigInt(height));
      if (block === undefined || !set.ok) return NOT_FOUND;
      const [certified] = await withCertificates(reader, [block]);
      return reply(200, {
        networkId,
        height,
        stateRoot: toHex(block.header.treeRoot),
        laneTableRoot: toHex(block.header.laneTableRoot),
        transactionRoot: toHex(block.header.batchRoot),
        validators: set.value.validators.map(validatorToWire),
        witnesses: set.value.witnesses.map(keyToWire),
        votes: certificateToJson(certified?.certificate ?? []),
        signedData: toHex(block.headerHash),
      });
    }),
    query('listObjectIds', async ({ params: { networkId, height } }) => {
      if (networkId !== chainId) return NOT_FOUND;
      const ids = await readObjectIds(reader, BigInt(height));
      return ids.ok ? reply(200, { networkId, height, objectIds: [...ids.value] }) : ids;
    }),
    query('getObject', async ({ params: { networkId, height, objectId } }) => {
      if (networkId !== chainId) return NOT_FOUND;
      const found = await readObject(reader, BigInt(height), objectId);
      if (!found.ok) return found;
      const references = found.value.map(referenceToWire);
      return reply(200, { networkId, height, objectId, references });
    }),
  ];
};

function transactionToWire(
  { index, object, record }: BlockTransaction,
  at: { readonly networkId: string; readonly height: string; readonly transactionId: string },
): Wire['Transaction'] {
  const operation = object && {
    type: object.operation,
    objectId: object.objectId,
    version: object.version,
    revision: object.revision,
    contentType: object.class,
    lane: object.lane,
    laneSequence: object.laneSequence.toString(),
    packetHash: toHex(object.packetHash),
  };
  return {
    ...at,
    index,
    leafIndex: record.leafIndex.toString(),
    kind: record.kind,
    operations: operation === undefined ? [] : [operation],
    // A block holds no refused record.
    result: 'success',
  };
}

function referenceToWire(proven: ProvenObject): Wire['ObjectReference'] {
  const { object, record, treeSize } = proven;
  return {
    uri: `${object.objectId}/${object.version}`,
    version: object.version,
    revision: object.revision,
    snapshotHash: toHex(proven.snapshotHash),
    ciphertextHash: toHex(proven.ciphertextHash),
    recordHash: toHex(record.recordHash),
    record: bytesToWire(record.record),
    proof: {
      leafIndex: record.leafIndex.toString(),
      treeSize: treeSize.toString(),
      path: proven.path.map(toHex),
    },
  };
}

/** Makes the next block of the supervisory chain over the verdicts not yet in one, and its RESULTs. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Tx } from '#libs/db/database.ts';
import type { PayloadOf } from '#libs/lane-messages/envelope.ts';
import { isMessage } from '#libs/lane-messages/schemas.ts';
import { toBase64 } from '#libs/proof/bytes.ts';
import { certificateToJson } from '#libs/proof/certificate.ts';
import { decodeHeader, encodeHeader, type Header, headerHash } from '#libs/proof/header.ts';
import { laneTableRoot } from '#libs/proof/lane-table.ts';
import { edgeRoot, growTree, type RightEdge } from '#libs/proof/right-edge.ts';
import { zeroHash } from '#libs/proof/suite.ts';
import {
  assemblePath,
  type NodeCoordinate,
  planEdge,
  planInclusion,
} from '#libs/proof/tree-path.ts';
import { treeRoot } from '#libs/proof/tree.ts';
import { validatorSetHash } from '#libs/proof/validator-set.ts';
import { assert, expectOk } from '#libs/result/result.ts';
import { toHex } from '#libs/sm/hex.ts';
import { type Instant, toMilliseconds } from '#libs/time/instant.ts';
import type { SupervisoryParts } from '../parts.ts';
import {
  type Block,
  findNodes,
  insertBlock,
  insertNodes,
  lastBlock,
  leavesFrom,
  type Outgoing,
  queueOutgoing,
  type VerdictLeaf,
} from '../repositories/own-chain-repository.ts';
import { receipt } from './send-down.ts';

/** Each RESULT is signed; the next block follows at once. */
const leavesMax = 250;
const resultsPerTurn = 16;
const engine = 'embedded';

async function edgeAt(tx: Tx<unknown>, size: bigint): Promise<RightEdge> {
  const plan = planEdge(size);
  const lookup = await findNodes(tx, plan);
  return { size, hashes: plan.map(lookup) };
}

/** How many verdicts the new block holds; 0 when there was nothing to put in one. */
export async function sealBlock(parts: SupervisoryParts, tx: Tx<unknown>): Promise<number> {
  const { suite } = parts;
  const last = await lastBlock(tx);
  const fromSize = last?.treeSize ?? 0n;
  const leaves = await leavesFrom(tx, fromSize, leavesMax);
  if (leaves.length === 0) return 0;
  const now = parts.clock.now();
  const edge = await edgeAt(tx, fromSize);
  const grown = growTree(
    suite,
    edge,
    leaves.map(({ leafHash }) => leafHash),
  );
  await insertNodes(tx, grown.nodes);
  const header = nextHeader(parts, last, {
    treeSize: grown.edge.size,
    treeRoot: edgeRoot(suite, grown.edge),
    batchRoot: treeRoot(
      suite,
      leaves.map(({ leafHash }) => leafHash),
    ),
    now,
  });
  const bytes = encodeHeader(header);
  const hash = headerHash(suite, bytes);
  const { validator } = parts;
  const certificate = [{ keyId: validator.keyId, signature: validator.sign(hash) }];
  const block: Block = {
    height: header.height,
    header: bytes,
    headerHash: hash,
    treeSize: header.treeSize,
    certificate: certificateToJson(certificate),
  };
  await insertBlock(tx, block, now);
  await queueResults(parts, tx, block, leaves, now);
  parts.crashPoint('supervisory.before-block-commit');
  return leaves.length;
}

function nextHeader(
  parts: SupervisoryParts,
  last: Block | undefined,
  made: Pick<Header, 'treeSize' | 'treeRoot' | 'batchRoot'> & { readonly now: Instant },
): Header {
  const previous =
    last === undefined ? undefined : expectOk(decodeHeader(last.header), 'our last header');
  const nowMs = BigInt(toMilliseconds(made.now));
  const setHash = validatorSetHash(parts.suite, parts.validators);
  return {
    chainId: parts.chainId,
    height: (previous?.height ?? 0n) + 1n,
    previousHeaderHash: last?.headerHash ?? zeroHash(),
    batchRoot: made.batchRoot,
    treeSize: made.treeSize,
    treeRoot: made.treeRoot,
    // Our own clock may step back; the chain's time does not.
    timeMs: previous !== undefined && previous.timeMs > nowMs ? previous.timeMs : nowMs,
    laneTableRoot: laneTableRoot(parts.suite, []),
    validatorSetHash: setHash,
    nextValidatorSetHash: setHash,
    engine,
  };
}

/** Sealed once and stored: every repetition is the same message. */
async function queueResults(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  block: Block,
  leaves: readonly VerdictLeaf[],
  now: Instant,
): Promise<void> {
  const planned = leaves.map((leaf) => ({
    leaf,
    plan: planInclusion(leaf.leafIndex, block.treeSize),
  }));
  const nodes = new Map<string, NodeCoordinate>();
  for (const node of planned.flatMap(({ plan }) => plan.flat())) {
    nodes.set(`${node.level}/${node.index}`, node);
  }
  const lookup = await findNodes(tx, [...nodes.values()]);
  const header = { header: toBase64(block.header), certificate: [...block.certificate] };
  const results: Outgoing[] = [];
  for (const { leaf, plan } of planned) {
    const path = assemblePath(parts.suite, plan, lookup).map(toHex);
    results.push(resultOf(parts, block, { leaf, path, ...header }, now));
    if (results.length % resultsPerTurn === 0) await breathe();
  }
  await queueOutgoing(tx, results, now);
}

function resultOf(
  parts: SupervisoryParts,
  block: Block,
  proof: Pick<PayloadOf<'RESULT'>, 'header' | 'certificate'> & {
    readonly leaf: VerdictLeaf;
    readonly path: string[];
  },
  now: Instant,
): Outgoing {
  const { leaf, path, header, certificate } = proof;
  const verdict: unknown = JSON.parse(new TextDecoder().decode(leaf.record));
  assert(isMessage('Verdict', verdict), 'a stored verdict is not one');
  const payload: PayloadOf<'RESULT'> = {
    verdict,
    supervisoryHeight: block.height.toString(),
    header,
    certificate,
    leafIndex: leaf.leafIndex.toString(),
    treeSize: block.treeSize.toString(),
    inclusionPath: path,
  };
  const { lane } = leaf;
  const message = receipt(parts, 'RESULT', lane, payload, now);
  return { ...message, result: { lane, sequence: leaf.sequence } };
}

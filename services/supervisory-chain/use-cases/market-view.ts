/** What the supervisory side shows of a market, with one digest over all it has taken. */
import type { Executor } from '#libs/db/database.ts';
import { assert } from '#libs/result/result.ts';
import { toHex } from '#libs/sm/hex.ts';
import type { SupervisoryParts } from '../parts.ts';
import { countEvidence } from '../repositories/evidence-repository.ts';
import { findMarket, listLanes } from '../repositories/market-repository.ts';
import { lastBlock } from '../repositories/own-chain-repository.ts';
import { countPackets, objectsAfter } from '../repositories/packet-repository.ts';
import { pulledHeight } from '../repositories/pull-repository.ts';
import { countWaiting } from '../repositories/waiting-repository.ts';

const pageRows = 2_000;

/**
 * SM3 chained over (object id, version, revision, snapshot hash, verdict) in order of the first
 * three: equal for every feed that brought the same objects.
 */
export async function objectsDigest(parts: SupervisoryParts, db: Executor): Promise<Uint8Array> {
  let digest = parts.suite.sm3();
  let after: readonly [string, number, number] = ['', -1, -1];
  for (;;) {
    const rows = await objectsAfter(db, after, pageRows);
    for (const row of rows) {
      const text = `${row.objectId}/${row.version}/${row.revision}/${row.verdict}/`;
      digest = parts.suite.sm3(digest, new TextEncoder().encode(text), row.snapshotHash);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageRows) return digest;
    after = [last.objectId, last.version, last.revision];
  }
}

export async function marketView(parts: SupervisoryParts, db: Executor) {
  const { chainId } = parts.market;
  const market = await findMarket(db, chainId);
  assert(market !== undefined, `market ${chainId} is not set up`);
  const lanes = await Promise.all(
    (await listLanes(db, chainId)).map(async (lane) => ({
      lane: lane.lane,
      lastSequence: lane.lastSequence.toString(),
      lastPacketHash: toHex(lane.lastPacketHash),
      waiting: await countWaiting(db, chainId, lane.lane),
      ...(lane.frozenReason === null ? {} : { frozenReason: lane.frozenReason }),
    })),
  );
  const block = await lastBlock(db);
  return {
    chainId,
    height: market.height.toString(),
    headerHash: toHex(market.headerHash),
    lastHeaderAt: market.lastHeaderAt,
    ...(market.frozenReason === null ? {} : { frozenReason: market.frozenReason }),
    pulledHeight: (await pulledHeight(db, chainId)).toString(),
    supervisoryHeight: (block?.height ?? 0n).toString(),
    ...(await countPackets(db)),
    evidence: await countEvidence(db),
    objectsDigest: toHex(await objectsDigest(parts, db)),
    lanes,
  };
}

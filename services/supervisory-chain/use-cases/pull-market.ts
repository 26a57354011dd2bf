/**
 * Pulls what the market's full nodes hold, by the interface of JR/T 0314: compares the nodes with
 * each other, takes headers and objects that no lane brought, and so audits the push.
 */
import type { Database } from '#libs/db/database.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { type LaneName, laneNames } from '#libs/lane-messages/topics.ts';
import { equalBytes, fromBase64, toBase64 } from '#libs/proof/bytes.ts';
import { certificateFromJson, checkCertificate } from '#libs/proof/certificate.ts';
import { decodeHeader, headerHash } from '#libs/proof/header.ts';
import { decodeRecord } from '#libs/proof/record-frame.ts';
import { assert, expectOk, ok } from '#libs/result/result.ts';
import { fromHex } from '#libs/sm/hex.ts';
import { toMilliseconds } from '#libs/time/instant.ts';
import type { BodyOf, ChainNode } from '../clients/chain-nodes.ts';
import type { QueryClient } from '../clients/query-client.ts';
import { placeName } from '../domain/place-record.ts';
import type { SupervisoryParts } from '../parts.ts';
import { insertEvidence } from '../repositories/evidence-repository.ts';
import { findMarket, freezeMarket, headerAt } from '../repositories/market-repository.ts';
import { queueOutgoing } from '../repositories/own-chain-repository.ts';
import { packetHashesAt } from '../repositories/packet-repository.ts';
import { pulledHeight, setPulledHeight } from '../repositories/pull-repository.ts';
import { control } from './send-down.ts';
import { takeHeader } from './take-header.ts';
import { type OfferedRecord, type OpenedSnapshot, takeRecords } from './take-records.ts';

export interface PullParts {
  readonly parts: SupervisoryParts;
  readonly nodes: readonly ChainNode[];
  readonly query: QueryClient;
  /** How long a lane has to bring a block before the pull takes it. Unit: milliseconds. */
  readonly lagMs: number;
}

type Db = Database<unknown>;
type HeaderAnswer = BodyOf<'listHeaders'>['headers'][number];

const headersMax = 50;
/** Of one transaction. */
const recordsMax = 200;

async function transact<T>(db: Db, work: Parameters<typeof inTransaction<unknown, T, never>>[2]) {
  const done = await inTransaction<unknown, T, never>(db, 'read committed', work);
  assert(done.ok, 'a pull does not refuse');
  return done.value;
}

/** How many blocks were pulled. */
export async function pullMarket(pull: PullParts, db: Db): Promise<number> {
  const { parts, nodes } = pull;
  const { chainId } = parts.market;
  const market = await findMarket(db, chainId);
  if (market === undefined || market.frozenReason !== null) return 0;
  const from = (await pulledHeight(db, chainId)) + 1n;
  const answers = await Promise.all(
    nodes.map((node) =>
      node.call('listHeaders', { query: { from: from.toString(), limit: headersMax } }),
    ),
  );
  const [first = { headers: [] }, ...others] = answers;
  let pulled = 0;
  for (const [index, told] of first.headers.entries()) {
    const heights = others.map((answer) => answer.headers[index]);
    // A node that lags is waited for: a header counts once every node shows it.
    if (heights.some((other) => other === undefined)) break;
    const different = heights.find((other) => other?.header !== told.header);
    if (different !== undefined) {
      await freezeForTwoAnswers(pull, db, told, different);
      break;
    }
    if (!(await pullBlock(pull, db, told))) break;
    pulled += 1;
  }
  return pulled;
}

/** False where the block must wait or cannot be taken. */
async function pullBlock(pull: PullParts, db: Db, told: HeaderAnswer): Promise<boolean> {
  const { parts } = pull;
  const { chainId } = parts.market;
  const height = BigInt(told.height);
  const known = await headerAt(db, chainId, height);
  if (known === undefined && !(await pullHeader(pull, db, told))) return false;
  if (!(await isDue(pull, db, height))) return false;
  const offered = await pullObjects(pull, db, height);
  for (let from = 0; from < offered.length; from += recordsMax) {
    const some = offered.slice(from, from + recordsMax);
    const taken = await transact(db, async (tx) => ok(await takeRecords(parts, tx, some)));
    if (taken.some((each) => each !== 'taken' && each !== 'duplicate')) return false;
  }
  await setPulledHeight(db, chainId, height);
  return true;
}

/** Lanes are the fast way: the pull comes after them, unless it is the only way. */
async function isDue({ parts, lagMs }: PullParts, db: Db, height: bigint): Promise<boolean> {
  if (lagMs === 0) return true;
  const stored = await headerAt(db, parts.market.chainId, height);
  if (stored === undefined) return false;
  const { timeMs } = expectOk(decodeHeader(stored.header), 'a stored header');
  return BigInt(toMilliseconds(parts.clock.now())) - timeMs >= BigInt(lagMs);
}

async function pullHeader(pull: PullParts, db: Db, told: HeaderAnswer): Promise<boolean> {
  const { parts, nodes } = pull;
  const [node] = nodes;
  const header = fromBase64(told.header);
  const certificate = certificateFromJson(told.certificate);
  if (node === undefined || header === undefined || certificate === undefined) return false;
  const decoded = decodeHeader(header);
  const previous = await headerAt(db, parts.market.chainId, BigInt(told.height) - 1n);
  if (!decoded.ok || previous === undefined) return false;
  const proof = await node.call('getConsistencyProof', {
    query: { from: previous.treeSize.toString(), to: decoded.value.treeSize.toString() },
  });
  const lanes = told.lanes.map((head) => ({
    lane: head.lane,
    lastSequence: BigInt(head.lastSequence),
    lastPacketHash: fromHex(head.lastPacketHash),
  }));
  const offered = { header, certificate, consistencyPath: proof.path.map(fromHex), lanes };
  const taken = await transact(db, async (tx) => ok(await takeHeader(parts, tx, offered, 'pull')));
  return taken === 'accepted' || taken === 'duplicate';
}

/**
 * Every object record of a block with its proof, in the order of the chain; with its snapshot where
 * its place has not been taken. Where it was, the record alone tells what stands on the chain.
 */
async function pullObjects(
  pull: PullParts,
  db: Db,
  height: bigint,
): Promise<readonly OfferedRecord[]> {
  const { parts, nodes, query } = pull;
  const [node] = nodes;
  assert(node !== undefined, 'at least one node');
  const { chainId } = parts.market;
  const at = { networkId: chainId, height: height.toString() };
  const { objectIds } = await node.call('listObjectIds', { params: at });
  const offered: OfferedRecord[] = [];
  for (const objectId of objectIds) {
    const { references } = await node.call('getObject', { params: { ...at, objectId } });
    const placed = references.map((reference) => ({ reference, ...placeOf(reference) }));
    const taken = new Set((await packetHashesAt(db, chainId, placed)).map(placeName));
    for (const place of placed) {
      if (taken.has(placeName(place))) {
        offered.push(toOffered(height, place, { ok: false, code: 'taken-before' }));
        continue;
      }
      const { version, revision } = place.reference;
      const snapshot = await query.snapshot(objectId, version, revision);
      // Withheld or late: either way the block is pulled again, and the fault is shown.
      if (snapshot === undefined) throw new Error(`no snapshot of ${objectId}/${version}`);
      offered.push(toOffered(height, place, { ok: true, snapshot, dataKey: undefined }));
    }
  }
  return offered.toSorted((a, b) => (a.leafIndex < b.leafIndex ? -1 : 1));
}

type Reference = BodyOf<'getObject'>['references'][number];

interface PulledPlace {
  readonly record: Uint8Array;
  readonly lane: LaneName;
  readonly sequence: bigint;
}

function placeOf(reference: Reference): PulledPlace {
  const record = fromBase64(reference.record) ?? new Uint8Array();
  const decoded = decodeRecord(record);
  const frame = decoded.ok && decoded.value.kind === 'object' ? decoded.value.frame : undefined;
  const lane = laneNames[(frame?.lane ?? 0) - 1];
  assert(frame !== undefined && lane !== undefined, 'a node answered with a record of no lane');
  return { record, lane, sequence: frame.laneSequence };
}

function toOffered(
  height: bigint,
  { reference, record, lane }: PulledPlace & { readonly reference: Reference },
  opened: OpenedSnapshot,
): OfferedRecord {
  return {
    lane,
    record,
    height,
    leafIndex: BigInt(reference.proof.leafIndex),
    treeSize: BigInt(reference.proof.treeSize),
    inclusionPath: reference.proof.path.map(fromHex),
    // The pull goes by the order of the chain, in which nothing comes before what it builds on.
    after: [],
    open: () => opened,
    via: 'pull',
  };
}

/** Two nodes that show two certified headers for one height convict the market. */
async function freezeForTwoAnswers(
  { parts }: PullParts,
  db: Db,
  one: HeaderAnswer,
  other: HeaderAnswer,
): Promise<void> {
  const { chainId } = parts.market;
  const headers = [one, other].map((answer) => fromBase64(answer.header) ?? new Uint8Array());
  const certified = [one, other].every((answer, index) => {
    const certificate = certificateFromJson(answer.certificate);
    const hash = headerHash(parts.suite, headers[index] ?? new Uint8Array());
    return (
      certificate !== undefined && checkCertificate(parts.suite, hash, certificate, parts.market).ok
    );
  });
  const [first = new Uint8Array(), second = new Uint8Array()] = headers;
  const now = parts.clock.now();
  const code = 'two-node-answers';
  const detail = `height ${one.height}, ${certified ? 'both certified' : 'not both certified'}`;
  await transact(db, async (tx) => {
    await insertEvidence(tx, { chainId, kind: 'node', code, detail, first, second }, now);
    if (certified && !equalBytes(first, second)) {
      await freezeMarket(tx, chainId, code, now);
      const payload = {
        kind: 'two-node-answers' as const,
        first: toBase64(first),
        second: toBase64(second),
        detail,
      };
      await queueOutgoing(tx, [control(parts, 'EVIDENCE', payload, now)], now);
    }
    return ok(undefined);
  });
}

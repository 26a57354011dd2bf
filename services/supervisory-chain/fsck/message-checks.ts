/** Opens every message that went down to the market, and holds it against what it tells of. */
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import { pages } from '#libs/fsck/pages.ts';
import { fromBase64, type LaneMessage, openEnvelope } from '#libs/lane-messages/envelope.ts';
import { downTopics, laneKey } from '#libs/lane-messages/topics.ts';
import { decodeHeader } from '#libs/proof/header.ts';
import { verdictRecord } from '#libs/proof/lane-envelope.ts';
import { verifyInclusion } from '#libs/proof/tree.ts';
import { compareStored, type Difference } from '#libs/result/difference.ts';
import { fromHex, toHex } from '#libs/sm/hex.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { FsckParts } from './parts.ts';

interface StoredMessage {
  readonly id: bigint;
  readonly topic: string;
  readonly key: string;
  readonly message: Uint8Array;
  readonly chain_id: string;
  readonly lane: string | null;
  readonly sequence: bigint | null;
  readonly made_at: Instant;
  readonly leaf_index: bigint | null;
  readonly leaf_hash: Uint8Array | null;
  readonly record: Uint8Array | null;
  readonly height: bigint | null;
  readonly header: Uint8Array | null;
  readonly certificate: unknown;
}

/** With the verdict that a RESULT names, and the block that holds it. */
const MESSAGES = `
  select o.id, o.topic, o.key, o.message, o.chain_id, o.lane, o.sequence, o.made_at,
         v.leaf_index, v.leaf_hash, v.record, b.height, b.header, b.certificate
    from outgoing o
    left join verdict v using (chain_id, lane, sequence)
    left join lateral (select height, header, certificate from block
                        where tree_size > v.leaf_index order by height limit 1) b on true
   where o.id > $1 order by o.id limit $2`;

const RESULTS = `
  select v.leaf_index::text as key, count(o.id) as messages
    from verdict v left join outgoing o using (chain_id, lane, sequence)
   where v.leaf_index < (select coalesce(max(tree_size), 0) from block)
   group by v.leaf_index having count(o.id) <> 1 limit 1001`;

const HEADER = `
  select header, header_hash, tree_size from market_header where chain_id = $1 and height = $2`;

const HEIGHT = 'select coalesce(max(height), 0) as height from market_header';

const table = 'outgoing';

export async function* checkMessages(db: Executor, parts: FsckParts): AsyncGenerator<Difference> {
  let checkpoint = 0n;
  const rows = pages<StoredMessage, readonly [string]>(db, {
    text: MESSAGES,
    first: ['0'],
    keyOf: (row) => [row.id.toString()],
  });
  for await (const row of rows) {
    const key = `id=${row.id}`;
    yield* compareStored(table, `${key} chain_id`, parts.market.chainId, row.chain_id);
    if (row.topic === downTopics(parts.market.chainId).reject.name) {
      yield* checkRefusal(db, row, key);
      continue;
    }
    const opened = openEnvelope(row.message, {
      source: parts.chainId,
      destination: parts.market.chainId,
      keyOf: (keyId) => parts.gatewayKeys.find((each) => each.keyId === keyId)?.publicKey,
      verify: parts.suite.verifySm2,
    });
    if (!opened.ok) {
      const expected = 'a message signed by us';
      yield { table, key: `${key} message`, expected, found: opened.error };
      continue;
    }
    yield* checkPlace(parts, row, key, opened.value);
    if (opened.value.type === 'RESULT') yield* checkResult(parts, row, key, opened.value);
    if (opened.value.type !== 'CHECKPOINT') continue;
    checkpoint += 1n;
    const { payload } = opened.value;
    yield* compareStored(table, `${key} message height`, checkpoint, payload.height);
    yield* checkCheckpoint(db, parts, key, payload);
  }
  yield* checkCounts(db, checkpoint);
}

async function* checkCounts(db: Executor, checkpoints: bigint): AsyncGenerator<Difference> {
  for (const { key, messages } of await prepared<{ key: string; messages: bigint }>(
    db,
    'fsck_results',
    RESULTS,
    [],
  )) {
    yield* compareStored(table, `RESULT of leaf ${key}`, 1n, messages);
  }
  const [last] = await prepared<{ height: bigint }>(db, 'fsck_height', HEIGHT, []);
  yield* compareStored(table, 'checkpoints', last?.height ?? 0n, checkpoints);
}

/** Topic and key by what it is; moments and the packet as it says itself. */
function* checkPlace(
  { market }: FsckParts,
  row: StoredMessage,
  key: string,
  { type, payload, envelope }: LaneMessage,
): Generator<Difference> {
  const topics = downTopics(market.chainId);
  const isReceipt = type === 'RESULT' || type === 'SEEN' || type === 'CHECKPOINT';
  const topic = isReceipt ? topics.receipt.name : topics.control.name;
  yield* compareStored(table, `${key} topic`, topic, row.topic);
  const lane = type === 'RESULT' ? payload.verdict.lane : type === 'SEEN' ? payload.lane : null;
  const messageKey = lane === null ? market.chainId : laneKey(market.chainId, lane);
  yield* compareStored(table, `${key} key`, messageKey, row.key);
  yield* compareStored(table, `${key} made_at`, envelope.createdAt, row.made_at);
  const result = type === 'RESULT' ? payload.verdict : undefined;
  yield* compareStored(table, `${key} lane`, result?.lane ?? null, row.lane);
  const sequence = row.sequence?.toString() ?? null;
  yield* compareStored(table, `${key} sequence`, result?.sequence ?? null, sequence);
}

function* checkResult(
  { suite }: FsckParts,
  row: StoredMessage,
  key: string,
  { payload }: Extract<LaneMessage, { type: 'RESULT' }>,
): Generator<Difference> {
  const place = `${key} message`;
  const compare = (name: string, expected: string | null, found: string | null) =>
    compareStored(table, `${place} ${name}`, expected, found);
  yield* compare('verdict', hexOf(row.record), hexOf(verdictRecord(payload.verdict)));
  yield* compare('supervisoryHeight', row.height?.toString() ?? null, payload.supervisoryHeight);
  yield* compare('leafIndex', row.leaf_index?.toString() ?? null, payload.leafIndex);
  yield* compare('header', hexOf(row.header), hexOf(fromBase64(payload.header)));
  yield* compare('certificate', jsonOf(row.certificate), jsonOf(payload.certificate));
  const header = decodeHeader(fromBase64(payload.header));
  const isIncluded =
    header.ok &&
    row.leaf_hash !== null &&
    payload.treeSize === header.value.treeSize.toString() &&
    verifyInclusion(suite, {
      leafHash: row.leaf_hash,
      leafIndex: BigInt(payload.leafIndex),
      treeSize: header.value.treeSize,
      path: payload.inclusionPath.map(fromHex),
      root: header.value.treeRoot,
    });
  yield* compare('inclusionPath', 'leads to the root', isIncluded ? 'leads to the root' : 'no');
}

async function* checkCheckpoint(
  db: Executor,
  { suite, market, validators }: FsckParts,
  key: string,
  payload: Extract<LaneMessage, { type: 'CHECKPOINT' }>['payload'],
): AsyncGenerator<Difference> {
  interface Row {
    readonly header: Uint8Array;
    readonly header_hash: Uint8Array;
    readonly tree_size: bigint;
  }
  const values = [market.chainId, payload.height];
  const [row] = await prepared<Row>(db, 'fsck_header', HEADER, values);
  const decoded = row === undefined ? undefined : decodeHeader(row.header);
  const root = decoded?.ok === true ? toHex(decoded.value.treeRoot) : null;
  const place = `${key} message`;
  const hash = row === undefined ? null : toHex(row.header_hash);
  yield* compareStored(table, `${place} headerHash`, hash, payload.headerHash);
  const size = row?.tree_size.toString() ?? null;
  yield* compareStored(table, `${place} treeSize`, size, payload.treeSize);
  yield* compareStored(table, `${place} treeRoot`, root, payload.treeRoot);
  const signer = validators.find(({ keyId }) => keyId === payload.keyId);
  const signed =
    signer !== undefined &&
    suite.verifySm2(signer.publicKey, fromHex(payload.headerHash), fromBase64(payload.signature));
  yield* compareStored(table, `${place} signature`, 'ours', signed ? 'ours' : 'not');
}

/** What is told of a refused message, unsigned: its digest is among the evidence. */
async function* checkRefusal(
  db: Executor,
  row: StoredMessage,
  key: string,
): AsyncGenerator<Difference> {
  const told = refusalOf(row.message);
  if (told === undefined) {
    yield { table, key: `${key} message`, expected: 'a refusal', found: 'something else' };
    return;
  }
  yield* compareStored(table, `${key} key`, row.chain_id, row.key);
  const rows = await prepared<{ first: Uint8Array }>(
    db,
    'fsck_refused',
    `select first from evidence where kind = 'message' and code = $1 and detail = $2`,
    [told.code, told.place],
  );
  const isKept = rows.some(({ first }) => sm3Hex(first) === told.sm3);
  const kept = 'evidence of it';
  yield* compareStored(table, `${key} message`, kept, isKept ? kept : 'nothing');
}

function refusalOf(message: Uint8Array) {
  try {
    const told: unknown = JSON.parse(new TextDecoder().decode(message));
    if (typeof told !== 'object' || told === null) return undefined;
    const text = (name: string): string => String(Reflect.get(told, name));
    const place = `${text('topic')}/${text('partition')}/${text('offset')}`;
    return { place, code: text('code'), sm3: text('sm3') };
  } catch {
    return undefined;
  }
}

const hexOf = (bytes: Uint8Array | null): string | null => (bytes === null ? null : toHex(bytes));
const jsonOf = (value: unknown): string => new TextDecoder().decode(canonicalBytes(value));

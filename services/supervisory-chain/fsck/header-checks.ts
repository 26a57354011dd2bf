/** The market's headers read again as a light client would, and what the market's row says of them. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import { pages } from '#libs/fsck/pages.ts';
import { certificateFromJson, checkCertificate } from '#libs/proof/certificate.ts';
import { genesisHeader } from '#libs/proof/genesis.ts';
import { decodeHeader, encodeHeader, type Header, headerHash } from '#libs/proof/header.ts';
import { decodeLaneTable, laneTableRoot } from '#libs/proof/lane-table.ts';
import { zeroHash } from '#libs/proof/suite.ts';
import { compareStored, type Difference } from '#libs/result/difference.ts';
import type { FsckParts } from './parts.ts';

interface StoredHeader {
  readonly chain_id: string;
  readonly height: bigint;
  readonly header: Uint8Array;
  readonly header_hash: Uint8Array;
  readonly tree_size: bigint;
  readonly certificate: unknown;
  readonly via: string;
}

interface StoredMarket {
  readonly chain_id: string;
  readonly height: bigint;
  readonly header: Uint8Array;
  readonly header_hash: Uint8Array;
  readonly lanes: Uint8Array;
}

const HEADERS = `
  select chain_id, height, header, header_hash, tree_size, certificate, via
    from market_header where height > $1 order by height, chain_id limit $2`;

const MARKETS = 'select chain_id, height, header, header_hash, lanes from market order by 1';

const table = 'market_header';

interface Head {
  readonly height: bigint;
  readonly treeSize: bigint;
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
  readonly laneTableRoot: Uint8Array;
}

export async function* checkHeaders(db: Executor, parts: FsckParts): AsyncGenerator<Difference> {
  const { suite, market } = parts;
  let head: Head | undefined;
  const rows = pages<StoredHeader, readonly [string]>(db, {
    text: HEADERS,
    first: ['-1'],
    keyOf: (row) => [row.height.toString()],
  });
  for await (const row of rows) {
    const key = `${row.chain_id}/${row.height}`;
    yield* compareStored(table, `${key} height`, (head?.height ?? -1n) + 1n, row.height);
    yield* compareStored(table, `${key} chain_id`, market.chainId, row.chain_id);
    const hash = headerHash(suite, row.header);
    yield* compareStored(table, `${key} header_hash`, hash, row.header_hash);
    const decoded = decodeHeader(row.header);
    if (!decoded.ok) {
      yield { table, key: `${key} header`, expected: 'a header', found: decoded.error };
      continue;
    }
    const header = decoded.value;
    yield* compareStored(table, `${key} height`, header.height, row.height);
    yield* compareStored(table, `${key} tree_size`, header.treeSize, row.tree_size);
    yield* row.height === 0n
      ? checkGenesis(parts, row, key)
      : checkNext(parts, row, { key, header, hash, head });
    const { treeSize, laneTableRoot: root } = header;
    head = { height: row.height, treeSize, bytes: row.header, hash, laneTableRoot: root };
  }
  yield* checkMarkets(db, parts, head);
}

function* checkGenesis(
  { suite, market }: FsckParts,
  row: StoredHeader,
  key: string,
): Generator<Difference> {
  const genesis = encodeHeader(genesisHeader(suite, market));
  yield* compareStored(table, `${key} header`, genesis, row.header);
  yield* compareStored(table, `${key} via`, 'genesis', row.via);
  const isEmpty = Array.isArray(row.certificate) && row.certificate.length === 0;
  yield* compareStored(table, `${key} certificate`, 'empty', isEmpty ? 'empty' : 'something');
}

interface Next {
  readonly key: string;
  readonly header: Header;
  readonly hash: Uint8Array;
  readonly head: Head | undefined;
}

function* checkNext(
  { suite, market }: FsckParts,
  row: StoredHeader,
  { key, header, hash, head }: Next,
): Generator<Difference> {
  const previous = head?.hash ?? zeroHash();
  yield* compareStored(table, `${key} header previous`, previous, header.previousHeaderHash);
  yield* compareStored(table, `${key} header chain`, market.chainId, header.chainId);
  if (header.treeSize < (head?.treeSize ?? 0n)) {
    yield* compareStored(table, `${key} tree_size`, 'a tree that grows', header.treeSize);
  }
  if (row.via === 'genesis') yield* compareStored(table, `${key} via`, 'lane or pull', row.via);
  const certificate = certificateOf(row.certificate);
  const told = certificate === undefined ? 'malformed' : 'valid';
  const checked = checkCertificate(suite, hash, certificate ?? [], market);
  const found = checked.ok ? told : checked.error;
  yield* compareStored(table, `${key} certificate`, 'valid', found);
}

/** Of a column that may hold anything. */
export function certificateOf(value: unknown): ReturnType<typeof certificateFromJson> {
  const isCertificate =
    Array.isArray(value) &&
    value.every(
      (entry: unknown) =>
        typeof entry === 'object' &&
        entry !== null &&
        typeof Reflect.get(entry, 'keyId') === 'string' &&
        typeof Reflect.get(entry, 'signature') === 'string',
    );
  return isCertificate ? certificateFromJson(value) : undefined;
}

async function* checkMarkets(
  db: Executor,
  { suite, market }: FsckParts,
  head: Head | undefined,
): AsyncGenerator<Difference> {
  const rows = await prepared<StoredMarket>(db, 'fsck_markets', MARKETS, []);
  if (rows.length === 0) {
    yield { table: 'market', key: market.chainId, expected: 'a row', found: 'nothing' };
  }
  for (const row of rows) {
    const key = row.chain_id;
    yield* compareStored('market', `${key} chain_id`, market.chainId, row.chain_id);
    yield* compareStored('market', `${key} height`, head?.height ?? null, row.height);
    yield* compareStored('market', `${key} header`, head?.bytes ?? null, row.header);
    yield* compareStored('market', `${key} header_hash`, head?.hash ?? null, row.header_hash);
    // Nothing is told of lanes before the first header.
    if (row.height === 0n && row.lanes.length === 0) continue;
    const lanes = decodeLaneTable(row.lanes);
    const root = lanes.ok ? laneTableRoot(suite, lanes.value) : lanes.error;
    yield* compareStored('market', `${key} lanes`, head?.laneTableRoot ?? null, root);
  }
}

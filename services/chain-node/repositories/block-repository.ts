/** Blocks, tree nodes and signatures. */
import type { Executor } from '#libs/db/database.ts';
import { prepared, preparedOne } from '#libs/db/prepared.ts';
import type { CertificateEntry } from '#libs/proof/certificate.ts';
import { decodeHeader, type Header } from '#libs/proof/header.ts';
import { decodeLaneTable, encodeLaneTable, type LaneTable } from '#libs/proof/lane-table.ts';
import type { TreeNode } from '#libs/proof/right-edge.ts';
import { expectOk } from '#libs/result/result.ts';
import { toBuffer, toBytes } from './rows.ts';

export interface BlockRow {
  readonly height: bigint;
  readonly header: Header;
  readonly headerBytes: Uint8Array;
  readonly headerHash: Uint8Array;
  readonly recordCount: number;
  readonly lanes: LaneTable;
}

interface StoredBlockRow {
  readonly height: bigint;
  readonly header: Buffer;
  readonly header_hash: Buffer;
  readonly record_count: number;
  readonly lane_table: Buffer;
}

export interface NewBlock {
  readonly header: Header;
  readonly headerBytes: Uint8Array;
  readonly headerHash: Uint8Array;
  readonly recordCount: number;
  readonly lanes: LaneTable;
  readonly nodes: readonly TreeNode[];
}

const COLUMNS = 'height, header, header_hash, record_count, lane_table';

/** The leaves of a block. */
export function rangeOf(block: BlockRow): { firstLeafIndex: bigint; count: number } {
  const firstLeafIndex = block.header.treeSize - BigInt(block.recordCount);
  return { firstLeafIndex, count: block.recordCount };
}

export async function insertBlock(tx: Executor, block: NewBlock): Promise<void> {
  const { header, nodes } = block;
  if (nodes.length > 0) {
    await prepared(
      tx,
      'insert_tree_nodes',
      `insert into tree_node (level, node_index, hash)
       select * from unnest($1::smallint[], $2::bigint[], $3::bytea[])`,
      [
        nodes.map((node) => node.level),
        nodes.map((node) => node.index),
        nodes.map((node) => toBuffer(node.hash)),
      ],
    );
  }
  await prepared(
    tx,
    'insert_block',
    `insert into block (height, header, header_hash, previous_header_hash, tree_size, record_count,
       lane_table)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      header.height,
      toBuffer(block.headerBytes),
      toBuffer(block.headerHash),
      header.height === 0n ? null : toBuffer(header.previousHeaderHash),
      header.treeSize,
      block.recordCount,
      toBuffer(encodeLaneTable(block.lanes)),
    ],
  );
}

/** Undefined before the node's first start. */
export async function findLastHeight(db: Executor): Promise<bigint | undefined> {
  const { height } = await preparedOne<{ height: bigint | null }>(
    db,
    'find_last_height',
    'select max(height) as height from block',
  );
  return height ?? undefined;
}

export async function findBlock(db: Executor, height: bigint): Promise<BlockRow | undefined> {
  const [block] = await findBlocks(db, height, 1);
  return block?.height === height ? block : undefined;
}

export async function findBlocks(
  db: Executor,
  fromHeight: bigint,
  limit: number,
): Promise<readonly BlockRow[]> {
  const rows = await prepared<StoredBlockRow>(
    db,
    'find_blocks',
    `select ${COLUMNS} from block where height >= $1 order by height limit $2`,
    [fromHeight, limit],
  );
  return rows.map(toBlockRow);
}

/** The block that holds the leaf. */
export async function findBlockOfLeaf(
  db: Executor,
  leafIndex: bigint,
): Promise<BlockRow | undefined> {
  const [row] = await prepared<StoredBlockRow>(
    db,
    'find_block_of_leaf',
    `select ${COLUMNS} from block where tree_size > $1 order by tree_size limit 1`,
    [leafIndex],
  );
  return row === undefined ? undefined : toBlockRow(row);
}

/** Nothing happens where the key has signed the height already. */
export async function insertSignature(
  tx: Executor,
  height: bigint,
  entry: CertificateEntry,
): Promise<void> {
  await prepared(
    tx,
    'insert_signature',
    `insert into block_signature (height, key_id, signature) values ($1, $2, $3)
     on conflict do nothing`,
    [height, entry.keyId, toBuffer(entry.signature)],
  );
}

interface SignatureRow {
  readonly height: bigint;
  readonly key_id: string;
  readonly signature: Buffer;
}

/** Signatures of a range of heights, each height's in key-id order. */
export async function findSignatures(
  db: Executor,
  fromHeight: bigint,
  untilHeight: bigint,
): Promise<ReadonlyMap<bigint, readonly CertificateEntry[]>> {
  const rows = await prepared<SignatureRow>(
    db,
    'find_signatures',
    `select height, key_id, signature from block_signature
     where height >= $1 and height <= $2 order by height, key_id collate "C"`,
    [fromHeight, untilHeight],
  );
  const byHeight = new Map<bigint, CertificateEntry[]>();
  for (const row of rows) {
    const entries = byHeight.get(row.height) ?? [];
    entries.push({ keyId: row.key_id, signature: toBytes(row.signature) });
    byHeight.set(row.height, entries);
  }
  return byHeight;
}

/** The first height above 0 with fewer signatures than that, or none. */
export async function findFirstHeightShortOf(
  db: Executor,
  signatureCount: number,
): Promise<bigint | undefined> {
  const [row] = await prepared<{ height: bigint }>(
    db,
    'find_first_height_short_of',
    `select b.height from block b
     where b.height > 0
       and (select count(*) from block_signature s where s.height = b.height) < $1
     order by b.height limit 1`,
    [signatureCount],
  );
  return row?.height;
}

/** The first height above 0 that the key has not signed, or none. */
export async function findFirstUnsigned(db: Executor, keyId: string): Promise<bigint | undefined> {
  const [row] = await prepared<{ height: bigint }>(
    db,
    'find_first_unsigned',
    `select b.height from block b
     where b.height > coalesce((select max(s.height) from block_signature s where s.key_id = $1), 0)
     order by b.height limit 1`,
    [keyId],
  );
  return row?.height;
}

function toBlockRow(row: StoredBlockRow): BlockRow {
  const headerBytes = toBytes(row.header);
  return {
    height: row.height,
    header: expectOk(decodeHeader(headerBytes), `the header of height ${row.height}`),
    headerBytes,
    headerHash: toBytes(row.header_hash),
    recordCount: row.record_count,
    lanes: expectOk(decodeLaneTable(toBytes(row.lane_table)), 'a lane table'),
  };
}

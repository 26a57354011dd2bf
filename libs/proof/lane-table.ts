/** The lane table: last sequence and packet hash of every lane, and its root in the header. */
import { err, ok, type Result } from '#libs/result/result.ts';
import { ByteReader, ByteWriter, EncodingFault } from './bytes.ts';
import { HASH_BYTES, type Suite } from './suite.ts';
import { leafHash, treeRoot } from './tree.ts';

const LABEL = 'QJ-LANE-HEAD-1';
const ENTRY_BYTES = 1 + 8 + HASH_BYTES;

export interface LaneHead {
  readonly lane: number;
  readonly lastSequence: bigint;
  readonly lastPacketHash: Uint8Array;
}

/** Only lanes that have carried a packet, in ascending order of lane. */
export type LaneTable = readonly LaneHead[];

/** The tree root over the heads, so that one lane can be shown alone. */
export function laneTableRoot(suite: Suite, table: LaneTable): Uint8Array {
  assertAscending(table);
  const leaves = table.map((head) => {
    const writer = new ByteWriter().label(LABEL);
    return leafHash(suite, writeHead(writer, head).end());
  });
  return treeRoot(suite, leaves);
}

/** The heads one after the other, 41 bytes each. */
export function encodeLaneTable(table: LaneTable): Uint8Array {
  assertAscending(table);
  const writer = new ByteWriter();
  for (const head of table) writeHead(writer, head);
  return writer.end();
}

export function decodeLaneTable(bytes: Uint8Array): Result<LaneTable, 'lane-table-malformed'> {
  if (bytes.length % ENTRY_BYTES !== 0) return err('lane-table-malformed');
  const table: LaneHead[] = [];
  try {
    const reader = new ByteReader(bytes);
    while (reader.offset < bytes.length) {
      table.push({
        lane: reader.u8(),
        lastSequence: reader.u64(),
        lastPacketHash: reader.bytes(HASH_BYTES),
      });
    }
  } catch (fault) {
    if (fault instanceof EncodingFault) return err('lane-table-malformed');
    throw fault;
  }
  return isAscending(table) ? ok(table) : err('lane-table-malformed');
}

function writeHead(writer: ByteWriter, head: LaneHead): ByteWriter {
  return writer.u8(head.lane).u64(head.lastSequence).bytes(head.lastPacketHash, HASH_BYTES);
}

function isAscending(table: LaneTable): boolean {
  return table.every((head, index) => head.lane > (table[index - 1]?.lane ?? -1));
}

function assertAscending(table: LaneTable): void {
  if (!isAscending(table)) throw new RangeError('lanes not in ascending order');
}

// Builds chain records in lane order, as the regulator link does, with bodies nobody can read.
import { randomBytes } from 'node:crypto';
import { encodeResultsRecord } from '#libs/proof/clear-record.ts';
import { packetHash } from '#libs/proof/packet.ts';
import {
  encodeObjectFrame,
  encodeObjectRecord,
  laneOfClass,
  type ObjectClass,
  type ObjectFrame,
  type Operation,
} from '#libs/proof/record-frame.ts';
import { zeroHash } from '#libs/proof/suite.ts';
import { leafHash } from '#libs/proof/tree.ts';
import { smSuite } from './sm-suite.ts';

export interface RecordWish {
  readonly objectId: string;
  readonly version?: number;
  readonly revision?: number;
  readonly operation?: Operation;
  readonly class?: ObjectClass;
  readonly bodyBytes?: number;
  /** What the record lies about. */
  readonly lie?: Partial<ObjectFrame>;
}

export interface RecordWriter {
  object(wish: RecordWish): Uint8Array;
  results(packet: Uint8Array): Uint8Array;
}

/** Keeps lane sequences and packet hashes: every record follows the one made before. */
export function createRecordWriter(chainId: string): RecordWriter {
  const lanes = new Map<number, { sequence: bigint; hash: Uint8Array }>();
  return {
    object(wish) {
      const objectClass = wish.class ?? 'subject';
      const lane = laneOfClass(objectClass);
      const last = lanes.get(lane) ?? { sequence: 0n, hash: zeroHash() };
      const version = wish.version ?? 0;
      const frame: ObjectFrame = {
        lane,
        laneSequence: last.sequence + 1n,
        previousPacketHash: last.hash,
        objectId: wish.objectId,
        version,
        revision: wish.revision ?? 0,
        operation: wish.operation ?? (version === 0 ? 'create' : 'update'),
        class: objectClass,
        snapshotHash: new Uint8Array(randomBytes(32)),
        fieldTreeRoot: new Uint8Array(randomBytes(32)),
        ...wish.lie,
      };
      const body = new Uint8Array(randomBytes(wish.bodyBytes ?? 64));
      const record = encodeObjectRecord(encodeObjectFrame(frame), body);
      const hash = packetHash(smSuite, {
        chainId,
        lane: frame.lane,
        sequence: frame.laneSequence,
        previousPacketHash: frame.previousPacketHash,
        recordHash: leafHash(smSuite, record),
      });
      lanes.set(lane, { sequence: frame.laneSequence, hash });
      return record;
    },
    results(packet) {
      return encodeResultsRecord([
        {
          packetHash: Buffer.from(packet).toString('hex'),
          resultHash: randomBytes(32).toString('hex'),
          verdict: 'ACCEPTED',
          supervisoryHeight: '1',
        },
      ]);
    },
  };
}

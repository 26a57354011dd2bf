/** Where an offered record stands in its lane and in the market's tree, before its content. */
import { equalBytes } from '#libs/proof/bytes.ts';
import { packetHash } from '#libs/proof/packet.ts';
import {
  decodeRecord,
  LANE,
  type LaneName,
  laneOfClass,
  type ObjectRecord,
} from '#libs/proof/record-frame.ts';
import type { Suite } from '#libs/proof/suite.ts';
import { leafHash, verifyInclusion } from '#libs/proof/tree.ts';

export interface LanePlace {
  readonly lane: LaneName;
  readonly sequence: bigint;
}

/** What is told of a record, beside its content. */
export interface OfferedPlace {
  readonly lane: LaneName;
  readonly record: Uint8Array;
  readonly leafIndex: bigint;
  readonly treeSize: bigint;
  readonly inclusionPath: readonly Uint8Array[];
  /** What must be taken in other lanes before this record can be judged. */
  readonly after: readonly LanePlace[];
}

export interface LaneHead {
  readonly lastSequence: bigint;
  readonly lastPacketHash: Uint8Array;
  readonly isFrozen: boolean;
}

export interface PlacedRecord {
  readonly record: ObjectRecord;
  readonly recordHash: Uint8Array;
  readonly packetHash: Uint8Array;
}

/**
 * taken: next in its lane. duplicate: the same was taken before. ahead: something before it is
 * missing. early: it builds on a packet of another lane that is missing. unproved: the header it
 * stands under is not known yet. two-packets: the market's chain holds another one at its place.
 */
export type Placement =
  | { readonly kind: 'taken'; readonly placed: PlacedRecord }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'duplicate' | 'two-packets'; readonly sequence: bigint }
  | { readonly kind: 'ahead' | 'early' | 'unproved' | 'frozen' };

/** What is held of a market, and what the records placed one after the other add to it. */
export class MarketPlaces {
  readonly #chainId: string;
  readonly #isFrozen: boolean;
  readonly #lanes: Map<LaneName, LaneHead>;
  readonly #roots: ReadonlyMap<bigint, Uint8Array>;
  readonly #taken: Map<string, Uint8Array>;

  constructor(held: {
    readonly chainId: string;
    readonly isFrozen: boolean;
    readonly lanes: ReadonlyMap<LaneName, LaneHead>;
    /** Of accepted headers, by the size of their trees. */
    readonly roots: ReadonlyMap<bigint, Uint8Array>;
    /** Packet hashes of the places that are asked about, by `placeName`. */
    readonly taken: ReadonlyMap<string, Uint8Array>;
  }) {
    this.#chainId = held.chainId;
    this.#isFrozen = held.isFrozen;
    this.#lanes = new Map(held.lanes);
    this.#roots = held.roots;
    this.#taken = new Map(held.taken);
  }

  /** Moves the lane when the record is taken, and stops it when two records claim one place. */
  place(suite: Suite, offered: OfferedPlace): Placement {
    const decoded = decodeRecord(offered.record);
    if (!decoded.ok || decoded.value.kind !== 'object') return refused('record');
    const record = decoded.value;
    const { frame } = record;
    const isInItsLane =
      frame.lane === LANE[offered.lane] && laneOfClass(frame.class) === frame.lane;
    if (!isInItsLane) return refused('record-lane');
    const lane = this.#head(offered.lane);
    if (this.#isFrozen || lane.isFrozen) return { kind: 'frozen' };
    const sequence = frame.laneSequence;
    if (sequence > lane.lastSequence + 1n) return { kind: 'ahead' };
    const recordHash = leafHash(suite, offered.record);
    const hash = packetHash(suite, {
      chainId: this.#chainId,
      lane: frame.lane,
      sequence,
      previousPacketHash: frame.previousPacketHash,
      recordHash,
    });
    if (sequence <= lane.lastSequence) {
      return this.#placeEarlier(suite, offered, { sequence, hash, recordHash });
    }
    if (!this.#haveReached(offered.after)) return { kind: 'early' };
    if (!equalBytes(frame.previousPacketHash, lane.lastPacketHash)) return refused('packet-link');
    if (!this.#roots.has(offered.treeSize)) return { kind: 'unproved' };
    if (!this.#isIncluded(suite, offered, recordHash)) return refused('packet-inclusion');
    this.#lanes.set(offered.lane, { ...lane, lastSequence: sequence, lastPacketHash: hash });
    this.#taken.set(placeName({ lane: offered.lane, sequence }), hash);
    return { kind: 'taken', placed: { record, recordHash, packetHash: hash } };
  }

  /**
   * The same packet again is a duplicate. Only a record that the market's own chain holds convicts
   * the market of another at one place; anybody can make bytes up.
   */
  #placeEarlier(
    suite: Suite,
    offered: OfferedPlace,
    told: { readonly sequence: bigint; readonly hash: Uint8Array; readonly recordHash: Uint8Array },
  ): Placement {
    const { sequence } = told;
    const known = this.#taken.get(placeName({ lane: offered.lane, sequence }));
    if (known === undefined) throw new RangeError('a lane has all of its packets');
    if (equalBytes(known, told.hash)) return { kind: 'duplicate', sequence };
    if (!this.#isIncluded(suite, offered, told.recordHash)) return refused('packet-inclusion');
    this.#lanes.set(offered.lane, { ...this.#head(offered.lane), isFrozen: true });
    return { kind: 'two-packets', sequence };
  }

  #head(name: LaneName): LaneHead {
    const head = this.#lanes.get(name);
    if (head === undefined) throw new RangeError(`lane ${name} is not set up`);
    return head;
  }

  #haveReached(places: readonly LanePlace[]): boolean {
    return places.every(({ lane, sequence }) => this.#head(lane).lastSequence >= sequence);
  }

  #isIncluded(suite: Suite, offered: OfferedPlace, recordHash: Uint8Array): boolean {
    const root = this.#roots.get(offered.treeSize);
    if (root === undefined) return false;
    const { leafIndex, treeSize, inclusionPath } = offered;
    const claim = { leafIndex, treeSize, path: inclusionPath, root };
    return verifyInclusion(suite, { leafHash: recordHash, ...claim });
  }
}

const refused = (code: string): Placement => ({ kind: 'refused', code });

export const placeName = ({ lane, sequence }: LanePlace): string => `${lane}/${sequence}`;

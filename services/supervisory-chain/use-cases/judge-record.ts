/** Opens a record whose proofs hold, judges its content, and stores it with its verdict. */
import { validateObject } from '#libs/cross-chain-model/validate.ts';
import type { RegulatorObject } from '#libs/cross-chain-model/object.ts';
import type { Tx } from '#libs/db/database.ts';
import { snapshotFieldTreeRoot } from '#libs/envelope/object-record.ts';
import { openRecord, sealRecord } from '#libs/envelope/record.ts';
import { equalBytes } from '#libs/proof/bytes.ts';
import { verdictRecord } from '#libs/proof/lane-envelope.ts';
import type { ObjectRecord } from '#libs/proof/record-frame.ts';
import { parseSnapshot, verifySeals } from '#libs/proof/sealed-object.ts';
import { leafHash } from '#libs/proof/tree.ts';
import { assert } from '#libs/result/result.ts';
import { toHex } from '#libs/sm/hex.ts';
import { hmacSm3 } from '#libs/sm/sm3.ts';
import { codeRequestOf } from '../domain/investor-code.ts';
import {
  accepted,
  type Judgement,
  judgeContinuity,
  judgeFrame,
  judgeReferences,
  judgeSchema,
  judgeVersion,
  referencesIn,
  rejected,
} from '../domain/judge-object.ts';
import type { SupervisoryParts } from '../parts.ts';
import { allocateCode } from '../repositories/investor-repository.ts';
import { appendVerdict } from '../repositories/own-chain-repository.ts';
import {
  findObjectVersion,
  insertPacket,
  knownVersions,
  presentReferences,
} from '../repositories/packet-repository.ts';
import type { OfferedRecord } from './take-record.ts';

export interface PlacedRecord {
  readonly record: ObjectRecord;
  readonly recordHash: Uint8Array;
  readonly packetHash: Uint8Array;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const snapshotPlace = (recordHash: Uint8Array): Uint8Array =>
  encode(`supervisory/snapshot/${toHex(recordHash)}`);

/** The plain sealed snapshot that is kept of a packet. */
export function openStored(
  parts: Pick<SupervisoryParts, 'storeKey'>,
  packet: { readonly recordHash: Uint8Array; readonly snapshot: Uint8Array },
): Uint8Array {
  const bytes = openRecord({
    dataKey: parts.storeKey,
    associatedData: snapshotPlace(packet.recordHash),
    sealed: packet.snapshot,
  });
  assert(bytes !== undefined, 'a stored snapshot does not open');
  return bytes;
}

interface Opened {
  readonly judgement: Judgement;
  readonly snapshot: Uint8Array;
  readonly object: RegulatorObject | undefined;
}

/** Content that does not open or is not what the frame commits to is rejected, and kept as it is. */
function openContent(
  parts: SupervisoryParts,
  offered: OfferedRecord,
  record: ObjectRecord,
): Opened {
  const none = { snapshot: new Uint8Array(), object: undefined };
  const opened = offered.open(record);
  if (!opened.ok) return { ...none, judgement: rejected(opened.code) };
  const { snapshot, dataKey } = opened;
  if (!equalBytes(parts.suite.sm3(snapshot), record.frame.snapshotHash)) {
    return { ...none, snapshot, judgement: rejected('snapshot-hash') };
  }
  const parsed = parseSnapshot(snapshot);
  if (parsed === undefined)
    return { ...none, snapshot, judgement: rejected('snapshot-not-canonical') };
  if (!verifySeals(parts.suite, parsed, parts.sealKeys)) {
    return { ...none, snapshot, judgement: rejected('seal-invalid', '/header/seal') };
  }
  if (dataKey !== undefined) {
    const own = snapshotFieldTreeRoot(parsed, record.frame, dataKey);
    if (!equalBytes(own, record.frame.fieldTreeRoot))
      return { ...none, snapshot, judgement: rejected('field-tree') };
  }
  const valid = validateObject(parsed);
  const judgement = valid.ok ? accepted : judgeSchema(valid.error);
  const object = valid.ok ? (parsed as unknown as RegulatorObject) : undefined;
  return { judgement, snapshot, object };
}

async function judgeBusiness(
  tx: Tx<unknown>,
  object: RegulatorObject,
  { frame }: ObjectRecord,
): Promise<Judgement> {
  const framed = judgeFrame(object, frame);
  if (framed.verdict === 'REJECTED') return framed;
  const known = await knownVersions(tx, frame.objectId, frame.version);
  const versioned = judgeVersion(frame, known);
  if (versioned.verdict === 'REJECTED') return versioned;
  const references = referencesIn(object);
  const present = await presentReferences(tx, [...new Set(references.values())]);
  return judgeReferences(references, present);
}

async function judgeBalances(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  object: RegulatorObject,
): Promise<Judgement> {
  const { object_id: objectId, version } = object.header.content;
  const previous = version === 0 ? undefined : await findObjectVersion(tx, objectId, version - 1);
  if (previous?.verdict === 'REJECTED') return accepted;
  const parsed = previous === undefined ? undefined : parseSnapshot(openStored(parts, previous));
  return judgeContinuity(object, parsed as RegulatorObject | undefined);
}

async function judge(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  opened: Opened,
  record: ObjectRecord,
): Promise<Judgement> {
  if (opened.judgement.verdict === 'REJECTED' || opened.object === undefined) {
    return opened.judgement;
  }
  const business = await judgeBusiness(tx, opened.object, record);
  if (business.verdict === 'REJECTED') return business;
  return judgeBalances(parts, tx, opened.object);
}

export async function judgeAndStore(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  offered: OfferedRecord,
  placed: PlacedRecord,
): Promise<void> {
  const now = parts.clock.now();
  const { frame } = placed.record;
  const { chainId } = parts.market;
  const opened = openContent(parts, offered, placed.record);
  const judgement = await judge(parts, tx, opened, placed.record);
  await insertPacket(
    tx,
    {
      chainId,
      lane: offered.lane,
      sequence: frame.laneSequence,
      packetHash: placed.packetHash,
      recordHash: placed.recordHash,
      record: offered.record,
      leafIndex: offered.leafIndex,
      height: offered.height,
      objectId: frame.objectId,
      version: frame.version,
      revision: frame.revision,
      class: frame.class,
      operation: frame.operation,
      snapshotHash: frame.snapshotHash,
      snapshot: sealRecord({
        dataKey: parts.storeKey,
        associatedData: snapshotPlace(placed.recordHash),
        plaintext: opened.snapshot,
      }),
      ...judgement,
      via: offered.via,
    },
    now,
  );
  const request =
    judgement.verdict === 'ACCEPTED' && opened.object !== undefined
      ? codeRequestOf(opened.object)
      : undefined;
  const investorCode =
    request === undefined
      ? undefined
      : await allocateCode(
          tx,
          request.letter,
          hmacSm3(parts.storeKey, encode(`supervisory/investor/${request.identity}`)),
          now,
        );
  const record = verdictRecord({
    chainId,
    lane: offered.lane,
    sequence: frame.laneSequence.toString(),
    packetHash: toHex(placed.packetHash),
    verdict: judgement.verdict,
    ...(judgement.code === null ? {} : { code: judgement.code }),
    ...(judgement.verdict === 'ACCEPTED' || judgement.field === null
      ? {}
      : { field: judgement.field }),
    ...(investorCode === undefined ? {} : { investorCode }),
  });
  await appendVerdict(
    tx,
    {
      chainId,
      lane: offered.lane,
      sequence: frame.laneSequence,
      record,
      leafHash: leafHash(parts.suite, record),
    },
    now,
  );
}

/** Opens a record whose proofs hold, judges its content, and stores it with its verdict. */
import { validateObject } from '#libs/cross-chain-model/validate.ts';
import type { RegulatorObject } from '#libs/cross-chain-model/object.ts';
import type { Tx } from '#libs/db/database.ts';
import { snapshotFieldTreeRoot } from '#libs/envelope/object-record.ts';
import { equalBytes } from '#libs/proof/bytes.ts';
import { verdictRecord } from '#libs/proof/lane-envelope.ts';
import type { ObjectRecord } from '#libs/proof/record-frame.ts';
import { parseSnapshot, verifySeals } from '#libs/proof/sealed-object.ts';
import { leafHash } from '#libs/proof/tree.ts';
import { toHex } from '#libs/sm/hex.ts';
import { hmacSm3 } from '#libs/sm/sm3.ts';
import { sealStored, storedObject } from '../codecs/stored-object.ts';
import { codeRequestOf } from '../domain/objects/investor-code.ts';
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
  type Packet,
  presentReferences,
} from '../repositories/packet-repository.ts';
import type { OfferedRecord } from './take-record.ts';

export interface PlacedRecord {
  readonly record: ObjectRecord;
  readonly recordHash: Uint8Array;
  readonly packetHash: Uint8Array;
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
  return { judgement, snapshot, object: valid.ok ? valid.value : undefined };
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
  return judgeContinuity(
    object,
    previous === undefined ? undefined : storedObject(parts, previous),
  );
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

/** A subject that asks for an investor code gets one with its acceptance. */
async function codeFor(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  { object }: Opened,
  judgement: Judgement,
): Promise<string | undefined> {
  if (judgement.verdict === 'REJECTED' || object === undefined) return undefined;
  const request = codeRequestOf(object);
  if (request === undefined) return undefined;
  const label = new TextEncoder().encode(`supervisory/investor/${request.identity}`);
  const identity = hmacSm3(parts.storeKey, label);
  return allocateCode(tx, request.letter, identity, parts.clock.now());
}

function verdictOf(
  parts: SupervisoryParts,
  offered: OfferedRecord,
  placed: PlacedRecord,
  judged: { readonly judgement: Judgement; readonly investorCode: string | undefined },
): Uint8Array {
  const { verdict, code, field } = judged.judgement;
  const { investorCode } = judged;
  return verdictRecord({
    chainId: parts.market.chainId,
    lane: offered.lane,
    sequence: placed.record.frame.laneSequence.toString(),
    packetHash: toHex(placed.packetHash),
    verdict,
    ...(code === null ? {} : { code }),
    ...(field === null ? {} : { field }),
    ...(investorCode === undefined ? {} : { investorCode }),
  });
}

function packetOf(
  parts: SupervisoryParts,
  offered: OfferedRecord,
  { record, recordHash, packetHash }: PlacedRecord,
  { snapshot, judgement }: Pick<Opened, 'snapshot' | 'judgement'>,
): Packet {
  const { frame } = record;
  const { lane, height, leafIndex, via } = offered;
  return {
    chainId: parts.market.chainId,
    lane,
    sequence: frame.laneSequence,
    packetHash,
    recordHash,
    record: offered.record,
    leafIndex,
    height,
    objectId: frame.objectId,
    version: frame.version,
    revision: frame.revision,
    class: frame.class,
    operation: frame.operation,
    snapshotHash: frame.snapshotHash,
    snapshot: sealStored(parts, recordHash, snapshot),
    ...judgement,
    via,
  };
}

export async function judgeAndStore(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  offered: OfferedRecord,
  placed: PlacedRecord,
): Promise<void> {
  const now = parts.clock.now();
  const opened = openContent(parts, offered, placed.record);
  const judgement = await judge(parts, tx, opened, placed.record);
  const { snapshot } = opened;
  await insertPacket(tx, packetOf(parts, offered, placed, { snapshot, judgement }), now);
  const investorCode = await codeFor(parts, tx, opened, judgement);
  const record = verdictOf(parts, offered, placed, { judgement, investorCode });
  const leaf = {
    chainId: parts.market.chainId,
    lane: offered.lane,
    sequence: placed.record.frame.laneSequence,
    record,
    leafHash: leafHash(parts.suite, record),
  };
  await appendVerdict(tx, leaf, now);
}

/** Opens records whose proofs hold, judges their content in order, and stores them with verdicts. */
import { setImmediate as breathe } from 'node:timers/promises';
import { validateObject } from '#libs/cross-chain-model/validate.ts';
import type { RegulatorObject } from '#libs/cross-chain-model/object.ts';
import type { Tx } from '#libs/db/database.ts';
import { snapshotFieldTreeRoot } from '#libs/envelope/object-record.ts';
import { equalBytes } from '#libs/proof/bytes.ts';
import { verdictRecord } from '#libs/proof/lane-envelope.ts';
import { parseSnapshot, verifySeals } from '#libs/proof/sealed-object.ts';
import { leafHash } from '#libs/proof/tree.ts';
import { toHex } from '#libs/sm/hex.ts';
import { identityDigest, sealStored, storedObject } from '../codecs/stored-object.ts';
import { KnownObjects, type TakenVersion, versionName } from '../domain/known-objects.ts';
import type { PlacedRecord } from '../domain/place-record.ts';
import { type CodeRequest, codeRequestOf } from '../domain/objects/investor-code.ts';
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
import { allocateCodes } from '../repositories/investor-repository.ts';
import { appendVerdicts } from '../repositories/own-chain-repository.ts';
import {
  insertPackets,
  newestRevisions,
  type Packet,
  presentReferences,
  takenObjects,
} from '../repositories/packet-repository.ts';
import type { OfferedRecord } from './take-records.ts';

export interface TakenRecord {
  readonly offered: OfferedRecord;
  readonly placed: PlacedRecord;
}

/** Records opened between two turns of the event loop: others have their say in between. */
const recordsPerTurn = 8;

interface Opened extends TakenRecord {
  readonly judgement: Judgement;
  readonly snapshot: Uint8Array;
  readonly object: RegulatorObject | undefined;
}

/** Content that does not open or is not what the frame commits to is rejected, and kept as it is. */
function openContent(parts: SupervisoryParts, taken: TakenRecord): Opened {
  const { offered, placed } = taken;
  const { record } = placed;
  const none = { ...taken, snapshot: new Uint8Array(), object: undefined };
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
  return { ...taken, judgement, snapshot, object: valid.ok ? valid.value : undefined };
}

async function openAll(
  parts: SupervisoryParts,
  taken: readonly TakenRecord[],
): Promise<readonly Opened[]> {
  const opened: Opened[] = [];
  for (const each of taken) {
    opened.push(openContent(parts, each));
    if (opened.length % recordsPerTurn === 0) await breathe();
  }
  return opened;
}

/** What of the store the judgement of these records asks about. */
async function knownObjects(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  opened: readonly Opened[],
): Promise<KnownObjects> {
  const frames = opened.map(({ placed }) => placed.record.frame);
  const references = opened.flatMap(({ object }) =>
    object === undefined ? [] : [...referencesIn(object).values()],
  );
  const before = opened.flatMap(({ object, placed }) => {
    const { objectId, version } = placed.record.frame;
    const asks = object?.header.content.type === 'registration' && version > 0;
    return asks ? [{ objectId, version: version - 1 }] : [];
  });
  const stored = await takenObjects(tx, frames);
  const versions = new Map<string, TakenVersion>();
  for (const packet of await newestRevisions(tx, before)) {
    const object = packet.verdict === 'ACCEPTED' ? storedObject(parts, packet) : undefined;
    versions.set(versionName(packet), { revision: packet.revision, object });
  }
  const present = await presentReferences(tx, [...new Set(references)]);
  return new KnownObjects({ ...stored, versions, present });
}

function judgeBusiness({ placed }: Opened, object: RegulatorObject, known: KnownObjects) {
  const { frame } = placed.record;
  const framed = judgeFrame(object, frame);
  if (framed.verdict === 'REJECTED') return framed;
  const versioned = judgeVersion(frame, known.versionsOf(frame));
  if (versioned.verdict === 'REJECTED') return versioned;
  return judgeReferences(referencesIn(object), known.present);
}

function judgeBalances(object: RegulatorObject, known: KnownObjects): Judgement {
  const { object_id: objectId, version } = object.header.content;
  const previous = version === 0 ? undefined : known.version({ objectId, version: version - 1 });
  if (previous !== undefined && previous.object === undefined) return accepted;
  return judgeContinuity(object, previous?.object);
}

function judge(opened: Opened, known: KnownObjects): Judgement {
  const { judgement, object } = opened;
  if (judgement.verdict === 'REJECTED' || object === undefined) return judgement;
  const business = judgeBusiness(opened, object, known);
  if (business.verdict === 'REJECTED') return business;
  return judgeBalances(object, known);
}

interface Judged extends Opened {
  readonly codeRequest: CodeRequest | undefined;
}

/** In the given order: each record sees those before it. */
function judgeAll(opened: readonly Opened[], known: KnownObjects): readonly Judged[] {
  return opened.map((each) => {
    const judgement = judge(each, known);
    const { object, placed } = each;
    known.add(placed.record.frame, judgement, object);
    const asks = judgement.verdict === 'ACCEPTED' && object !== undefined;
    return { ...each, judgement, codeRequest: asks ? codeRequestOf(object) : undefined };
  });
}

/** A subject that asks for an investor code gets one with its acceptance. */
async function codesFor(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  judged: readonly Judged[],
): Promise<(request: CodeRequest | undefined) => string | undefined> {
  const keyed = new Map<CodeRequest, string>();
  const requests = judged.flatMap(({ codeRequest }) => {
    if (codeRequest === undefined) return [];
    const identity = identityDigest(parts, codeRequest);
    keyed.set(codeRequest, toHex(identity));
    return [{ letter: codeRequest.letter, identity }];
  });
  const codes = await allocateCodes(tx, requests, parts.clock.now());
  return (request) => (request === undefined ? undefined : codes.get(keyed.get(request) ?? ''));
}

function verdictOf(
  parts: SupervisoryParts,
  { offered, placed, judgement }: Judged,
  investorCode: string | undefined,
): Uint8Array {
  const { verdict, code, field } = judgement;
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
  { offered, placed, snapshot, judgement }: Judged,
): Packet {
  const { record, recordHash, packetHash } = placed;
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

/** All of them or, with the transaction, none. */
export async function judgeAndStore(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  taken: readonly TakenRecord[],
): Promise<void> {
  if (taken.length === 0) return;
  const now = parts.clock.now();
  const opened = await openAll(parts, taken);
  const judged = judgeAll(opened, await knownObjects(parts, tx, opened));
  const packets = judged.map((each) => packetOf(parts, each));
  await insertPackets(tx, packets, now);
  const codeOf = await codesFor(parts, tx, judged);
  const verdicts = judged.map((each) => {
    const record = verdictOf(parts, each, codeOf(each.codeRequest));
    return {
      chainId: parts.market.chainId,
      lane: each.offered.lane,
      sequence: each.placed.record.frame.laneSequence,
      record,
      leafHash: leafHash(parts.suite, record),
    };
  });
  await appendVerdicts(tx, verdicts, now);
}

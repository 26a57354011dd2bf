// A receiver of the lanes that believes nothing: it verifies every message for real, keeps a chain
// of verdicts of its own, and answers with receipts signed by its own keys.
import { openObjectRecord } from '#libs/envelope/object-record.ts';
import { unwrapAsRecipient } from '#libs/envelope/key-wrap.ts';
import type { BusBatch, EventBus, Subscription } from '#libs/event-bus/event-bus.ts';
import { ChunkAssembly } from '#libs/lane-messages/chunks.ts';
import {
  fromBase64,
  type LaneMessage,
  openEnvelope,
  type PayloadOf,
  sealEnvelope,
  type SpokenType,
  toBase64,
} from '#libs/lane-messages/envelope.ts';
import {
  downTopics,
  laneKey,
  type LaneName,
  laneNames,
  upTopics,
} from '#libs/lane-messages/topics.ts';
import { equalBytes } from '#libs/proof/bytes.ts';
import {
  certificateFromJson,
  certificateToJson,
  checkCertificate,
} from '#libs/proof/certificate.ts';
import { type Genesis, genesisHeader } from '#libs/proof/genesis.ts';
import { decodeHeader, encodeHeader, type Header, headerHash } from '#libs/proof/header.ts';
import { verdictRecord } from '#libs/proof/lane-envelope.ts';
import { laneTableRoot } from '#libs/proof/lane-table.ts';
import { packetHash } from '#libs/proof/packet.ts';
import { decodeRecord } from '#libs/proof/record-frame.ts';
import { verifySeals } from '#libs/proof/sealed-object.ts';
import { zeroHash } from '#libs/proof/suite.ts';
import { leafHash, treeRoot, verifyConsistency, verifyInclusion } from '#libs/proof/tree.ts';
import { makeValidatorSet, type PublicKey, validatorSetHash } from '#libs/proof/validator-set.ts';
import { fromHex, toHex } from '#libs/sm/hex.ts';
import { createSigner, generateSm2KeyPair, type Signer } from '#libs/sm/sm2.ts';
import { createDecryptor, type Decryptor } from '#libs/sm/sm2-encryption.ts';
import { systemClock } from '#libs/time/clock.ts';
import { smSuite } from './sm-suite.ts';
import { pathOf } from './tree-paths.ts';

export interface SupervisoryKeys {
  readonly chainId: string;
  readonly validator: Signer;
  readonly gateway: Signer;
  readonly decryption: Decryptor;
}

export function makeSupervisoryKeys(chainId = 'csrc'): SupervisoryKeys {
  return {
    chainId,
    validator: createSigner(generateSm2KeyPair().privateKeyPem),
    gateway: createSigner(generateSm2KeyPair().privateKeyPem),
    decryption: createDecryptor(generateSm2KeyPair().privateKeyPem),
  };
}

export interface ReceivedPacket {
  readonly lane: LaneName;
  readonly sequence: bigint;
  readonly packetHash: string;
  readonly snapshot: Uint8Array;
  readonly object: Readonly<Record<string, unknown>>;
}

type Verdict = PayloadOf<'RESULT'>['verdict'];
type Judgement = Pick<Verdict, 'verdict' | 'code' | 'field' | 'investorCode'>;

export interface ReceiverOptions {
  readonly bus: EventBus;
  readonly keys: SupervisoryKeys;
  readonly genesis: Genesis;
  readonly marketGateway: PublicKey;
  readonly marketSeal: PublicKey;
  readonly judge?: (packet: ReceivedPacket) => Judgement;
}

interface Trusted {
  readonly header: Header;
  readonly hash: Uint8Array;
  readonly bytes: Uint8Array;
}

class Refused extends Error {}

function demand(condition: boolean, fault: string): asserts condition {
  if (!condition) throw new Refused(fault);
}

/** Every fault it finds in a message is kept in `faults`; such a message changes nothing. */
export class StrictReceiver {
  readonly faults: string[] = [];
  readonly packets: ReceivedPacket[] = [];
  readonly repeated: string[] = [];
  readonly hellos: PayloadOf<'HELLO'>[] = [];
  /** Packets that arrive while true are read and forgotten, as if the courier had lost them. */
  deaf = false;
  #options: ReceiverOptions;
  #subscriptions: Subscription[] = [];
  #headers: Trusted[] = [];
  #lanes = new Map<LaneName, { sequence: bigint; hash: Uint8Array }>();
  #chunks = new ChunkAssembly();
  #leaves: Uint8Array[] = [];
  #height = 0n;
  #lastHash: Uint8Array = zeroHash();
  #judge: (packet: ReceivedPacket) => Judgement;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#judge = options.judge ?? (() => ({ verdict: 'ACCEPTED' }));
    const header = genesisHeader(smSuite, options.genesis);
    const bytes = encodeHeader(header);
    this.#headers.push({ header, bytes, hash: headerHash(smSuite, bytes) });
  }

  get keys(): SupervisoryKeys {
    return this.#options.keys;
  }

  async publishRaw(topic: string, value: Uint8Array): Promise<void> {
    const { bus, genesis } = this.#options;
    await bus.publish(topic, [{ key: genesis.chainId, value }]);
  }

  get height(): bigint {
    return this.#last.header.height;
  }

  get #last(): Trusted {
    const last = this.#headers.at(-1);
    if (last === undefined) throw new Error('there is always the genesis');
    return last;
  }

  async start(): Promise<void> {
    const { bus, genesis } = this.#options;
    const up = upTopics(genesis.chainId);
    await bus.ensureTopics(Object.values(downTopics(genesis.chainId)));
    for (const topic of [up.header.name, up.data.name, up.control.name]) {
      const subscription = await bus.subscribe({
        consumer: 'strict-receiver',
        topics: [topic],
        maxBatch: 50,
        nextOffsets: async () => new Map(),
        handle: (batch) => this.#take(batch),
      });
      this.#subscriptions.push(subscription);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#subscriptions.map((subscription) => subscription.stop()));
  }

  async send<Type extends SpokenType>(type: Type, payload: PayloadOf<Type>, by?: Signer) {
    const { keys, genesis, bus } = this.#options;
    const bytes = this.seal(type, payload, by ?? keys.gateway);
    const down = downTopics(genesis.chainId);
    const isReceipt = type === 'SEEN' || type === 'RESULT' || type === 'CHECKPOINT';
    const topic = isReceipt ? down.receipt.name : down.control.name;
    await bus.publish(topic, [{ key: genesis.chainId, value: bytes }]);
  }

  seal<Type extends SpokenType>(type: Type, payload: PayloadOf<Type>, by: Signer): Uint8Array {
    const { keys, genesis } = this.#options;
    const fields = { source: keys.chainId, destination: genesis.chainId };
    return sealEnvelope(by, type, payload, { ...fields, createdAt: systemClock.now() });
  }

  /** A certified RESULT for a verdict of the test's own. */
  certify(verdicts: readonly Verdict[]): readonly PayloadOf<'RESULT'>[] {
    const { keys } = this.#options;
    const first = this.#leaves.length;
    const records = verdicts.map((verdict) => leafHash(smSuite, verdictRecord(verdict)));
    this.#leaves.push(...records);
    const set = makeValidatorSet(smSuite, [{ ...publicOf(keys.validator), weight: 1n }]);
    if (!set.ok) throw new Error(set.error);
    const setHash = validatorSetHash(smSuite, set.value);
    this.#height += 1n;
    const bytes = encodeHeader({
      chainId: keys.chainId,
      height: this.#height,
      previousHeaderHash: this.#lastHash,
      batchRoot: treeRoot(smSuite, records),
      treeSize: BigInt(this.#leaves.length),
      treeRoot: treeRoot(smSuite, this.#leaves),
      timeMs: this.#height,
      laneTableRoot: laneTableRoot(smSuite, []),
      validatorSetHash: setHash,
      nextValidatorSetHash: setHash,
      engine: 'embedded',
    });
    const hash = headerHash(smSuite, bytes);
    this.#lastHash = hash;
    const certificate = certificateToJson([
      { keyId: keys.validator.keyId, signature: keys.validator.sign(hash) },
    ]);
    const leaves = [...this.#leaves];
    return verdicts.map((verdict, index) => ({
      verdict,
      supervisoryHeight: this.#height.toString(),
      header: toBase64(bytes),
      certificate,
      leafIndex: (first + index).toString(),
      treeSize: leaves.length.toString(),
      inclusionPath: pathOf(leaves, first + index),
    }));
  }

  async #take(batch: BusBatch): Promise<void> {
    const fresh: ReceivedPacket[] = [];
    for (const { value } of batch.messages) {
      try {
        await this.#open(value, fresh);
      } catch (fault) {
        if (!(fault instanceof Refused)) throw fault;
        this.faults.push(fault.message);
      }
    }
    if (fresh.length > 0) await this.#answer(fresh);
  }

  async #open(bytes: Uint8Array, fresh: ReceivedPacket[]): Promise<void> {
    const { keys, genesis, marketGateway } = this.#options;
    const opened = openEnvelope(bytes, {
      source: genesis.chainId,
      destination: keys.chainId,
      keyOf: (keyId) => (keyId === marketGateway.keyId ? marketGateway.publicKey : undefined),
      verify: smSuite.verifySm2,
    });
    demand(opened.ok, opened.ok ? '' : opened.error);
    await this.#takeMessage(opened.value, fresh);
  }

  async #takeMessage(message: LaneMessage, fresh: ReceivedPacket[]): Promise<void> {
    if (message.type === 'HELLO') this.hellos.push(message.payload);
    else if (message.type === 'HEADER') await this.#takeHeader(message.payload);
    else if (message.type === 'PACKET') await this.#takePacket(message.payload, fresh);
    else if (message.type === 'CHUNK') {
      const whole = this.#chunks.add(message.payload);
      if (whole !== undefined) await this.#open(whole, fresh);
    } else demand(false, `unexpected ${message.type}`);
  }

  async #takeHeader(payload: PayloadOf<'HEADER'>): Promise<void> {
    const bytes = fromBase64(payload.header);
    const decoded = decodeHeader(bytes);
    demand(decoded.ok, 'header-malformed');
    const header = decoded.value;
    const hash = headerHash(smSuite, bytes);
    demand(header.height.toString() === payload.height, 'another height');
    const known = this.#headers.find((each) => each.header.height === header.height);
    if (known !== undefined) {
      demand(equalBytes(known.hash, hash), 'two headers at a height');
      return;
    }
    const last = this.#last;
    if (header.height > last.header.height + 1n) {
      const from = (last.header.height + 1n).toString();
      return this.send('RESYNC', { from, reason: 'header-gap' });
    }
    demand(equalBytes(header.previousHeaderHash, last.hash), 'header not linked');
    const { validators, witnesses } = this.#options.genesis;
    const certificate = certificateFromJson(payload.certificate) ?? [];
    const signed = checkCertificate(smSuite, hash, certificate, { validators, witnesses });
    demand(signed.ok, signed.ok ? '' : signed.error);
    demand(payload.consistency.fromSize === last.header.treeSize.toString(), 'path from elsewhere');
    const consistent = verifyConsistency(smSuite, {
      fromSize: last.header.treeSize,
      fromRoot: last.header.treeRoot,
      toSize: header.treeSize,
      toRoot: header.treeRoot,
      path: payload.consistency.path.map(fromHex),
    });
    demand(consistent, 'inconsistent tree');
    const table = (payload.lanes ?? []).map((head) => ({
      lane: laneNames.indexOf(head.lane) + 1,
      lastSequence: BigInt(head.sequence),
      lastPacketHash: fromHex(head.packetHash),
    }));
    demand(equalBytes(laneTableRoot(smSuite, table), header.laneTableRoot), 'another lane table');
    this.#headers.push({ header, hash, bytes });
    await this.#checkpoint(header, hash);
  }

  async #checkpoint(header: Header, hash: Uint8Array): Promise<void> {
    const { validator } = this.#options.keys;
    await this.send('CHECKPOINT', {
      height: header.height.toString(),
      headerHash: toHex(hash),
      treeSize: header.treeSize.toString(),
      treeRoot: toHex(header.treeRoot),
      keyId: validator.keyId,
      signature: toBase64(validator.sign(hash)),
    });
  }

  async #takePacket(payload: PayloadOf<'PACKET'>, fresh: ReceivedPacket[]): Promise<void> {
    if (this.deaf) return;
    const { lane } = payload;
    const sequence = BigInt(payload.sequence);
    const last = this.#lanes.get(lane) ?? { sequence: 0n, hash: zeroHash() };
    if (sequence <= last.sequence) {
      const known = this.packets.find((each) => each.lane === lane && each.sequence === sequence);
      demand(known?.packetHash === payload.packetHash, 'two packets at a sequence');
      this.repeated.push(`${lane}/${payload.sequence}`);
      return;
    }
    if (sequence > last.sequence + 1n) {
      const from = (last.sequence + 1n).toString();
      return this.send('RESYNC', { lane, from, to: payload.sequence, reason: 'lane-gap' });
    }
    for (const { lane: other, sequence: needed } of payload.after) {
      const reached = this.#lanes.get(other)?.sequence ?? 0n;
      if (reached < BigInt(needed)) {
        // Other partitions may be behind: ask for it again.
        return this.send('RESYNC', { lane, from: payload.sequence, reason: 'depends' });
      }
    }
    const packet = this.#verify(payload, last.hash);
    this.#lanes.set(lane, { sequence, hash: fromHex(packet.packetHash) });
    this.packets.push(packet);
    fresh.push(packet);
  }

  #verify(payload: PayloadOf<'PACKET'>, previousPacketHash: Uint8Array): ReceivedPacket {
    const { genesis, keys, marketSeal } = this.#options;
    const bytes = fromBase64(payload.record);
    const decoded = decodeRecord(bytes);
    demand(decoded.ok && decoded.value.kind === 'object', 'not an object record');
    const { frame } = decoded.value;
    const recordHash = leafHash(smSuite, bytes);
    const sequence = BigInt(payload.sequence);
    const hash = packetHash(smSuite, {
      ...{ chainId: genesis.chainId, lane: frame.lane, sequence: frame.laneSequence },
      ...{ previousPacketHash, recordHash },
    });
    demand(toHex(hash) === payload.packetHash, 'another packet hash');
    demand(frame.laneSequence === sequence, 'another sequence');
    demand(equalBytes(frame.previousPacketHash, previousPacketHash), 'another predecessor');
    const at = this.#headers.find((each) => each.header.treeSize.toString() === payload.treeSize);
    demand(at !== undefined, 'under no accepted header');
    const included = verifyInclusion(smSuite, {
      leafHash: recordHash,
      leafIndex: BigInt(payload.leafIndex),
      treeSize: BigInt(payload.treeSize),
      path: payload.inclusionPath.map(fromHex),
      root: at.header.treeRoot,
    });
    demand(included, 'not included');
    const dataKey = unwrapAsRecipient(keys.decryption, fromBase64(payload.wrappedKey));
    demand(dataKey !== undefined, 'the key does not unwrap');
    const record = openObjectRecord(decoded.value, dataKey);
    demand(record.ok, record.ok ? '' : record.error);
    const { snapshot, object } = record.value;
    demand(verifySeals(smSuite, object, [marketSeal]), 'not sealed by the market');
    return { lane: payload.lane, sequence, packetHash: payload.packetHash, snapshot, object };
  }

  async #answer(fresh: readonly ReceivedPacket[]): Promise<void> {
    const { bus, genesis, keys } = this.#options;
    const topic = downTopics(genesis.chainId).receipt.name;
    const messages = fresh.map((packet) => {
      const at = packet.sequence.toString();
      const rangeHash = toHex(smSuite.sm3(fromHex(packet.packetHash)));
      const seen = { lane: packet.lane, from: at, to: at, rangeHash };
      return {
        key: laneKey(genesis.chainId, packet.lane),
        value: this.seal('SEEN', seen, keys.gateway),
      };
    });
    await bus.publish(topic, messages);
    const verdicts = fresh.map((packet) => this.verdictOn(packet, this.#judge(packet)));
    const results = this.certify(verdicts).map((payload) => ({
      key: laneKey(genesis.chainId, payload.verdict.lane),
      value: this.seal('RESULT', payload, keys.gateway),
    }));
    await bus.publish(topic, results);
  }

  verdictOn(packet: ReceivedPacket, judgement: Judgement): Verdict {
    return {
      chainId: this.#options.genesis.chainId,
      lane: packet.lane,
      sequence: packet.sequence.toString(),
      packetHash: packet.packetHash,
      ...judgement,
    };
  }
}

function publicOf({ keyId, publicKey }: Signer): PublicKey {
  return { keyId, publicKey };
}

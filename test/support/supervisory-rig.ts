// The supervisory side on a database of its own, fed with a real chain that the test keeps.
import { applyBlock } from '#libs/chain-application/apply-block.ts';
import { nextObjectHead } from '#libs/chain-application/object-rules.ts';
import { type ChainState, genesisState, type ObjectHead } from '#libs/chain-application/state.ts';
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import type { RegulatorObject } from '#libs/cross-chain-model/object.ts';
import { createDatabase, type Database, type Tx } from '#libs/db/database.ts';
import { createPool } from '#libs/db/pool.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { makeObjectRecord, snapshotFieldTreeRoot } from '#libs/envelope/object-record.ts';
import { newDataKey, openRecord } from '#libs/envelope/record.ts';
import type { LaneName } from '#libs/lane-messages/topics.ts';
import { headerHash } from '#libs/proof/header.ts';
import { packetHash } from '#libs/proof/packet.ts';
import { laneOfClass, type ObjectFrame } from '#libs/proof/record-frame.ts';
import { makeSeal, sealSignedBytes } from '#libs/proof/sealed-object.ts';
import { zeroHash } from '#libs/proof/suite.ts';
import { assemblePath, planConsistency, planInclusion } from '#libs/proof/tree-path.ts';
import { leafHash, treeRoot } from '#libs/proof/tree.ts';
import { sortCertificate } from '#libs/proof/certificate.ts';
import { makeValidatorSet } from '#libs/proof/validator-set.ts';
import { ok } from '#libs/result/result.ts';
import { createDecryptor } from '#libs/sm/sm2-encryption.ts';
import { createSigner, generateSm2KeyPair } from '#libs/sm/sm2.ts';
import { systemClock } from '#libs/time/clock.ts';
import { toMilliseconds } from '#libs/time/instant.ts';
import type { SupervisoryParts } from '../../services/supervisory-chain/parts.ts';
import { openMarketView } from '../../services/supervisory-chain/use-cases/open-market-view.ts';
import {
  type HeaderTaken,
  takeHeader,
} from '../../services/supervisory-chain/use-cases/take-header.ts';
import {
  type OfferedRecord,
  type RecordTaken,
  takeRecords,
} from '../../services/supervisory-chain/use-cases/take-records.ts';
import { type ChainKeys, makeChainKeys } from './chain-keys.ts';
import { createServiceDatabase } from './service-database.ts';
import { smSuite } from './sm-suite.ts';
import { testLog } from './test-log.ts';

const laneNamesByNumber: Readonly<Record<number, LaneName>> = {
  1: 'subject',
  2: 'account',
  3: 'product',
  4: 'transfer',
  5: 'register',
  6: 'settlement',
};

export interface SupervisoryRig {
  readonly parts: SupervisoryParts;
  readonly db: Database<unknown>;
  readonly databaseUrl: string;
  readonly superuserUrl: string;
  readonly market: PlayedMarket;
  header(change?: (header: Uint8Array) => Uint8Array): Promise<HeaderTaken>;
  take(offered: OfferedRecord): Promise<RecordTaken>;
  transact<T>(work: (tx: Tx<unknown>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A business chain by the same chain application, with its lanes and its proofs. */
export class PlayedMarket {
  readonly keys: ChainKeys;
  readonly seal = createSigner(generateSm2KeyPair().privateKeyPem);
  readonly #lanes = new Map<number, { sequence: bigint; hash: Uint8Array }>();
  readonly #objects = new Map<string, ObjectHead>();
  readonly #leaves: Uint8Array[] = [];
  #state: ChainState;
  #header: Uint8Array = new Uint8Array();
  #sizeBefore = 0n;

  constructor(keys: ChainKeys) {
    this.keys = keys;
    this.#state = genesisState(smSuite, keys.genesis);
  }

  /** The sealed snapshot's bytes and the record of the object, next in its lane. */
  record(object: RegulatorObject, lie: Partial<ObjectFrame> = {}) {
    const unsealed = sealSignedBytes(object as never);
    const seal = makeSeal(this.seal.publicKey, this.seal.sign(unsealed));
    const sealed = { ...object, header: { ...object.header, seal: [seal] } };
    const snapshot = canonicalBytes(sealed);
    const dataKey = newDataKey();
    const { content, metadata } = object.header;
    const lane = laneOfClass(content.type);
    const last = this.#lanes.get(lane) ?? { sequence: 0n, hash: zeroHash() };
    const identity = {
      objectId: content.object_id,
      version: content.version,
      revision: metadata.revision,
    };
    const frame: ObjectFrame = {
      lane,
      laneSequence: last.sequence + 1n,
      previousPacketHash: last.hash,
      ...identity,
      operation: content.operation,
      class: content.type,
      snapshotHash: smSuite.sm3(snapshot),
      fieldTreeRoot: snapshotFieldTreeRoot(sealed, identity, dataKey),
      ...lie,
    };
    const record = makeObjectRecord(frame, snapshot, dataKey);
    const recordHash = leafHash(smSuite, record);
    const hash = packetHash(smSuite, {
      chainId: this.keys.genesis.chainId,
      lane: frame.lane,
      sequence: frame.laneSequence,
      previousPacketHash: frame.previousPacketHash,
      recordHash,
    });
    this.#lanes.set(lane, { sequence: frame.laneSequence, hash });
    return { record, dataKey, lane: laneNamesByNumber[lane] as LaneName };
  }

  /** Makes a block of the records; their leaf indexes follow each other. */
  block(records: readonly Uint8Array[]): bigint {
    const timeMs = BigInt(toMilliseconds(systemClock.now()));
    const applied = applyBlock(smSuite, this.#state, this.#objects, { records, timeMs });
    if (!applied.ok) throw new Error(applied.error.code);
    for (const accepted of applied.value.accepted) {
      if (accepted.kind !== 'object') continue;
      const { frame } = accepted;
      const head = nextObjectHead(this.#objects.get(frame.objectId), frame);
      if (head.ok) this.#objects.set(frame.objectId, head.value);
    }
    this.#sizeBefore = this.#state.edge.size;
    this.#state = applied.value.state;
    this.#header = applied.value.headerBytes;
    for (const record of records) this.#leaves.push(leafHash(smSuite, record));
    return this.#sizeBefore;
  }

  /** The last header with the real signatures, over other bytes where the market lies. */
  offeredHeader(change: (header: Uint8Array) => Uint8Array = (same) => same) {
    const header = change(this.#header);
    const hash = headerHash(smSuite, header);
    const { operator, witness } = this.keys;
    const certificate = sortCertificate(
      [operator, witness].map((key) => ({ keyId: key.keyId, signature: key.sign(hash) })),
    );
    const size = this.#state.edge.size;
    const plan = planConsistency(this.#sizeBefore, size);
    const lanes = this.#state.lanes;
    return { header, certificate, consistencyPath: this.#path(plan), lanes };
  }

  /** What a PACKET says of the record with this leaf. */
  offered(
    made: ReturnType<PlayedMarket['record']>,
    leafIndex: bigint,
    via: 'lane' | 'pull' = 'lane',
  ): OfferedRecord {
    const treeSize = this.#state.edge.size;
    return {
      lane: made.lane,
      record: made.record,
      height: this.#state.height,
      leafIndex,
      treeSize,
      inclusionPath: this.#path(planInclusion(leafIndex, treeSize)),
      after: [],
      open: ({ frameBytes, body }) => {
        const opening = { dataKey: made.dataKey, associatedData: frameBytes, sealed: body };
        const snapshot = openRecord(opening);
        if (snapshot === undefined) return { ok: false, code: 'body-does-not-open' };
        return { ok: true, snapshot, dataKey: via === 'lane' ? made.dataKey : undefined };
      },
      via,
    };
  }

  #path(plan: ReturnType<typeof planInclusion>): readonly Uint8Array[] {
    return assemblePath(smSuite, plan, ({ level, index }) => {
      const from = Number(index) * 2 ** level;
      return treeRoot(smSuite, this.#leaves.slice(from, from + 2 ** level));
    });
  }
}

export async function openSupervisoryRig(
  market = new PlayedMarket(makeChainKeys()),
): Promise<SupervisoryRig> {
  const database = await createServiceDatabase('supervisory-chain');
  const databaseUrl = database.roleUrl('supervisory');
  const pool = createPool({
    connectionString: databaseUrl,
    schema: 'supervisory',
    applicationName: 'supervisory-rig',
  });
  const db = createDatabase<unknown>(pool);
  const validator = createSigner(generateSm2KeyPair().privateKeyPem);
  const { keyId, publicKey } = validator;
  const validators = makeValidatorSet(smSuite, [{ keyId, publicKey, weight: 1n }]);
  if (!validators.ok) throw new Error(validators.error);
  const gateway = createSigner(generateSm2KeyPair().privateKeyPem);
  const parts: SupervisoryParts = {
    chainId: 'csrc',
    market: market.keys.genesis,
    marketGatewayKeys: [{ keyId: gateway.keyId, publicKey: gateway.publicKey }],
    sealKeys: [{ keyId: market.seal.keyId, publicKey: market.seal.publicKey }],
    validator,
    validators: validators.value,
    gateway,
    decryptor: createDecryptor(generateSm2KeyPair().privateKeyPem),
    storeKey: newDataKey(),
    suite: smSuite,
    clock: systemClock,
    log: testLog,
    crashPoint: () => undefined,
  };
  await openMarketView(parts, db);
  const transact = async <T>(work: (tx: Tx<unknown>) => Promise<T>): Promise<T> => {
    const done = await inTransaction<unknown, T, never>(db, 'read committed', async (tx) =>
      ok(await work(tx)),
    );
    if (!done.ok) throw new Error('refused');
    return done.value;
  };
  return {
    parts,
    db,
    databaseUrl,
    superuserUrl: database.superuserUrl,
    market,
    header: (change) =>
      transact((tx) => takeHeader(parts, tx, market.offeredHeader(change), 'lane')),
    take: async (offered) => {
      const [taken] = await transact((tx) => takeRecords(parts, tx, [offered]));
      if (taken === undefined) throw new Error('every record becomes something');
      return taken;
    },
    transact,
    close: async () => {
      await db.destroy();
      await database.drop();
    },
  };
}

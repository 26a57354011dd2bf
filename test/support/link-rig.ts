// A running link between real chain nodes, a real bus and a strict receiver; the posting services
// are played by a book of packs that announces what it holds.
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import type { ObjectClass, RegulatorObject } from '#libs/cross-chain-model/object.ts';
import { objectIdPrefixes } from '#libs/cross-chain-model/object.ts';
import { createPool } from '#libs/db/pool.ts';
import type { EventBus, TopicSpec } from '#libs/event-bus/event-bus.ts';
import { createPostgresBus } from '#libs/event-bus/postgres/postgres-bus.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { createLogger, type Logger } from '#libs/log/log.ts';
import { upTopics } from '#libs/lane-messages/topics.ts';
import { ok } from '#libs/result/result.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import { createSigner, generateSm2KeyPair } from '#libs/sm/sm2.ts';
import { systemClock } from '#libs/time/clock.ts';
import { type LinkParts, type RunningLink, startLink } from '../../services/regulator-link/link.ts';
import type {
  InvestorCodeToRecord,
  ObjectPack,
  PackedObject,
  PackSource,
} from '../../services/regulator-link/ports.ts';
import { type ChainNodes, startChainNodes } from './chain-nodes.ts';
import { sampleObject } from './regulator-samples.ts';
import { createServiceDatabase, type ServiceDatabase } from './service-database.ts';
import { smSuite } from './sm-suite.ts';
import { makeSupervisoryKeys, type ReceiverOptions, StrictReceiver } from './strict-receiver.ts';

export interface Announcement {
  readonly object: RegulatorObject;
  readonly owner?: PackedObject['keyOwner'];
  /** Lies of the pack or of the event. */
  readonly packed?: Partial<PackedObject>;
  readonly sm3?: string;
}

/** A sample with an id of its own; the changes are made to header and body members by path. */
export function newObject(
  objectClass: ObjectClass,
  change: (object: RegulatorObject) => void = () => undefined,
): RegulatorObject {
  const object = sampleObject(objectClass);
  object.header.content.object_id = `${objectIdPrefixes[objectClass]}-${newUuid()}`;
  change(object);
  return object;
}

/** Every reference in the body, led to the object given. */
export function refer(object: RegulatorObject, names: Readonly<Record<string, string>>): void {
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const members = value as Record<string, unknown>;
    for (const [name, member] of Object.entries(members)) {
      if (typeof member === 'string' && /^[A-Z]{3}-[0-9a-f-]{36}\/\d+$/.test(member)) {
        const target = names[name] ?? names[member.slice(0, 3)];
        if (target !== undefined) members[name] = target;
      } else visit(member);
    }
  };
  visit(object.body);
}

export class PlayedBooks implements PackSource {
  readonly #packs: ObjectPack[] = [];
  readonly #sequences = new Map<string, number>();
  /** Events whose packs are not given out yet. */
  readonly withheld = new Set<string>();
  isWithholding = false;
  /** The last sequence of each book that waits for the bus. */
  readonly #waiting = new Map<string, string>();
  readonly #bus: EventBus;

  constructor(bus: EventBus) {
    this.#bus = bus;
  }

  /** Posts without the bus; the book waits for it. */
  async postInSilence(book: string, objects: readonly Announcement[]): Promise<string> {
    const eventId = await this.post(book, objects, false);
    this.#waiting.set(book, (this.#sequences.get(book) ?? 0).toString());
    return eventId;
  }

  async waitingBooks() {
    const items = [...this.#waiting].map(([book, lastSequence]) => ({ book, lastSequence }));
    return ok({ items, nextCursor: null });
  }

  async packs(book: string, fromSequence: bigint, limit: number) {
    const items = this.#packs
      .filter((pack) => pack.book === book && BigInt(pack.sequence) >= fromSequence)
      .filter(({ eventId }) => !this.withheld.has(eventId))
      .slice(0, limit);
    return ok(items);
  }

  /** Keeps the pack and publishes its event; gives back the event's id. */
  async post(book: string, objects: readonly Announcement[], publish = true): Promise<string> {
    const sequence = (this.#sequences.get(book) ?? 0) + 1;
    this.#sequences.set(book, sequence);
    const eventId = newUuid();
    if (this.isWithholding) this.withheld.add(eventId);
    const at = systemClock.now();
    const day = at.slice(0, 10);
    const packed = objects.map(toPacked);
    const source = book.startsWith('settlement:') ? 'settlement' : 'registry';
    const type = `cn.quanji.${source}.test.v1`;
    const place = { book, sequence: sequence.toString(), businessDate: day, recordedAt: at };
    this.#packs.push({ ...place, eventId, type, objects: packed });
    const value = canonicalBytes({
      specversion: '1.0',
      id: eventId,
      source,
      type,
      time: at,
      datacontenttype: 'application/json',
      data: {
        ...place,
        objects: packed.map((object, index) => ({
          objectId: object.objectId,
          version: object.version,
          revision: object.revision,
          class: object.class,
          operation: object.operation,
          sm3: objects[index]?.sm3 ?? object.sm3,
        })),
      },
    });
    if (publish) await this.#bus.publish(`${source}.events`, [{ key: book, value }]);
    return eventId;
  }
}

function toPacked({ object, owner, packed }: Announcement): PackedObject {
  const { content, metadata } = object.header;
  const bytes = canonicalBytes(object);
  return {
    objectId: content.object_id,
    version: content.version.toString(),
    revision: metadata.revision.toString(),
    class: content.type,
    operation: content.operation,
    schemaVersion: '2.0.0',
    keyOwner: owner ?? { kind: 'subject', id: newUuid() },
    references: [],
    bytes: Buffer.from(bytes).toString('base64'),
    sm3: sm3Hex(bytes),
    ...packed,
  };
}

export interface LinkRig {
  readonly database: ServiceDatabase;
  readonly chain: ChainNodes;
  /** As the superuser, where the bus is a database. */
  readonly busUrl: string;
  readonly bus: EventBus;
  readonly supervisoryBus: EventBus;
  readonly books: PlayedBooks;
  readonly receiver: StrictReceiver;
  readonly parts: LinkParts;
  /** Orders that the played registry has taken. */
  readonly codes: InvestorCodeToRecord[];
  readonly link: RunningLink;
  query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  stateOf(eventId: string): Promise<string | undefined>;
  restartLink(changes?: Partial<LinkParts>): Promise<void>;
  close(): Promise<void>;
}

export interface RigOptions {
  readonly judge?: ReceiverOptions['judge'];
  readonly changes?: Partial<LinkParts>;
  readonly openBus?: (role: 'bus_market' | 'bus_supervisory') => EventBus;
  readonly log?: Logger;
  /** False where another receiver answers, with the keys of the rig's. */
  readonly isReceiving?: boolean;
}

const ownParts = {
  suite: smSuite,
  recordKek: new Uint8Array(16).fill(7),
  clock: systemClock,
  crashPoint: () => undefined,
  timing: { pollMs: 100, resultsDelayMs: 200, headerEveryMs: 1_000, busLagMs: 1_000 },
  results: { results: async () => ok([]) },
} satisfies Partial<LinkParts>;

function supervisoryParts(keys: ReturnType<typeof makeSupervisoryKeys>) {
  const { keyId, publicKey } = keys.validator;
  return {
    supervisory: {
      chainId: keys.chainId,
      validators: [{ keyId, publicKey, weight: 1n }],
      witnesses: [],
      gatewayKeys: [{ keyId: keys.gateway.keyId, publicKey: keys.gateway.publicKey }],
      encryptionKey: keys.decryption.publicKey,
    },
  } satisfies Partial<LinkParts>;
}

/** The registry's side of an investor's code: takes every order. */
function codeBook(taken: InvestorCodeToRecord[]) {
  return {
    codes: {
      async record(order) {
        taken.push(order);
        return ok((order.version + 1).toString());
      },
    },
  } satisfies Partial<LinkParts>;
}

function queryOf(pool: ReturnType<typeof createPool>): LinkRig['query'] {
  return async <Row extends object>(sql: string, values: readonly unknown[] = []) =>
    (await pool.query<Row & object>(sql, [...values])).rows as Row[];
}

function newSigner() {
  return createSigner(generateSm2KeyPair().privateKeyPem);
}

function publicSide({ keyId, publicKey }: ReturnType<typeof createSigner>) {
  return { keyId, publicKey };
}

/** Whoever makes a topic owns it: each side appends to its own. */
async function ensureMarketTopics(bus: EventBus, chainId: string): Promise<void> {
  const events = ['registry.events', 'settlement.events'].map((name) => ({ name, partitions: 4 }));
  await ensureTopics(bus, [...events, ...Object.values(upTopics(chainId))]);
}

/** A broker that has just made a topic may not know it yet. */
export async function ensureTopics(bus: EventBus, topics: readonly TopicSpec[]): Promise<void> {
  await bus.ensureTopics(topics).catch(() => bus.ensureTopics(topics));
}

function openLinkPool(database: ServiceDatabase) {
  return createPool({
    connectionString: database.roleUrl('link'),
    schema: 'link',
    applicationName: 'link',
    connectionsMax: 20,
  });
}

function openRigBus(
  busDatabase: ServiceDatabase,
  role: 'bus_market' | 'bus_supervisory',
  log: Logger,
) {
  const pool = createPool({
    connectionString: busDatabase.roleUrl(role),
    schema: 'bus',
    applicationName: role,
    connectionsMax: 12,
  });
  return { pool, bus: createPostgresBus({ pool, log, pollMs: 100 }) };
}

function openBuses(database: ServiceDatabase, { openBus }: RigOptions, log: Logger) {
  const market = openRigBus(database, 'bus_market', log);
  const supervisory = openRigBus(database, 'bus_supervisory', log);
  const bus = openBus?.('bus_market') ?? market.bus;
  const supervisoryBus = openBus?.('bus_supervisory') ?? supervisory.bus;
  return { market, supervisory, bus, supervisoryBus };
}

interface FactState {
  readonly state: string;
}

const stateOfFact = 'select state from fact_progress where event_id = $1';

export async function startLinkRig(options: RigOptions = {}): Promise<LinkRig> {
  const level = process.env['TEST_LOG'] === undefined ? 'silent' : 'warn';
  const log = options.log ?? createLogger({ service: 'link-test', level });
  const [chain, database, busDatabase] = await Promise.all([
    startChainNodes(),
    createServiceDatabase('regulator-link'),
    createServiceDatabase('bus'),
  ]);
  const { market, supervisory, bus, supervisoryBus } = openBuses(busDatabase, options, log);
  await ensureMarketTopics(bus, chain.keys.genesis.chainId);
  const keys = makeSupervisoryKeys();
  const [seal, gateway] = [newSigner(), newSigner()];
  const receiver = new StrictReceiver({
    bus: supervisoryBus,
    keys,
    genesis: chain.keys.genesis,
    marketGateway: publicSide(gateway),
    marketSeal: publicSide(seal),
    ...(options.judge === undefined ? {} : { judge: options.judge }),
  });
  if (options.isReceiving !== false) await receiver.start();
  const books = new PlayedBooks(bus);
  const pool = openLinkPool(database);
  const codes: InvestorCodeToRecord[] = [];
  const parts: LinkParts = {
    ...supervisoryParts(keys),
    ...codeBook(codes),
    pool,
    bus,
    engine: chain.engine,
    sources: { registry: books, settlement: books },
    genesis: chain.keys.genesis,
    seal,
    gateway,
    log,
    ...ownParts,
    ...options.changes,
  };
  let link = startLink(parts);
  const query = queryOf(pool);
  return {
    database,
    chain,
    busUrl: busDatabase.superuserUrl,
    bus,
    supervisoryBus,
    books,
    receiver,
    parts,
    codes,
    get link() {
      return link;
    },
    query,
    stateOf: async (eventId) => (await query<FactState>(stateOfFact, [eventId]))[0]?.state,
    restartLink: async (changes) => {
      await link.stop();
      link = startLink({ ...parts, ...changes });
    },
    close: async () => {
      await Promise.all([link.stop(), receiver.stop()]);
      await Promise.all([market.bus.close(), supervisory.bus.close()]);
      await Promise.all([market.pool.end(), supervisory.pool.end(), pool.end()]);
      await Promise.all([chain.close(), database.drop(), busDatabase.drop()]);
    },
  };
}

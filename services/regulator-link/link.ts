// Assembles the link's loops and consumers from what its environment gives.
import type { Pool } from 'pg';
import type { LedgerEngine } from '#libs/chain-application/ledger-engine.ts';
import type { EventBus } from '#libs/event-bus/event-bus.ts';
import { type BookTaking, startBookConsumer } from '#libs/inbox/book-consumer.ts';
import { type RunningConsumer, startConsumer } from '#libs/inbox/consumer.ts';
import { downTopics } from '#libs/lane-messages/topics.ts';
import type { Logger } from '#libs/log/log.ts';
import { type Genesis, genesisHeaderHash } from '#libs/proof/genesis.ts';
import { rememberVerified } from '#libs/proof/remember-verified.ts';
import type { Suite } from '#libs/proof/suite.ts';
import type { Signer } from '#libs/sm/sm2.ts';
import type { Clock } from '#libs/time/clock.ts';
import { createAlarm } from './alarm.ts';
import type { CrashPoint } from './crash-point.ts';
import { type LeaderLoop, type LoopStatus, startLeaderLoop } from './loops/leader-loop.ts';
import { type BusinessEvent, decodeBusinessEvent } from './lanes/business-events.ts';
import type { SupervisoryTrust } from './lanes/receipts.ts';
import type { InvestorCodes, PackSource, ResultSource, Source } from './ports.ts';
import { appendBatch } from './use-cases/append-batch.ts';
import { fetchObjects } from './use-cases/fetch-objects.ts';
import { followBooks } from './use-cases/follow-books.ts';
import { followHeaders } from './use-cases/follow-headers.ts';
import { pollResults } from './use-cases/poll-results.ts';
import { prepareBatch } from './use-cases/prepare-batch.ts';
import { provePackets } from './use-cases/prove-packets.ts';
import { receiveControl } from './use-cases/receive-control.ts';
import { receiveEvents } from './use-cases/receive-events.ts';
import { arrivalsOf, type ReceivingDeps, receiveReceipts } from './use-cases/receive-receipts.ts';
import { receiveRejects } from './use-cases/receive-rejects.ts';
import { recordInvestorCodes } from './use-cases/record-investor-codes.ts';
import { greet, relay } from './use-cases/relay.ts';

export interface LinkParts {
  /** Of the link's own database; every loop and consumer keeps one connection while it leads. */
  readonly pool: Pool;
  readonly bus: EventBus;
  readonly engine: LedgerEngine;
  readonly sources: Readonly<Record<Source, PackSource>>;
  readonly results: ResultSource;
  readonly codes: InvestorCodes;
  readonly suite: Suite;
  readonly genesis: Genesis;
  readonly supervisory: SupervisoryTrust & { readonly encryptionKey: Uint8Array };
  readonly seal: Signer;
  readonly gateway: Signer;
  readonly recordKek: Uint8Array;
  readonly clock: Clock;
  readonly log: Logger;
  readonly crashPoint: CrashPoint;
  readonly timing: LinkTiming;
}

export interface LinkTiming {
  readonly pollMs: number;
  /** RESULTs wait for company at most this long before they go on the business chain. */
  readonly resultsDelayMs: number;
  /** Longest silence on the header topic. */
  readonly headerEveryMs: number;
  /** How long the bus has for an event or a RESULT before it is asked for. */
  readonly busLagMs: number;
}

export const defaultTiming: LinkTiming = {
  pollMs: 1_000,
  resultsDelayMs: 1_000,
  headerEveryMs: 15_000,
  busLagMs: 3_000,
};

export interface RunningLink {
  stop(): Promise<void>;
  loops(): readonly LoopStatus[];
}

const CONSUMER = 'regulator-link';
const sourceNames: readonly Source[] = ['registry', 'settlement'];
/** Every RESULT of a supervisory block carries that block's certificate. */
const VERIFIED_MAX = 512;

export function startLink(parts: LinkParts): RunningLink {
  const receiving = receivingDeps(parts);
  const consumers = [...eventConsumers(parts), ...downConsumers(parts, receiving)];
  const loops = [...startLoops(parts), ...startPolling(parts, receiving)];
  return {
    loops: () => [
      ...loops.map((loop) => loop.status()),
      ...consumers.map(({ topic, consumer }) => ({ name: topic, ...consumer.status() })),
    ],
    stop: async () => {
      const running = [...consumers.map(({ consumer }) => consumer), ...loops];
      await Promise.all(running.map((part) => part.stop()));
    },
  };
}

interface TopicConsumer {
  readonly topic: string;
  readonly consumer: RunningConsumer;
}

/** The same for an event of the bus and for one that was asked for. */
function eventTaking({ log, clock, crashPoint }: LinkParts): BookTaking<unknown, BusinessEvent> {
  return {
    log,
    consumer: CONSUMER,
    decode: decodeBusinessEvent,
    effect: async (tx, events) => {
      await receiveEvents(tx, events, clock.now());
      crashPoint('link-before-inbox-commit');
    },
  };
}

function eventConsumers(parts: LinkParts): TopicConsumer[] {
  const { pool, bus } = parts;
  return ['registry.events', 'settlement.events'].map((topic) => ({
    topic,
    consumer: startBookConsumer({ pool, bus, topic, ...eventTaking(parts) }),
  }));
}

function receivingDeps(parts: LinkParts): ReceivingDeps {
  const { log, genesis, supervisory, clock, crashPoint } = parts;
  const suite = rememberVerified(parts.suite, VERIFIED_MAX);
  const { chainId } = genesis;
  return { suite, chainId, supervisory, clock, crashPoint, alarm: createAlarm(log) };
}

function downConsumers(parts: LinkParts, deps: ReceivingDeps): TopicConsumer[] {
  const { pool, bus, log, genesis } = parts;
  const { receipt, control, reject } = downTopics(genesis.chainId);
  const common = { pool, bus, log, consumer: CONSUMER };
  return [
    {
      topic: receipt.name,
      consumer: startConsumer<unknown>({
        ...common,
        topic: receipt.name,
        effect: (tx, batch) => receiveReceipts(tx, arrivalsOf(batch), deps),
      }),
    },
    {
      topic: control.name,
      consumer: startConsumer<unknown>({
        ...common,
        topic: control.name,
        effect: (tx, batch) => receiveControl(tx, batch, deps),
      }),
    },
    {
      topic: reject.name,
      consumer: startConsumer<unknown>({
        ...common,
        topic: reject.name,
        effect: (tx, batch) => receiveRejects(tx, batch, deps),
      }),
    },
  ];
}

function startLoops(parts: LinkParts): LeaderLoop[] {
  const { pool, log, timing, suite, genesis, clock, engine } = parts;
  const alarm = createAlarm(log);
  const common = { pool, log, pollMs: timing.pollMs };
  const deps = {
    ...parts,
    alarm,
    chainId: genesis.chainId,
    supervisoryChainId: parts.supervisory.chainId,
    encryptionKey: parts.supervisory.encryptionKey,
    genesisHash: genesisHeaderHash(suite, genesis),
    ...timing,
  };
  return [
    startLeaderLoop({
      ...common,
      name: 'fetch',
      wakes: ['fetch'],
      work: (db) => fetchObjects(db, deps),
    }),
    startLeaderLoop({
      ...common,
      name: 'append',
      wakes: ['append'],
      work: async (db, signal) => {
        if (await appendBatch(db, deps, signal)) return true;
        return (await prepareBatch(db, deps)) !== 'nothing';
      },
    }),
    startLeaderLoop({
      ...common,
      name: 'headers',
      wakes: [],
      work: async (db, signal) => {
        await followHeaders(db, { engine, suite, genesis, clock, alarm }, signal);
        return false;
      },
    }),
    startLeaderLoop({
      ...common,
      name: 'prove',
      wakes: ['prove'],
      work: (db) => provePackets(db, deps),
    }),
    startLeaderLoop({
      ...common,
      name: 'relay',
      wakes: ['relay'],
      begin: (db) => greet(db, deps),
      work: (db) => relay(db, deps),
    }),
    startLeaderLoop({
      ...common,
      name: 'codes',
      wakes: ['codes'],
      work: (db) => recordInvestorCodes(db, deps),
    }),
  ];
}

/** The safety net below the bus: what it does not bring in time is asked for. */
function startPolling(parts: LinkParts, receiving: ReceivingDeps): LeaderLoop[] {
  const { pool, log, timing, sources, results } = parts;
  const { pollMs, busLagMs: lagMs } = timing;
  const common = { pool, log, pollMs, wakes: [] };
  const taking = eventTaking(parts);
  const polling = { ...receiving, results, lagMs };
  return [
    ...sourceNames.map((source) => {
      const following = { source, packs: sources[source], taking, lagMs };
      return startLeaderLoop({
        ...common,
        name: `books of ${source}`,
        work: (db, signal) => followBooks(db, following, signal),
      });
    }),
    startLeaderLoop({
      ...common,
      name: 'results',
      work: (db, signal) => pollResults(db, polling, signal),
    }),
  ];
}

/** The pool needs a connection for each loop and consumer beside those of the API. */
export const connectionsOfLoops = 14;

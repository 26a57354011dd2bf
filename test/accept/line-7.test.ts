// Acceptance 7: two nodes, one answer; what the market cannot take back; two feeds, one digest.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventBus } from '#libs/event-bus/event-bus.ts';
import { type PayloadOf, toBase64 } from '#libs/lane-messages/envelope.ts';
import { downTopics, laneKey, upTopics } from '#libs/lane-messages/topics.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import type { OpenBus } from '#libs/service/open-bus.ts';
import { type Api, type Json, textOf } from '../../services/demo/api.ts';
import { personName, residentId } from '../../services/demo/identities.ts';
import { registerNewcomer } from '../../services/demo/market-steps.ts';
import type { Runtime } from '../../services/launcher/runtime-file.ts';
import { createInstallation, type Installation, runScript } from '../support/installation.ts';
import { withClient } from '../support/postgres.ts';
import {
  forgeHeader,
  type MarketKeys,
  openMarketKeys,
  payloadIn,
  sealUp,
  withChangedByte,
} from './support/forgery.ts';
import { linkStatus, untilAllReceipted } from '../support/link-status.ts';
import { openLiveBus, readTopic } from './support/live-bus.ts';
import { type Answers, ask, askAll, callsIn, eightCalls } from './support/node-calls.ts';
import { StandIn } from './support/stand-in.ts';

let installation: Installation;
let runtime: Runtime;
let api: Api;
let lanes: OpenBus;
let keys: MarketKeys;
let height = 0n;
let known: Answers;
/** Serial numbers of persons that nothing else registers. */
let serial = 11_500_000;

const urlOf = (service: string): string => runtime.services[service]?.url ?? '';
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const topics = (): ReturnType<typeof upTopics> => upTopics(runtime.chainId);
const market = (): Promise<Json> => api.get('regulator', 'supervisory-chain/v1/market');

beforeAll(async () => {
  installation = createInstallation({ options: ['--bus=kafka'] });
  await installation.start();
  runtime = installation.runtime();
  api = installation.api();
  await untilAllReceipted(api, 240_000);
  const demo = await runScript('demo', [`--data=${installation.data}`]);
  if (demo.status !== 0) throw new Error(`${demo.output}\n${installation.output()}`);
  lanes = openLiveBus(runtime, 'market');
  keys = await openMarketKeys(runtime);
  await untilAllReceipted(api, 240_000);
  await untilQuiet();
}, 900_000);

afterAll(async () => {
  await lanes?.close();
  await installation?.close();
});

async function until<T>(
  what: string,
  look: () => Promise<T>,
  fits: (found: T) => boolean,
  patienceMs = 60_000,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (fits(found)) return found;
    if (performance.now() > deadline) throw new Error(`${what}: ${JSON.stringify(found)}`);
    await sleep(250);
  }
}

const headOf = (service: string): Promise<string> =>
  ask(urlOf(service), `networks/${runtime.chainId}/status`).then(
    (text) => (JSON.parse(text) as { readonly blockHash: string }).blockHash,
  );

/** Receipts become a last block: until both nodes stand at it and nothing follows. */
async function untilQuiet(): Promise<void> {
  const heads = async (): Promise<readonly string[]> => {
    const first = await headOf('chain-sequencer');
    await sleep(2_000);
    const view = await market();
    return [first, await headOf('chain-sequencer'), await headOf('chain-follower')].concat(
      textOf(view, 'headerHash'),
    );
  };
  await until('a quiet chain', heads, (found) => new Set(found).size === 1, 120_000);
}

/** The height whose block holds the most classes, among those the fewest objects. */
async function richestHeight(): Promise<bigint> {
  const top = BigInt(textOf(await market(), 'height'));
  let best = { height: 0n, classes: 0, objects: 0 };
  for (let at = 1n; at <= top; at += 1n) {
    const path = `networks/${runtime.chainId}/blocks/${at}/object-ids`;
    const answer = JSON.parse(await ask(urlOf('chain-follower'), path)) as {
      readonly objectIds: readonly string[];
    };
    const classes = new Set(answer.objectIds.map((id) => id.slice(0, 3))).size;
    const objects = answer.objectIds.length;
    const isBetter = classes > best.classes || (classes === best.classes && objects < best.objects);
    if (isBetter) best = { height: at, classes, objects };
  }
  return best.height;
}

describe('acceptance 7: two full nodes', () => {
  it('give byte-equal answers to all eight calls at one fixed height', async () => {
    height = await richestHeight();
    known = await askAll(urlOf('chain-sequencer'), runtime.chainId, height);
    const other = await askAll(urlOf('chain-follower'), runtime.chainId, height);
    expect(callsIn(known).toSorted()).toEqual([...eightCalls].toSorted());
    expect([...other.keys()]).toEqual([...known.keys()]);
    const different = [...known].filter(([call, answer]) => other.get(call) !== answer);
    say(`height ${height}: ${known.size} answers to eight calls, ${different.length} differ`);
    expect(different).toEqual([]);
  });

  it('lack nothing when the sequencer stops and its database role is revoked', async () => {
    const { pid } = runtime.services['chain-sequencer'] ?? {};
    if (typeof pid !== 'number') throw new Error('no process of the sequencer');
    const asSuperuser = (text: string): Promise<unknown> =>
      withClient(installation.superuser('postgres'), (client) => client.query(text));
    process.kill(pid, 'SIGSTOP');
    try {
      await asSuperuser('alter role chain_sequencer nologin');
      await asSuperuser(
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'chain_sequencer'`,
      );
      const itsOwn = runtime.databases['chain_sequencer'] ?? '';
      await expect(withClient(itsOwn, (client) => client.query('select 1'))).rejects.toThrow(
        /not permitted to log in/,
      );
      await expect(headOf('chain-sequencer')).rejects.toThrow();
      const alone = await askAll(urlOf('chain-follower'), runtime.chainId, height);
      const different = [...known].filter(([call, answer]) => alone.get(call) !== answer);
      say(`sequencer stopped: ${alone.size} answers of the follower, ${different.length} differ`);
      expect(alone.size).toBe(known.size);
      expect(different).toEqual([]);
    } finally {
      await asSuperuser('alter role chain_sequencer login');
      process.kill(pid, 'SIGCONT');
    }
    await expectTheChainGoesOn();
  });
});

/** A new fact is receipted, by a chain that stands higher. */
async function expectTheChainGoesOn(): Promise<void> {
  const before = BigInt(textOf(await market(), 'height'));
  serial += 1;
  await until(
    'a person registered',
    () =>
      registerNewcomer(api, personName(serial), residentId(serial)).then(
        () => '',
        (error: unknown) => String(error),
      ),
    (fault) => fault === '',
  );
  const higher = (view: Json): boolean => BigInt(textOf(view, 'height')) > before;
  await until('a higher chain', market, higher, 120_000);
  await untilAllReceipted(api, 120_000);
}

describe('acceptance 7: the stand-in', () => {
  it('fed by pull only and by lanes only ends with the digest of the live one', async () => {
    await untilQuiet();
    const standIns = (['lanes', 'pull'] as const).map((feed) => new StandIn(runtime, feed));
    try {
      for (const standIn of standIns) await standIn.start(lanes.bus);
      const live = await market();
      const places = (view: Json): string =>
        JSON.stringify(
          (view['lanes'] as readonly Json[]).map(({ lane, lastSequence, lastPacketHash }) => [
            lane,
            lastSequence,
            lastPacketHash,
          ]),
        );
      for (const standIn of standIns) {
        const isLevel = (view: Json): boolean => places(view) === places(live);
        const view = await until(standIn.feed, () => standIn.view(), isLevel, 900_000);
        const ways = await standIn.ways();
        say(`fed by ${standIn.feed}: ${JSON.stringify(ways)}, digest ${view['objectsDigest']}`);
        expect(Object.keys(ways)).toEqual([standIn.feed === 'lanes' ? 'lane' : 'pull']);
        expect(view['accepted']).toBe(live['accepted']);
        expect(view['headerHash']).toBe(live['headerHash']);
        expect(view['objectsDigest']).toBe(live['objectsDigest']);
      }
      say(`live: ${String(live['accepted'])} accepted, ${String(live['rejected'])} rejected`);
    } finally {
      for (const standIn of standIns) await standIn.close();
    }
  });
});

interface Kept {
  readonly code: string;
  readonly firstSm3: string;
  readonly secondSm3?: string;
}

async function evidenceOf(bytes: Uint8Array): Promise<Kept | undefined> {
  const list = await api.get('regulator', 'supervisory-chain/v1/evidence?limit=100');
  const items = list['items'] as unknown as readonly Kept[];
  return items.find(({ firstSm3 }) => firstSm3 === sm3Hex(bytes));
}

/** Published to Kafka; what the supervisory side keeps of it, and that its height stays. */
async function expectKept(
  publish: { readonly topic: string; readonly key: string; readonly value: Uint8Array },
  kept: Uint8Array,
): Promise<Kept> {
  const before = await market();
  await lanes.bus.publish(publish.topic, [{ key: publish.key, value: publish.value }]);
  const found = await until(
    'evidence',
    () => evidenceOf(kept),
    (one) => one !== undefined,
  );
  const after = await market();
  expect(after['headerHash']).toBe(before['headerHash']);
  expect(after['lanes']).toEqual(before['lanes']);
  say(`${publish.topic}: refused and kept as ${found?.code}, frozen: ${after['frozenReason']}`);
  return found as Kept;
}

const frozenReason = async (): Promise<unknown> => (await market())['frozenReason'];

async function lastHeader(): Promise<PayloadOf<'HEADER'>> {
  const messages = await readTopic(lanes.bus, topics().header.name);
  const payloads = messages.flatMap(({ value }) => payloadIn(value, 'HEADER') ?? []);
  const top = textOf(await market(), 'height');
  const found = payloads.find((payload) => payload.height === top);
  if (found === undefined) throw new Error(`no header ${top} on the lane`);
  return found;
}

async function aPacket(): Promise<{ readonly key: string; readonly value: Uint8Array }> {
  const messages = await readTopic(lanes.bus, topics().data.name);
  const found = messages.find(({ value }) => payloadIn(value, 'PACKET')?.sequence === '2');
  if (found === undefined) throw new Error('no packet on the lane');
  return found;
}

const onHeaderLane = (value: Uint8Array) => ({
  topic: topics().header.name,
  key: runtime.chainId,
  value,
});

describe('acceptance 7: published to Kafka', () => {
  beforeEach(untilQuiet, 150_000);

  it('one changed byte of a message is refused, kept, and freezes nothing', async () => {
    const { key, value } = await aPacket();
    const text = Buffer.from(value).toString();
    for (const member of ['"record":"', '"signature":"', '"leafIndex":"']) {
      const place = text.indexOf(member) + member.length + 1;
      const changed = withChangedByte(value, place);
      const packet = { topic: topics().data.name, key, value: changed };
      const { code } = await expectKept(packet, changed);
      expect(['bad-signature', 'malformed-envelope', 'malformed-payload']).toContain(code);
    }
    const down = await readTopic(lanes.bus, downTopics(runtime.chainId).reject.name);
    const told = down.map((message) => Buffer.from(message.value).toString());
    expect(told.length).toBeGreaterThanOrEqual(3);
    expect(await frozenReason()).toBeUndefined();
  });

  it('one changed byte under the real gateway key is refused, kept, and freezes nothing', async () => {
    const packet = await aPacket();
    const payload = payloadIn(packet.value, 'PACKET');
    if (payload === undefined) throw new Error('no packet');
    const record = Buffer.from(payload.record, 'base64');
    const changedRecord = withChangedByte(record, record.length - 1);
    const forged = sealUp(keys, 'PACKET', { ...payload, record: toBase64(changedRecord) });
    const key = laneKey(runtime.chainId, payload.lane);
    const place = { topic: topics().data.name, key, value: forged };
    expect((await expectKept(place, changedRecord)).code).toBe('packet-inclusion');

    const original = await lastHeader();
    const bytes = Buffer.from(original.header, 'base64');
    const changedHeader = withChangedByte(bytes, bytes.length - 1 - 'embedded'.length - 1);
    const header = sealUp(keys, 'HEADER', { ...original, header: toBase64(changedHeader) });
    const { code } = await expectKept(onHeaderLane(header), changedHeader);
    expect(code).toBe('certificate-bad-signature');
    expect(await frozenReason()).toBeUndefined();
  });

  it('a second header by the block key alone is refused, kept, and freezes nothing', async () => {
    const later = forgeHeader(
      await lastHeader(),
      (header) => ({ ...header, timeMs: header.timeMs + 1n }),
      [keys.block],
    );
    const message = sealUp(keys, 'HEADER', later.payload);
    const { code } = await expectKept(onHeaderLane(message), later.header);
    expect(code).toBe('certificate-witness-missing');
    expect(await frozenReason()).toBeUndefined();
  });

  it('a skipped height is refused, kept, asked about, and freezes nothing', async () => {
    const skipping = forgeHeader(
      await lastHeader(),
      (header, hash) => ({ ...header, height: header.height + 2n, previousHeaderHash: hash }),
      [keys.block, keys.witness],
    );
    const asked = await controlDown(lanes.bus, 'RESYNC');
    const message = sealUp(keys, 'HEADER', skipping.payload);
    expect((await expectKept(onHeaderLane(message), skipping.header)).code).toBe('header-gap');
    await until(
      'a RESYNC',
      () => controlDown(lanes.bus, 'RESYNC'),
      (now) => now.length > asked.length,
    );
    expect(await frozenReason()).toBeUndefined();
    await expectTheChainGoesOn();
  });

  it('a certified header over a tree that does not extend the last freezes the chain', async () => {
    const torn = forgeHeader(
      await lastHeader(),
      (header, hash) => ({
        ...header,
        height: header.height + 1n,
        previousHeaderHash: hash,
        treeRoot: withChangedByte(header.treeRoot, 0),
      }),
      [keys.block, keys.witness],
    );
    await expectFrozenAndLifted(torn, 'inconsistent-tree');
  });

  it('a second header at a height, signed with the real keys, freezes the chain', async () => {
    const second = forgeHeader(
      await lastHeader(),
      (header) => ({ ...header, timeMs: header.timeMs + 1n }),
      [keys.block, keys.witness],
    );
    await expectFrozenAndLifted(second, 'two-headers-at-height');
  });
});

async function controlDown(bus: EventBus, type: string): Promise<readonly Json[]> {
  const messages = await readTopic(bus, downTopics(runtime.chainId).control.name);
  return messages
    .map(({ value }) => JSON.parse(Buffer.from(value).toString()) as Json)
    .filter((message) => message['type'] === type);
}

/** Frozen with both headers kept and told of; nothing is taken until the regulator lifts it. */
async function expectFrozenAndLifted(
  forged: { readonly header: Uint8Array; readonly payload: PayloadOf<'HEADER'> },
  reason: string,
): Promise<void> {
  const real = Buffer.from((await lastHeader()).header, 'base64');
  const before = await Promise.all([
    controlDown(lanes.bus, 'EVIDENCE'),
    controlDown(lanes.bus, 'FREEZE'),
  ]);
  const message = sealUp(keys, 'HEADER', forged.payload);
  const kept = await expectKept(onHeaderLane(message), forged.header);
  expect(kept).toMatchObject({ code: reason, secondSm3: sm3Hex(real) });
  expect(await frozenReason()).toBe(reason);
  const told = await until(
    'EVIDENCE and FREEZE',
    () => Promise.all([controlDown(lanes.bus, 'EVIDENCE'), controlDown(lanes.bus, 'FREEZE')]),
    (now) => now.every((messages, at) => messages.length > (before[at]?.length ?? 0)),
  );
  expect(told[0].at(-1)?.['payload']).toMatchObject({ kind: reason });
  await until(
    'the link',
    () => linkStatus(api),
    ({ frozen }) => frozen.length === 1,
  );

  const { headerHash } = await market();
  serial += 1;
  await registerNewcomer(api, personName(serial), residentId(serial));
  await sleep(8_000);
  expect((await market())['headerHash']).toBe(headerHash);
  expect((await linkStatus(api)).unreceiptedFacts).not.toBe('0');

  await api.post('regulator', 'supervisory-chain/v1/unfreezings', {
    headerHash,
    reason: 'checked',
  });
  await untilAllReceipted(api, 120_000);
  expect(await frozenReason()).toBeUndefined();
  say(`${reason}: frozen, told of, lifted by the regulator, and all receipted since`);
}

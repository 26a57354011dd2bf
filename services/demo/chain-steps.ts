/** Steps on the chain: facts to receipts, a proof checked offline, a forged packet refused. */
import type { EventBus } from '#libs/event-bus/event-bus.ts';
import { createLogger } from '#libs/log/log.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { upTopics } from '#libs/lane-messages/topics.ts';
import { type AnchorJson, parseAnchor } from '#libs/proof/anchor.ts';
import { isVerified, type ProofBundle, verifyBundle } from '#libs/proof/proof-bundle.ts';
import { expectOk } from '#libs/result/result.ts';
import { openBus } from '#libs/service/open-bus.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import { verifySm2 } from '#libs/sm/sm2.ts';
import { type Api, type Json, textOf } from './api.ts';
import { expectThat, until } from './journey.ts';
import { type Runtime, trustFile } from './runtime.ts';

const suite = { sm3, verifySm2 };

export interface ReceiptedFact {
  readonly objects: readonly Json[];
  readonly height: bigint;
}

/** Waits until every object of the event has its verified ACCEPTED receipt. */
export async function waitForReceipt(api: Api, eventId: string): Promise<ReceiptedFact> {
  const answer = await until(
    `receipts of event ${eventId}`,
    () => api.ask('regulator', `regulator-link/v1/facts/${eventId}`),
    ({ status, body }) =>
      status === 200 && ['receipted', 'rejected'].includes(textOf(body['fact'] as Json, 'state')),
    140,
  );
  const fact = answer.body['fact'] as Json;
  const objects = answer.body['objects'] as readonly Json[];
  expectThat(
    fact['state'] === 'receipted',
    `a fact was rejected: ${JSON.stringify(objects.filter((o) => o['verdict'] !== 'ACCEPTED')).slice(0, 600)}`,
  );
  const heights = objects.map((object) => BigInt(textOf(object, 'height')));
  return { objects, height: heights.reduce((a, b) => (a > b ? a : b), 0n) };
}

export function readAnchor(runtime: Runtime): AnchorJson {
  const genesis = trustFile(runtime, 'genesis') as AnchorJson['market'];
  const market = trustFile(runtime, 'market') as { sealKeys: AnchorJson['market']['sealKeys'] };
  const supervisory = trustFile(runtime, 'supervisory') as AnchorJson['supervisory'];
  const { chainId, validators, witnesses } = genesis;
  return { market: { chainId, validators, witnesses, sealKeys: market.sealKeys }, supervisory };
}

export interface CheckedProof {
  readonly passed: number;
  readonly refusedAfterOneByte: boolean;
}

/** Checks the bundle against the pinned anchor, and that one changed byte is refused. */
export async function checkProof(api: Api, runtime: Runtime, object: Json): Promise<CheckedProof> {
  const path = `${textOf(object, 'objectId')}/versions/${textOf(object, 'version')}/proof`;
  const bundle = (await api.get(
    'regulator',
    `regulator-link/v1/objects/${path}`,
  )) as unknown as ProofBundle;
  const anchor = expectOk(parseAnchor(suite, readAnchor(runtime)), 'the pinned anchor');
  const checks = verifyBundle(bundle, anchor, suite);
  expectThat(
    isVerified(checks),
    `the proof fails: ${JSON.stringify(checks.filter(({ passed }) => !passed))}`,
  );
  const bytes = Buffer.from(bundle.snapshot, 'base64');
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  const altered = { ...bundle, snapshot: bytes.toString('base64') };
  const refusedAfterOneByte = !isVerified(verifyBundle(altered, anchor, suite));
  return { passed: checks.length, refusedAfterOneByte };
}

function busOf(runtime: Runtime): ReturnType<typeof openBus> {
  const settings = {
    EVENT_BUS: runtime.eventBus,
    KAFKA_BROKERS: runtime.kafkaBrokers?.split(',') ?? [],
    BUS_DATABASE_URL_FILE: runtime.databases['bus_market'],
  };
  return openBus('demo', settings, createLogger({ service: 'demo', level: 'silent' }));
}

async function anyPacket(bus: EventBus, topic: string) {
  let stop: (() => Promise<void>) | undefined;
  const found = await new Promise<{ readonly key: string; readonly value: Uint8Array }>(
    (resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no packet on the lane')), 30_000);
      bus
        .subscribe({
          consumer: `demo-${newUuid()}`,
          topics: [topic],
          nextOffsets: () => Promise.resolve(new Map()),
          handle: (batch) => {
            const [first] = batch.messages;
            if (first !== undefined) {
              clearTimeout(timer);
              resolve(first);
            }
            return Promise.resolve();
          },
          maxBatch: 1,
        })
        .then((subscription) => {
          stop = () => subscription.stop();
        }, reject);
    },
  );
  await stop?.();
  return found;
}

export const marketView = (api: Api): Promise<Json> =>
  api.get('regulator', 'supervisory-chain/v1/market');

/** Publishes a real packet with one byte changed; the supervisory side must keep it as evidence. */
export async function publishForgedPacket(api: Api, runtime: Runtime): Promise<string> {
  const { bus, close } = busOf(runtime);
  try {
    const before = await marketView(api);
    const topic = upTopics(runtime.chainId).data.name;
    const packet = await anyPacket(bus, topic);
    const value = Buffer.from(packet.value);
    const place = value.indexOf('"recordHash":"') + '"recordHash":"'.length;
    value[place] = value[place] === 0x30 ? 0x31 : 0x30;
    await bus.publish(topic, [{ key: packet.key, value }]);
    const after = await until(
      'the forged packet refused',
      () => marketView(api),
      (view) => Number(view['evidence']) > Number(before['evidence']),
    );
    expectThat(after['frozenReason'] === undefined, 'a forged packet froze the chain');
    const evidence = await api.get('regulator', 'supervisory-chain/v1/evidence?limit=1');
    const [newest] = evidence['items'] as readonly Json[];
    expectThat(newest !== undefined, 'the evidence is not listed');
    return textOf(newest, 'code');
  } finally {
    await close();
  }
}

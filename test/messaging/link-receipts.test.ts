// What the link believes of what comes down: only what the pinned keys say about its own packets.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase } from '#libs/db/database.ts';
import { downTopics, type LaneName } from '#libs/lane-messages/topics.ts';
import { createSigner, generateSm2KeyPair } from '#libs/sm/sm2.ts';
import { systemClock } from '#libs/time/clock.ts';
import { addMilliseconds, type Instant } from '#libs/time/instant.ts';
import { describeStatus } from '../../services/regulator-link/http/describe-status.ts';
import { type LinkRig, newObject, refer, startLinkRig } from '../support/link-rig.ts';
import type { ReceivedPacket } from '../support/strict-receiver.ts';
import { until } from './support/waiting.ts';

let rig: LinkRig;
let packet: ReceivedPacket;
const stranger = createSigner(generateSm2KeyPair().privateKeyPem);
const rejected = { verdict: 'REJECTED', code: 'wrong-number', field: '/body/x' } as const;

beforeAll(async () => {
  rig = await startLinkRig({
    judge: ({ lane, object }) => {
      const { metadata } = object['header'] as { metadata: { revision: number } };
      return lane === 'account' && metadata.revision === 0 ? rejected : { verdict: 'ACCEPTED' };
    },
  });
  const event = await rig.books.post('parties', [{ object: newObject('subject') }]);
  await until('it is receipted', async () => (await rig.stateOf(event)) === 'receipted');
  const [first] = rig.receiver.packets;
  if (first === undefined) throw new Error('a packet came');
  packet = first;
});
afterAll(() => rig.close());

const evidenceOf = (code: string) =>
  rig.query<{ detail: string; message: Buffer | null }>(
    'select detail, message from evidence where code = $1',
    [code],
  );
const receipts = () => rig.query('select lane, sequence, verdict, message_hash from receipt');
const untilEvidence = (code: string) =>
  until(`evidence of ${code}`, async () => (await evidenceOf(code)).length > 0);

describe('a receipt', () => {
  it('that is no message, or signed by a stranger, is refused and kept by its hash', async () => {
    const before = await receipts();
    const topic = downTopics('zhejiang').receipt.name;
    const receiver = rig.receiver;
    const [payload] = receiver.certify([receiver.verdictOn(packet, rejected)]);
    if (payload === undefined) throw new Error('one verdict gives one result');
    await receiver.publishRaw(topic, Buffer.from('{"version":"1"'));
    await receiver.send('RESULT', payload, stranger);
    await untilEvidence('malformed-envelope');
    await untilEvidence('unknown-key');
    expect((await evidenceOf('unknown-key'))[0]?.message).toBeNull();
    expect(await receipts()).toEqual(before);
  });

  it('whose verdict stands in no certified tree is refused', async () => {
    const { receiver } = rig;
    const verdict = receiver.verdictOn(packet, rejected);
    const [payload] = receiver.certify([verdict]);
    if (payload === undefined) throw new Error('one verdict gives one result');
    const other = { ...verdict, code: 'another-code' };
    await receiver.send('RESULT', { ...payload, verdict: other });
    await untilEvidence('result-proof-invalid');
    const [kept] = await evidenceOf('result-proof-invalid');
    expect(kept?.detail).toMatch(/^supervisory-inclusion/);
    expect(kept?.message).not.toBeNull();
  });

  it.each([
    ['result-of-another-packet', { packetHash: 'a'.repeat(64) }],
    ['result-of-no-packet', { sequence: '999' }],
    ['two-results-for-packet', {}],
  ])('is %s: refused, and nothing changes', async (code, change) => {
    const before = await receipts();
    const { receiver } = rig;
    const [payload] = receiver.certify([{ ...receiver.verdictOn(packet, rejected), ...change }]);
    if (payload === undefined) throw new Error('one verdict gives one result');
    await receiver.send('RESULT', payload);
    await untilEvidence(code);
    expect(await receipts()).toEqual(before);
  });

  it('that comes again is the same receipt, however it is signed', async () => {
    const before = await receipts();
    const { receiver } = rig;
    const [payload] = receiver.certify([receiver.verdictOn(packet, { verdict: 'ACCEPTED' })]);
    if (payload === undefined) throw new Error('one verdict gives one result');
    await receiver.send('RESULT', payload);
    await receiver.send('SEEN', { lane: 'subject', from: '1', to: '1', rangeHash: 'b'.repeat(64) });
    await untilEvidence('seen-of-other-packets');
    expect(await receipts()).toEqual(before);
    expect(await evidenceOf('two-results-for-packet')).toHaveLength(1);
  });

  it('of a wrong type or a checkpoint that differs is refused', async () => {
    const { receiver } = rig;
    const topic = downTopics('zhejiang').receipt.name;
    const resync = receiver.seal('RESYNC', { from: '1', reason: 'x' }, receiver.keys.gateway);
    await receiver.publishRaw(topic, resync);
    await untilEvidence('unexpected-message');
    await receiver.send('CHECKPOINT', {
      height: '1',
      headerHash: 'c'.repeat(64),
      treeSize: '1',
      treeRoot: 'c'.repeat(64),
      keyId: receiver.keys.validator.keyId,
      signature: 'AAAA',
    });
    await untilEvidence('checkpoint-differs');
  });
});

describe('a message that the supervisory side has refused', () => {
  it('is kept with its place and its hash, and what tells of none is kept as malformed', async () => {
    const topic = downTopics('zhejiang').reject.name;
    const told = {
      ...{ topic: 'xc.data.zhejiang', partition: '3', offset: '17' },
      ...{ sm3: 'e'.repeat(64), code: 'bad-signature' },
    };
    await rig.receiver.publishRaw(topic, Buffer.from(JSON.stringify(told)));
    await rig.receiver.publishRaw(topic, Buffer.from(JSON.stringify({ ...told, sm3: 'e' })));
    await untilEvidence('message-refused');
    await untilEvidence('malformed-reject');
    const kept = await rig.query(
      `select detail, encode(sm3, 'hex') as sm3, message from evidence
        where code = 'message-refused'`,
    );
    const detail = 'xc.data.zhejiang/3@17: bad-signature';
    expect(kept).toEqual([{ detail, sm3: 'e'.repeat(64), message: null }]);
    const status = (now: Instant) =>
      describeStatus(createDatabase<unknown>(rig.parts.pool), {
        ...{ chainId: 'zhejiang', now, faults: () => [] },
      });
    const now = systemClock.now();
    expect(await status(now)).toMatchObject({ refusedMessages: '1' });
    expect((await status(now)).alarms).toContain('message-refused');
    expect((await status(addMilliseconds(now, 3_600_001))).alarms).not.toContain('message-refused');
  });
});

describe('a rejected object', () => {
  it('keeps its fact rejected until its correction is accepted', async () => {
    const subjectRef = `${idOf(packet)}/0`;
    const account = newObject('account', (object) => {
      refer(object, { SUB: subjectRef, ACC: `${object.header.content.object_id}/0` });
    });
    const event = await rig.books.post('parties', [{ object: account }]);
    await until('it is rejected', async () => (await rig.stateOf(event)) === 'rejected');
    const corrected = structuredClone(account);
    corrected.header.content.operation = 'overwrite';
    corrected.header.metadata.revision = 1;
    const correction = await rig.books.post('parties', [{ object: corrected }]);
    await until('its correction is accepted', async () => {
      return (await rig.stateOf(correction)) === 'receipted';
    });
    expect(await rig.stateOf(event)).toBe('receipted');
  });
});

function idOf({ object }: ReceivedPacket): string {
  const { content } = object['header'] as { content: { object_id: string } };
  return content.object_id;
}

describe('a freeze', () => {
  const lane: LaneName = 'product';

  it('of a lane holds its packets back until a header of ours lifts it', async () => {
    const { receiver } = rig;
    await receiver.send('FREEZE', { chainId: 'zhejiang', lane, height: '1', reason: 'test' });
    await until(
      'it is frozen',
      async () => (await rig.query('select 1 from lane_freeze')).length > 0,
    );
    const product = newObject('product', (object) => {
      refer(object, { SUB: `${idOf(packet)}/0` });
    });
    const event = await rig.books.post('security:01920000-0000-7000-8000-00000000000c', [
      { object: product, owner: { kind: 'security', id: '01920000-0000-7000-8000-00000000000c' } },
    ]);
    await until('it is on the chain', async () => (await rig.stateOf(event)) === 'on-chain');
    await receiver.send('UNFREEZE', {
      ...{ chainId: 'zhejiang', lane, height: '1', reason: 'test' },
      headerHash: 'd'.repeat(64),
    });
    await untilEvidence('unfreeze-with-another-header');
    expect(await rig.stateOf(event)).toBe('on-chain');
    const [row] = await rig.query<{ hash: string }>(
      `select encode(header_hash, 'hex') as hash from chain_header where height = 1`,
    );
    const headerHash = row?.hash ?? '';
    await receiver.send('UNFREEZE', {
      ...{ chainId: 'zhejiang', lane, height: '1', reason: 'test' },
      headerHash,
    });
    await until('it is receipted', async () => (await rig.stateOf(event)) === 'receipted');
    expect(receiver.faults).toEqual([]);
  });
});

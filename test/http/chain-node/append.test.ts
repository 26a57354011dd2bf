// Appending to the chain and handing in cosignatures: what is taken, and each refusal by its code.
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallFailure } from '#libs/http/service-client.ts';
import {
  encodeClearRecord,
  encodeObjectFrame,
  encodeObjectRecord,
} from '#libs/proof/record-frame.ts';
import { encodeSetChangeRecord, setChangeSignedBytes } from '#libs/proof/clear-record.ts';
import { zeroHash } from '#libs/proof/suite.ts';
import type { Signer } from '#libs/sm/sm2.ts';
import { type ChainNodes, startChainNodes } from '../../support/chain-nodes.ts';
import { createRecordWriter, type RecordWish } from '../../support/chain-records.ts';
import { makeChainKeys } from '../../support/chain-keys.ts';

let nodes: ChainNodes;
beforeAll(async () => {
  nodes = await startChainNodes();
});
afterAll(() => nodes.close());

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const codeOf = (failure: CallFailure): string =>
  failure.kind === 'problem' ? failure.problem.code : failure.reason;

function append(records: readonly Uint8Array[], idempotencyKey: string = randomUUID()) {
  const body = { records: records.map(base64) };
  return nodes.client('sequencer').call('appendRecords', { body, idempotencyKey });
}

/** The codes of the records at fault, or `accepted`. */
async function verdictOn(records: readonly Uint8Array[]): Promise<string> {
  const answer = await append(records);
  if (answer.ok) return 'accepted';
  if (answer.error.kind !== 'problem') return answer.error.reason;
  const { code, errors = [] } = answer.error.problem;
  return [code, ...errors.map((each) => `${each.pointer} ${each.code}`)].join(', ');
}

describe('appendRecords and getTicket', () => {
  const write = createRecordWriter('zhejiang');

  test('a batch becomes final, and its ticket tells where each record stands', async () => {
    const records = [write.object({ objectId: 'SUB-1' }), write.object({ objectId: 'SUB-2' })];
    const appended = await append(records);
    if (!appended.ok) throw new Error(codeOf(appended.error));
    const { ticket } = appended.value.body;
    const client = nodes.client('sequencer');
    const answer = await client.call('getTicket', {
      params: { ticket },
      query: { waitMs: 10_000 },
    });
    if (!answer.ok) throw new Error(codeOf(answer.error));
    expect(answer.value.body.state).toBe('final');
    expect(answer.value.body.records.map((place) => place.leafIndex)).toEqual(['0', '1']);
  });

  test('one key means one append: other records under it are refused', async () => {
    const record = write.object({ objectId: 'SUB-3' });
    const key = randomUUID();
    const first = await append([record], key);
    const second = await append([record], key);
    expect(first.ok && second.ok && first.value.body.ticket === second.value.body.ticket).toBe(
      true,
    );
    const other = await append([record, record], key);
    expect(other.ok ? 'accepted' : codeOf(other.error)).toBe('idempotency-key-reused');
  });

  test('a ticket that was never given is not found', async () => {
    const params = { ticket: randomUUID() };
    const answer = await nodes.client('sequencer').call('getTicket', { params });
    expect(answer.ok ? '' : codeOf(answer.error)).toBe('not-found');
  });

  const bad = (wish: RecordWish): Uint8Array => {
    // Of a writer of its own, with the lane's true place given as a lie would be.
    const lie = { laneSequence: next.sequence, previousPacketHash: next.hash, ...wish.lie };
    return createRecordWriter('zhejiang').object({ ...wish, lie });
  };
  const next = { sequence: 1n, hash: zeroHash() };
  const account = (wish: Omit<RecordWish, 'class'>): Uint8Array =>
    bad({ ...wish, class: 'account' });
  const frame = (objectId: string): Uint8Array =>
    encodeObjectFrame({
      lane: 2,
      laneSequence: 1n,
      previousPacketHash: zeroHash(),
      objectId,
      version: 0,
      revision: 0,
      operation: 'create',
      class: 'account',
      snapshotHash: zeroHash(),
      fieldTreeRoot: zeroHash(),
    });

  test.each<[string, () => readonly Uint8Array[]]>([
    ['record-malformed', () => [Uint8Array.of(1, 2, 3)]],
    [
      'record-lane-of-another-class',
      () => [bad({ objectId: 'ACC-1', class: 'account', lie: { lane: 3 } })],
    ],
    ['lane-sequence-not-next', () => [account({ objectId: 'ACC-1', lie: { laneSequence: 9n } })]],
    [
      'lane-predecessor-differs',
      () => [
        account({
          objectId: 'ACC-1',
          lie: { previousPacketHash: new Uint8Array(randomBytes(32)) },
        }),
      ],
    ],
    ['object-already-created', () => [account({ objectId: 'SUB-1' })]],
    ['object-unknown', () => [account({ objectId: 'ACC-1', version: 1 })]],
    ['object-version-not-next', () => [account({ objectId: 'SUB-1', version: 5 })]],
    [
      'object-version-unknown',
      () => [account({ objectId: 'SUB-1', version: 3, operation: 'overwrite' })],
    ],
    ['object-revision-not-next', () => [account({ objectId: 'SUB-1', version: 1, revision: 2 })]],
  ])('refuses with %s', async (code, make) => {
    expect(await verdictOn(make())).toBe(`records-refused, /records/0 ${code}`);
  });

  test('refuses record-too-large, and a batch above 8 MiB as batch-too-large', async () => {
    const large = encodeObjectRecord(frame('ACC-1'), new Uint8Array(1_048_000));
    const tooLarge = Uint8Array.from([...frame('ACC-1'), ...new Uint8Array(1_048_576)]);
    expect(await verdictOn([tooLarge])).toBe('records-refused, /records/0 record-too-large');
    expect(await verdictOn(new Array<Uint8Array>(9).fill(large))).toBe('batch-too-large');
  });

  test('refuses what follows a delete, and an update while overwrites are owed', async () => {
    const products = createRecordWriter('zhejiang');
    const product = (wish: Omit<RecordWish, 'class' | 'objectId'>, objectId = 'PRD-1') =>
      products.object({ ...wish, objectId, class: 'product' });
    const history = [
      product({}),
      product({ version: 1 }),
      product({ version: 0, revision: 1, operation: 'overwrite' }),
      product({ version: 2 }),
    ];
    expect(await verdictOn(history)).toBe('records-refused, /records/3 object-overwrite-owed');
    expect(await verdictOn(history.slice(0, 3))).toBe('accepted');
    const again = createRecordWriter('zhejiang');
    const settlement = (wish: Omit<RecordWish, 'class' | 'objectId'>) =>
      again.object({ ...wish, objectId: 'STL-1', class: 'settlement' });
    const ended = [
      settlement({}),
      settlement({ version: 1, operation: 'delete' }),
      settlement({ version: 2 }),
    ];
    expect(await verdictOn(ended)).toBe('records-refused, /records/2 object-deleted');
  });

  test('refuses a set change that is not approved or does not follow', async () => {
    const { genesis, operator, witness } = nodes.keys;
    const change = { chainId: 'zhejiang', change: 1n, validators: genesis.validators };
    const by = (signer: Signer, of = change) =>
      encodeSetChangeRecord(of, [
        { keyId: signer.keyId, signature: signer.sign(setChangeSignedBytes(of)) },
      ]);
    expect(await verdictOn([by(witness)])).toContain('set-change-not-approved');
    expect(await verdictOn([by(operator, { ...change, change: 2n })])).toContain(
      'set-change-not-next',
    );
    const elsewhere = { ...change, chainId: 'jiangsu' };
    expect(await verdictOn([by(operator, elsewhere)])).toContain('set-change-of-another-chain');
    expect(await verdictOn([encodeClearRecord('governance', Uint8Array.of(0x7b))])).toContain(
      'record-malformed',
    );
  });

  test('refuses bytes that are not base64, no record at all, and unknown fields', async () => {
    const client = nodes.client('sequencer');
    const bodies = [{ records: ['AAA'] }, { records: [] }, { records: ['AQ=='], more: 1 }];
    for (const body of bodies) {
      const answer = await client.call('appendRecords', { body, idempotencyKey: randomUUID() });
      expect(answer.ok ? 'accepted' : codeOf(answer.error)).toBe('malformed-request');
    }
  });

  test('is for the regulator link only, and for the sequencer only', async () => {
    const call = { body: { records: ['AQID'] }, idempotencyKey: randomUUID() };
    const stranger = await nodes.client('sequencer', 'chain-follower').call('appendRecords', call);
    expect(stranger.ok ? 'accepted' : codeOf(stranger.error)).toBe('forbidden');
    const follower = nodes.client('follower');
    const appended = await follower.call('appendRecords', call);
    expect(appended.ok ? 'accepted' : codeOf(appended.error)).toBe('node-is-no-sequencer');
    const ticket = await follower.call('getTicket', { params: { ticket: randomUUID() } });
    expect(ticket.ok ? 'accepted' : codeOf(ticket.error)).toBe('node-is-no-sequencer');
    const response = await fetch(`${nodes.url('sequencer')}/v1/records`, { method: 'POST' });
    expect(response.status).toBe(401);
  });
});

describe('getRawBlock and submitCosignature', () => {
  const client = () => nodes.client('sequencer', 'chain-follower');

  test('a block is shown with its records and the operator signature alone', async () => {
    const answer = await client().call('getRawBlock', { params: { height: '1' } });
    if (!answer.ok) throw new Error(codeOf(answer.error));
    const { certificate, records } = answer.value.body;
    expect(certificate.map((entry) => entry.keyId)).toEqual([nodes.keys.operator.keyId]);
    expect(records.length).toBeGreaterThan(0);
    for (const height of ['0', '999999']) {
      const none = await client().call('getRawBlock', { params: { height } });
      expect(none.ok ? '' : codeOf(none.error)).toBe('not-found');
    }
  });

  test('a cosignature is by a pinned witness over the header held', async () => {
    const { witness } = nodes.keys;
    const answer = await client().call('listHeaders', { query: { from: '1', limit: 1 } });
    if (!answer.ok) throw new Error(codeOf(answer.error));
    const headerHash = answer.value.body.headers[0]?.headerHash ?? '';
    const bytes = new Uint8Array(Buffer.from(headerHash, 'hex'));
    const stranger = makeChainKeys().witness;
    const submit = async (
      body: { height: string; headerHash: string; signature: string },
      by = witness,
    ) => {
      const call = { body: { ...body, keyId: by.keyId }, idempotencyKey: randomUUID() };
      const submitted = await client().call('submitCosignature', call);
      return submitted.ok ? 'accepted' : codeOf(submitted.error);
    };
    const good = { height: '1', headerHash, signature: base64(witness.sign(bytes)) };
    expect(await submit(good)).toBe('accepted');
    expect(await submit({ ...good, signature: base64(stranger.sign(bytes)) })).toBe(
      'cosignature-invalid',
    );
    expect(await submit(good, stranger)).toBe('cosignature-invalid');
    expect(await submit({ ...good, headerHash: '00'.repeat(32) })).toBe(
      'cosignature-of-another-header',
    );
    expect(await submit({ ...good, height: '999999' })).toBe('not-found');
  });

  test('both are for the follower only, and for the sequencer only', async () => {
    const link = nodes.client('sequencer');
    const raw = await link.call('getRawBlock', { params: { height: '1' } });
    expect(raw.ok ? 'accepted' : codeOf(raw.error)).toBe('forbidden');
    const body = {
      height: '1',
      headerHash: '00'.repeat(32),
      keyId: '00'.repeat(16),
      signature: 'AAAA',
    };
    const submitted = await link.call('submitCosignature', { body, idempotencyKey: randomUUID() });
    expect(submitted.ok ? 'accepted' : codeOf(submitted.error)).toBe('forbidden');
    const follower = nodes.client('follower', 'chain-follower');
    const there = await follower.call('getRawBlock', { params: { height: '1' } });
    expect(there.ok ? 'accepted' : codeOf(there.error)).toBe('node-is-no-sequencer');
    const call = { body, idempotencyKey: randomUUID() };
    const handed = await follower.call('submitCosignature', call);
    expect(handed.ok ? 'accepted' : codeOf(handed.error)).toBe('node-is-no-sequencer');
  });
});

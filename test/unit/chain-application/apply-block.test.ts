// The state machine: batches judged whole, blocks equal on every node whatever way they are cut.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyBlock, BLOCK_RECORDS_MAX } from '#libs/chain-application/apply-block.ts';
import { checkBatch } from '#libs/chain-application/check-batch.ts';
import { type ChainState, genesisState, type ObjectHeads } from '#libs/chain-application/state.ts';
import { encodeSetChangeRecord, setChangeSignedBytes } from '#libs/proof/clear-record.ts';
import { decodeHeader } from '#libs/proof/header.ts';
import { laneTableRoot } from '#libs/proof/lane-table.ts';
import { zeroHash } from '#libs/proof/suite.ts';
import { leafHash, treeRoot } from '#libs/proof/tree.ts';
import { makeValidatorSet, validatorSetHash } from '#libs/proof/validator-set.ts';
import { createSigner, generateSm2KeyPair, type Signer } from '#libs/sm/sm2.ts';
import { makeChainKeys } from '../../support/chain-keys.ts';
import { createRecordWriter } from '../../support/chain-records.ts';
import { smSuite } from '../../support/sm-suite.ts';

const keys = makeChainKeys();
const start = genesisState(smSuite, keys.genesis);
const timeMs = start.timeMs + 1000n;
const none: ObjectHeads = new Map();

function refusals(state: ChainState, records: readonly Uint8Array[]): readonly string[] {
  const checked = checkBatch(smSuite, state, none, records);
  return checked.ok ? [] : checked.error.map((each) => `${each.index} ${each.code}`);
}

function applied(state: ChainState, objects: ObjectHeads, records: readonly Uint8Array[]) {
  const block = applyBlock(smSuite, state, objects, { records, timeMs });
  if (!block.ok) throw new Error(block.error.code);
  return block.value;
}

describe('a batch', () => {
  test('is accepted with lanes and objects interleaved', () => {
    const write = createRecordWriter('zhejiang');
    const records = [
      write.object({ objectId: 'SUB-1' }),
      write.object({ objectId: 'REG-1', class: 'registration' }),
      write.object({ objectId: 'SUB-1', version: 1 }),
      write.results(zeroHash()),
      write.object({ objectId: 'REG-1', class: 'registration', version: 1 }),
    ];
    const checked = checkBatch(smSuite, start, none, records);
    if (!checked.ok) throw new Error('refused');
    expect(checked.value.accepted.map((each) => each.kind)).toEqual([
      'object',
      'object',
      'object',
      'results',
      'object',
    ]);
    expect(checked.value.next.lanes.map(({ lane, lastSequence }) => [lane, lastSequence])).toEqual([
      [1, 2n],
      [5, 2n],
    ]);
    expect(checked.value.objects.get('SUB-1')?.latestVersion).toBe(1);
  });

  test('is refused whole and names each record at fault', () => {
    const write = createRecordWriter('zhejiang');
    const good = write.object({ objectId: 'SUB-1' });
    const bad = write.object({ objectId: 'SUB-2', version: 4 });
    expect(refusals(start, [good, bad, Uint8Array.of(9)])).toEqual([
      '1 object-unknown',
      '2 record-malformed',
    ]);
  });

  test.each([
    ['a skipped lane sequence', { laneSequence: 2n }, 'lane-sequence-not-next'],
    [
      'another predecessor',
      { previousPacketHash: new Uint8Array(32).fill(1) },
      'lane-predecessor-differs',
    ],
    ["another family's lane", { lane: 2 }, 'record-lane-of-another-class'],
  ])('is refused with %s', (_, lie, code) => {
    const write = createRecordWriter('zhejiang');
    expect(refusals(start, [write.object({ objectId: 'SUB-1', lie })])).toEqual([`0 ${code}`]);
  });

  test('is refused when it was made for another chain and follows its packets', () => {
    const write = createRecordWriter('jiangsu');
    const records = [write.object({ objectId: 'SUB-1' }), write.object({ objectId: 'SUB-2' })];
    expect(refusals(start, records)).toEqual(['1 lane-predecessor-differs']);
  });
});

describe('a block', () => {
  test('commits to its records, the tree, the lanes and the set', () => {
    const write = createRecordWriter('zhejiang');
    const records = [write.object({ objectId: 'SUB-1' }), write.object({ objectId: 'SUB-2' })];
    const first = applied(start, none, records);
    const hashes = records.map((record) => leafHash(smSuite, record));
    expect(decodeHeader(first.headerBytes)).toEqual({ ok: true, value: first.header });
    expect(first.header).toMatchObject({
      chainId: 'zhejiang',
      height: 1n,
      previousHeaderHash: start.headerHash,
      batchRoot: treeRoot(smSuite, hashes),
      treeSize: 2n,
      treeRoot: treeRoot(smSuite, hashes),
      laneTableRoot: laneTableRoot(smSuite, first.state.lanes),
      validatorSetHash: validatorSetHash(smSuite, keys.genesis.validators),
    });
    const third = write.object({ objectId: 'SUB-3' });
    const second = applied(first.state, none, [third]);
    expect(second.header.previousHeaderHash).toEqual(first.headerHash);
    expect(second.header.batchRoot).toEqual(leafHash(smSuite, third));
    expect(second.header.treeRoot).toEqual(
      treeRoot(smSuite, [...hashes, leafHash(smSuite, third)]),
    );
  });

  test('is refused empty, too large, or with a time before its predecessor', () => {
    const write = createRecordWriter('zhejiang');
    const record = write.object({ objectId: 'SUB-1' });
    const code = (records: readonly Uint8Array[], at: bigint) => {
      const block = applyBlock(smSuite, start, none, { records, timeMs: at });
      return block.ok ? 'accepted' : block.error.code;
    };
    expect(code([], timeMs)).toBe('block-empty');
    expect(code(new Array(BLOCK_RECORDS_MAX + 1).fill(record), timeMs)).toBe('block-too-large');
    expect(code(new Array(9).fill(new Uint8Array(1_048_576)), timeMs)).toBe('block-too-large');
    expect(code([record], start.timeMs - 1n)).toBe('block-time-back');
    expect(code([record, record], timeMs)).toBe('block-records-refused');
    expect(code([record], timeMs)).toBe('accepted');
  });

  test('gives the same final tree and lanes however the records are cut into blocks', () => {
    const write = createRecordWriter('zhejiang');
    const records = Array.from({ length: 40 }, (_, index) =>
      write.object({
        objectId: index % 2 === 0 ? `SUB-${index}` : `ACC-${index}`,
        class: index % 2 === 0 ? 'subject' : 'account',
      }),
    );
    const whole = applied(start, none, records);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 39 }), { maxLength: 6 }), (cuts) => {
        const bounds = [...new Set([0, ...cuts, 40])].sort((a, b) => a - b);
        let state = start;
        for (const [index, from] of bounds.slice(0, -1).entries()) {
          state = applied(state, none, records.slice(from, bounds[index + 1])).state;
        }
        expect(state.edge).toEqual(whole.state.edge);
        expect(state.lanes).toEqual(whole.state.lanes);
        expect(state.height).toBe(BigInt(bounds.length - 1));
      }),
      { numRuns: 20 },
    );
  });
});

describe('a change of the validator set', () => {
  const newcomer = createSigner(generateSm2KeyPair().privateKeyPem);
  const set = makeValidatorSet(smSuite, [
    { keyId: newcomer.keyId, publicKey: newcomer.publicKey, weight: 1n },
  ]);
  if (!set.ok) throw new Error(set.error);
  const change = { chainId: 'zhejiang', change: 1n, validators: set.value };
  const record = (by: Signer, of = change) =>
    encodeSetChangeRecord(of, [{ keyId: by.keyId, signature: by.sign(setChangeSignedBytes(of)) }]);

  test('takes effect with the next block: this header is by the old set and names the new', () => {
    const block = applied(start, none, [record(keys.operator)]);
    expect(block.header.validatorSetHash).toEqual(validatorSetHash(smSuite, start.validators));
    expect(block.header.nextValidatorSetHash).toEqual(validatorSetHash(smSuite, set.value));
    const write = createRecordWriter('zhejiang');
    const next = applied(block.state, none, [write.object({ objectId: 'SUB-1' })]);
    expect(next.header.validatorSetHash).toEqual(validatorSetHash(smSuite, set.value));
  });

  test('is refused unapproved, repeated, or of another chain', () => {
    expect(refusals(start, [record(newcomer)])).toEqual(['0 set-change-not-approved']);
    const once = record(keys.operator);
    expect(refusals(start, [once, once])).toEqual(['1 set-change-not-next']);
    const elsewhere = record(keys.operator, { ...change, chainId: 'jiangsu' });
    expect(refusals(start, [elsewhere])).toEqual(['0 set-change-of-another-chain']);
  });

  test('must stand last in its block', () => {
    const write = createRecordWriter('zhejiang');
    const records = [record(keys.operator), write.object({ objectId: 'SUB-1' })];
    const block = applyBlock(smSuite, start, none, { records, timeMs });
    expect(block).toEqual({ ok: false, error: { code: 'block-set-change-not-last' } });
  });
});

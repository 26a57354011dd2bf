// Record frames, packets, lane tables and JSON records: one encoding each, anything else refused.
import { describe, expect, test } from 'vitest';
import {
  decodeResults,
  decodeSetChange,
  encodeResultsRecord,
  encodeSetChangeRecord,
} from '#libs/proof/clear-record.ts';
import { decodeLaneTable, encodeLaneTable, laneTableRoot } from '#libs/proof/lane-table.ts';
import { packetHash } from '#libs/proof/packet.ts';
import {
  decodeRecord,
  encodeClearRecord,
  encodeObjectFrame,
  encodeObjectRecord,
  type ObjectFrame,
} from '#libs/proof/record-frame.ts';
import { leafHash } from '#libs/proof/tree.ts';
import { makeValidatorSet } from '#libs/proof/validator-set.ts';
import { toHex } from '#libs/sm/hex.ts';
import { createSigner, generateSm2KeyPair } from '#libs/sm/sm2.ts';
import { smSuite } from '../../support/sm-suite.ts';

const hashOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const body = new Uint8Array(28).fill(7);
const frame: ObjectFrame = {
  lane: 4,
  laneSequence: 3n,
  previousPacketHash: hashOf(1),
  objectId: 'TRD-0193a5b0-0000-7000-8000-000000000001',
  version: 2,
  revision: 1,
  operation: 'overwrite',
  class: 'transactionreport',
  snapshotHash: hashOf(2),
  fieldTreeRoot: hashOf(3),
};

describe('an object record', () => {
  const bytes = encodeObjectRecord(encodeObjectFrame(frame), body);

  test('has this encoding for ever', () => {
    const expected = [
      '0101',
      '04',
      '0000000000000003',
      '01'.repeat(32),
      '28',
      toHex(new TextEncoder().encode(frame.objectId)),
      '00000002',
      '00000001',
      '03',
      '04',
      '02'.repeat(32),
      '03'.repeat(32),
      '07'.repeat(28),
    ].join('');
    expect(toHex(bytes)).toBe(expected);
  });

  test('comes back with the frame bytes that its encryption binds', () => {
    const decoded = decodeRecord(bytes);
    expect(decoded).toEqual({
      ok: true,
      value: { kind: 'object', frame, frameBytes: encodeObjectFrame(frame), body },
    });
  });

  test.each([
    ['another version', 0, 2],
    ['an unknown kind', 1, 9],
    ['lane 0', 2, 0],
    ['lane 9', 2, 9],
    ['an unknown operation', 92, 9],
    ['an unknown class', 93, 0],
    ['a space in the object id', 44, 0x20],
  ])('is refused with %s', (_, at, value) => {
    const mutant = bytes.slice();
    mutant[at] = value;
    expect(decodeRecord(mutant).ok).toBe(false);
  });

  test('is refused cut short anywhere, with lane sequence 0, and above 1 MiB', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(decodeRecord(bytes.slice(0, length)).ok).toBe(false);
    }
    const zero = bytes.slice();
    zero[10] = 0;
    expect(decodeRecord(zero).ok).toBe(false);
    expect(decodeRecord(new Uint8Array(1_048_577))).toEqual({
      ok: false,
      error: 'record-too-large',
    });
  });

  test('cannot be made from fields that do not fit', () => {
    expect(() => encodeObjectFrame({ ...frame, objectId: 'a b' })).toThrow(RangeError);
    expect(() => encodeObjectFrame({ ...frame, laneSequence: 0n })).toThrow(RangeError);
    expect(() => encodeObjectFrame({ ...frame, version: -1 })).toThrow(RangeError);
    expect(() => encodeObjectFrame({ ...frame, version: 2 ** 32 })).toThrow(RangeError);
    expect(() => encodeObjectRecord(encodeObjectFrame(frame), body.slice(1))).toThrow(RangeError);
  });
});

describe('a packet hash', () => {
  const packet = {
    chainId: 'zhejiang',
    lane: 4,
    sequence: 3n,
    previousPacketHash: hashOf(1),
    recordHash: leafHash(smSuite, Uint8Array.of(1)),
  };

  test('covers chain, lane, sequence, predecessor and record', () => {
    const others = [
      { ...packet, chainId: 'jiangsu' },
      { ...packet, lane: 5 },
      { ...packet, sequence: 4n },
      { ...packet, previousPacketHash: hashOf(2) },
      { ...packet, recordHash: hashOf(2) },
    ];
    const hashes = [packet, ...others].map((each) => toHex(packetHash(smSuite, each)));
    expect(new Set(hashes).size).toBe(6);
  });

  test('is SM3 over label, chain, lane, sequence and the two hashes', () => {
    const bytes = Buffer.concat([
      Buffer.from('QJ-PACKET-1\x08zhejiang\x04\0\0\0\0\0\0\0\x03', 'latin1'),
      packet.previousPacketHash,
      packet.recordHash,
    ]);
    expect(packetHash(smSuite, packet)).toEqual(smSuite.sm3(bytes));
  });
});

describe('a lane table', () => {
  const table = [
    { lane: 1, lastSequence: 5n, lastPacketHash: hashOf(1) },
    { lane: 4, lastSequence: 9n, lastPacketHash: hashOf(4) },
  ];

  test('comes back from its encoding, ascending lanes only', () => {
    expect(decodeLaneTable(encodeLaneTable(table))).toEqual({ ok: true, value: table });
    expect(() => encodeLaneTable(table.toReversed())).toThrow(RangeError);
    const swapped = Buffer.concat([
      encodeLaneTable(table.slice(1)),
      encodeLaneTable(table.slice(0, 1)),
    ]);
    expect(decodeLaneTable(swapped).ok).toBe(false);
    expect(decodeLaneTable(swapped.subarray(1)).ok).toBe(false);
  });

  test('has another root for another sequence or hash', () => {
    const [first, second] = table;
    if (first === undefined || second === undefined) throw new Error('two lanes');
    const roots = [
      table,
      [first],
      [],
      [first, { ...second, lastSequence: 10n }],
      [first, { ...second, lastPacketHash: hashOf(5) }],
    ].map((each) => toHex(laneTableRoot(smSuite, each)));
    expect(new Set(roots).size).toBe(5);
  });
});

describe('JSON records', () => {
  const result = {
    packetHash: '0a'.repeat(32),
    resultHash: '0b'.repeat(32),
    verdict: 'ACCEPTED',
    supervisoryHeight: '7',
  } as const;

  test('carry results', () => {
    const decoded = decodeRecord(encodeResultsRecord([result]));
    if (!decoded.ok || decoded.value.kind !== 'results') throw new Error('a results record');
    expect(decodeResults(decoded.value.body)).toEqual({ ok: true, value: [result] });
  });

  test.each([
    ['none', { results: [] }],
    ['another member', { results: [result], more: 1 }],
    ['an unknown verdict', { results: [{ ...result, verdict: 'MAYBE' }] }],
    ['a short hash', { results: [{ ...result, packetHash: '00' }] }],
    ['a number for a height', { results: [{ ...result, supervisoryHeight: 7 }] }],
  ])('are refused with %s', (_, content) => {
    const bytes = new TextEncoder().encode(JSON.stringify(content));
    expect(decodeResults(bytes).ok).toBe(false);
  });

  test('are refused in any but the canonical spelling', () => {
    const decoded = decodeRecord(encodeResultsRecord([result]));
    if (!decoded.ok) throw new Error(decoded.error);
    const spaced = new TextEncoder().encode(` ${new TextDecoder().decode(decoded.value.body)}`);
    expect(decodeResults(spaced).ok).toBe(false);
    expect(decodeRecord(encodeClearRecord('results', spaced)).ok).toBe(true);
  });

  test('carry a change of the validator set', () => {
    const signer = createSigner(generateSm2KeyPair().privateKeyPem);
    const set = makeValidatorSet(smSuite, [
      { keyId: signer.keyId, publicKey: signer.publicKey, weight: 1n },
    ]);
    if (!set.ok) throw new Error(set.error);
    const change = { chainId: 'zhejiang', change: 1n, validators: set.value };
    const approvals = [{ keyId: signer.keyId, signature: Uint8Array.of(1, 2) }];
    const decoded = decodeRecord(encodeSetChangeRecord(change, approvals));
    if (!decoded.ok || decoded.value.kind !== 'governance') throw new Error('a governance record');
    expect(decodeSetChange(smSuite, decoded.value.body)).toEqual({
      ok: true,
      value: { change, approvals },
    });
  });
});

// The header's one encoding, and the genesis header that a genesis file determines.
import { describe, expect, test } from 'vitest';
import { genesisHeader, genesisHeaderHash, parseGenesis } from '#libs/proof/genesis.ts';
import { decodeHeader, encodeHeader, type Header, headerHash } from '#libs/proof/header.ts';
import { keyIdOf } from '#libs/proof/validator-set.ts';
import { fromHex, toHex } from '#libs/sm/hex.ts';
import { generateSm2KeyPair } from '#libs/sm/sm2.ts';
import { smSuite } from '../../support/sm-suite.ts';

const hashOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

const header: Header = {
  chainId: 'zhejiang',
  height: 12n,
  previousHeaderHash: hashOf(1),
  batchRoot: hashOf(2),
  treeSize: 345n,
  treeRoot: hashOf(3),
  timeMs: 1_795_500_000_123n,
  laneTableRoot: hashOf(4),
  validatorSetHash: hashOf(5),
  nextValidatorSetHash: hashOf(6),
  engine: 'embedded',
};

describe('the header', () => {
  test('has this encoding for ever: a changed byte here breaks every header already signed', () => {
    const expected = [
      '514a2d48454144455201',
      '087a68656a69616e67',
      '000000000000000c',
      '01'.repeat(32),
      '02'.repeat(32),
      '0000000000000159',
      '03'.repeat(32),
      '000001a20c23c37b',
      '04'.repeat(32),
      '05'.repeat(32),
      '06'.repeat(32),
      '08656d626564646564',
    ].join('');
    expect(toHex(encodeHeader(header))).toBe(expected);
    expect(headerHash(smSuite, encodeHeader(header))).toEqual(smSuite.sm3(fromHex(expected)));
  });

  test('comes back from its bytes', () => {
    const decoded = decodeHeader(encodeHeader(header));
    expect(decoded).toEqual({ ok: true, value: header });
  });

  test('is refused with bytes missing, left over, another label or another version', () => {
    const bytes = encodeHeader(header);
    const relabelled = bytes.slice();
    relabelled[0] = 0x58;
    const reversioned = bytes.slice();
    reversioned[9] = 2;
    const mutants = [
      bytes.slice(0, -1),
      Uint8Array.of(...bytes, 0),
      relabelled,
      reversioned,
      new Uint8Array(),
      new Uint8Array(2000),
    ];
    for (const mutant of mutants) {
      expect(decodeHeader(mutant)).toEqual({ ok: false, error: 'header-malformed' });
    }
  });

  test('reads alike from a buffer inside a larger one, as drivers hand them out', () => {
    const bytes = encodeHeader(header);
    const pooled = Buffer.concat([Buffer.alloc(7, 9), bytes, Buffer.alloc(5, 9)]);
    expect(decodeHeader(pooled.subarray(7, 7 + bytes.length))).toEqual({ ok: true, value: header });
  });
});

describe('genesis', () => {
  const keys = [generateSm2KeyPair(), generateSm2KeyPair()].map(({ publicKey }) => ({
    keyId: keyIdOf(smSuite, publicKey),
    publicKey: toHex(publicKey),
  }));
  const [validator, witness] = keys;
  const file = {
    chainId: 'zhejiang',
    engine: 'embedded',
    genesisTime: '2026-11-24T00:00:00.000Z',
    validators: [{ ...validator, weight: '1' }],
    witnesses: [witness],
  };

  test('determines the header of height 0', () => {
    const genesis = parseGenesis(smSuite, file);
    if (!genesis.ok) throw new Error(genesis.error);
    const first = genesisHeader(smSuite, genesis.value);
    expect(first.height).toBe(0n);
    expect(first.treeSize).toBe(0n);
    expect(first.validatorSetHash).toEqual(first.nextValidatorSetHash);
    expect(genesisHeaderHash(smSuite, genesis.value)).toEqual(smSuite.sm3(encodeHeader(first)));
  });

  test.each([
    ['no validator', { ...file, validators: [] }],
    [
      'a key id that is not its key',
      { ...file, validators: [{ ...file.validators[0], keyId: '00' }] },
    ],
    ['a witness that validates too', { ...file, witnesses: [validator] }],
    ['weight zero', { ...file, validators: [{ ...validator, weight: '0' }] }],
    ['a chain id in capitals', { ...file, chainId: 'Zhejiang' }],
    ['no time', { ...file, genesisTime: 'yesterday' }],
    ['nothing', null],
  ])('is refused with %s', (_, value) => {
    expect(parseGenesis(smSuite, value).ok).toBe(false);
  });
});

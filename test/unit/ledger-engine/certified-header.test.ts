// What the engine hands out is checked against the pinned keys: each lie of a node is refused.
import { describe, expect, test } from 'vitest';
import { applyBlock } from '#libs/chain-application/apply-block.ts';
import type { CertifiedHeader } from '#libs/chain-application/ledger-engine.ts';
import { genesisState } from '#libs/chain-application/state.ts';
import { checkCertified, EngineUntrusted } from '#libs/ledger-engine/embedded-wire.ts';
import { refusedRecordsOf } from '#libs/ledger-engine/refused-records.ts';
import type { Problem } from '#libs/problem/problem.ts';
import { sortCertificate } from '#libs/proof/certificate.ts';
import { makeChainKeys } from '../../support/chain-keys.ts';
import { createRecordWriter } from '../../support/chain-records.ts';
import { smSuite } from '../../support/sm-suite.ts';

const keys = makeChainKeys();
const start = genesisState(smSuite, keys.genesis);
const block = applyBlock(smSuite, start, new Map(), {
  records: [createRecordWriter('zhejiang').object({ objectId: 'SUB-1' })],
  timeMs: start.timeMs,
});
if (!block.ok) throw new Error(block.error.code);
const { headerBytes, headerHash, state } = block.value;

const good: CertifiedHeader = {
  height: 1n,
  header: headerBytes,
  headerHash,
  certificate: sortCertificate(
    [keys.operator, keys.witness].map((signer) => ({
      keyId: signer.keyId,
      signature: signer.sign(headerHash),
    })),
  ),
  lanes: state.lanes,
};
const trust = { validators: keys.genesis.validators, witnesses: keys.genesis.witnesses };

describe('a certified header', () => {
  test('passes as it is', () => {
    expect(() => checkCertified(smSuite, good, trust)).not.toThrow();
  });

  test.each<[string, Partial<CertifiedHeader>]>([
    ['another height', { height: 2n }],
    ['a hash that is not its own', { headerHash: new Uint8Array(32) }],
    ['lanes that it does not commit to', { lanes: [] }],
    [
      'no witness',
      { certificate: good.certificate.filter((e) => e.keyId === keys.operator.keyId) },
    ],
    [
      'no operator',
      { certificate: good.certificate.filter((e) => e.keyId === keys.witness.keyId) },
    ],
    ['rubbish for a header', { header: Uint8Array.of(1) }],
  ])('is refused with %s', (_, lie) => {
    expect(() => checkCertified(smSuite, { ...good, ...lie }, trust)).toThrow(EngineUntrusted);
  });

  test('is refused under a set that the header does not name', () => {
    const validators = makeChainKeys().genesis.validators;
    expect(() => checkCertified(smSuite, good, { ...trust, validators })).toThrow(EngineUntrusted);
  });
});

test('refused records are read back from their problem, and from no other', () => {
  const problem: Problem = {
    type: 'https://quanji.example/problems/records-refused',
    title: '',
    status: 422,
    detail: '',
    instance: '/v1/records',
    traceId: '',
    code: 'records-refused',
    errors: [
      { pointer: '/records/7', code: 'object-unknown', detail: '' },
      { pointer: '/other', code: 'object-unknown', detail: '' },
      { pointer: '/records/8', code: 'not-found', detail: '' },
    ],
  };
  expect(refusedRecordsOf(problem)).toEqual([{ index: 7, code: 'object-unknown' }]);
  expect(refusedRecordsOf({ ...problem, code: 'not-found' })).toBeUndefined();
});

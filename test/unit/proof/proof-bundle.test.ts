// The offline check of a bundle: everything true passes, and each single lie fails its own check.
import { beforeAll, describe, expect, test } from 'vitest';
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import { type Anchor, parseAnchor } from '#libs/proof/anchor.ts';
import { toBase64 } from '#libs/proof/bytes.ts';
import { certificateToJson, sortCertificate } from '#libs/proof/certificate.ts';
import { encodeHeader, type Header, headerHash } from '#libs/proof/header.ts';
import { isVerified, type ProofBundle, verifyBundle } from '#libs/proof/proof-bundle.ts';
import { envelopeSignedBytes, verdictRecord } from '#libs/proof/lane-envelope.ts';
import { laneTableRoot } from '#libs/proof/lane-table.ts';
import { packetHash } from '#libs/proof/packet.ts';
import { encodeObjectFrame, encodeObjectRecord } from '#libs/proof/record-frame.ts';
import { makeSeal, sealSignedBytes } from '#libs/proof/sealed-object.ts';
import { type Suite, zeroHash } from '#libs/proof/suite.ts';
import { leafHash, nodeHash } from '#libs/proof/tree.ts';
import { makeValidatorSet, validatorSetHash } from '#libs/proof/validator-set.ts';
import { verifySm2Independent } from '#libs/sm/browser/sm2.ts';
import { sm3Independent } from '#libs/sm/browser/sm3.ts';
import { toHex } from '#libs/sm/hex.ts';
import { createSigner, generateSm2KeyPair, type Signer } from '#libs/sm/sm2.ts';
import { smSuite } from '../../support/sm-suite.ts';

const newSigner = (): Signer => createSigner(generateSm2KeyPair().privateKeyPem);
const operator = newSigner();
const witness = newSigner();
const sealer = newSigner();
const supervisor = newSigner();
const gateway = newSigner();
const stranger = newSigner();
const keyJson = ({ keyId, publicKey }: Signer) => ({ keyId, publicKey: toHex(publicKey) });

const anchorJson = {
  market: {
    chainId: 'zhejiang',
    validators: [{ ...keyJson(operator), weight: '1' }],
    witnesses: [keyJson(witness)],
    sealKeys: [keyJson(sealer)],
  },
  supervisory: {
    chainId: 'csrc',
    validators: [{ ...keyJson(supervisor), weight: '1' }],
    gatewayKeys: [keyJson(gateway)],
  },
};

/** A block of two records with ours at index 1, certified by the signers. */
function provenLeaf(chainId: string, record: Uint8Array, by: readonly Signer[]) {
  const [first] = by;
  if (first === undefined) throw new Error('somebody signs');
  const set = makeValidatorSet(smSuite, [
    { keyId: first.keyId, publicKey: first.publicKey, weight: 1n },
  ]);
  if (!set.ok) throw new Error(set.error);
  const sibling = smSuite.sm3(Uint8Array.of(9));
  const root = nodeHash(smSuite, sibling, leafHash(smSuite, record));
  const setHash = validatorSetHash(smSuite, set.value);
  const header: Header = {
    chainId,
    height: 1n,
    previousHeaderHash: zeroHash(),
    batchRoot: root,
    treeSize: 2n,
    treeRoot: root,
    timeMs: 1n,
    laneTableRoot: laneTableRoot(smSuite, []),
    validatorSetHash: setHash,
    nextValidatorSetHash: setHash,
    engine: 'embedded',
  };
  const bytes = encodeHeader(header);
  const hash = headerHash(smSuite, bytes);
  return {
    header: toBase64(bytes),
    certificate: certificateToJson(
      sortCertificate(by.map((signer) => ({ keyId: signer.keyId, signature: signer.sign(hash) }))),
    ),
    leafIndex: '1',
    treeSize: '2',
    inclusionPath: [toHex(sibling)],
  };
}

function sealedObject(seal: Signer) {
  const object = {
    header: {
      content: {
        type: 'subject',
        object_id: 'SUB-1',
        version: 0,
        operation: 'create',
        timestamp: 1,
      },
      metadata: { revision: 0, salt: '00'.repeat(16), schema: '2.0.0' },
    },
    body: { name: '某公司' },
  };
  const signature = seal.sign(sealSignedBytes(object));
  return { ...object, header: { ...object.header, seal: [makeSeal(seal.publicKey, signature)] } };
}

interface Lies {
  readonly sealedBy?: Signer;
  readonly witnesses?: readonly Signer[];
  readonly verdict?: Readonly<Record<string, string>>;
  readonly resultBy?: Signer;
  readonly certifiedBy?: Signer;
  readonly version?: number;
}

function bundleWith(lies: Lies = {}): ProofBundle {
  const snapshot = canonicalBytes(sealedObject(lies.sealedBy ?? sealer));
  const record = encodeObjectRecord(
    encodeObjectFrame({
      lane: 1,
      laneSequence: 1n,
      previousPacketHash: zeroHash(),
      objectId: 'SUB-1',
      version: lies.version ?? 0,
      revision: 0,
      operation: 'create',
      class: 'subject',
      snapshotHash: smSuite.sm3(snapshot),
      fieldTreeRoot: zeroHash(),
    }),
    new Uint8Array(40),
  );
  const hash = packetHash(smSuite, {
    chainId: 'zhejiang',
    lane: 1,
    sequence: 1n,
    previousPacketHash: zeroHash(),
    recordHash: leafHash(smSuite, record),
  });
  const verdict = {
    chainId: 'zhejiang',
    lane: 'subject',
    sequence: '1',
    packetHash: toHex(hash),
    verdict: 'ACCEPTED',
    ...lies.verdict,
  };
  const supervisory = provenLeaf('csrc', verdictRecord(verdict), [supervisor]);
  const resultBy = lies.resultBy ?? gateway;
  const unsigned = {
    version: '1',
    type: 'RESULT',
    source: 'csrc',
    destination: 'zhejiang',
    keyId: resultBy.keyId,
    payload: { verdict, supervisoryHeight: '1', ...supervisory },
  };
  return {
    version: '1',
    chainId: 'zhejiang',
    record: toBase64(record),
    snapshot: toBase64(snapshot),
    ...provenLeaf('zhejiang', record, [
      lies.certifiedBy ?? operator,
      ...(lies.witnesses ?? [witness]),
    ]),
    result: { ...unsigned, signature: toBase64(resultBy.sign(envelopeSignedBytes(unsigned))) },
  };
}

let anchor: Anchor;
beforeAll(() => {
  const parsed = parseAnchor(smSuite, anchorJson);
  if (!parsed.ok) throw new Error(parsed.error);
  anchor = parsed.value;
});

const failed = (bundle: ProofBundle, suite: Suite = smSuite): string[] =>
  verifyBundle(bundle, anchor, suite)
    .filter((each) => !each.passed)
    .map((each) => each.name);

describe('a true bundle', () => {
  test('passes every check, by the services and by the independent libraries', () => {
    const checks = verifyBundle(bundleWith(), anchor, smSuite);
    expect(checks.filter((each) => !each.passed)).toEqual([]);
    expect(isVerified(checks)).toBe(true);
    expect(checks.map((each) => each.name)).toEqual([
      'bundle-version',
      'bundle-chain',
      'chain-header',
      'chain-certificate',
      'chain-inclusion',
      'record-form',
      'snapshot-hash',
      'snapshot-form',
      'snapshot-identity',
      'snapshot-seal',
      'result-present',
      'result-signature',
      'result-packet',
      'result-accepted',
      'supervisory-header',
      'supervisory-certificate',
      'supervisory-inclusion',
    ]);
    const independent = { sm3: sm3Independent, verifySm2: verifySm2Independent };
    expect(failed(bundleWith(), independent)).toEqual([]);
  });
});

describe('a bundle with one lie fails the check that the lie concerns', () => {
  const swap = (text: string): string => toBase64(Buffer.from(text, 'base64').fill(1, 40, 41));

  test.each<[string, () => ProofBundle, string[]]>([
    ['sealed by a stranger', () => bundleWith({ sealedBy: stranger }), ['snapshot-seal']],
    ['without its witness', () => bundleWith({ witnesses: [] }), ['chain-certificate']],
    [
      'certified by a stranger',
      () => bundleWith({ certifiedBy: stranger }),
      ['chain-header', 'chain-certificate'],
    ],
    ['result by a stranger', () => bundleWith({ resultBy: stranger }), ['result-signature']],
    [
      'a verdict on another packet',
      () => bundleWith({ verdict: { packetHash: '00'.repeat(32) } }),
      ['result-packet'],
    ],
    ['a rejection', () => bundleWith({ verdict: { verdict: 'REJECTED' } }), ['result-accepted']],
    ['another version in its frame', () => bundleWith({ version: 1 }), ['snapshot-identity']],
    ['another chain', () => ({ ...bundleWith(), chainId: 'jiangsu' }), ['bundle-chain']],
    ['another leaf index', () => ({ ...bundleWith(), leafIndex: '0' }), ['chain-inclusion']],
    ['another tree size', () => ({ ...bundleWith(), treeSize: '3' }), ['chain-inclusion']],
    [
      'a header with a changed byte',
      () => {
        const bundle = bundleWith();
        return { ...bundle, header: swap(bundle.header) };
      },
      ['chain-certificate'],
    ],
    [
      'a snapshot with a changed byte',
      () => {
        const bundle = bundleWith();
        return { ...bundle, snapshot: swap(bundle.snapshot) };
      },
      ['snapshot-hash', 'snapshot-form', 'snapshot-identity', 'snapshot-seal'],
    ],
  ])('%s', (_, make, names) => {
    expect(failed(make())).toEqual(names);
  });

  test('a result altered after signing', () => {
    const bundle = bundleWith();
    const result = { ...bundle.result, createdAt: '2026-11-24T00:00:00.000Z' };
    expect(failed({ ...bundle, result })).toEqual(['result-signature']);
  });

  test('no result at all', () => {
    const { result: _result, ...bundle } = bundleWith();
    expect(failed(bundle)).toEqual(['result-present']);
  });

  test('rubbish in every member', () => {
    const rubbish = {
      ...bundleWith(),
      header: '!',
      record: 'AA==',
      snapshot: '',
      certificate: [{ keyId: 'x', signature: '?' }],
      inclusionPath: ['zz'],
      result: { type: 'RESULT', payload: { verdict: {} } },
    };
    expect(isVerified(verifyBundle(rubbish, anchor, smSuite))).toBe(false);
  });
});

test('an anchor is refused with a key id that is not its key', () => {
  const market = { ...anchorJson.market, sealKeys: [{ ...keyJson(sealer), keyId: 'ab' }] };
  expect(parseAnchor(smSuite, { ...anchorJson, market })).toEqual({
    ok: false,
    error: 'anchor-malformed: market.sealKeys',
  });
});

// Certificates count distinct, valid signatures of the expected set, and want every witness.
import { describe, expect, test } from 'vitest';
import {
  type Certificate,
  type CertificateEntry,
  checkCertificate,
  sortCertificate,
} from '#libs/proof/certificate.ts';
import {
  decodeValidatorSet,
  encodeValidatorSet,
  makeValidatorSet,
  quorumWeight,
  type ValidatorSet,
  validatorSetHash,
} from '#libs/proof/validator-set.ts';
import { createSigner, generateSm2KeyPair, type Signer } from '#libs/sm/sm2.ts';
import { verifySm2Independent } from '#libs/sm/browser/sm2.ts';
import { sm3Independent } from '#libs/sm/browser/sm3.ts';
import { smSuite } from '../../support/sm-suite.ts';

const signers = (count: number): Signer[] =>
  Array.from({ length: count }, () => createSigner(generateSm2KeyPair().privateKeyPem));

function setOf(...members: readonly [Signer, bigint][]): ValidatorSet {
  const set = makeValidatorSet(
    smSuite,
    members.map(([{ keyId, publicKey }, weight]) => ({ keyId, publicKey, weight })),
  );
  if (!set.ok) throw new Error(set.error);
  return set.value;
}

const hash = smSuite.sm3(new TextEncoder().encode('a header'));
const signed = (...by: readonly Signer[]): Certificate =>
  sortCertificate(by.map((signer) => ({ keyId: signer.keyId, signature: signer.sign(hash) })));

describe('a certificate of four validators and a witness', () => {
  const [a, b, c, d, witness, stranger] = signers(6) as [
    Signer,
    Signer,
    Signer,
    Signer,
    Signer,
    Signer,
  ];
  const validators = setOf([a, 1n], [b, 1n], [c, 1n], [d, 1n]);
  const trust = { validators, witnesses: [witness] };
  const outcome = (certificate: readonly CertificateEntry[]) => {
    const result = checkCertificate(smSuite, hash, certificate, trust);
    return result.ok ? 'accepted' : result.error;
  };

  test('needs three of the four and the witness', () => {
    expect(quorumWeight(validators)).toBe(3n);
    expect(outcome(signed(a, b, c, witness))).toBe('accepted');
    expect(outcome(signed(a, b, c, d, witness))).toBe('accepted');
    expect(outcome(signed(a, b, witness))).toBe('certificate-quorum');
    expect(outcome(signed(a, b, c, d))).toBe('certificate-witness-missing');
    expect(outcome([])).toBe('certificate-quorum');
  });

  test('counts nobody twice and takes entries in key-id order only', () => {
    const twice = signed(a, a, a, witness);
    expect(outcome(twice)).toBe('certificate-order');
    expect(outcome(signed(a, b, c, witness).toReversed())).toBe('certificate-order');
  });

  test('is refused whole for one stranger or one bad signature', () => {
    expect(outcome(signed(a, b, c, witness, stranger))).toBe('certificate-unknown-key');
    const over = signed(a, b, c, d, witness).map((entry, index) =>
      index === 0 ? { ...entry, signature: a.sign(new Uint8Array(32)) } : entry,
    );
    expect(outcome(over)).toBe('certificate-bad-signature');
  });

  test('is judged alike by the independent verifier', () => {
    const independent = { sm3: sm3Independent, verifySm2: verifySm2Independent };
    const good = signed(a, b, c, witness);
    expect(checkCertificate(independent, hash, good, trust).ok).toBe(true);
    expect(checkCertificate(independent, new Uint8Array(32), good, trust).ok).toBe(false);
  });
});

describe('validator sets', () => {
  test.each([
    [1n, 1n],
    [3n, 3n],
    [4n, 3n],
    [7n, 5n],
    [100n, 67n],
  ])('of total weight %s need %s', (weight, quorum) => {
    const [only] = signers(1) as [Signer];
    expect(quorumWeight(setOf([only, weight]))).toBe(quorum);
  });

  test('have one encoding, whatever order they are given in, and come back from it', () => {
    const [a, b] = signers(2) as [Signer, Signer];
    const set = setOf([a, 1n], [b, 2n]);
    expect(encodeValidatorSet(setOf([b, 2n], [a, 1n]))).toEqual(encodeValidatorSet(set));
    expect(decodeValidatorSet(smSuite, encodeValidatorSet(set))).toEqual({ ok: true, value: set });
    expect(validatorSetHash(smSuite, set)).not.toEqual(
      validatorSetHash(smSuite, setOf([a, 2n], [b, 2n])),
    );
  });

  test('are refused out of order, empty, repeated, or with another key id', () => {
    const [a, b] = signers(2) as [Signer, Signer];
    const bytes = encodeValidatorSet(setOf([a, 1n], [b, 2n]));
    const head = bytes.slice(0, 18);
    const entry = (16 + 65 + 8) as number;
    const first = bytes.slice(18, 18 + entry);
    const second = bytes.slice(18 + entry);
    const swapped = Uint8Array.of(...head, ...second, ...first);
    expect(decodeValidatorSet(smSuite, swapped).ok).toBe(false);
    expect(decodeValidatorSet(smSuite, bytes.slice(0, -1)).ok).toBe(false);
    const member = { keyId: a.keyId, publicKey: a.publicKey, weight: 1n };
    expect(makeValidatorSet(smSuite, []).ok).toBe(false);
    expect(makeValidatorSet(smSuite, [member, member]).ok).toBe(false);
    expect(makeValidatorSet(smSuite, [{ ...member, keyId: b.keyId }]).ok).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { rememberVerified } from '#libs/proof/remember-verified.ts';
import { createSigner, generateSm2KeyPair } from '#libs/sm/sm2.ts';
import { smSuite } from '../../support/sm-suite.ts';

const signer = createSigner(generateSm2KeyPair().privateKeyPem);
const other = createSigner(generateSm2KeyPair().privateKeyPem);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function counted(max: number) {
  let calls = 0;
  const suite = rememberVerified(
    {
      ...smSuite,
      verifySm2: (...claim) => {
        calls += 1;
        return smSuite.verifySm2(...claim);
      },
    },
    max,
  );
  return { suite, calls: () => calls };
}

describe('a suite that remembers', () => {
  it('verifies a valid signature once', () => {
    const { suite, calls } = counted(8);
    const signature = signer.sign(text('header'));
    for (let time = 0; time < 3; time += 1) {
      expect(suite.verifySm2(signer.publicKey, text('header'), signature)).toBe(true);
    }
    expect(calls()).toBe(1);
  });

  it('takes nothing of it for another key, message or signature', () => {
    const { suite } = counted(8);
    const signature = signer.sign(text('header'));
    expect(suite.verifySm2(signer.publicKey, text('header'), signature)).toBe(true);
    expect(suite.verifySm2(other.publicKey, text('header'), signature)).toBe(false);
    expect(suite.verifySm2(signer.publicKey, text('headex'), signature)).toBe(false);
    const changed = Uint8Array.from(signature);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    expect(suite.verifySm2(signer.publicKey, text('header'), changed)).toBe(false);
  });

  it('refuses again what it has refused, and forgets the oldest', () => {
    const { suite, calls } = counted(1);
    const first = signer.sign(text('first'));
    const second = signer.sign(text('second'));
    expect(suite.verifySm2(signer.publicKey, text('second'), first)).toBe(false);
    expect(suite.verifySm2(signer.publicKey, text('second'), first)).toBe(false);
    expect(suite.verifySm2(signer.publicKey, text('first'), first)).toBe(true);
    expect(suite.verifySm2(signer.publicKey, text('second'), second)).toBe(true);
    expect(suite.verifySm2(signer.publicKey, text('first'), first)).toBe(true);
    expect(calls()).toBe(5);
  });
});

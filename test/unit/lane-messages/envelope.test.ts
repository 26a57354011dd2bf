// Lane envelopes: what one side seals the other opens, and nothing else.
import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import { ChunkAssembly, splitIntoChunks } from '#libs/lane-messages/chunks.ts';
import { openEnvelope, type PayloadOf, sealEnvelope } from '#libs/lane-messages/envelope.ts';
import { createSigner, generateSm2KeyPair, verifySm2 } from '#libs/sm/sm2.ts';

const signer = createSigner(generateSm2KeyPair().privateKeyPem);
const other = createSigner(generateSm2KeyPair().privateKeyPem);
const trust = {
  source: 'zhejiang',
  destination: 'csrc',
  keyOf: (keyId: string) => (keyId === signer.keyId ? signer.publicKey : undefined),
  verify: verifySm2,
};
const fields = {
  source: 'zhejiang',
  destination: 'csrc',
  createdAt: '2026-11-24T02:00:00.000Z',
};
const payload: PayloadOf<'RESYNC'> = { lane: 'transfer', from: '4', to: '9', reason: 'gap' };

describe('an envelope', () => {
  it('opens with the payload that was sealed', () => {
    const opened = openEnvelope(sealEnvelope(signer, 'RESYNC', payload, fields), trust);
    expect(opened).toMatchObject({ ok: true, value: { type: 'RESYNC', payload } });
  });

  it('is refused after the change of any one byte', () => {
    const bytes = sealEnvelope(signer, 'RESYNC', payload, fields);
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Uint8Array.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(openEnvelope(changed, trust).ok, `byte ${index}`).toBe(false);
    }
  });

  it.each([
    ['wrong-chain', sealEnvelope(signer, 'RESYNC', payload, { ...fields, source: 'jiangsu' })],
    ['unknown-key', sealEnvelope(other, 'RESYNC', payload, fields)],
    ['malformed-envelope', new TextEncoder().encode('{"version":"1"')],
    ['malformed-envelope', canonicalBytes({ version: '1', type: 'RESYNC' })],
    ['malformed-payload', sealEnvelope(signer, 'RESYNC', { from: '-1' } as never, fields)],
  ] as const)('with %s is refused by that name', (fault, bytes) => {
    expect(openEnvelope(bytes, trust)).toEqual({ ok: false, error: fault });
  });

  it('signed by another key under the trusted id is refused', () => {
    const forger = { ...other, keyId: signer.keyId, sign: (m: Uint8Array) => other.sign(m) };
    const bytes = sealEnvelope(forger, 'RESYNC', payload, fields);
    expect(openEnvelope(bytes, trust)).toEqual({ ok: false, error: 'bad-signature' });
  });
});

describe('chunks', () => {
  const bytes = new Uint8Array(1_300_000).map((_, index) => index % 251);

  it('in any order give the bytes back', () => {
    const assembly = new ChunkAssembly();
    const chunks = [...splitIntoChunks(bytes)].reverse();
    const results = chunks.map((chunk) => assembly.add(chunk));
    expect(chunks.length).toBe(4);
    expect(Buffer.from(bytes).equals(results.at(-1) ?? new Uint8Array())).toBe(true);
    expect(results.slice(0, -1)).toEqual([undefined, undefined, undefined]);
  });

  it('with one altered byte give nothing', () => {
    const assembly = new ChunkAssembly();
    const chunks = splitIntoChunks(bytes).map((chunk, index) =>
      index === 2 ? { ...chunk, bytes: chunk.bytes.replace(/^./, '/') } : chunk,
    );
    expect(chunks.map((chunk) => assembly.add(chunk))).toEqual(new Array(4).fill(undefined));
  });
});

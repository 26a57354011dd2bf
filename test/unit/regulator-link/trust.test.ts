// The trust file of the supervisory side pins keys by their ids, and parts signing from decryption.
import { describe, expect, it } from 'vitest';
import { toHex } from '#libs/sm/hex.ts';
import { orAborted } from '../../../services/regulator-link/or-aborted.ts';
import { parseSupervisoryTrust } from '../../../services/regulator-link/trust.ts';
import { smSuite } from '../../support/sm-suite.ts';
import { makeSupervisoryKeys } from '../../support/strict-receiver.ts';

const keys = makeSupervisoryKeys();
const key = ({ keyId, publicKey }: { keyId: string; publicKey: Uint8Array }) => ({
  keyId,
  publicKey: toHex(publicKey),
});
const file = {
  chainId: 'csrc',
  validators: [{ ...key(keys.validator), weight: '1' }],
  gatewayKeys: [key(keys.gateway)],
  encryptionKey: key(keys.decryption),
};

describe('a trust file', () => {
  it('gives the pinned keys', () => {
    expect(parseSupervisoryTrust(smSuite, file)).toMatchObject({
      ok: true,
      value: { chainId: 'csrc', gatewayKeys: [{ keyId: keys.gateway.keyId }] },
    });
  });

  it.each([
    ['not a trust file of a supervisory chain', { validators: [] }],
    ['validators', { validators: [{ ...key(keys.gateway), weight: '1', keyId: '0'.repeat(32) }] }],
    ['gatewayKeys', { gatewayKeys: [{ ...key(keys.gateway), keyId: '0'.repeat(32) }] }],
    ['encryptionKey', { encryptionKey: key(keys.gateway) }],
  ])('is refused for %s', (error, change) => {
    expect(parseSupervisoryTrust(smSuite, { ...file, ...change })).toEqual({ ok: false, error });
  });
});

describe('waiting until aborted', () => {
  it('gives the answer, or nothing as soon as the signal is aborted', async () => {
    const stop = new AbortController();
    expect(await orAborted(Promise.resolve(7), stop.signal)).toBe(7);
    const never = orAborted(new Promise<number>(() => undefined), stop.signal);
    stop.abort();
    expect(await never).toBeUndefined();
    expect(await orAborted(Promise.reject(new Error('late')), stop.signal)).toBeUndefined();
  });

  it('passes a failure on', async () => {
    const failing = orAborted(Promise.reject(new Error('x')), new AbortController().signal);
    await expect(failing).rejects.toThrow('x');
  });
});

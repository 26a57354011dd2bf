// The key pair of GB/T 32918.5 annex A, in the forms that the code under test takes.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { fromHex } from '#libs/sm/hex.ts';
import vectors from '../../vectors/gbt-32918-sm2.json' with { type: 'json' };

export const publishedPublicKey = fromHex(vectors.publicKey);

export function publishedPrivateKey(): KeyObject {
  const head = '3041020100301306072a8648ce3d020106082a811ccf5501822d0427302502010104' + '20';
  const der = Buffer.from(head + vectors.privateKey, 'hex');
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

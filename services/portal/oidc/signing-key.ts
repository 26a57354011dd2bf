/** The key that signs the provider's tokens, as the JOSE libraries want it. */
import { createLocalJWKSet, exportJWK, type JWK, type JWTVerifyGetKey } from 'jose';
import type { KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';

export interface SigningKey {
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly privateJwk: JWK;
  /** Checks our own tokens without a call to ourselves. */
  readonly publicKeys: JWTVerifyGetKey;
}

export async function signingKeyOf(privateKey: KeyObject, keyId: string): Promise<SigningKey> {
  const marks = { alg: 'ES256', use: 'sig', kid: keyId };
  const publicJwk = await exportJWK(createPublicKey(privateKey));
  return {
    keyId,
    privateKey,
    privateJwk: { ...(await exportJWK(privateKey)), ...marks },
    publicKeys: createLocalJWKSet({ keys: [{ ...publicJwk, ...marks }] }),
  };
}

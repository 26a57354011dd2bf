/** SM2 verification by sm-crypto: the browser's verifier, and the second opinion elsewhere. */
import smCrypto from 'sm-crypto';
import { toHex } from '../hex.ts';
import { isSm2PublicKey, SM2_USER_ID, type Sm2PublicKey } from '../sm2-curve.ts';
import { decodeSm2Signature } from '../sm2-signature.ts';

/**
 * The same answers as `verifySm2` from other code: no node module, no OpenSSL. About 25 ms each.
 */
export function verifySm2Independent(
  publicKey: Sm2PublicKey,
  message: Uint8Array,
  signatureDer: Uint8Array,
): boolean {
  try {
    // The library has been lax about ranges and keys before; it is called with clean input only.
    if (decodeSm2Signature(signatureDer) === undefined || !isSm2PublicKey(publicKey)) return false;
    return smCrypto.sm2.doVerifySignature(message, toHex(signatureDer), toHex(publicKey), {
      der: true,
      hash: true,
      userId: SM2_USER_ID,
    });
  } catch {
    return false;
  }
}

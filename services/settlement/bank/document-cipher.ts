/** Encrypts agreement documents at rest: they name people. */
import { hmacSm3 } from '#libs/sm/sm3.ts';
import { sm4CtrMacOpen, sm4CtrMacSeal } from '#libs/sm/sm4.ts';
import { randomBytes } from 'node:crypto';
import { assert } from '#libs/result/result.ts';

export interface DocumentCipher {
  seal(documentId: string, bytes: Uint8Array): Uint8Array;
  open(documentId: string, sealed: Uint8Array): Uint8Array;
}

const nonceBytes = 16;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** `key`: the service's key for personal columns; documents get one derived from it. */
export function createDocumentCipher(key: Uint8Array): DocumentCipher {
  const documentKey = hmacSm3(key, encode('settlement/document'));
  return {
    seal: (documentId, bytes) => {
      const nonce = Uint8Array.from(randomBytes(nonceBytes));
      const sealed = sm4CtrMacSeal(documentKey, nonce, bytes, encode(documentId));
      return Buffer.concat([nonce, sealed]);
    },
    open: (documentId, stored) => {
      const nonce = stored.subarray(0, nonceBytes);
      const sealed = stored.subarray(nonceBytes);
      const bytes = sm4CtrMacOpen(documentKey, nonce, sealed, encode(documentId));
      assert(bytes !== undefined, `document ${documentId} does not open`);
      return bytes;
    },
  };
}

/** Approvals hold names and account numbers of payees, so their payloads are stored encrypted. */
import { randomBytes } from 'node:crypto';
import type { PayloadCipher } from '#libs/approvals/approval.ts';
import { assert } from '#libs/result/result.ts';
import { hmacSm3 } from '#libs/sm/sm3.ts';
import { sm4CtrMacOpen, sm4CtrMacSeal } from '#libs/sm/sm4.ts';

const nonceBytes = 16;
const label = new TextEncoder().encode('settlement/approval-payload');

export function createPayloadCipher(key: Uint8Array): PayloadCipher {
  const payloadKey = hmacSm3(key, label);
  return {
    seal: (plain) => {
      const nonce = Uint8Array.from(randomBytes(nonceBytes));
      return Buffer.concat([nonce, sm4CtrMacSeal(payloadKey, nonce, plain, label)]);
    },
    open: (sealed) => {
      const nonce = sealed.subarray(0, nonceBytes);
      const plain = sm4CtrMacOpen(payloadKey, nonce, sealed.subarray(nonceBytes), label);
      assert(plain !== undefined, 'an approval payload does not open');
      return plain;
    },
  };
}

/** A suite that verifies a valid signature once: one header's certificate comes with many results. */
import { toHex } from '#libs/sm/hex.ts';
import type { Suite } from './suite.ts';

/** Remembers at most so many valid signatures, by key, message and signature; never a refusal. */
export function rememberVerified(suite: Suite, max: number): Suite {
  const valid = new Set<string>();
  return {
    ...suite,
    verifySm2: (publicKey, message, signature) => {
      const { sm3 } = suite;
      const name = toHex(sm3(sm3(publicKey), sm3(message), sm3(signature)));
      if (valid.has(name)) return true;
      if (!suite.verifySm2(publicKey, message, signature)) return false;
      const [oldest] = valid;
      if (valid.size >= max && oldest !== undefined) valid.delete(oldest);
      valid.add(name);
      return true;
    },
  };
}

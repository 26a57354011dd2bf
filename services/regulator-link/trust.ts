// The pinned keys of the supervisory side, from its trust file.
import { z } from 'zod';
import type { Suite } from '#libs/proof/suite.ts';
import { keyIdOf, makeValidatorSet } from '#libs/proof/validator-set.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import { fromHex } from '#libs/sm/hex.ts';
import type { SupervisoryTrust } from './lanes/receipts.ts';

const key = z.object({
  keyId: z.string().regex(/^[0-9a-f]{32}$/),
  publicKey: z.string().regex(/^04[0-9a-f]{128}$/),
});

const trustFile = z.object({
  chainId: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  validators: z.array(key.extend({ weight: z.string().regex(/^[1-9][0-9]{0,8}$/) })).min(1),
  gatewayKeys: z.array(key).min(1),
  encryptionKey: key,
});

export type PinnedSupervisory = SupervisoryTrust & { readonly encryptionKey: Uint8Array };

/** Errors: what is wrong, in a few words. */
export function parseSupervisoryTrust(
  suite: Suite,
  value: unknown,
): Result<PinnedSupervisory, string> {
  const parsed = trustFile.safeParse(value);
  if (!parsed.success) return err('not a trust file of a supervisory chain');
  const { chainId, validators, gatewayKeys, encryptionKey } = parsed.data;
  const set = makeValidatorSet(
    suite,
    validators.map(({ keyId, publicKey, weight }) => ({
      keyId,
      publicKey: fromHex(publicKey),
      weight: BigInt(weight),
    })),
  );
  if (!set.ok) return err('validators');
  const gateways = gatewayKeys.map(({ keyId, publicKey }) => ({
    keyId,
    publicKey: fromHex(publicKey),
  }));
  const isNamed = gateways.every(({ keyId, publicKey }) => keyIdOf(suite, publicKey) === keyId);
  if (!isNamed) return err('gatewayKeys');
  // One key must never both sign and decrypt.
  const signing = new Set([...set.value, ...gateways].map(({ keyId }) => keyId));
  if (signing.has(encryptionKey.keyId)) return err('encryptionKey');
  return ok({
    chainId,
    validators: set.value,
    witnesses: [],
    gatewayKeys: gateways,
    encryptionKey: fromHex(encryptionKey.publicKey),
  });
}

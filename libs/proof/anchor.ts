/** The pinned anchor of an offline check: whose keys are believed, chosen by whoever verifies. */
import { fromHex } from '#libs/sm/hex.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import type { CertificateTrust } from './certificate.ts';
import type { Suite } from './suite.ts';
import { keyIdOf, makeValidatorSet, type PublicKey } from './validator-set.ts';

/** Keys in hexadecimal, 65-byte uncompressed points, as in the trust files. */
export interface KeyJson {
  readonly keyId: string;
  readonly publicKey: string;
}

export interface ValidatorJson extends KeyJson {
  readonly weight: string;
}

export interface AnchorJson {
  readonly market: {
    readonly chainId: string;
    readonly validators: readonly ValidatorJson[];
    readonly witnesses: readonly KeyJson[];
    readonly sealKeys: readonly KeyJson[];
  };
  readonly supervisory: {
    readonly chainId: string;
    readonly validators: readonly ValidatorJson[];
    readonly gatewayKeys: readonly KeyJson[];
  };
}

export interface ChainTrust extends CertificateTrust {
  readonly chainId: string;
}

export interface Anchor {
  readonly market: ChainTrust & { readonly sealKeys: readonly PublicKey[] };
  readonly supervisory: ChainTrust & { readonly gatewayKeys: readonly PublicKey[] };
}

/** Errors: anchor-malformed, with the member at fault. */
export function parseAnchor(suite: Suite, json: AnchorJson): Result<Anchor, string> {
  try {
    const { market, supervisory } = json;
    return ok({
      market: {
        chainId: chainIdOf(market.chainId),
        validators: validatorsOf(suite, market.validators, 'market.validators'),
        witnesses: keysOf(suite, market.witnesses, 'market.witnesses'),
        sealKeys: keysOf(suite, market.sealKeys, 'market.sealKeys'),
      },
      supervisory: {
        chainId: chainIdOf(supervisory.chainId),
        validators: validatorsOf(suite, supervisory.validators, 'supervisory.validators'),
        witnesses: [],
        gatewayKeys: keysOf(suite, supervisory.gatewayKeys, 'supervisory.gatewayKeys'),
      },
    });
  } catch (fault) {
    // A file from outside may lack any member: every fault of it is the same answer.
    return err(`anchor-malformed: ${fault instanceof Error ? fault.message : 'unreadable'}`);
  }
}

function chainIdOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('chainId');
  return value;
}

function validatorsOf(suite: Suite, members: readonly ValidatorJson[], place: string) {
  const set = makeValidatorSet(
    suite,
    members.map(({ keyId, publicKey, weight }) => ({
      keyId,
      publicKey: fromHex(publicKey),
      weight: BigInt(weight),
    })),
  );
  if (!set.ok) throw new TypeError(place);
  return set.value;
}

function keysOf(suite: Suite, members: readonly KeyJson[], place: string): readonly PublicKey[] {
  return members.map(({ keyId, publicKey }) => {
    const point = fromHex(publicKey);
    if (keyIdOf(suite, point) !== keyId) throw new TypeError(place);
    return { keyId, publicKey: point };
  });
}

/** Whom the supervisory side trusts, from files exchanged out of band. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigurationError } from '#libs/http/config.ts';
import { type Genesis, parseGenesis } from '#libs/proof/genesis.ts';
import type { Suite } from '#libs/proof/suite.ts';
import {
  keyIdOf,
  makeValidatorSet,
  type PublicKey,
  type ValidatorSet,
} from '#libs/proof/validator-set.ts';
import { expectOk } from '#libs/result/result.ts';
import { fromHex } from '#libs/sm/hex.ts';
import type { Signer } from '#libs/sm/sm2.ts';

const keyList = z
  .array(z.object({ keyId: z.string(), publicKey: z.string().regex(/^04[0-9a-f]{128}$/) }))
  .min(1)
  .max(8);
const marketFile = z.object({ chainId: z.string(), gatewayKeys: keyList, sealKeys: keyList });

export interface MarketTrust {
  readonly gatewayKeys: readonly PublicKey[];
  readonly sealKeys: readonly PublicKey[];
}

function readJson(variable: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ConfigurationError(`configuration: ${variable}: ${file} cannot be read`, { cause });
  }
}

export function readGenesis(suite: Suite, file: string, chainId: string): Genesis {
  const genesis = parseGenesis(suite, readJson('GENESIS_FILE', file));
  if (!genesis.ok) throw new ConfigurationError(`configuration: GENESIS_FILE: ${genesis.error}`);
  if (genesis.value.chainId !== chainId) {
    throw new ConfigurationError('configuration: GENESIS_FILE is of another chain');
  }
  return genesis.value;
}

function toKeys(suite: Suite, keys: z.infer<typeof keyList>): readonly PublicKey[] {
  return keys.map(({ keyId, publicKey }) => {
    const bytes = fromHex(publicKey);
    if (keyIdOf(suite, bytes) !== keyId) {
      throw new ConfigurationError(`configuration: MARKET_TRUST_FILE: ${keyId} is another key`);
    }
    return { keyId, publicKey: bytes };
  });
}

export function readMarketTrust(suite: Suite, file: string, chainId: string): MarketTrust {
  const parsed = marketFile.safeParse(readJson('MARKET_TRUST_FILE', file));
  if (!parsed.success || parsed.data.chainId !== chainId) {
    throw new ConfigurationError(
      'configuration: MARKET_TRUST_FILE is malformed or of another chain',
    );
  }
  const { gatewayKeys, sealKeys } = parsed.data;
  return { gatewayKeys: toKeys(suite, gatewayKeys), sealKeys: toKeys(suite, sealKeys) };
}

/** The supervisory chain is certified by its one validator. */
export function ownValidators(suite: Suite, validator: Signer): ValidatorSet {
  const { keyId, publicKey } = validator;
  return expectOk(makeValidatorSet(suite, [{ keyId, publicKey, weight: 1n }]), 'one validator');
}

// Keys and a genesis for a chain of one operator and one witness.
import { type Genesis, type GenesisFile, parseGenesis } from '#libs/proof/genesis.ts';
import { toHex } from '#libs/sm/hex.ts';
import { createSigner, generateSm2KeyPair, type Signer } from '#libs/sm/sm2.ts';
import { smSuite } from './sm-suite.ts';

export interface ChainKeys {
  readonly operator: Signer;
  readonly witness: Signer;
  readonly operatorPem: string;
  readonly witnessPem: string;
  readonly file: GenesisFile;
  readonly genesis: Genesis;
}

export function makeChainKeys(chainId = 'zhejiang'): ChainKeys {
  const operatorPem = generateSm2KeyPair().privateKeyPem;
  const witnessPem = generateSm2KeyPair().privateKeyPem;
  const operator = createSigner(operatorPem);
  const witness = createSigner(witnessPem);
  const file: GenesisFile = {
    chainId,
    engine: 'embedded',
    genesisTime: '2026-11-24T00:00:00.000Z',
    validators: [{ keyId: operator.keyId, publicKey: toHex(operator.publicKey), weight: '1' }],
    witnesses: [{ keyId: witness.keyId, publicKey: toHex(witness.publicKey) }],
  };
  const genesis = parseGenesis(smSuite, file);
  if (!genesis.ok) throw new Error(genesis.error);
  return { operator, witness, operatorPem, witnessPem, file, genesis: genesis.value };
}

/** The genesis of a chain: the file both sides pin, and the header of height 0 it determines. */
import { fromHex } from '#libs/sm/hex.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import { encodeHeader, type Header } from './header.ts';
import { laneTableRoot } from './lane-table.ts';
import { type Suite, zeroHash } from './suite.ts';
import { emptyRoot } from './tree.ts';
import {
  keyIdOf,
  makeValidatorSet,
  type PublicKey,
  type ValidatorSet,
  validatorSetHash,
} from './validator-set.ts';

/** `genesis.json`, keys as hexadecimal 65-byte points. */
export interface GenesisFile {
  readonly chainId: string;
  readonly engine: string;
  readonly genesisTime: string;
  readonly validators: readonly {
    readonly keyId: string;
    readonly publicKey: string;
    readonly weight: string;
  }[];
  readonly witnesses: readonly { readonly keyId: string; readonly publicKey: string }[];
}

export interface Genesis {
  readonly chainId: string;
  readonly engine: string;
  readonly timeMs: bigint;
  readonly validators: ValidatorSet;
  readonly witnesses: readonly PublicKey[];
}

const CHAIN_ID = /^[a-z][a-z0-9-]{0,31}$/;
const POINT_HEX = /^04[0-9a-f]{128}$/;
const WEIGHT = /^[1-9][0-9]{0,8}$/;

export function isChainId(text: string): boolean {
  return CHAIN_ID.test(text);
}

/** Errors: genesis-malformed with the member at fault. */
export function parseGenesis(suite: Suite, value: unknown): Result<Genesis, string> {
  const file = asGenesisFile(value);
  if (file === undefined) return err('genesis-malformed: members');
  const timeMs = Date.parse(file.genesisTime);
  if (!Number.isSafeInteger(timeMs) || timeMs < 0) return err('genesis-malformed: genesisTime');
  const validators = makeValidatorSet(
    suite,
    file.validators.map((member) => ({
      keyId: member.keyId,
      publicKey: fromHex(member.publicKey),
      weight: BigInt(member.weight),
    })),
  );
  if (!validators.ok) return err('genesis-malformed: validators');
  const witnesses = file.witnesses.map(({ keyId, publicKey }) => ({
    keyId,
    publicKey: fromHex(publicKey),
  }));
  const keyIds = new Set([...validators.value, ...witnesses].map((key) => key.keyId));
  const distinct = keyIds.size === validators.value.length + witnesses.length;
  const named = witnesses.every((key) => key.keyId === keyIdOf(suite, key.publicKey));
  if (!distinct || !named) return err('genesis-malformed: witnesses');
  const { chainId, engine } = file;
  return ok({ chainId, engine, timeMs: BigInt(timeMs), validators: validators.value, witnesses });
}

/** Height 0 has no records and no signatures: whoever pins the genesis file derives it. */
export function genesisHeader(suite: Suite, genesis: Genesis): Header {
  const setHash = validatorSetHash(suite, genesis.validators);
  return {
    chainId: genesis.chainId,
    height: 0n,
    previousHeaderHash: zeroHash(),
    batchRoot: emptyRoot(suite),
    treeSize: 0n,
    treeRoot: emptyRoot(suite),
    timeMs: genesis.timeMs,
    laneTableRoot: laneTableRoot(suite, []),
    validatorSetHash: setHash,
    nextValidatorSetHash: setHash,
    engine: genesis.engine,
  };
}

export function genesisHeaderHash(suite: Suite, genesis: Genesis): Uint8Array {
  return suite.sm3(encodeHeader(genesisHeader(suite, genesis)));
}

function asGenesisFile(value: unknown): GenesisFile | undefined {
  if (!isRecord(value)) return undefined;
  const { chainId, engine, genesisTime, validators, witnesses } = value;
  if (typeof chainId !== 'string' || !isChainId(chainId)) return undefined;
  if (typeof engine !== 'string' || !isChainId(engine)) return undefined;
  if (typeof genesisTime !== 'string') return undefined;
  if (!Array.isArray(validators) || !Array.isArray(witnesses)) return undefined;
  const isValidator = (key: unknown) =>
    isKey(key) && typeof key['weight'] === 'string' && WEIGHT.test(key['weight']);
  if (!validators.every(isValidator) || !witnesses.every(isKey)) return undefined;
  return value as unknown as GenesisFile;
}

function isKey(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value)) return false;
  const { keyId, publicKey } = value;
  return typeof keyId === 'string' && typeof publicKey === 'string' && POINT_HEX.test(publicKey);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the use cases of the supervisory side work with: its keys, and whom it trusts. */
import type { Decryptor } from '#libs/sm/sm2-encryption.ts';
import type { Signer } from '#libs/sm/sm2.ts';
import type { Genesis } from '#libs/proof/genesis.ts';
import type { Suite } from '#libs/proof/suite.ts';
import type { PublicKey, ValidatorSet } from '#libs/proof/validator-set.ts';
import type { Logger } from '#libs/log/log.ts';
import type { Clock } from '#libs/time/clock.ts';

export interface SupervisoryParts {
  /** Of this side, such as `csrc`. */
  readonly chainId: string;
  readonly market: Genesis;
  readonly marketGatewayKeys: readonly PublicKey[];
  readonly sealKeys: readonly PublicKey[];
  /** Signs the headers of this side's chain, and cosigns the market's. */
  readonly validator: Signer;
  readonly validators: ValidatorSet;
  readonly gateway: Signer;
  readonly decryptor: Decryptor;
  /** Encrypts snapshots at rest and keys the digests of identities. */
  readonly storeKey: Uint8Array;
  readonly suite: Suite;
  readonly clock: Clock;
  readonly log: Logger;
  readonly crashPoint: (name: string) => void;
}

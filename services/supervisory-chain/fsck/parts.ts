/** What the checks of the supervisory store believe: pinned keys, and the store's own. */
import type { SupervisoryParts } from '../parts.ts';

export type FsckParts = Pick<
  SupervisoryParts,
  'chainId' | 'market' | 'sealKeys' | 'validators' | 'storeKey' | 'suite'
> & {
  /** Of this side: what it sent is signed by one of them. */
  readonly gatewayKeys: SupervisoryParts['marketGatewayKeys'];
};

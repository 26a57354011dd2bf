// Generated from openapi/supervisory-chain.yaml by `npm run generate`; do not edit.

import type { Contract } from '../contract.ts';
import type { operations } from './supervisory-chain.ts';

export const supervisoryChainContract: Contract<operations> = {
  name: 'supervisory-chain',
  documentFile: new URL('./supervisory-chain.openapi.json', import.meta.url),
  operations: {
    getMarketView: {"method":"get","path":"/v1/market","kind":"read","public":false,"admission":{"person":["regulator","operator","auditor"],"service":["portal"]},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    listTakenObjects: {"method":"get","path":"/v1/objects","kind":"read","public":false,"admission":{"person":["regulator","operator","auditor"]},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    getTakenObject: {"method":"get","path":"/v1/objects/{objectId}/versions/{version}","kind":"read","public":false,"admission":{"person":["regulator"]},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    listResults: {"method":"get","path":"/v1/lanes/{lane}/results","kind":"operator","public":false,"admission":{"service":["regulator-link"]},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    listEvidence: {"method":"get","path":"/v1/evidence","kind":"read","public":false,"admission":{"person":["regulator","operator","auditor"]},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    unfreezeMarket: {"method":"post","path":"/v1/unfreezings","kind":"write","public":false,"admission":{"person":["regulator"]},"takesIdempotencyKey":true,"takesIfMatch":false,"problems":["market-not-frozen","market-other-header"],"requestMediaType":"application/json"},
  },
};

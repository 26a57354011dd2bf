// Generated from openapi/regulator-link.yaml by `npm run generate`; do not edit.

import type { Contract } from '../contract.ts';
import type { operations } from './regulator-link.ts';

export const regulatorLinkContract: Contract<operations> = {
  name: 'regulator-link',
  documentFile: new URL('./regulator-link.openapi.json', import.meta.url),
  operations: {
    listFacts: {"method":"get","path":"/v1/facts","kind":"read","public":false,"admission":{"person":["regulator","auditor","operator","registrar.maker","registrar.checker","settlement.maker","settlement.checker"]},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    getFact: {"method":"get","path":"/v1/facts/{eventId}","kind":"read","public":false,"admission":{"person":["regulator","auditor","operator","registrar.maker","registrar.checker","settlement.maker","settlement.checker"]},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    getObjectProof: {"method":"get","path":"/v1/objects/{objectId}/versions/{version}/proof","kind":"read","public":false,"admission":{"person":["regulator","auditor","operator","registrar.maker","registrar.checker","settlement.maker","settlement.checker"]},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":["object-not-on-chain"]},
    getLinkStatus: {"method":"get","path":"/v1/link-status","kind":"read","public":false,"admission":{"person":["regulator","auditor","operator","registrar.maker","registrar.checker","settlement.maker","settlement.checker"]},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    listLanes: {"method":"get","path":"/v1/lanes","kind":"read","public":false,"admission":{"person":["regulator","auditor","operator","registrar.maker","registrar.checker","settlement.maker","settlement.checker"]},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
  },
};

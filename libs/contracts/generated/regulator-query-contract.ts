// Generated from openapi/regulator-query.yaml by `npm run generate`; do not edit.

import type { Contract } from '../contract.ts';
import type { operations } from './regulator-query.ts';

export const regulatorQueryContract: Contract<operations> = {
  name: 'regulator-query',
  documentFile: new URL('./regulator-query.openapi.json', import.meta.url),
  operations: {
    getObjectSnapshot: {"method":"get","path":"/v1/objects/{objectId}/versions/{version}","kind":"read","public":true,"admission":{},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
  },
};

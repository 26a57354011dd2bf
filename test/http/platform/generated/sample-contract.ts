// Generated from test/http/platform/sample.yaml by `npm run generate`; do not edit.

import type { Contract } from '#libs/contracts/contract.ts';
import type { operations } from './sample.ts';

export const sampleContract: Contract<operations> = {
  name: 'sample',
  documentFile: new URL('./sample.openapi.json', import.meta.url),
  operations: {
    listNotes: {"method":"get","path":"/v1/notes","kind":"read","public":false,"admission":{"person":[]},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    writeNote: {"method":"post","path":"/v1/notes","kind":"write","public":false,"admission":{"person":["registrar.maker"],"service":["settlement"]},"takesIdempotencyKey":true,"takesIfMatch":false,"problems":[],"requestMediaType":"application/json"},
    getNote: {"method":"get","path":"/v1/notes/{noteId}","kind":"read","public":false,"admission":{"person":["registrar.maker","investor"]},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    changeNote: {"method":"put","path":"/v1/notes/{noteId}","kind":"write","public":false,"admission":{"person":["registrar.maker"]},"takesIdempotencyKey":true,"takesIfMatch":true,"problems":[],"requestMediaType":"application/json"},
    uploadFile: {"method":"post","path":"/v1/files","kind":"write","public":false,"admission":{"person":["registrar.maker"]},"takesIdempotencyKey":true,"takesIfMatch":false,"problems":[],"requestMediaType":"application/octet-stream","bodyBytesMax":1048576},
    getNotice: {"method":"get","path":"/v1/notice","kind":"read","public":true,"admission":{},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
  },
};

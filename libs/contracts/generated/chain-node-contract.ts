// Generated from openapi/chain-node.yaml by `npm run generate`; do not edit.

import type { Contract } from '../contract.ts';
import type { operations } from './chain-node.ts';

export const chainNodeContract: Contract<operations> = {
  name: 'chain-node',
  documentFile: new URL('./chain-node.openapi.json', import.meta.url),
  operations: {
    appendRecords: {"method":"post","path":"/v1/records","kind":"operator","public":false,"admission":{"service":["regulator-link"]},"takesIdempotencyKey":true,"takesIfMatch":false,"problems":["records-refused","record-too-large","record-malformed","record-lane-of-another-class","lane-sequence-not-next","lane-predecessor-differs","object-already-created","object-unknown","object-deleted","object-overwrite-owed","object-version-not-next","object-version-unknown","object-revision-not-next","set-change-of-another-chain","set-change-not-next","set-change-not-approved","batch-too-large","append-queue-full","node-is-no-sequencer"],"requestMediaType":"application/json","bodyBytesMax":12582912},
    getTicket: {"method":"get","path":"/v1/tickets/{ticket}","kind":"operator","public":false,"admission":{"service":["regulator-link"]},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":["node-is-no-sequencer"]},
    listHeaders: {"method":"get","path":"/v1/headers","kind":"read","public":true,"admission":{},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    getRecord: {"method":"get","path":"/v1/records/{leafIndex}","kind":"read","public":true,"admission":{},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    getInclusionProof: {"method":"get","path":"/v1/inclusion-proofs","kind":"read","public":true,"admission":{},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":["proof-outside-tree"]},
    getConsistencyProof: {"method":"get","path":"/v1/consistency-proofs","kind":"read","public":true,"admission":{},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":["proof-outside-tree"]},
    getValidatorSet: {"method":"get","path":"/v1/validator-sets/{height}","kind":"read","public":true,"admission":{},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    getRawBlock: {"method":"get","path":"/v1/raw-blocks/{height}","kind":"operator","public":false,"admission":{"service":["chain-follower"]},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":["node-is-no-sequencer"]},
    submitCosignature: {"method":"post","path":"/v1/cosignatures","kind":"operator","public":false,"admission":{"service":["chain-follower"]},"takesIdempotencyKey":true,"takesIfMatch":false,"problems":["cosignature-of-another-header","cosignature-invalid","node-is-no-sequencer"],"requestMediaType":"application/json"},
    listNetworks: {"method":"get","path":"/rpc/v1/networks","kind":"read","public":true,"admission":{},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    getNetworkOptions: {"method":"get","path":"/rpc/v1/networks/{networkId}/options","kind":"read","public":true,"admission":{},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    getNetworkStatus: {"method":"get","path":"/rpc/v1/networks/{networkId}/status","kind":"read","public":true,"admission":{},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    getBlock: {"method":"get","path":"/rpc/v1/networks/{networkId}/blocks/{height}","kind":"read","public":true,"admission":{},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    getTransaction: {"method":"get","path":"/rpc/v1/networks/{networkId}/blocks/{height}/transactions/{transactionId}","kind":"read","public":true,"admission":{},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    getConsensusState: {"method":"get","path":"/rpc/v1/networks/{networkId}/blocks/{height}/consensus-state","kind":"read","public":true,"admission":{},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    listObjectIds: {"method":"get","path":"/rpc/v1/networks/{networkId}/blocks/{height}/object-ids","kind":"read","public":true,"admission":{},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
    getObject: {"method":"get","path":"/rpc/v1/networks/{networkId}/blocks/{height}/objects/{objectId}","kind":"read","public":true,"admission":{},"takesIdempotencyKey":false,"takesIfMatch":false,"problems":[]},
  },
};

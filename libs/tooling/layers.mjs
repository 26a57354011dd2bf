// The layers of libs/ (libs/README.md): a library imports only libraries of lower layers (those of layer 0, each other).

export const libraryLayers = [
  ['result', 'quantity', 'time', 'ids'],
  ['canonical-json', 'sm', 'contracts', 'problem', 'log', 'process-guard', 'crash-points'],
  [
    'db',
    'key-store',
    'proof',
    'lane-messages',
    'cross-chain-model',
    'dev-ca',
    'kafka-launcher',
    'postgres-launcher',
  ],
  ['http', 'leadership', 'chain-application', 'envelope', 'installation', 'sign-in-client'],
  ['event-bus', 'audit', 'ledger-engine', 'fsck'],
  ['outbox', 'inbox', 'approvals', 'service'],
  ['tooling'],
];

/** Libraries that run in a browser too: nothing of node:* in them. */
export const browserLibraries = [
  'result',
  'quantity',
  'time',
  'canonical-json',
  'proof',
  'sm/browser',
];

// Every named crash point of the product, and the service that dies at it.

const perCommand = ['before-command-commit', 'command-committed'];
const perRelay = ['before-render-commit', 'render-committed', 'before-publish', 'published'];
const perSignature = ['before-sign', 'remembered', 'signed', 'signature-committed'];

export const crashNames: Readonly<Record<string, readonly string[]>> = {
  registry: [...perCommand, ...perRelay].map((point) => `registry.${point}`),
  settlement: [
    ...[...perCommand, ...perRelay].map((point) => `settlement.${point}`),
    'settlement.after-reserve',
    'settlement.before-hold-commit',
    'settlement.after-commit',
    'settlement.after-decide',
    'settlement.after-deliver',
    'settlement.before-settle-commit',
    'settlement.before-bank-commit',
    'settlement.after-give-back',
    'settlement.after-reverse',
    'settlement.after-pay',
  ],
  'chain-sequencer': [
    'chain-append-before-commit',
    'chain-append-committed',
    'chain-block-before-commit',
    'chain-block-committed',
    ...perSignature.map((point) => `chain-operator-${point}`),
    'chain-cosignature-before-commit',
    'chain-cosignature-committed',
  ],
  'chain-follower': [
    'chain-replay-before-commit',
    'chain-replay-committed',
    ...perSignature.map((point) => `chain-witness-${point}`),
    'chain-cosignature-submitted',
  ],
  'regulator-link': [
    'link-before-inbox-commit',
    'link-before-seal-commit',
    'link-after-seal-commit',
    'link-before-batch-commit',
    'link-after-batch-commit',
    'link-before-append',
    'link-after-append',
    'link-before-place-commit',
    'link-after-place-commit',
    'link-before-header-send',
    'link-after-header-send',
    'link-before-packet-send',
    'link-after-packet-send',
    'link-before-receipt-commit',
  ],
  'supervisory-chain': [
    'supervisory.before-record-commit',
    'supervisory.before-block-commit',
    'supervisory.after-send',
  ],
};

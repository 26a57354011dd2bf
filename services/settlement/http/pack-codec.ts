/** A rendered event as the link fetches it. */
import { modelVersion } from '#libs/cross-chain-model/object.ts';
import { toHex } from '#libs/sm/hex.ts';
import type { PackedFact } from '../repositories/pack-repository.ts';

export function fromPackedFact(fact: PackedFact, bytes: Uint8Array) {
  return {
    book: `settlement:${fact.securityId}`,
    sequence: fact.sequence.toString(),
    eventId: fact.eventId,
    type: `cn.quanji.settlement.${fact.kind}.v1`,
    businessDate: fact.businessDate,
    recordedAt: fact.recordedAt,
    objects: [
      {
        objectId: fact.objectId,
        version: fact.version.toString(),
        revision: fact.revision.toString(),
        class: 'settlement' as const,
        operation: fact.operation,
        schemaVersion: modelVersion,
        keyOwner: { kind: 'security' as const, id: fact.securityId },
        references: fact.refs.map(({ objectId, version }) => ({ objectId, version })),
        bytes: Buffer.from(bytes).toString('base64'),
        sm3: toHex(fact.sm3),
      },
    ],
  };
}

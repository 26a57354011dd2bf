// Builds the unsealed regulator object from what an event fixed: identity, version, salt, body.
import {
  modelProtocol,
  modelVersion,
  type ObjectBody,
  type ObjectClass,
  type ObjectOperation,
  type RegulatorObject,
} from './object.ts';

export interface ObjectIdentity {
  class: ObjectClass;
  objectId: string;
  version: bigint;
  revision: bigint;
  operation: ObjectOperation;
  /** Unit: Unix seconds of the business operation. */
  timestampSeconds: bigint;
  /** 32 hexadecimal digits; makes the snapshot hash unguessable. */
  salt: string;
  /** Lane sequence of the rejected record that this object corrects. */
  corrects?: bigint;
}

/** Header without a seal and the given body; a delete carries an empty body. */
export function buildObject(identity: ObjectIdentity, body: ObjectBody): RegulatorObject {
  return {
    header: {
      model: { protocol: modelProtocol, version: modelVersion },
      content: {
        type: identity.class,
        object_id: identity.objectId,
        version: Number(identity.version),
        operation: identity.operation,
        timestamp: Number(identity.timestampSeconds),
      },
      metadata: {
        salt: identity.salt,
        revision: Number(identity.revision),
        schema: modelVersion,
        ...(identity.corrects === undefined ? {} : { corrects: identity.corrects.toString() }),
      },
    },
    body: identity.operation === 'delete' ? {} : body,
  };
}

/** Exact conversion of a share count to the model's JSON number. Unit: shares. */
export function sharesNumber(shares: bigint): number {
  const value = Number(shares);
  if (!Number.isSafeInteger(value)) throw new RangeError('share count above 2^53 - 1');
  return value;
}

/** Exact conversion of fen to the model's yuan; below 10^15 fen a double keeps every fen. */
export function yuanNumber(fen: bigint): number {
  if (fen >= 10n ** 15n || fen <= -(10n ** 15n)) throw new RangeError('amount above 10^15 fen');
  return Number(fen) / 100;
}

/** Encrypts packs under the key of the security they speak of; the key dies with its row. */
import { newDataKey, openRecord, sealRecord } from '#libs/envelope/record.ts';
import { unwrapKey, wrapKey } from '#libs/envelope/key-wrap.ts';
import type { Executor } from '#libs/db/database.ts';
import { assert } from '#libs/result/result.ts';
import type { Clock } from '#libs/time/clock.ts';
import { findDataKey, insertDataKey } from '../repositories/pack-repository.ts';

export interface PackPlace {
  readonly securityId: string;
  readonly eventId: string;
  readonly line: number;
}

export interface PackCipher {
  seal(tx: Executor, place: PackPlace, bytes: Uint8Array): Promise<Uint8Array>;
  open(db: Executor, place: PackPlace, sealed: Uint8Array): Promise<Uint8Array>;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const contextOf = (securityId: string): Uint8Array => encode(`settlement/security/${securityId}`);
const associatedData = ({ eventId, line }: PackPlace): Uint8Array =>
  encode(`settlement/object-pack/${eventId}/${line}`);

export function createPackCipher(keyEncryptionKey: Uint8Array, clock: Clock): PackCipher {
  const open = (securityId: string, wrapped: Uint8Array): Uint8Array => {
    const context = contextOf(securityId);
    const dataKey = unwrapKey({ wrappingKey: keyEncryptionKey, wrapped, context });
    assert(dataKey !== undefined, `the data key of security ${securityId} does not open`);
    return dataKey;
  };

  const keyFor = async (tx: Executor, securityId: string): Promise<Uint8Array> => {
    const known = await findDataKey(tx, securityId);
    if (known !== undefined) return open(securityId, known);
    const wrapped = wrapKey({
      wrappingKey: keyEncryptionKey,
      dataKey: newDataKey(),
      context: contextOf(securityId),
    });
    return open(securityId, await insertDataKey(tx, securityId, wrapped, clock.now()));
  };

  return {
    seal: async (tx, place, plaintext) =>
      sealRecord({
        dataKey: await keyFor(tx, place.securityId),
        associatedData: associatedData(place),
        plaintext,
      }),
    open: async (db, place, sealed) => {
      const wrapped = await findDataKey(db, place.securityId);
      assert(wrapped !== undefined, `the data key of security ${place.securityId} is gone`);
      const dataKey = open(place.securityId, wrapped);
      const bytes = openRecord({ dataKey, associatedData: associatedData(place), sealed });
      assert(bytes !== undefined, `the pack of event ${place.eventId} does not open`);
      return bytes;
    },
  };
}

/** Personal columns: sealed values, opened values, and the blind indexes to find them by. */
import { blindIndex, type ColumnPlace, openColumn, sealColumn } from '#libs/envelope/column.ts';
import { normalisePhone } from '#libs/envelope/normal-form.ts';
import { assert } from '#libs/result/result.ts';
import { type Identity, identityKey, normaliseName } from '../domain/subject.ts';

export interface PersonalCipher {
  seal(place: ColumnPlace, value: string): Buffer;
  /** Errors: throws where the value was altered or moved to another row. */
  open(place: ColumnPlace, sealed: Uint8Array): string;
  /** Equal for equal certificates: what holders are counted and found by. */
  identityIndex(identity: Identity): Buffer;
  nameIndex(name: string): Buffer;
  phoneIndex(phone: string): Buffer;
}

export interface PersonalKeys {
  readonly personalColumns: Uint8Array;
  readonly blindIndex: Uint8Array;
}

export function createPersonalCipher(keys: PersonalKeys): PersonalCipher {
  const index = (field: string, value: string): Buffer =>
    Buffer.from(blindIndex(keys.blindIndex, field, value));
  return {
    seal: (place, value) => Buffer.from(sealColumn(keys.personalColumns, place, value)),
    open: (place, sealed) => {
      const value = openColumn(keys.personalColumns, place, sealed);
      assert(value !== undefined, `${place.table}.${place.column} of ${place.rowId} does not open`);
      return value;
    },
    identityIndex: (identity) => index('identity', identityKey(identity)),
    nameIndex: (name) => index('name', normaliseName(name)),
    phoneIndex: (phone) => index('phone', normalisePhone(phone)),
  };
}

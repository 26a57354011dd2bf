/**
 * Salted Merkle tree over the fields of one JSON object, so that a single field can be shown
 * without the others (SD-JWT, RFC 9901, with a tree for the digest list and SM3).
 *
 * A leaf is SM3(0x00, label, salt, path, type, value), each variable part after its length; a node
 * is SM3(0x01, left, right). Leaves stand in the order of their paths; random-looking leaves fill
 * the tree to a power of two, at least 32, so that the number of filled fields stays hidden.
 */
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import { concatBytes, fromHex, toHex } from '#libs/sm/hex.ts';
import { hmacSm3, SM3_BYTES, sm3 } from '#libs/sm/sm3.ts';
import { type FieldValue, fieldsOf } from './fields.ts';

const LEAVES_MIN = 32;
const LEAVES_MAX = 4096;
const DEPTH_MAX = Math.log2(LEAVES_MAX);

const encoder = new TextEncoder();
const LEAF_LABEL = encoder.encode('QJ-FIELD-1');
const SALT_LABEL = encoder.encode('QJ-FIELD-SALT-1');
const PADDING_LABEL = encoder.encode('QJ-FIELD-PADDING-1');
const SALT_KEY_LABEL = encoder.encode('QJ-FIELD-SALT-KEY-1');
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const HASH_HEX = /^[0-9a-f]{64}$/;

export interface FieldTreeSecrets {
  readonly recordId: string;
  /** All salts derive from it: when it is destroyed, the root tells nothing more. */
  readonly saltKey: Uint8Array;
}

/** One field shown, with what is needed to check it against the root. */
export interface FieldDisclosure {
  /** JSON pointer. */
  readonly path: string;
  readonly value: FieldValue;
  /** Lower-case hexadecimal, as the siblings (from the leaf upwards). */
  readonly salt: string;
  readonly leafIndex: number;
  readonly siblings: readonly string[];
}

/** The salt key of a record, from its data key: the two are destroyed together. */
export function fieldSaltKey(dataKey: Uint8Array): Uint8Array {
  return hmacSm3(dataKey, SALT_KEY_LABEL);
}

/** The 32-byte root. Errors: NotCanonicalError; RangeError beyond 4096 fields. */
export function fieldTreeRoot(object: object, secrets: FieldTreeSecrets): Uint8Array {
  let level = leavesOf(fieldsOf(object), secrets);
  while (level.length > 1) level = parentsOf(level);
  return theOnly(level);
}

/** Errors: RangeError when the object has no such field, and those of `fieldTreeRoot`. */
export function discloseField(
  object: object,
  secrets: FieldTreeSecrets,
  path: string,
): FieldDisclosure {
  const fields = fieldsOf(object);
  const leafIndex = fields.findIndex((field) => field.path === path);
  const field = fields[leafIndex];
  if (field === undefined) throw new RangeError(`the object has no field at '${path}'`);
  const siblings: string[] = [];
  let level = leavesOf(fields, secrets);
  for (let place = leafIndex; level.length > 1; place >>= 1) {
    siblings.push(toHex(level[place ^ 1] ?? new Uint8Array()));
    level = parentsOf(level);
  }
  const salt = toHex(fieldSalt(secrets, path));
  return { path, value: field.value, salt, leafIndex, siblings };
}

/** True only if the disclosed field stands at its place under the root. Never throws. */
export function verifyDisclosure(root: Uint8Array, disclosure: FieldDisclosure): boolean {
  try {
    const { path, value, salt, leafIndex, siblings } = disclosure;
    if (!HASH_HEX.test(salt) || siblings.length > DEPTH_MAX) return false;
    if (!Number.isInteger(leafIndex) || leafIndex < 0) return false;
    if (leafIndex >= 2 ** siblings.length) return false;
    let hash = leafOf(path, value, fromHex(salt));
    let place = leafIndex;
    for (const sibling of siblings) {
      if (!HASH_HEX.test(sibling)) return false;
      const other = fromHex(sibling);
      hash = place % 2 === 0 ? sm3(NODE, hash, other) : sm3(NODE, other, hash);
      place >>= 1;
    }
    return toHex(hash) === toHex(root);
  } catch {
    return false;
  }
}

function leavesOf(
  fields: ReturnType<typeof fieldsOf>,
  secrets: FieldTreeSecrets,
): readonly Uint8Array[] {
  if (fields.length > LEAVES_MAX) throw new RangeError(`more than ${LEAVES_MAX} fields`);
  const leaves = fields.map(({ path, value }) => leafOf(path, value, fieldSalt(secrets, path)));
  let size = LEAVES_MIN;
  while (size < leaves.length) size *= 2;
  const recordId = lengthPrefixed(encoder.encode(secrets.recordId));
  for (let index = leaves.length; index < size; index++) {
    leaves.push(hmacSm3(secrets.saltKey, PADDING_LABEL, recordId, integer32(index)));
  }
  return leaves;
}

function fieldSalt({ recordId, saltKey }: FieldTreeSecrets, path: string): Uint8Array {
  return hmacSm3(
    saltKey,
    SALT_LABEL,
    lengthPrefixed(encoder.encode(recordId)),
    encoder.encode(path),
  );
}

function leafOf(path: string, value: FieldValue, salt: Uint8Array): Uint8Array {
  if (salt.length !== SM3_BYTES) throw new RangeError('a field salt has 32 bytes');
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return sm3(
    LEAF,
    LEAF_LABEL,
    salt,
    // As JSON, because a pointer with a lone surrogate has no bytes of its own and is refused so.
    lengthPrefixed(canonicalBytes(path)),
    lengthPrefixed(encoder.encode(type)),
    lengthPrefixed(canonicalBytes(value)),
  );
}

function parentsOf(level: readonly Uint8Array[]): readonly Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let index = 0; index + 1 < level.length; index += 2) {
    const [left, right] = level.slice(index, index + 2);
    if (left !== undefined && right !== undefined) parents.push(sm3(NODE, left, right));
  }
  return parents;
}

function theOnly(level: readonly Uint8Array[]): Uint8Array {
  const [root] = level;
  if (root === undefined) throw new Error('a field tree has a root');
  return root;
}

function lengthPrefixed(bytes: Uint8Array): Uint8Array {
  return concatBytes(integer32(bytes.length), bytes);
}

function integer32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

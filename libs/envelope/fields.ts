/** A JSON object as a flat list of its fields, each under its JSON pointer (RFC 6901). */

/** What can stand at the end of a path: an empty container is a field of its own. */
export type FieldValue =
  | string
  | number
  | boolean
  | null
  | readonly never[]
  | Readonly<Record<string, never>>;

export interface Field {
  readonly path: string;
  readonly value: FieldValue;
}

const DEPTH_MAX = 64;

/**
 * The fields in the order of their paths (UTF-16 code units, as RFC 8785 orders names).
 * Errors: TypeError for what is not JSON, or nested beyond 64 levels.
 */
export function fieldsOf(object: object): readonly Field[] {
  const fields: Field[] = [];
  collect(object, '', fields, 0);
  return fields.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function collect(value: unknown, path: string, fields: Field[], depth: number): void {
  if (depth > DEPTH_MAX) throw new TypeError(`nested too deeply at '${path}'`);
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      fields.push({ path, value });
      return;
    case 'object':
      if (value === null) fields.push({ path, value });
      else if (Array.isArray(value)) collectArray(value, path, fields, depth);
      else collectObject(value, path, fields, depth);
      return;
    default:
      throw new TypeError(`a ${typeof value} at '${path}' is not JSON`);
  }
}

function collectArray(
  items: readonly unknown[],
  path: string,
  fields: Field[],
  depth: number,
): void {
  if (items.length === 0) fields.push({ path, value: [] });
  for (let index = 0; index < items.length; index++) {
    collect(items[index], `${path}/${index}`, fields, depth + 1);
  }
}

function collectObject(object: object, path: string, fields: Field[], depth: number): void {
  const members: [string, unknown][] = Object.entries(object);
  if (members.length === 0) fields.push({ path, value: {} });
  for (const [name, member] of members) {
    const token = name.replaceAll('~', '~0').replaceAll('/', '~1');
    collect(member, `${path}/${token}`, fields, depth + 1);
  }
}

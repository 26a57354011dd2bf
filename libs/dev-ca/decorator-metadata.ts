/**
 * The three decorator-metadata calls that @peculiar/x509's injection container asks of Reflect at
 * import. Import this file before that package.
 */

const tables = new WeakMap<object, Map<unknown, unknown>>();

const metadata = {
  defineMetadata(key: unknown, value: unknown, target: object): void {
    const table = tables.get(target) ?? new Map<unknown, unknown>();
    tables.set(target, table.set(key, value));
  },
  getOwnMetadata(key: unknown, target: object): unknown {
    return tables.get(target)?.get(key);
  },
  getMetadata(key: unknown, target: object): unknown {
    for (let at: unknown = target; isObject(at); at = Object.getPrototypeOf(at)) {
      const table = tables.get(at);
      if (table?.has(key)) return table.get(key);
    }
    return undefined;
  },
};

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

// Another package's complete polyfill keeps its place.
if (!('getMetadata' in Reflect)) Object.assign(Reflect, metadata);

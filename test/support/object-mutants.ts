// Names and makes faulty variants of a valid regulator object; each of them must be refused.
import type { RegulatorObject } from '#libs/cross-chain-model/object.ts';

export interface Mutant {
  name: string;
  object: unknown;
}

type Json = Record<string, unknown>;

function* places(value: unknown, path: readonly string[]): Generator<readonly string[]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    yield [...path, key];
    yield* places(child, [...path, key]);
  }
}

function parentOf(root: unknown, path: readonly string[]): Json {
  let value = root as Json;
  for (const key of path.slice(0, -1)) value = value[key] as Json;
  return value;
}

function mutate(valid: RegulatorObject, name: string, change: (copy: Json) => void): Mutant {
  const copy = structuredClone(valid) as unknown as Json;
  change(copy);
  return { name, object: copy };
}

function set(path: string, value: unknown): (copy: Json) => void {
  const keys = path.split('.');
  return (copy) => {
    parentOf(copy, keys)[keys.at(-1) ?? ''] = value;
  };
}

function remove(path: string): (copy: Json) => void {
  const keys = path.split('.');
  return (copy) => {
    delete parentOf(copy, keys)[keys.at(-1) ?? ''];
  };
}

const headerFaults: readonly (readonly [string, (copy: Json) => void])[] = [
  ['missing body', remove('body')],
  ['empty body', set('body', {})],
  ['null body', set('body', null)],
  ['array body', set('body', [])],
  ['missing header', remove('header')],
  ['missing model', remove('header.model')],
  ['missing content', remove('header.content')],
  ['missing metadata', remove('header.metadata')],
  ['missing salt', remove('header.metadata.salt')],
  ['short salt', set('header.metadata.salt', '00')],
  ['other protocol', set('header.model.protocol', 'x')],
  ['other model version', set('header.model.version', '1.9.9')],
  ['unknown class', set('header.content.type', 'house')],
  ['missing object id', remove('header.content.object_id')],
  ['object id of another class', set('header.content.object_id', 'XXX-1')],
  ['over-long object id', set('header.content.object_id', 'S'.repeat(129))],
  ['negative version', set('header.content.version', -1)],
  ['fractional version', set('header.content.version', 0.5)],
  ['version as text', set('header.content.version', '0')],
  ['created at version 1', set('header.content.version', 1)],
  ['updated at version 0', set('header.content.operation', 'update')],
  ['overwritten without a revision', set('header.content.operation', 'overwrite')],
  ['created with a revision', set('header.metadata.revision', 1)],
  ['deleted with a body', set('header.content.operation', 'delete')],
  ['unknown operation', set('header.content.operation', 'erase')],
  ['timestamp in milliseconds', set('header.content.timestamp', 1_795_500_000_000)],
  ['negative timestamp', set('header.content.timestamp', -1)],
  ['empty seal list', set('header.seal', [])],
  ['seal without a signature', set('header.seal', [{ digest_algo: 'SM3' }])],
];

function referenceFaults(valid: RegulatorObject): Mutant[] {
  const found: Mutant[] = [];
  for (const path of places(valid.body, ['body'])) {
    const key = path.at(-1) ?? '';
    if (!key.endsWith('_ref')) continue;
    const name = path.join('.');
    for (const [fault, value] of [
      ['without a version', 'SUB-01920000-0000-7000-8000-000000000001'],
      ['with a negative version', 'SUB-01920000-0000-7000-8000-000000000001/-1'],
      ['to another class', 'STL-01920000-0000-7000-8000-000000000001/0'],
      ['that is empty', ''],
    ] as const) {
      found.push(mutate(valid, `${name} is a reference ${fault}`, set(name, value)));
    }
  }
  return found;
}

function structuralFaults(valid: RegulatorObject): Mutant[] {
  const found: Mutant[] = [];
  for (const path of places(valid, [])) {
    const name = path.join('.');
    const value = parentOf(valid, path)[path.at(-1) ?? ''];
    found.push(mutate(valid, `${name} is null`, set(name, null)));
    const other = typeof value === 'string' ? 7 : 'seven';
    found.push(mutate(valid, `${name} has a wrong type`, set(name, other)));
    if (typeof value === 'object' && !Array.isArray(value)) {
      found.push(mutate(valid, `${name} has an unknown field`, set(`${name}.surprise`, 1)));
    }
  }
  return found;
}

/** Every listed fault applied to the valid object, one at a time. */
export function mutantsOf(valid: RegulatorObject): readonly Mutant[] {
  return [
    ...headerFaults.map(([name, change]) => mutate(valid, name, change)),
    mutate(valid, 'unknown field at the top', set('surprise', true)),
    ...referenceFaults(valid),
    ...structuralFaults(valid),
  ];
}

// No crash point of the code is left out of the fault test.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { crashNames } from '../crash/support/crash-names.ts';

it('the fault test arms every crash point that the services name', () => {
  const known = new Set(Object.values(crashNames).flat());
  const services = join(import.meta.dirname, '../../services');
  const files = readdirSync(services, { recursive: true, encoding: 'utf8' });
  const texts = files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(services, file), 'utf8'));
  const named = texts.flatMap((text) =>
    [...text.matchAll(/crashPoint\(\s*'([^']+)'/g)].map(([, name]) => name ?? ''),
  );
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

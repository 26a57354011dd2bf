import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { libraryLayers } from '../../libs/tooling/layers.mjs';
import { root } from './repository.ts';

const layered = libraryLayers.flat().sort();

it('gives every library a layer, and no layer a library that is not there', () => {
  const folders = readdirSync(join(root, 'libs'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  expect(folders).toEqual(layered);
});

it('lists every library in its row of libs/README.md', () => {
  const rows = readFileSync(join(root, 'libs/README.md'), 'utf8').split('\n');
  libraryLayers.forEach((names, layer) => {
    const row = rows.find((line) => line.startsWith(`| ${layer} |`)) ?? '';
    expect(names.filter((name) => !row.includes(`\`${name}\``))).toEqual([]);
  });
});

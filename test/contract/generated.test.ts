import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateContracts } from '#libs/tooling/generate-contracts.ts';
import { generateProblems } from '#libs/tooling/generate-problems.ts';
import { root, sourceFiles } from './repository.ts';

describe('generated files', () => {
  it('are what their sources give', async () => {
    const { files, faults } = await generateContracts(root);
    expect(faults).toEqual([]);
    const differing = [...generateProblems(root), ...files].filter(
      (file) => readFileSync(join(root, file.path), 'utf8') !== file.text,
    );
    expect(differing.map((file) => file.path)).toEqual([]);
  });

  it('are not among the files that tidy reads', () => {
    expect(sourceFiles.filter((file) => file.path.includes('/generated/'))).toEqual([]);
  });
});

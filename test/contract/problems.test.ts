import { describe, expect, it } from 'vitest';
import { problemCatalogue } from '#libs/problem/generated/catalogue.ts';
import { refusedCodes, stringLiterals } from '#libs/tooling/contract-coverage.ts';
import { productFiles, testFiles } from './repository.ts';

const codes = Object.keys(problemCatalogue);

const literalsOf = (files: typeof productFiles): Set<string> =>
  new Set(files.flatMap((file) => [...stringLiterals(file)]));

describe('the problem catalogue', () => {
  it('has no code that no source answers with', () => {
    const literals = literalsOf(productFiles);
    expect(codes.filter((code) => !literals.has(code))).toEqual([]);
  });

  it('has no code that no test provokes', () => {
    const literals = literalsOf(testFiles);
    expect(codes.filter((code) => !literals.has(code))).toEqual([]);
  });

  it('has every code that a source refuses with', () => {
    const refused = productFiles.flatMap((file) =>
      refusedCodes(file).map((code) => `${code} in ${file.path}`),
    );
    const missing = refused.filter((entry) => !codes.includes(entry.split(' ')[0] ?? ''));
    expect(missing).toEqual([]);
  });
});

describe('the check itself', () => {
  const file = (text: string): { path: string; text: string } => ({ path: 'x.ts', text });

  it('reads literals, not comments', () => {
    const literals = stringLiterals(file("refuse('a-b'); // 'c-d'\nconst x = { code: \"e-f\" };"));
    expect([...literals]).toEqual(['a-b', 'e-f']);
  });

  it('reads the code of a refusal', () => {
    expect(refusedCodes(file("return refuse('a-b', { c: 'd' }); other('e');"))).toEqual(['a-b']);
  });
});

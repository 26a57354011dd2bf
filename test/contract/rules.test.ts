import { describe, expect, it } from 'vitest';
import { citedRules, rulesOf } from '#libs/tooling/contract-coverage.ts';
import { testTitles, unnamedWords } from '#libs/tooling/test-titles.ts';
import { productFiles, sourceFiles, testFiles } from './repository.ts';

const ruleBooks = sourceFiles
  .filter((file) => /^services\/[^/]+\/domain\/RULES\.md$/.test(file.path))
  .map((file) => {
    const service = file.path.split('/')[1] ?? '';
    return { service, rules: rulesOf(file) };
  });

const servicesThatCite = new Set(
  productFiles
    .filter((file) => file.path.startsWith('services/') && citedRules(file).length > 0)
    .map((file) => file.path.split('/')[1] ?? ''),
);

it('has a RULES.md in each service that cites rules', () => {
  const books = ruleBooks.map(({ service }) => service);
  expect([...servicesThatCite].filter((service) => !books.includes(service))).toEqual([]);
});

describe.each(ruleBooks)('RULES.md of $service', ({ service, rules }) => {
  const sources = productFiles.filter((file) => file.path.startsWith(`services/${service}/`));
  const cited = new Set(sources.flatMap(citedRules));

  it('lists rules', () => {
    expect(rules.length).toBeGreaterThan(0);
  });

  it('has no rule that no source cites as "Rule: …"', () => {
    expect(rules.filter((rule) => !cited.has(rule))).toEqual([]);
  });

  it('has every rule that a source cites', () => {
    expect([...cited].filter((rule) => !rules.includes(rule))).toEqual([]);
  });

  it('has no rule without a test that names it in a title', () => {
    expect(unnamedWords(testFiles.flatMap(testTitles), rules)).toEqual([]);
  });
});

describe('the check itself', () => {
  it('reads ids of headings, rows and items, and of comments', () => {
    const book = '# Rules\n## R1 — one\n| R2 | two |\n- **REG-PLEDGE-03** three\nR4 in a text\n';
    expect(rulesOf({ path: 'RULES.md', text: book })).toEqual(['R1', 'R2', 'REG-PLEDGE-03']);
    const source = '/** Says. Rule: R8, R13: partnerships, REG-PLEDGE-03. */';
    expect(citedRules({ path: 'x.ts', text: source })).toEqual(['R8', 'R13', 'REG-PLEDGE-03']);
  });
});

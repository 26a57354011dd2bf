// Generates libs/problem/generated/catalogue.ts from openapi/problems.yaml and openapi/problems/.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { doNotEdit, type GeneratedFile } from './generated-file.ts';

const bilingual = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
const problemEntry = z.strictObject({
  status: z.int().min(400).max(599),
  title: bilingual,
  detail: bilingual,
});
const catalogueFile = z
  .record(z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/), problemEntry)
  .nullable()
  .transform((entries) => entries ?? {});

export type ProblemEntry = z.infer<typeof problemEntry>;

const catalogueFiles = (root: string): string[] => [
  'openapi/problems.yaml',
  ...readdirSync(join(root, 'openapi/problems'))
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => `openapi/problems/${name}`),
];

const parameterNames = (template: string): string =>
  [...template.matchAll(/\{(\w+)\}/g)]
    .map((match) => match[1])
    .sort()
    .join(' ');

/** Reads the whole catalogue. Errors: a broken entry, a code given twice, unlike parameters. */
export const readProblemCatalogue = (root: string): Map<string, ProblemEntry> => {
  const catalogue = new Map<string, ProblemEntry>();
  for (const file of catalogueFiles(root)) {
    const parsed = catalogueFile.safeParse(parse(readFileSync(join(root, file), 'utf8')));
    if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
    for (const [code, entry] of Object.entries(parsed.data)) {
      if (catalogue.has(code)) throw new Error(`${file}: the code ${code} is defined twice`);
      if (parameterNames(entry.detail.zh) !== parameterNames(entry.detail.en)) {
        throw new Error(`${file}: ${code} has different parameters in zh and en`);
      }
      catalogue.set(code, entry);
    }
  }
  return catalogue;
};

export const generateProblems = (root: string): GeneratedFile[] => {
  const entries = [...readProblemCatalogue(root)].map(
    ([code, entry]) => `  ${JSON.stringify(code)}: ${JSON.stringify(entry)},\n`,
  );
  const text = `${doNotEdit('openapi/problems.yaml and openapi/problems/')}
export interface ProblemEntry {
  readonly status: number;
  readonly title: { readonly zh: string; readonly en: string };
  readonly detail: { readonly zh: string; readonly en: string };
}

export const problemCatalogue = {
${entries.join('')}} as const satisfies Record<string, ProblemEntry>;

export type ProblemCode = keyof typeof problemCatalogue;
`;
  return [{ path: 'libs/problem/generated/catalogue.ts', text }];
};

// The repository as the two-way checks see it: sources, tests, contracts.
import { join } from 'node:path';
import { bundleContract, type JsonObject } from '#libs/tooling/bundle-contract.ts';
import { contractSources } from '#libs/tooling/generate-contracts.ts';
import { readOperations } from '#libs/tooling/read-operations.ts';
import type { Operation } from '#libs/contracts/contract.ts';
import { readSourceFiles, type SourceFile } from '#libs/tooling/tidy/source-file.ts';

export const root = join(import.meta.dirname, '../..');

export const sourceFiles: readonly SourceFile[] = readSourceFiles(root);

const isCode = ({ path }: SourceFile): boolean => /\.tsx?$/.test(path);

/** What ships: libraries and services. */
export const productFiles = sourceFiles.filter(
  (file) =>
    isCode(file) && /^(libs|services)\//.test(file.path) && !/^libs\/tooling\//.test(file.path),
);

/** Tiers that run only when they are named: what nothing else tests, `npm test` does not test. */
const whenNamed = /^test\/(accept|crash)\//;

/** The tests of behaviour; those of this folder speak of everything and prove nothing. */
export const testFiles = sourceFiles.filter(
  ({ path }) =>
    path.endsWith('.test.ts') && !path.startsWith('test/contract/') && !whenNamed.test(path),
);

export interface ContractOperations {
  readonly name: string;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly sources: readonly SourceFile[];
  readonly tests: readonly SourceFile[];
}

/** The sample contract of libs/http stands among its tests. */
const placesOf = (
  contract: string,
  document: JsonObject,
  name: string,
): { source: string; test: string } => {
  const folder = contract.replace(/[^/]*$/, '');
  if (folder !== 'openapi/') return { source: folder, test: folder };
  const servedBy = document['x-served-by'];
  const service = typeof servedBy === 'string' ? servedBy : name;
  return { source: `services/${service}/`, test: `test/http/${service}/` };
};

interface ServedContract {
  readonly name: string;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly source: string;
  readonly test: string;
}

const readContract = (contract: string): ServedContract => {
  const name = contract.replace(/^.*\//, '').replace('.yaml', '');
  const document = bundleContract(join(root, contract));
  const operations = readOperations(name, document);
  return { name, operations, ...placesOf(contract, document, name) };
};

const served = contractSources(root)
  .map(({ contract }) => readContract(contract))
  .filter(({ operations }) => operations.size > 0);

/** A service may serve two contracts by two apps: then they are looked at together. */
export const contracts: readonly ContractOperations[] = [
  ...new Set(served.map(({ source }) => source)),
].map((source) => {
  const together = served.filter((contract) => contract.source === source);
  const [first] = together;
  const test = first?.test ?? '';
  return {
    name: together.map(({ name }) => name).join(' and '),
    operations: new Map(together.flatMap(({ operations }) => [...operations])),
    sources: sourceFiles.filter((file) => isCode(file) && file.path.startsWith(source)),
    tests: testFiles.filter((file) => file.path.startsWith(test)),
  };
});

// The repository as the two-way checks see it: sources, tests, contracts.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundleContract } from '#libs/tooling/bundle-contract.ts';
import { contractSources } from '#libs/tooling/generate-contracts.ts';
import { readOperations } from '#libs/tooling/read-operations.ts';
import { readSourceFiles, type SourceFile } from '#libs/tooling/tidy/source-file.ts';

export const root = join(import.meta.dirname, '../..');

export const sourceFiles: readonly SourceFile[] = readSourceFiles(root);

const isCode = ({ path }: SourceFile): boolean => /\.tsx?$/.test(path);

/** What ships: libraries and services. */
export const productFiles = sourceFiles.filter(
  (file) =>
    isCode(file) && /^(libs|services)\//.test(file.path) && !/^libs\/tooling\//.test(file.path),
);

/** The tests of behaviour; those of this folder speak of everything and prove nothing. */
export const testFiles = sourceFiles.filter(
  (file) => file.path.endsWith('.test.ts') && !file.path.startsWith('test/contract/'),
);

export interface ContractOperations {
  readonly name: string;
  readonly operationIds: readonly string[];
  readonly sources: readonly SourceFile[];
  readonly tests: readonly SourceFile[];
}

/** The sample contract of libs/http stands among its tests. */
const placesOf = (name: string, contract: string): { source: string; test: string } => {
  const folder = contract.replace(/[^/]*$/, '');
  return folder === 'openapi/'
    ? { source: `services/${name}/`, test: `test/http/${name}/` }
    : { source: folder, test: folder };
};

/** Each contract that has operations, with the code and the HTTP tests of its service. */
export const contracts: readonly ContractOperations[] = contractSources(root)
  .filter(({ contract }) => existsSync(join(root, contract)))
  .map(({ contract }) => {
    const name = contract.replace(/^.*\//, '').replace('.yaml', '');
    const { source, test } = placesOf(name, contract);
    return {
      name,
      operationIds: [...readOperations(name, bundleContract(join(root, contract))).keys()],
      sources: sourceFiles.filter((file) => isCode(file) && file.path.startsWith(source)),
      tests: testFiles.filter((file) => file.path.startsWith(test)),
    };
  })
  .filter(({ operationIds }) => operationIds.length > 0);

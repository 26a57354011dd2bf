// Generates libs/contracts/generated/ from the contracts of openapi/: types, operations, documents.
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { bundleContract, isJsonObject, type JsonObject } from './bundle-contract.ts';
import { checkObjectSchemas } from './check-object-schemas.ts';
import { readProblemCatalogue } from './generate-problems.ts';
import { doNotEdit, type GeneratedFile } from './generated-file.ts';
import { readOperations } from './read-operations.ts';

export interface ContractSource {
  /** The contract, below the repository root. */
  readonly contract: string;
  /** The folder of the generated files, and how they import libs/contracts/contract.ts. */
  readonly folder: string;
  readonly contractImport: string;
}

/** Each service's contract of openapi/, and messages.yaml with schemas only. */
export const contractSources = (root: string): ContractSource[] => [
  ...readdirSync(join(root, 'openapi'))
    .filter((name) => name.endsWith('.yaml') && name !== 'problems.yaml')
    .sort()
    .map((name) => ({
      contract: `openapi/${name}`,
      folder: 'libs/contracts/generated',
      contractImport: '../contract.ts',
    })),
  ...(existsSync(join(root, 'test/http/platform/sample.yaml'))
    ? [
        {
          contract: 'test/http/platform/sample.yaml',
          folder: 'test/http/platform/generated',
          contractImport: '#libs/contracts/contract.ts',
        },
      ]
    : []),
];

const camelCase = (name: string): string =>
  name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

const typesOf = async (document: JsonObject): Promise<string> => {
  // The generator takes a document as text as well as by address; text needs no reading of files.
  const ast = await openapiTypescript(JSON.stringify(document), {
    silent: true,
    alphabetize: false,
    defaultNonNullable: false,
  });
  return astToString(ast);
};

const contractModule = (name: string, source: ContractSource, document: JsonObject): string => {
  const operations = readOperations(name, document);
  const lines = [...operations].map(
    ([id, operation]) => `    ${id}: ${JSON.stringify(operation)},\n`,
  );
  return `${doNotEdit(source.contract)}
import type { Contract } from '${source.contractImport}';
import type { operations } from './${name}.ts';

export const ${camelCase(name)}Contract: Contract<operations> = {
  name: '${name}',
  documentFile: new URL('./${name}.openapi.json', import.meta.url),
  operations: {
${lines.join('')}  },
};
`;
};

const checkProblemCodes = (name: string, document: JsonObject, codes: Set<string>): void => {
  for (const [id, operation] of readOperations(name, document)) {
    const unknown = operation.problems.filter((code) => !codes.has(code));
    if (unknown.length > 0) {
      throw new Error(`${name}: ${id} lists problems not in the catalogue: ${unknown.join(', ')}`);
    }
  }
};

const generateContract = async (
  root: string,
  source: ContractSource,
  codes: Set<string>,
): Promise<GeneratedFile[]> => {
  const name = basename(source.contract, '.yaml');
  const document = bundleContract(join(root, source.contract));
  checkObjectSchemas(name, document);
  const types = {
    path: `${source.folder}/${name}.ts`,
    text: `${doNotEdit(source.contract)}\n${await typesOf(document)}`,
  };
  const hasPaths = isJsonObject(document.paths) && Object.keys(document.paths).length > 0;
  if (!hasPaths) return [types];
  checkProblemCodes(name, document, codes);
  return [
    types,
    {
      path: `${source.folder}/${name}-contract.ts`,
      text: contractModule(name, source, document),
    },
    {
      path: `${source.folder}/${name}.openapi.json`,
      text: `${JSON.stringify(document, null, 1)}\n`,
    },
  ];
};

export interface GeneratedContracts {
  readonly files: GeneratedFile[];
  /** One line for each contract that breaks a rule; the others are generated all the same. */
  readonly faults: string[];
}

export const generateContracts = async (root: string): Promise<GeneratedContracts> => {
  const codes = new Set(readProblemCatalogue(root).keys());
  const outcomes = await Promise.allSettled(
    contractSources(root).map((source) => generateContract(root, source, codes)),
  );
  return {
    files: outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : [])),
    faults: outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [String(outcome.reason)] : [],
    ),
  };
};

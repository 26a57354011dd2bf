// Who may import what (dependency-cruiser): the layers of libs/, and the layers within a service.
import { browserLibraries, libraryLayers } from './layers.mjs';

const anyOf = (names) => `(${names.join('|')})`;
const library = (...names) => `^libs/${anyOf(names)}/`;
const npm = (...names) => `^node_modules/${anyOf(names)}/`;
const anyNpm = '^node_modules/';
const layer0 = libraryLayers[0];
const runtimeOnly = ['type-only'];

const upwardRules = libraryLayers.map((names, layer) => {
  const lower = libraryLayers.slice(0, layer).flat();
  const allowed = layer === 0 ? names : lower;
  return {
    name: `libs-layer-${layer}`,
    comment: `${names.join(', ')} may import only ${allowed.join(', ') || 'nothing'} of libs`,
    severity: 'error',
    from: { path: `^libs/${anyOf(names)}/` },
    to: {
      path: '^libs/',
      pathNot: [`^libs/$1/`, ...(allowed.length ? [library(...allowed)] : [])],
    },
  };
});

const service = (folder) => `^services/([^/]+)/${folder}/`;
const own = (...folders) => `^services/$1/${anyOf(folders)}/`;

/** The layers named, and the files that wire everything. */
const outer = (...folders) => ({
  path: [own(...folders), '^services/$1/(main|app|config)\\.ts$'],
});

const never = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: typeof from === 'string' ? { path: from } : from,
  to: typeof to === 'string' ? { path: to } : to,
});

const domainRules = [
  never(
    'domain-is-pure',
    service('domain'),
    {
      path: '.',
      pathNot: [
        own('domain'),
        library(...layer0),
        '^libs/cross-chain-model/(?!validate)',
        '^libs/proof/',
      ],
    },
    'domain imports its own domain, layer 0, object model and proof arithmetic; no node:*, no npm',
  ),
];

const useCaseRules = [
  never(
    'use-cases-within-service',
    service('use-cases'),
    outer('http', 'messages'),
    'use-cases import their own domain, repositories and ports, not http, messages or main',
  ),
  never(
    'use-cases-without-adapters',
    service('use-cases'),
    {
      path: [
        npm('express', 'kysely', 'kafkajs', 'pg', 'express-openapi-validator'),
        library('contracts'),
      ],
    },
    'use-cases know no express, kysely, kafkajs, pg and no wire types',
  ),
  never(
    'use-cases-without-http',
    service('use-cases'),
    {
      path: library('http', 'event-bus'),
      pathNot: '^libs/http/actor\\.ts$',
      dependencyTypesNot: runtimeOnly,
    },
    'use-cases do not know how they are called',
  ),
];

const edgeRules = [
  never(
    'http-within-service',
    service('http'),
    outer('messages'),
    // A query that decides nothing reads from a repository; what changes goes through a use case.
    'http imports its own use-cases, domain and, to read, repositories',
  ),
  never(
    'http-without-database',
    service('http'),
    { path: npm('kysely', 'pg', 'kafkajs') },
    'http knows no kysely, pg, kafkajs',
  ),
  never(
    'repositories-within-service',
    service('repositories'),
    outer('http', 'messages', 'use-cases'),
    'repositories import their own domain and ports only',
  ),
  never(
    'repositories-without-http',
    service('repositories'),
    { path: [npm('express', 'kafkajs'), library('contracts', 'http', 'problem', 'event-bus')] },
    'repositories know no express, no contracts, no bus',
  ),
  never(
    'messages-within-service',
    service('messages'),
    outer('http', 'repositories'),
    'messages import their own use-cases and domain, not repositories',
  ),
  never(
    'messages-without-adapters',
    service('messages'),
    { path: npm('express', 'kafkajs') },
    'messages know no express and no kafkajs',
  ),
];

const serviceRules = [
  never(
    'services-apart',
    '^services/([^/]+)/',
    { path: '^services/', pathNot: '^services/$1/' },
    'a service never imports another service',
  ),
  never(
    'supervisory-side-apart',
    '^services/supervisory-chain/',
    {
      path: library('chain-application', 'approvals', 'outbox'),
      pathNot: '^libs/approvals/housekeeping',
    },
    'the supervisory side shares published contracts and the libraries of proofs and SM',
  ),
  never(
    'portal-web-in-the-browser',
    '^services/portal/web/',
    {
      path: ['^services/portal/(?!web/)', '^libs/'],
      pathNot: [
        '^libs/contracts/',
        library('time', 'quantity', 'result', 'proof', 'canonical-json'),
        '^libs/sm/browser/',
      ],
    },
    'the console imports contracts and browser-safe libraries, no server code',
  ),
];

const onlyImporter = (packages, allowed) => ({
  name: `${packages[0]}-in-its-place`,
  comment: `${packages.join(', ')} only in ${allowed.join(', ')}`,
  severity: 'error',
  from: { path: '^(libs|services|migrations)/', pathNot: allowed },
  to: { path: npm(...packages), dependencyTypesNot: runtimeOnly },
});

const packageRules = [
  onlyImporter(['kafkajs'], ['^libs/event-bus/kafka/', '^libs/kafka-launcher/']),
  onlyImporter(['sm-crypto', 'sm-crypto-v2'], ['^libs/sm/']),
  onlyImporter(['canonicalize'], ['^libs/canonical-json/']),
  onlyImporter(['express-openapi-validator'], ['^libs/http/']),
  onlyImporter(
    ['express', 'helmet', 'express-rate-limit'],
    ['^libs/http/', '^services/[^/]+/(app|main)\\.ts$', '^services/portal/'],
  ),
  onlyImporter(['@peculiar/x509'], ['^libs/dev-ca/']),
];

const treeRules = [
  never('libs-below-services', '^libs/', '^(services|test|migrations)/', 'libs import only libs'),
  never(
    'no-test-code-in-the-product',
    '^(services|migrations)/',
    '^test/',
    'tests import, never are imported',
  ),
  never(
    'migrations-frozen',
    { path: '^migrations/' },
    { path: ['^(libs|services)/', anyNpm], pathNot: [npm('kysely')] },
    'migrations import kysely and each other, no application code that changes under them',
  ),
  never(
    'browser-libraries-without-node',
    `^libs/${anyOf(browserLibraries)}/`,
    { dependencyTypes: ['core'] },
    'these libraries run in a browser too',
  ),
  {
    name: 'no-cycles',
    comment: 'modules that import each other cannot be understood apart',
    severity: 'error',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'resolvable',
    comment: 'the import leads nowhere',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'declared-packages-only',
    comment: 'the package is not in package.json',
    severity: 'error',
    from: { path: '^(libs|services|migrations|test)/' },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'no-dev-packages-at-run-time',
    comment: 'the package is a development dependency',
    severity: 'error',
    from: { path: '^(libs|services|migrations)/', pathNot: ['^libs/(tooling|db/generate)'] },
    to: {
      dependencyTypes: ['npm-dev'],
      dependencyTypesNot: runtimeOnly,
      pathNot: '^node_modules/@types/',
    },
  },
];

export default {
  forbidden: [
    ...upwardRules,
    ...domainRules,
    ...useCaseRules,
    ...edgeRules,
    ...serviceRules,
    ...packageRules,
    ...treeRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['/generated/.*\\.json$', '^services/launcher/bootstrap'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
    cache: false,
  },
};

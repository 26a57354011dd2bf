// One vitest project per tier; the fault, acceptance and bench tiers run only when named.
import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));
const second = 1_000;

interface Tier {
  readonly name: string;
  readonly testTimeout: number;
}

const always: readonly Tier[] = [
  { name: 'unit', testTimeout: 15 * second },
  { name: 'store', testTimeout: 60 * second },
  { name: 'http', testTimeout: 60 * second },
  { name: 'messaging', testTimeout: 90 * second },
  { name: 'journey', testTimeout: 180 * second },
  { name: 'model', testTimeout: 180 * second },
  { name: 'migrations', testTimeout: 90 * second },
  { name: 'contract', testTimeout: 90 * second },
];

const whenNamed: readonly Tier[] = [
  { name: 'crash', testTimeout: 1_800 * second },
  { name: 'accept', testTimeout: 1_800 * second },
];

/** `--project crash` and `--project=crash` both name a tier. */
function isNamed(tier: Tier): boolean {
  const args = process.argv;
  return args.some(
    (arg, at) =>
      arg === `--project=${tier.name}` || (arg === tier.name && args[at - 1] === '--project'),
  );
}

function project({ name, testTimeout }: Tier): TestProjectInlineConfiguration {
  return {
    root,
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      environment: 'node',
      pool: 'forks',
      testTimeout,
      // The first hook of a run starts servers, on a machine that may be busy.
      hookTimeout: 180 * second,
      unstubEnvs: true,
    },
  };
}

export default defineConfig({
  root,
  test: {
    projects: [...always, ...whenNamed.filter(isNamed)].map(project),
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['./test/reporter/last-line.ts'],
    pool: 'forks',
    maxWorkers: 2,
    teardownTimeout: 30 * second,
    watch: false,
  },
});

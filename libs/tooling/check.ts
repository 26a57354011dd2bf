// `npm run check`: all fast checks, side by side, the slow ones first; prints what failed.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { monotonicMilliseconds } from '../time/clock.ts';

const root = join(import.meta.dirname, '../..');
const node = process.execPath;
const tool = (path: string): string => join(root, 'node_modules', path);

interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

interface Outcome {
  readonly step: Step;
  readonly passed: boolean;
  readonly seconds: number;
  readonly output: string;
}

const contracts = readdirSync(join(root, 'openapi'))
  .filter((name) => name.endsWith('.yaml') && name !== 'problems.yaml')
  .map((name) => `openapi/${name}`);

const vitest = (...projects: string[]): string[] => [
  node,
  tool('vitest/vitest.mjs'),
  'run',
  '--config',
  'test/vitest.config.ts',
  ...projects.flatMap((project) => ['--project', project]),
];

const tooling = 'libs/tooling';
const cache = 'node_modules/.cache';

const steps: readonly Step[] = [
  {
    name: 'promises and cases (eslint)',
    command: [
      node,
      tool('eslint/bin/eslint.js'),
      '--config',
      `${tooling}/eslint.config.mjs`,
      ...['libs', 'services', 'migrations', 'test'],
    ],
  },
  {
    name: 'types (tsc)',
    command: [
      node,
      tool('typescript/bin/tsc'),
      '-p',
      'tsconfig.json',
      '--incremental',
      '--tsBuildInfoFile',
      `${cache}/types.tsbuildinfo`,
    ],
  },
  {
    name: 'boundaries (dependency-cruiser)',
    command: [
      node,
      tool('dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      `${tooling}/boundaries.mjs`,
      ...['libs', 'services', 'migrations', 'test'],
    ],
  },
  {
    name: 'generated files',
    command: [node, '--import', 'tsx', `${tooling}/generate.ts`, '--check'],
  },
  {
    name: 'contracts (redocly)',
    command: [
      node,
      tool('@redocly/cli/bin/cli.js'),
      'lint',
      '--config',
      `${tooling}/redocly.yaml`,
      ...contracts,
    ],
  },
  {
    name: 'dead code (knip)',
    command: [node, tool('knip/bin/knip.js'), '--config', `${tooling}/knip.json`, '--no-progress'],
  },
  {
    name: 'format and lint (biome)',
    command: [
      node,
      tool('@biomejs/biome/bin/biome'),
      'check',
      '--error-on-warnings',
      `--config-path=${tooling}/format-and-lint.json`,
      '.',
    ],
  },
];

/** After the others, by itself: it has workers of its own, and its tests have time limits. */
const testStep: Step = { name: 'unit and contract tests', command: vitest('unit', 'contract') };

const stepTimeoutMs = 300_000;
const quietly = {
  ...process.env,
  REDOCLY_TELEMETRY: 'off',
  REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
};
const running = new Set<ChildProcess>();

const run = (step: Step): Promise<Outcome> =>
  new Promise((resolve) => {
    const started = monotonicMilliseconds();
    const [program = '', ...parameters] = step.command;
    const child = spawn(program, parameters, { cwd: root, env: quietly, timeout: stepTimeoutMs });
    running.add(child);
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('close', (code) => {
      running.delete(child);
      const seconds = (monotonicMilliseconds() - started) / 1_000;
      resolve({ step, passed: code === 0, seconds, output: Buffer.concat(chunks).toString() });
    });
  });

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    for (const child of running) child.kill(signal);
    process.exit(1);
  });
}

const report = ({ step, passed, seconds, output }: Outcome): void => {
  if (!passed) console.log(`\n${output.trim()}\n`);
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${step.name} (${seconds.toFixed(1)} s)`);
};

/** Names on the command line choose steps: `npm run check -- types boundaries`. */
const chosen = process.argv.slice(2);
const isChosen = ({ name }: Step): boolean =>
  chosen.length === 0 || chosen.some((word) => name.includes(word));
const waiting = steps.filter(isChosen);

const outcomes: Outcome[] = [];
const runAndReport = async (step: Step): Promise<void> => {
  const outcome = await run(step);
  report(outcome);
  outcomes.push(outcome);
};
const work = async (): Promise<void> => {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    await runAndReport(step);
  }
};

await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
if (isChosen(testStep)) await runAndReport(testStep);
const failed = outcomes.filter(({ passed }) => !passed);
console.log(`\n${outcomes.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 && outcomes.length > 0 ? 0 : 1;

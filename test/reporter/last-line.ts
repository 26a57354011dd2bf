// Ends the output with one countable line, and lets no skip pass unseen.
import type { SerializedError } from 'vitest';
import {
  DefaultReporter,
  type TestCase,
  type TestModule,
  type TestRunEndReason,
} from 'vitest/node';

interface Skip {
  readonly name: string;
  readonly reason: string | undefined;
}

interface Tally {
  passed: number;
  failed: number;
  readonly skips: Skip[];
}

/** Vitest loads a reporter by its default export. */
export default class LastLineReporter extends DefaultReporter {
  override onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    super.onTestRunEnd(modules, errors, reason);
    const filtered = this.ctx.config.testNamePattern !== undefined;
    const tally = count(modules, filtered);
    tally.failed += errors.length;
    const { lines, fails } = judge(tally, process.env['CI'] === 'true');
    if (fails || tally.failed > 0) process.exitCode = 1;
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

/** What the run says at its end, and whether its skips make it fail. */
export function judge(tally: Tally, ci: boolean): { lines: string[]; fails: boolean } {
  const unnamed = tally.skips.some((skip) => skip.reason === undefined);
  const lines = tally.skips.map(
    (skip) => `skipped: ${skip.name}: ${skip.reason ?? 'NO REASON GIVEN (a skip must name one)'}`,
  );
  if (ci && tally.skips.length > 0) lines.push('With CI=true a skipped test fails the run.');
  const skipped = tally.skips.length > 0 ? `, ${tally.skips.length} skipped` : '';
  lines.push(`${tally.passed} passed, ${tally.failed} failed${skipped}`);
  return { lines, fails: unnamed || (ci && tally.skips.length > 0) };
}

function count(modules: readonly TestModule[], filtered: boolean): Tally {
  const tally: Tally = { passed: 0, failed: 0, skips: [] };
  for (const module of modules) {
    if (module.errors().length > 0) tally.failed += 1;
    for (const suite of module.children.allSuites()) {
      if (suite.errors().length > 0) tally.failed += 1;
    }
    for (const test of module.children.allTests()) countTest(test, tally, filtered);
  }
  return tally;
}

function countTest(test: TestCase, tally: Tally, filtered: boolean): void {
  const result = test.result();
  if (result.state === 'passed') tally.passed += 1;
  else if (result.state === 'failed') tally.failed += 1;
  else if (result.state === 'skipped') {
    const reason = result.note;
    // A name filter leaves the other tests out: nobody skipped those.
    if (filtered && reason === undefined) return;
    tally.skips.push({ name: test.fullName, reason });
  } else {
    // Never ran: its file broke before, or the run was cut short.
    tally.failed += 1;
  }
}

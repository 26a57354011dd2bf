import { describe, expect, it } from 'vitest';
import { judge } from '../../reporter/last-line.ts';

describe('the last line of a run', () => {
  it('counts passed and failed tests', () => {
    const { lines, fails } = judge({ passed: 3, failed: 1, skips: [] }, false);
    expect(lines).toEqual(['3 passed, 1 failed']);
    expect(fails).toBe(false);
  });

  it('names each skip with its reason, and lets it pass outside CI', () => {
    const skips = [{ name: 'the broker restarts', reason: 'no Java' }];
    const { lines, fails } = judge({ passed: 3, failed: 0, skips }, false);
    expect(lines).toEqual([
      'skipped: the broker restarts: no Java',
      '3 passed, 0 failed, 1 skipped',
    ]);
    expect(fails).toBe(false);
  });

  it('fails a run with skips in CI', () => {
    const skips = [{ name: 'the broker restarts', reason: 'no Java' }];
    const { lines, fails } = judge({ passed: 3, failed: 0, skips }, true);
    expect(lines.at(-1)).toBe('3 passed, 0 failed, 1 skipped');
    expect(fails).toBe(true);
  });

  it('fails a run with a skip that names no reason', () => {
    const skips = [{ name: 'later', reason: undefined }];
    expect(judge({ passed: 3, failed: 0, skips }, false).fails).toBe(true);
  });
});

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  acquireLock,
  isRunning,
  markOf,
  type ProcessMark,
} from '../../../services/launcher/lock.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quanji-lock-'));
  file = join(folder, 'launcher.lock');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const patience = (waitMs: number, told: ProcessMark[] = []) => ({
  waitMs,
  onWaiting: (holder: ProcessMark): void => {
    told.push(holder);
  },
});

describe('the lock of a data directory', () => {
  it('is held by pid and start time, and gone after its release', async () => {
    const lock = await acquireLock(file, folder, patience(0));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(markOf(process.pid));
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('names a living holder, after the wait', async () => {
    const told: ProcessMark[] = [];
    await acquireLock(file, folder, patience(0));
    const second = acquireLock(file, folder, patience(300, told));
    await expect(second).rejects.toThrow(`Another instance (pid ${process.pid}, started `);
    expect(told).toEqual([markOf(process.pid)]);
  });

  it('is taken over from a holder that ends during the wait', async () => {
    const holder = spawn('sleep', ['0.5']);
    writeFileSync(file, JSON.stringify(markOf(holder.pid ?? 0)));
    const told: ProcessMark[] = [];
    const lock = await acquireLock(file, folder, patience(10_000, told));
    expect(told).toHaveLength(1);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(markOf(process.pid));
    lock.release();
  });

  it.each([
    ['whose number another program got', () => JSON.stringify({ pid: process.ppid, started: 'x' })],
    ['that is dead', () => JSON.stringify({ pid: 2 ** 22 - 1, started: 'x' })],
    ['that is unreadable', () => '{'],
  ])('is taken at once from a holder %s', async (_, content) => {
    writeFileSync(file, content());
    const told: ProcessMark[] = [];
    const lock = await acquireLock(file, folder, patience(0, told));
    expect(told).toEqual([]);
    lock.release();
    expect(existsSync(file)).toBe(false);
  });

  it('is won by one of two that find it stale', async () => {
    writeFileSync(file, JSON.stringify({ pid: 2 ** 22 - 1, started: 'x' }));
    const both = await Promise.allSettled([
      acquireLock(file, folder, patience(200)),
      acquireLock(file, folder, patience(200)),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });
});

it('knows a process by its start time', () => {
  const own = markOf(process.pid);
  expect(isRunning(own)).toBe(true);
  expect(isRunning({ ...own, started: 'Thu Jan  1 00:00:00 1970' })).toBe(false);
});

// The signer's memory: one header a height, never a lower height, whichever process asks.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSignerMemory } from '../../../services/chain-node/repositories/signer-memory.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quanji-signer-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const hashOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const memory = () => createSignerMemory(join(directory, 'state', 'signer'));

async function outcome(height: bigint, byte: number): Promise<string> {
  const remembered = await memory().remember(height, hashOf(byte));
  return remembered.ok ? 'allowed' : remembered.error;
}

describe('the memory of a signer', () => {
  test('allows the same header again and refuses any other at its height', async () => {
    expect(await outcome(1n, 1)).toBe('allowed');
    expect(await outcome(1n, 1)).toBe('allowed');
    expect(await outcome(1n, 2)).toBe('another-header-signed-at-height');
  });

  test('refuses a lower height, even one never signed, and keeps few files', async () => {
    expect(await outcome(7n, 7)).toBe('allowed');
    expect(await outcome(6n, 6)).toBe('higher-block-signed-already');
    expect(await memory().highest()).toBe(7n);
    for (let height = 8n; height < 20n; height += 1n) {
      expect(await outcome(height, Number(height))).toBe('allowed');
    }
    expect(readdirSync(join(directory, 'state')).length).toBeLessThanOrEqual(3);
    expect(await outcome(19n, 1)).toBe('another-header-signed-at-height');
    expect(await outcome(18n, 18)).toBe('higher-block-signed-already');
  });

  test('lets exactly one of many headers through when they race for a height', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => memory().remember(1n, hashOf(index))),
    );
    expect(outcomes.filter((each) => each.ok)).toHaveLength(1);
  });

  test('knows nothing before the first signature', async () => {
    expect(await memory().highest()).toBe(0n);
  });
});

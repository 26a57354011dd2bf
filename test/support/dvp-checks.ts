// What must hold of every transfer whatever happened on the way, and an engine that dies on it.
import { expect } from 'vitest';
import { runChecks } from '#libs/fsck/run-checks.ts';
import { createDocumentCipher } from '../../services/settlement/bank/document-cipher.ts';
import type { EngineParts } from '../../services/settlement/engine/engine-parts.ts';
import { runRound } from '../../services/settlement/engine/settlement-engine.ts';
import { settlementChecks } from '../../services/settlement/fsck.ts';
import { createPackCipher } from '../../services/settlement/renderer/pack-cipher.ts';
import { packKey } from '../store/settlement/full-books.ts';
import type { Issue } from './registry-server.ts';
import type { SettlementRig } from './settlement-rig.ts';

export const statesOf = (transfer: { steps: { state: string }[] }) =>
  transfer.steps.map(({ state }) => state);
export const lastCode = (transfer: { steps: { code?: string }[] }) => transfer.steps.at(-1)?.code;

/** Money is neither made nor lost, shares neither, and every book agrees with every other. */
export async function expectConserved(rig: SettlementRig, issue: Issue): Promise<void> {
  const { rows } = await rig.store.query<{ total: bigint }>(
    'select sum(balance_fen)::bigint as total from money_account',
  );
  expect(rows[0]?.total).toBe(0n);
  const shares = await rig.registry.store.query<{ total: bigint }>(
    'select sum(total)::bigint as total from holding where security_id = $1',
    [issue.securityId],
  );
  expect(shares.rows[0]?.total).toBe(1_000n);
  const documents = createDocumentCipher(new Uint8Array(32).fill(7));
  const packs = createPackCipher(packKey, rig.clock);
  const reports = await runChecks(rig.store.db, settlementChecks({ documents, packs }));
  expect(reports.flatMap(({ differences }) => differences)).toEqual([]);
}

export async function expectBothOrNeither(
  rig: SettlementRig,
  issue: Issue,
  isSettled: boolean,
): Promise<void> {
  const { buyer, seller, securityId } = issue;
  const [bought, left] = isSettled ? [100n, 900n] : [0n, 1_000n];
  expect((await rig.registry.held(buyer.accountId, securityId)).total).toBe(bought);
  expect(await rig.registry.held(seller.accountId, securityId)).toEqual({
    total: left,
    free: left,
  });
  const money = await rig.money(buyer.fundAccountId);
  expect(money).toEqual({ balance: isSettled ? '99900' : '200000', held: '0' });
  const paid = await rig.money(seller.fundAccountId);
  expect(paid.balance).toBe(isSettled ? '99900' : '0');
}

/** A rich buyer, and an approved transfer of 100 of the 1,000 shares. */
export async function agreed(rig: SettlementRig): Promise<{ issue: Issue; transferId: string }> {
  const issue = await rig.registry.issue();
  await rig.payIn(issue.buyer.fundAccountId, '200000');
  return { issue, transferId: await rig.agree(issue) };
}

/** The engine's process dies at the point: nothing after it happens, everything before stays. */
function dyingAt(
  rig: SettlementRig,
  point: string,
): { parts: EngineParts; hasDied: () => boolean } {
  const death = new AbortController();
  const crashPoint = (name: string): void => {
    if (name !== point || death.signal.aborted) return;
    death.abort();
    throw new Error(`killed at ${point}`);
  };
  const parts = { ...rig.engine, crashPoint, signal: death.signal };
  return { parts, hasDied: () => death.signal.aborted };
}

export async function runUntilDeath(rig: SettlementRig, point: string): Promise<void> {
  const { parts, hasDied } = dyingAt(rig, point);
  for (let round = 0; round < 20 && !hasDied(); round += 1) {
    await runRound(parts).catch(() => 0);
  }
  expect(hasDied()).toBe(true);
}

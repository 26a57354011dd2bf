// One lane sequence with two hashes, both on the chain: the lane alone freezes, and can go on.
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sortCertificate } from '#libs/proof/certificate.ts';
import { decodeHeader, encodeHeader, headerHash } from '#libs/proof/header.ts';
import { leafHash, treeRoot } from '#libs/proof/tree.ts';
import { expectOk } from '#libs/result/result.ts';
import { takeHeader } from '../../../services/supervisory-chain/use-cases/take-header.ts';
import { makeChainKeys } from '../../support/chain-keys.ts';
import { sampleObject } from '../../support/regulator-samples.ts';
import { smSuite } from '../../support/sm-suite.ts';
import {
  openSupervisoryRig,
  PlayedMarket,
  type SupervisoryRig,
} from '../../support/supervisory-rig.ts';

let rig: SupervisoryRig;
beforeEach(async () => {
  rig = await openSupervisoryRig();
});
afterEach(() => rig.close());

async function controlTypes(): Promise<readonly string[]> {
  const found = await sql<{ message: Uint8Array }>`
    select message from outgoing where topic like 'xc.control%' order by id`.execute(rig.db);
  return found.rows.map(({ message }) => {
    const { type, payload } = JSON.parse(Buffer.from(message).toString()) as {
      readonly type: string;
      readonly payload: { readonly kind?: string; readonly lane?: string };
    };
    return `${type} ${payload.kind ?? payload.lane ?? 'chain'}`;
  });
}

/** A header by the real keys over a tree that holds a second record at a place in the lane. */
async function secondOnChain() {
  const made = rig.market.record(sampleObject('subject'));
  const leaf = rig.market.block([made.record]);
  const first = rig.market.offeredHeader();
  expect(await rig.header()).toBe('accepted');
  expect(await rig.take(rig.market.offered(made, leaf))).toBe('taken');
  const second = new PlayedMarket(rig.market.keys).record(sampleObject('subject'));
  const leaves = [made.record, second.record].map((record) => leafHash(smSuite, record));
  const [known = new Uint8Array(), added = new Uint8Array()] = leaves;
  const header = encodeHeader({
    ...expectOk(decodeHeader(first.header), 'the header'),
    height: 2n,
    previousHeaderHash: headerHash(smSuite, first.header),
    treeSize: 2n,
    treeRoot: treeRoot(smSuite, leaves),
  });
  const hash = headerHash(smSuite, header);
  const { operator, witness } = rig.market.keys;
  const certificate = sortCertificate(
    [operator, witness].map((key) => ({ keyId: key.keyId, signature: key.sign(hash) })),
  );
  const offered = { ...first, header, certificate, consistencyPath: [added] };
  expect(await rig.transact((tx) => takeHeader(rig.parts, tx, offered, 'lane'))).toBe('accepted');
  const place = { height: 2n, leafIndex: 1n, treeSize: 2n, inclusionPath: [known] };
  return { ...rig.market.offered(second, 0n), ...place };
}

describe('a second packet at a sequence', () => {
  it('that the chain holds is kept as evidence with the first, and freezes its lane alone', async () => {
    expect(await rig.take(await secondOnChain())).toBe('refused');
    const kept = await sql<{ code: string; both: boolean }>`
      select code, second is not null as both from evidence`.execute(rig.db);
    expect(kept.rows).toEqual([{ code: 'two-packets-at-sequence', both: true }]);
    expect(await controlTypes()).toEqual(['EVIDENCE two-packets-at-sequence', 'FREEZE subject']);
    const lanes = await sql<{ lane: string }>`
      select lane from lane where frozen_reason is not null`.execute(rig.db);
    expect(lanes.rows).toEqual([{ lane: 'subject' }]);
    const market = await sql<{ frozen: string | null }>`
      select frozen_reason as frozen from market`.execute(rig.db);
    expect(market.rows).toEqual([{ frozen: null }]);
  });

  it('that the chain does not hold is kept, and freezes nothing', async () => {
    const offered = await secondOnChain();
    const stranger = new PlayedMarket(makeChainKeys()).record(sampleObject('subject'));
    const forged = { ...offered, record: stranger.record };
    expect(await rig.take(forged)).toBe('refused');
    const kept = await sql<{ code: string }>`select code from evidence`.execute(rig.db);
    expect(kept.rows).toEqual([{ code: 'packet-inclusion' }]);
    expect(await controlTypes()).toEqual([]);
  });
});

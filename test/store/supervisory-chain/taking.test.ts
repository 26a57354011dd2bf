// The supervisory side takes headers and records by their proofs, and judges what they carry.
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RegulatorObject } from '#libs/cross-chain-model/object.ts';
import { checkHeaderProof } from '#libs/proof/header-proof.ts';
import { verdictRecord } from '#libs/proof/lane-envelope.ts';
import type { ProofBundle } from '#libs/proof/proof-bundle.ts';
import { sealBlock } from '../../../services/supervisory-chain/use-cases/seal-block.ts';
import { objectsDigest } from '../../../services/supervisory-chain/use-cases/market-view.ts';
import { takeHeader } from '../../../services/supervisory-chain/use-cases/take-header.ts';
import { listEvidence } from '../../../services/supervisory-chain/repositories/evidence-repository.ts';
import {
  countLanesToGoOn,
  countWaiting,
  dropPassed,
  missingBefore,
  nextWaiting,
  storeWaiting,
} from '../../../services/supervisory-chain/repositories/waiting-repository.ts';
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

interface Verdict {
  readonly verdict: string;
  readonly code: string | null;
  readonly field: string | null;
}

async function verdicts(): Promise<readonly Verdict[]> {
  const found = await sql<Verdict>`
    select verdict, code, field from packet order by leaf_index`.execute(rig.db);
  return found.rows;
}

async function evidenceCodes(): Promise<readonly string[]> {
  const found = await sql<{ code: string }>`select code from evidence order by id`.execute(rig.db);
  return found.rows.map(({ code }) => code);
}

/** One block with the object, its header taken; what the packet says. */
async function chained(object: RegulatorObject) {
  const made = rig.market.record(object);
  const leaf = rig.market.block([made.record]);
  expect(await rig.header()).toBe('accepted');
  return rig.market.offered(made, leaf);
}

const without = (object: RegulatorObject, text: string, by: string): RegulatorObject =>
  JSON.parse(JSON.stringify(object).replace(text, by)) as RegulatorObject;

describe('a record', () => {
  it('under an accepted header is accepted, once, and answered with a proof', async () => {
    const offered = await chained(sampleObject('subject'));
    expect(await rig.take(offered)).toBe('taken');
    expect(await rig.take(offered)).toBe('duplicate');
    expect(await verdicts()).toEqual([{ verdict: 'ACCEPTED', code: null, field: null }]);
    expect(await rig.transact((tx) => sealBlock(rig.parts, tx))).toBe(1);
    const found = await sql<{ message: Uint8Array }>`
      select message from outgoing where sequence is not null`.execute(rig.db);
    const result = JSON.parse(Buffer.from(found.rows[0]?.message ?? []).toString());
    const { verdict, ...proof } = result.payload;
    expect(verdict).toMatchObject({ verdict: 'ACCEPTED', investorCode: 'Q000000001' });
    const trust = { chainId: 'csrc', validators: rig.parts.validators, witnesses: [] };
    const scope = { prefix: 'supervisory', trust };
    const checks = checkHeaderProof(smSuite, proof as ProofBundle, verdictRecord(verdict), scope);
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
  });

  it('waits for its header and for the packets before it', async () => {
    const first = rig.market.record(sampleObject('subject'));
    const other = sampleObject('subject');
    const second = rig.market.record({
      ...other,
      header: {
        ...other.header,
        content: { ...other.header.content, version: 1, operation: 'update' },
      },
    });
    const leaf = rig.market.block([first.record, second.record]);
    expect(await rig.take(rig.market.offered(first, leaf))).toBe('unproved');
    expect(await rig.take(rig.market.offered(second, leaf + 1n))).toBe('ahead');
    await rig.header();
    expect(await rig.take(rig.market.offered(second, leaf + 1n))).toBe('ahead');
    expect(await rig.take(rig.market.offered(first, leaf))).toBe('taken');
    expect(await rig.take(rig.market.offered(second, leaf + 1n))).toBe('taken');
  });

  it('waits for what it builds on in another lane', async () => {
    const product = rig.market.record(sampleObject('product'));
    const account = rig.market.record(sampleObject('account'));
    const leaf = rig.market.block([product.record, account.record]);
    await rig.header();
    const after = [{ lane: 'product' as const, sequence: 1n }];
    const offered = { ...rig.market.offered(account, leaf + 1n), after };
    expect(await rig.take(offered)).toBe('early');
    expect(await verdicts()).toEqual([]);
    expect(await rig.take(rig.market.offered(product, leaf))).toBe('taken');
    expect(await rig.take(offered)).toBe('taken');
  });

  it('with one changed byte is refused and kept, and moves no lane', async () => {
    const offered = await chained(sampleObject('subject'));
    const record = Uint8Array.from(offered.record);
    record[record.length - 1] = (record.at(-1) ?? 0) ^ 1;
    expect(await rig.take({ ...offered, record })).toBe('refused');
    expect(await evidenceCodes()).toEqual(['packet-inclusion']);
    expect(await rig.take(offered)).toBe('taken');
  });

  it.each([
    [
      'schema-invalid',
      '/body/subject_information/personal_subject_information/personal_subject_basic_information/subject_id_type',
      (object: RegulatorObject) => without(object, '"subject_id_type":1', '"subject_id_type":99'),
      'subject',
    ],
    ['reference-unknown', null, (object: RegulatorObject) => object, 'account'],
  ] as const)('that is %s is rejected with its field', async (code, field, change, objectClass) => {
    expect(await rig.take(await chained(change(sampleObject(objectClass))))).toBe('taken');
    const [verdict] = await verdicts();
    expect(verdict).toMatchObject({ verdict: 'REJECTED', code });
    if (field !== null) expect(verdict?.field).toBe(field);
  });

  it('sealed by a key that is not pinned is rejected', async () => {
    const stranger = new PlayedMarket(rig.market.keys);
    const made = stranger.record(sampleObject('subject'));
    const leaf = rig.market.block([made.record]);
    await rig.header();
    expect(await rig.take(rig.market.offered(made, leaf))).toBe('taken');
    expect(await verdicts()).toMatchObject([{ verdict: 'REJECTED', code: 'seal-invalid' }]);
  });
});

describe('a packet that waits', () => {
  const wait = (sequence: bigint) =>
    rig.transact((tx) => {
      const { parts } = rig;
      const packet = { lane: 'subject' as const, sequence, envelope: Uint8Array.of(1) };
      return storeWaiting(tx, parts.market.chainId, [packet], 3, parts.clock.now());
    });
  const next = async (perLane = 10) =>
    (await nextWaiting(rig.db, rig.parts.market.chainId, perLane)).map(({ sequence }) => sequence);
  const missing = (sequence: bigint) =>
    missingBefore(rig.db, rig.parts.market.chainId, { lane: 'subject', sequence });

  it('is not asked for again; what lacks around it is', async () => {
    expect(await missing(1n)).toBeUndefined();
    await wait(3n);
    expect(await missing(3n)).toEqual({ from: 1n, to: 2n });
    await wait(1n);
    expect(await missing(5n)).toEqual({ from: 2n, to: 4n });
    await wait(2n);
    expect(await missing(4n)).toBeUndefined();
  });

  it('lets its lane go on only when it is the next, and ends when a pull has passed it', async () => {
    const { chainId } = rig.parts.market;
    await wait(2n);
    expect(await countLanesToGoOn(rig.db, chainId)).toBe(0);
    expect(await next()).toEqual([]);
    await wait(1n);
    expect(await countLanesToGoOn(rig.db, chainId)).toBe(1);
    expect(await next()).toEqual([1n, 2n]);
    expect(await next(1)).toEqual([1n]);
    await wait(4n);
    expect(await next()).toEqual([1n, 2n]);
    await rig.take(await chained(sampleObject('subject')));
    expect(await countWaiting(rig.db, chainId, 'subject')).toBe(3);
    await dropPassed(rig.db, chainId);
    expect(await countWaiting(rig.db, chainId, 'subject')).toBe(2);
    expect(await next()).toEqual([2n]);
  });

  it('is one of so many at most: what does not fit is asked for again later', async () => {
    for (const sequence of [2n, 4n, 6n, 8n, 10n]) await wait(sequence);
    const { chainId } = rig.parts.market;
    expect(await countWaiting(rig.db, chainId, 'subject')).toBe(3);
  });
});

describe('a header', () => {
  it('repeated is a duplicate, one over a skipped height is kept and what lacks asked for', async () => {
    await chained(sampleObject('subject'));
    expect(await rig.header()).toBe('duplicate');
    const behind = await openSupervisoryRig(rig.market);
    rig.market.block([rig.market.record(sampleObject('product')).record]);
    expect(await behind.header()).toBe('gap');
    expect(await behind.header()).toBe('gap');
    const kept = await listEvidence(behind.db, null, 10);
    expect(kept.map(({ code }) => code)).toEqual(['header-gap']);
    const { header } = rig.market.offeredHeader();
    expect(Buffer.from(kept[0]?.first ?? []).equals(header)).toBe(true);
    await behind.close();
  });

  it('signed with the real keys over a tree that does not extend the last freezes the chain', async () => {
    await chained(sampleObject('subject'));
    rig.market.block([rig.market.record(sampleObject('product')).record]);
    const offered = rig.market.offeredHeader();
    const [first = new Uint8Array(), ...rest] = offered.consistencyPath;
    const changed = Uint8Array.from(first);
    changed[0] = (changed[0] ?? 0) ^ 1;
    const broken = { ...offered, consistencyPath: [changed, ...rest] };
    expect(await rig.transact((tx) => takeHeader(rig.parts, tx, broken, 'lane'))).toBe('refused');
    expect(await evidenceCodes()).toEqual(['inconsistent-tree']);
    expect(await rig.header()).toBe('frozen');
  });

  it('with one changed byte, signed by nobody, is refused and freezes nothing', async () => {
    rig.market.block([rig.market.record(sampleObject('subject')).record]);
    const offered = rig.market.offeredHeader();
    const header = Uint8Array.from(offered.header);
    header[header.length - 1] = (header.at(-1) ?? 0) ^ 1;
    const forged = { ...offered, header };
    expect(await rig.transact((tx) => takeHeader(rig.parts, tx, forged, 'lane'))).toBe('refused');
    expect(await rig.header()).toBe('accepted');
  });

  it('second at a height, signed with the real keys, freezes the chain', async () => {
    const offered = await chained(sampleObject('subject'));
    const fork = new PlayedMarket(rig.market.keys);
    fork.block([fork.record(sampleObject('product')).record]);
    const taken = await rig.transact((tx) =>
      takeHeader(rig.parts, tx, fork.offeredHeader(), 'lane'),
    );
    expect(taken).toBe('refused');
    expect(await evidenceCodes()).toEqual(['two-headers-at-height']);
    expect(await rig.take(offered)).toBe('frozen');
    expect(await rig.header()).toBe('frozen');
  });
});

describe('the digest over all objects', () => {
  it('is the same whether lanes or the pull brought them', async () => {
    const market = new PlayedMarket(makeChainKeys());
    const pulled = await openSupervisoryRig(market);
    const pushed = await openSupervisoryRig(market);
    const objects = [sampleObject('subject'), sampleObject('account'), sampleObject('product')];
    const made = objects.map((object) => market.record(object));
    const leaf = market.block(made.map(({ record }) => record));
    for (const [one, via] of [
      [pulled, 'pull'],
      [pushed, 'lane'],
    ] as const) {
      await one.header();
      for (const [index, each] of made.entries()) {
        expect(await one.take(market.offered(each, leaf + BigInt(index), via))).toBe('taken');
      }
    }
    const digests = await Promise.all(
      [pulled, pushed].map((one) => objectsDigest(one.parts, one.db)),
    );
    expect(digests[0]).toEqual(digests[1]);
    await pulled.close();
    await pushed.close();
  });
});

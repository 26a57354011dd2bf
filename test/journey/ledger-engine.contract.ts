// The contract that every engine behind the LedgerEngine port fulfils, run on a live chain.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CertifiedHeader, LedgerEngine } from '#libs/chain-application/ledger-engine.ts';
import { checkCertificate } from '#libs/proof/certificate.ts';
import { decodeHeader, type Header } from '#libs/proof/header.ts';
import { laneTableRoot } from '#libs/proof/lane-table.ts';
import type { PublicKey } from '#libs/proof/validator-set.ts';
import { leafHash, treeRoot, verifyConsistency, verifyInclusion } from '#libs/proof/tree.ts';
import { createRecordWriter, type RecordWriter } from '../support/chain-records.ts';
import { smSuite } from '../support/sm-suite.ts';

export interface EngineUnderTest {
  readonly engine: LedgerEngine;
  readonly chainId: string;
  readonly witnesses: readonly PublicKey[];
  /** Stops whatever makes blocks, at once, and starts it again. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const patience = (): AbortSignal => AbortSignal.timeout(30_000);

function decoded(certified: CertifiedHeader | undefined): Header {
  if (certified === undefined) throw new Error('no header');
  const header = decodeHeader(certified.header);
  if (!header.ok) throw new Error(header.error);
  return header.value;
}

export function describeLedgerEngine(name: string, start: () => Promise<EngineUnderTest>): void {
  describe(`the ledger engine ${name}`, () => {
    let under: EngineUnderTest;
    let engine: LedgerEngine;
    let write: RecordWriter;
    /** Everything appended so far, in order: what the proofs are recomputed from. */
    const appended: Uint8Array[] = [];

    beforeAll(async () => {
      under = await start();
      engine = under.engine;
      write = createRecordWriter(under.chainId);
    });
    afterAll(() => under.close());

    const subjects = (count: number): Uint8Array[] =>
      Array.from({ length: count }, () => write.object({ objectId: `SUB-${randomUUID()}` }));

    async function append(records: readonly Uint8Array[], idempotencyKey = randomUUID()) {
      const ticket = await engine.append({ records, idempotencyKey });
      if (!ticket.ok) throw new Error(JSON.stringify(ticket.error));
      appended.push(...records);
      return ticket.value;
    }

    const rootOf = (size: bigint): Uint8Array =>
      treeRoot(
        smSuite,
        appended.slice(0, Number(size)).map((record) => leafHash(smSuite, record)),
      );

    test('makes an append final, with the place of every record', async () => {
      const records = subjects(5);
      const places = await engine.awaitFinal(await append(records), patience());
      expect(places.map((place) => place.leafIndex)).toEqual([0n, 1n, 2n, 3n, 4n]);
      expect(places.map((place) => place.recordHash)).toEqual(
        records.map((record) => leafHash(smSuite, record)),
      );
      const header = await engine.header(places[0]?.height ?? 0n);
      expect(decoded(header).treeRoot).toEqual(rootOf(decoded(header).treeSize));
    });

    test('takes one append for the same key and records, and refuses other records', async () => {
      const records = subjects(3);
      const key = randomUUID();
      const first = await append(records, key);
      const repeats = await Promise.all(
        Array.from({ length: 5 }, () => engine.append({ records, idempotencyKey: key })),
      );
      expect(repeats).toEqual(repeats.map(() => ({ ok: true, value: first })));
      const other = await engine.append({ records: records.slice(1), idempotencyKey: key });
      expect(other).toEqual({ ok: false, error: { kind: 'key-reused' } });
      const places = await engine.awaitFinal(first, patience());
      expect(places.map((place) => place.leafIndex)).toEqual([5n, 6n, 7n]);
    });

    test('refuses a batch whole and names the records at fault', async () => {
      const stranger = createRecordWriter(under.chainId);
      const records = [stranger.results(smSuite.sm3()), stranger.object({ objectId: 'SUB-x' })];
      const refused = await engine.append({ records, idempotencyKey: randomUUID() });
      expect(refused).toEqual({
        ok: false,
        error: { kind: 'records-refused', records: [{ index: 1, code: 'lane-sequence-not-next' }] },
      });
    });

    test('reads back exactly the bytes appended', async () => {
      const records = [
        write.object({ objectId: `REG-${randomUUID()}`, class: 'registration', bodyBytes: 5000 }),
        write.results(smSuite.sm3()),
      ];
      const places = await engine.awaitFinal(await append(records), patience());
      for (const [index, place] of places.entries()) {
        expect(await engine.read(place.height, place.index)).toEqual(records[index]);
      }
      const [place] = places;
      expect(await engine.read(place?.height ?? 0n, 999)).toBeUndefined();
      expect(await engine.read(1_000_000n, 0)).toBeUndefined();
    });

    test('proves every record to the newest root, and no other', async () => {
      const places = await engine.awaitFinal(await append(subjects(20)), patience());
      const { treeRoot: root, treeSize } = decoded(await engine.header(places[0]?.height ?? 0n));
      expect(root).toEqual(rootOf(treeSize));
      for (let index = 0n; index < treeSize; index += 1n) {
        const path = await engine.prove(index, treeSize);
        const leaf = leafHash(smSuite, appended[Number(index)] ?? new Uint8Array());
        const claim = { leafHash: leaf, leafIndex: index, treeSize, path, root };
        expect(verifyInclusion(smSuite, claim)).toBe(true);
        expect(verifyInclusion(smSuite, { ...claim, leafHash: root })).toBe(false);
      }
      await expect(engine.prove(treeSize, treeSize)).rejects.toThrow('proof-outside-tree');
    });

    test('proves each tree to be a prefix of the newest', async () => {
      const places = await engine.awaitFinal(await append(subjects(7)), patience());
      const { treeSize: toSize } = decoded(await engine.header(places[0]?.height ?? 0n));
      for (let fromSize = 0n; fromSize <= toSize; fromSize += 3n) {
        const path = await engine.consistency(fromSize, toSize);
        const claim = {
          fromSize,
          toSize,
          path,
          fromRoot: rootOf(fromSize),
          toRoot: rootOf(toSize),
        };
        expect(verifyConsistency(smSuite, claim)).toBe(true);
      }
    });

    test('streams headers from any height without a gap, each linked and certified', async () => {
      const places = await engine.awaitFinal(await append(subjects(2)), patience());
      const last = places[0]?.height ?? 0n;
      const stop = new AbortController();
      const seen: CertifiedHeader[] = [];
      for await (const header of engine.subscribe(0n, stop.signal)) {
        seen.push(header);
        if (header.height === last) stop.abort();
      }
      expect(seen.map((header) => header.height)).toEqual(seen.map((_, index) => BigInt(index)));
      for (const [index, certified] of seen.entries()) {
        const header = decoded(certified);
        expect(header.laneTableRoot).toEqual(laneTableRoot(smSuite, certified.lanes));
        const before = seen[index - 1];
        if (before === undefined) continue;
        expect(header.previousHeaderHash).toEqual(before.headerHash);
        const validators = (await engine.validatorSet(certified.height)) ?? [];
        const trust = { validators, witnesses: under.witnesses };
        const { certificate, headerHash } = certified;
        expect(checkCertificate(smSuite, headerHash, certificate, trust)).toEqual({
          ok: true,
          value: undefined,
        });
        const tampered = certificate.map((entry) => ({
          ...entry,
          signature: entry.signature.with(20, (entry.signature[20] ?? 0) ^ 1),
        }));
        expect(checkCertificate(smSuite, headerHash, tampered, trust).ok).toBe(false);
        expect(checkCertificate(smSuite, headerHash, certificate.slice(1), trust).ok).toBe(false);
        expect(checkCertificate(smSuite, before.headerHash, certificate, trust).ok).toBe(false);
      }
    });

    test('loses and doubles nothing when it is restarted with records on their way', async () => {
      const batches = Array.from({ length: 6 }, () => subjects(30));
      const tickets: string[] = [];
      for (const batch of batches) tickets.push(await append(batch));
      await under.restart();
      const places = await Promise.all(
        tickets.map((ticket) => engine.awaitFinal(ticket, patience())),
      );
      const firstLeaf = BigInt(appended.length - 180);
      expect(places.flat().map((place) => place.leafIndex)).toEqual(
        Array.from({ length: 180 }, (_, index) => firstLeaf + BigInt(index)),
      );
      const after = await engine.awaitFinal(await append(subjects(1)), patience());
      const header = decoded(await engine.header(after[0]?.height ?? 0n));
      expect(header.treeRoot).toEqual(rootOf(header.treeSize));
      expect(header.treeSize).toBe(BigInt(appended.length));
    });

    test('has no header and no set above the newest', async () => {
      expect(await engine.header(1_000_000n)).toBeUndefined();
      expect(await engine.validatorSet(1_000_000n)).toBeUndefined();
    });
  });
}

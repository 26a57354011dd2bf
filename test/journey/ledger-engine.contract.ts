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

interface Chain {
  readonly under: EngineUnderTest;
  readonly engine: LedgerEngine;
  readonly write: RecordWriter;
  /** Everything appended so far, in order: what the proofs are recomputed from. */
  readonly appended: Uint8Array[];
}

/** Opened by the first hook; every test goes on where the one before it ended. */
type Opened = () => Chain;

export function describeLedgerEngine(name: string, start: () => Promise<EngineUnderTest>): void {
  describe(`the ledger engine ${name}`, () => {
    let chain: Chain | undefined;
    const opened: Opened = () => {
      if (chain === undefined) throw new Error('the chain has not been started');
      return chain;
    };
    beforeAll(async () => {
      const under = await start();
      const write = createRecordWriter(under.chainId);
      chain = { under, engine: under.engine, write, appended: [] };
    });
    afterAll(() => opened().under.close());
    finality(opened);
    refusals(opened);
    reading(opened);
    proofs(opened);
    subscription(opened);
    restart(opened);
  });
}

function subjects({ write }: Chain, count: number): Uint8Array[] {
  return Array.from({ length: count }, () => write.object({ objectId: `SUB-${randomUUID()}` }));
}

async function append(
  { appended, engine }: Chain,
  records: readonly Uint8Array[],
  idempotencyKey = randomUUID(),
): Promise<string> {
  const ticket = await engine.append({ records, idempotencyKey });
  if (!ticket.ok) throw new Error(JSON.stringify(ticket.error));
  appended.push(...records);
  return ticket.value;
}

async function appendFinally(chain: Chain, records: readonly Uint8Array[]) {
  return chain.engine.awaitFinal(await append(chain, records), patience());
}

function rootOf({ appended }: Chain, size: bigint): Uint8Array {
  const covered = appended.filter((_, index) => BigInt(index) < size);
  return treeRoot(
    smSuite,
    covered.map((record) => leafHash(smSuite, record)),
  );
}

function finality(opened: Opened): void {
  test('makes an append final, with the place of every record', async () => {
    const chain = opened();
    const records = subjects(chain, 5);
    const places = await appendFinally(chain, records);
    expect(places.map((place) => place.leafIndex)).toEqual([0n, 1n, 2n, 3n, 4n]);
    expect(places.map((place) => place.recordHash)).toEqual(
      records.map((record) => leafHash(smSuite, record)),
    );
    const header = decoded(await chain.engine.header(places[0]?.height ?? 0n));
    expect(header.treeRoot).toEqual(rootOf(chain, header.treeSize));
  });

  test('takes one append for the same key and records, and refuses other records', async () => {
    const chain = opened();
    const { engine } = chain;
    const records = subjects(chain, 3);
    const key = randomUUID();
    const first = await append(chain, records, key);
    const repeats = await Promise.all(
      Array.from({ length: 5 }, () => engine.append({ records, idempotencyKey: key })),
    );
    expect(repeats).toEqual(repeats.map(() => ({ ok: true, value: first })));
    const other = await engine.append({ records: records.slice(1), idempotencyKey: key });
    expect(other).toEqual({ ok: false, error: { kind: 'key-reused' } });
    const places = await engine.awaitFinal(first, patience());
    expect(places.map((place) => place.leafIndex)).toEqual([5n, 6n, 7n]);
  });
}

function refusals(opened: Opened): void {
  test('refuses a batch whole and names the records at fault', async () => {
    const { engine, under } = opened();
    const stranger = createRecordWriter(under.chainId);
    const records = [stranger.results(smSuite.sm3()), stranger.object({ objectId: 'SUB-x' })];
    const refused = await engine.append({ records, idempotencyKey: randomUUID() });
    expect(refused).toEqual({
      ok: false,
      error: { kind: 'records-refused', records: [{ index: 1, code: 'lane-sequence-not-next' }] },
    });
  });

  test('has no header and no set above the newest', async () => {
    const { engine } = opened();
    expect(await engine.header(1_000_000n)).toBeUndefined();
    expect(await engine.validatorSet(1_000_000n)).toBeUndefined();
  });
}

function reading(opened: Opened): void {
  test('reads back exactly the bytes appended', async () => {
    const chain = opened();
    const { engine, write } = chain;
    const records = [
      write.object({ objectId: `REG-${randomUUID()}`, class: 'registration', bodyBytes: 5000 }),
      write.results(smSuite.sm3()),
    ];
    const places = await appendFinally(chain, records);
    for (const [index, place] of places.entries()) {
      expect(await engine.read(place.height, place.index)).toEqual(records[index]);
    }
    expect(await engine.read(places[0]?.height ?? 0n, 999)).toBeUndefined();
    expect(await engine.read(1_000_000n, 0)).toBeUndefined();
  });
}

function proofs(opened: Opened): void {
  test('proves every record to the newest root, and no other', async () => {
    const chain = opened();
    const { appended, engine } = chain;
    const places = await appendFinally(chain, subjects(chain, 20));
    const { treeRoot: root, treeSize } = decoded(await engine.header(places[0]?.height ?? 0n));
    expect(root).toEqual(rootOf(chain, treeSize));
    expect(treeSize).toBe(BigInt(appended.length));
    for (const [index, record] of appended.entries()) {
      const leafIndex = BigInt(index);
      const path = await engine.prove(leafIndex, treeSize);
      const claim = { leafHash: leafHash(smSuite, record), leafIndex, treeSize, path, root };
      expect(verifyInclusion(smSuite, claim)).toBe(true);
      expect(verifyInclusion(smSuite, { ...claim, leafHash: root })).toBe(false);
    }
    await expect(engine.prove(treeSize, treeSize)).rejects.toThrow('proof-outside-tree');
  });

  test('proves each tree to be a prefix of the newest', async () => {
    const chain = opened();
    const places = await appendFinally(chain, subjects(chain, 7));
    const { treeSize: toSize } = decoded(await chain.engine.header(places[0]?.height ?? 0n));
    const toRoot = rootOf(chain, toSize);
    for (let fromSize = 0n; fromSize <= toSize; fromSize += 3n) {
      const path = await chain.engine.consistency(fromSize, toSize);
      const claim = { fromSize, toSize, path, fromRoot: rootOf(chain, fromSize), toRoot };
      expect(verifyConsistency(smSuite, claim)).toBe(true);
    }
  });
}

function subscription(opened: Opened): void {
  test('streams headers from any height without a gap, each linked and certified', async () => {
    const chain = opened();
    const places = await appendFinally(chain, subjects(chain, 2));
    const seen: CertifiedHeader[] = [];
    const stop = new AbortController();
    for await (const header of chain.engine.subscribe(0n, stop.signal)) {
      seen.push(header);
      if (header.height === places[0]?.height) stop.abort();
    }
    expect(seen.map((header) => header.height)).toEqual(seen.map((_, index) => BigInt(index)));
    for (const [index, certified] of seen.entries()) {
      const before = seen[index - 1];
      if (before !== undefined) await expectLinked(chain, before, certified);
    }
  });
}

async function expectLinked(
  { engine, under }: Chain,
  before: CertifiedHeader,
  { certificate, header: bytes, headerHash, height, lanes }: CertifiedHeader,
): Promise<void> {
  const header = decodeHeader(bytes);
  if (!header.ok) throw new Error(header.error);
  expect(header.value.previousHeaderHash).toEqual(before.headerHash);
  expect(header.value.laneTableRoot).toEqual(laneTableRoot(smSuite, lanes));
  const validators = (await engine.validatorSet(height)) ?? [];
  const trust = { validators, witnesses: under.witnesses };
  expect(checkCertificate(smSuite, headerHash, certificate, trust).ok).toBe(true);
  const tampered = certificate.map((entry) => ({
    ...entry,
    signature: entry.signature.with(20, (entry.signature[20] ?? 0) ^ 1),
  }));
  expect(checkCertificate(smSuite, headerHash, tampered, trust).ok).toBe(false);
  expect(checkCertificate(smSuite, headerHash, certificate.slice(1), trust).ok).toBe(false);
  expect(checkCertificate(smSuite, before.headerHash, certificate, trust).ok).toBe(false);
}

function restart(opened: Opened): void {
  test('loses and doubles nothing when it is restarted with records on their way', async () => {
    const chain = opened();
    const { appended, engine, under } = chain;
    const firstLeaf = BigInt(appended.length);
    const tickets: string[] = [];
    for (let batch = 0; batch < 6; batch += 1) {
      tickets.push(await append(chain, subjects(chain, 30)));
    }
    await under.restart();
    const places = await Promise.all(
      tickets.map((ticket) => engine.awaitFinal(ticket, patience())),
    );
    expect(places.flat().map((place) => place.leafIndex)).toEqual(
      Array.from({ length: 180 }, (_, index) => firstLeaf + BigInt(index)),
    );
    const after = await appendFinally(chain, subjects(chain, 1));
    const header = decoded(await engine.header(after[0]?.height ?? 0n));
    expect(header.treeRoot).toEqual(rootOf(chain, header.treeSize));
    expect(header.treeSize).toBe(BigInt(appended.length));
  });
}

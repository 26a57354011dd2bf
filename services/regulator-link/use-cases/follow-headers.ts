// The link as a light client of its own chain: believes a header only once everything about it
// holds.
import type { CertifiedHeader, LedgerEngine } from '#libs/chain-application/ledger-engine.ts';
import type { Database } from '#libs/db/database.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { equalBytes } from '#libs/proof/bytes.ts';
import { certificateToJson, checkCertificate } from '#libs/proof/certificate.ts';
import type { Genesis } from '#libs/proof/genesis.ts';
import { genesisHeader } from '#libs/proof/genesis.ts';
import { decodeHeader, encodeHeader, type Header, headerHash } from '#libs/proof/header.ts';
import { encodeLaneTable, laneTableRoot } from '#libs/proof/lane-table.ts';
import type { Suite } from '#libs/proof/suite.ts';
import { verifyConsistency } from '#libs/proof/tree.ts';
import { type ValidatorSet, validatorSetHash } from '#libs/proof/validator-set.ts';
import { err, ok, type Result } from '#libs/result/result.ts';
import type { Clock } from '#libs/time/clock.ts';
import type { Alarm } from '../alarm.ts';
import { keepEvidence } from '../repositories/evidence-repository.ts';
import { insertHeader, lastHeader } from '../repositories/header-repository.ts';
import { orAborted } from '../or-aborted.ts';
import { wake } from '../repositories/wake.ts';

export interface FollowingDeps {
  readonly engine: LedgerEngine;
  readonly suite: Suite;
  readonly genesis: Genesis;
  readonly clock: Clock;
  readonly alarm: Alarm;
}

export type HeaderRefusal =
  | 'header-malformed'
  | 'header-of-another-chain'
  | 'header-height-not-next'
  | 'two-headers-at-height'
  | 'header-not-linked'
  | 'shrinking-tree'
  | 'header-time-back'
  | 'another-validator-set'
  | 'certificate-invalid'
  | 'another-lane-table'
  | 'inconsistent-tree';

/** The node shows what cannot be: nothing more of it is believed until people have looked. */
export class ChainRefused extends Error {
  override readonly name = 'ChainRefused';
}

interface Trusted {
  readonly header: Header;
  readonly hash: Uint8Array;
}

/** Runs until the signal; throws ChainRefused, and whatever the engine throws. */
export async function followHeaders<DB>(
  db: Database<DB>,
  deps: FollowingDeps,
  signal: AbortSignal,
): Promise<void> {
  let last = await trustedLast(db, deps);
  await assertSameHistory(db, deps, last);
  const headers = deps.engine.subscribe(last.header.height + 1n, signal)[Symbol.asyncIterator]();
  for (;;) {
    const next = await orAborted(headers.next(), signal);
    if (next === undefined || next.done === true) return;
    const certified = next.value;
    const verified = await verifyNext(deps, last, certified);
    if (!verified.ok) return refuseHeader(db, deps, certified, verified.error);
    await storeHeader(db, deps, certified, verified.value);
    last = { header: verified.value.header, hash: certified.headerHash };
  }
}

async function trustedLast<DB>(db: Database<DB>, deps: FollowingDeps): Promise<Trusted> {
  const row = await lastHeader(db);
  if (row === undefined) {
    const header = genesisHeader(deps.suite, deps.genesis);
    return { header, hash: headerHash(deps.suite, encodeHeader(header)) };
  }
  const decoded = decodeHeader(row.header);
  if (!decoded.ok) throw new ChainRefused('a stored header does not decode');
  return { header: decoded.value, hash: row.header_hash };
}

/** A node that was restored from an old copy, or exchanged, shows itself here. */
async function assertSameHistory<DB>(
  db: Database<DB>,
  deps: FollowingDeps,
  last: Trusted,
): Promise<void> {
  const shown = await deps.engine.header(last.header.height);
  if (shown === undefined || equalBytes(shown.headerHash, last.hash)) return;
  await refuseHeader(db, deps, shown, 'two-headers-at-height');
}

interface Verified {
  readonly header: Header;
  readonly path: readonly Uint8Array[];
}

async function verifyNext(
  deps: FollowingDeps,
  last: Trusted,
  certified: CertifiedHeader,
): Promise<Result<Verified, HeaderRefusal>> {
  const { suite, engine } = deps;
  const decoded = decodeHeader(certified.header);
  if (!decoded.ok) return err('header-malformed');
  const header = decoded.value;
  const linked = checkLink(suite, last, header, certified);
  if (!linked.ok) return linked;
  const validators = await expectedSet(deps, last.header);
  const hash = headerHash(suite, certified.header);
  if (!equalBytes(hash, certified.headerHash)) return err('header-malformed');
  const trust = { validators, witnesses: deps.genesis.witnesses };
  const signed = checkCertificate(suite, hash, certified.certificate, trust);
  if (!signed.ok) return err('certificate-invalid');
  const path = await engine.consistency(last.header.treeSize, header.treeSize);
  const isConsistent = verifyConsistency(suite, {
    fromSize: last.header.treeSize,
    fromRoot: last.header.treeRoot,
    toSize: header.treeSize,
    toRoot: header.treeRoot,
    path,
  });
  return isConsistent ? ok({ header, path }) : err('inconsistent-tree');
}

function checkLink(
  suite: Suite,
  last: Trusted,
  header: Header,
  certified: CertifiedHeader,
): Result<undefined, HeaderRefusal> {
  if (header.chainId !== last.header.chainId) return err('header-of-another-chain');
  if (header.height !== last.header.height + 1n) return err('header-height-not-next');
  if (!equalBytes(header.previousHeaderHash, last.hash)) return err('header-not-linked');
  if (header.treeSize < last.header.treeSize) return err('shrinking-tree');
  if (header.timeMs < last.header.timeMs) return err('header-time-back');
  if (!equalBytes(header.validatorSetHash, last.header.nextValidatorSetHash)) {
    return err('another-validator-set');
  }
  const lanes = laneTableRoot(suite, certified.lanes);
  return equalBytes(lanes, header.laneTableRoot) ? ok() : err('another-lane-table');
}

/** Pinned at genesis; a later set is taken from the node and held against the header before. */
async function expectedSet(deps: FollowingDeps, last: Header): Promise<ValidatorSet> {
  const { suite, genesis, engine } = deps;
  const expected = last.nextValidatorSetHash;
  if (equalBytes(validatorSetHash(suite, genesis.validators), expected)) return genesis.validators;
  const set = await engine.validatorSet(last.height + 1n);
  if (set === undefined || !equalBytes(validatorSetHash(suite, set), expected)) {
    throw new ChainRefused('the validator set is not the one that was announced');
  }
  return set;
}

async function storeHeader<DB>(
  db: Database<DB>,
  deps: FollowingDeps,
  certified: CertifiedHeader,
  { header, path }: Verified,
): Promise<void> {
  await inTransaction(db, 'read committed', async (tx) => {
    const row = {
      height: header.height,
      header: certified.header,
      header_hash: certified.headerHash,
      certificate: certificateToJson(certified.certificate),
      lanes: encodeLaneTable(certified.lanes),
      tree_size: header.treeSize,
      consistency_path: Buffer.concat(path),
    };
    await insertHeader(tx, row, deps.clock.now());
    await wake(tx, 'prove', 'relay');
    return ok();
  });
}

async function refuseHeader<DB>(
  db: Database<DB>,
  deps: FollowingDeps,
  certified: CertifiedHeader,
  code: HeaderRefusal,
): Promise<never> {
  const height = certified.height.toString();
  await keepEvidence(db, deps.clock.now(), {
    origin: 'chain node',
    sm3: deps.suite.sm3(certified.header),
    code,
    detail: `height ${height}`,
    message: certified.header,
  });
  deps.alarm('chain-refused', { height, reason: code });
  throw new ChainRefused(`header ${height}: ${code}`);
}

/** Judges every record again, in the order in which it was taken, and reads its verdict again. */
import type { RegulatorObject } from '#libs/cross-chain-model/object.ts';
import { validateObject } from '#libs/cross-chain-model/validate.ts';
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import { openRecord } from '#libs/envelope/record.ts';
import { pages } from '#libs/fsck/pages.ts';
import { equalBytes } from '#libs/proof/bytes.ts';
import { verdictRecord } from '#libs/proof/lane-envelope.ts';
import { decodeRecord, type ObjectFrame } from '#libs/proof/record-frame.ts';
import { parseSnapshot, verifySeals } from '#libs/proof/sealed-object.ts';
import { leafHash } from '#libs/proof/tree.ts';
import { compareStored, type Difference } from '#libs/result/difference.ts';
import { toHex } from '#libs/sm/hex.ts';
import { identityDigest, snapshotPlace } from '../codecs/stored-object.ts';
import {
  accepted,
  type Judgement,
  judgeContinuity,
  judgeFrame,
  judgeReferences,
  judgeSchema,
  judgeVersion,
  referencesIn,
  rejected,
} from '../domain/judge-object.ts';
import { codeRequestOf } from '../domain/objects/investor-code.ts';
import { objectBefore, referencesBefore, versionsBefore } from './earlier-packets.ts';
import type { FsckParts } from './parts.ts';

interface StoredVerdict {
  readonly leaf_index: bigint;
  readonly chain_id: string;
  readonly lane: string;
  readonly sequence: bigint;
  readonly record: Uint8Array;
  readonly leaf_hash: Uint8Array;
  readonly packet_hash: Uint8Array | null;
  readonly packet_record: Uint8Array | null;
  readonly record_hash: Uint8Array | null;
  readonly snapshot: Uint8Array | null;
  readonly verdict: 'ACCEPTED' | 'REJECTED' | null;
  readonly code: string | null;
  readonly field: string | null;
}

const VERDICTS = `
  select v.leaf_index, v.chain_id, v.lane, v.sequence, v.record, v.leaf_hash, p.packet_hash,
         p.record as packet_record, p.record_hash, p.snapshot, p.verdict, p.code, p.field
    from verdict v left join packet p using (chain_id, lane, sequence)
   where v.leaf_index > $1 order by v.leaf_index limit $2`;

const UNANSWERED = `
  select p.chain_id || '/' || p.lane || '/' || p.sequence as key from packet p
   where not exists (select from verdict v where v.chain_id = p.chain_id and v.lane = p.lane
                        and v.sequence = p.sequence) limit 1001`;

/** Told of a body that did not open, or of its key: neither is kept. */
const untold = new Set(['key-not-for-us', 'body-does-not-open', 'field-tree']);

const table = 'verdict';

export async function* checkVerdicts(db: Executor, parts: FsckParts): AsyncGenerator<Difference> {
  const codes = new Map<string, string>();
  for (const { identity, code } of await investors(db)) codes.set(toHex(identity), code);
  const asked = new Set<string>();
  let next = 0n;
  const rows = pages<StoredVerdict, readonly [string]>(db, {
    text: VERDICTS,
    first: ['-1'],
    keyOf: (row) => [row.leaf_index.toString()],
  });
  for await (const row of rows) {
    const key = `leaf_index=${row.leaf_index}`;
    yield* compareStored(table, `${key} leaf_index`, next, row.leaf_index);
    const hash = leafHash(parts.suite, row.record);
    yield* compareStored(table, `${key} leaf_hash`, hash, row.leaf_hash);
    const identity = yield* checkJudgement(db, parts, { row, key, codes });
    if (identity !== undefined) asked.add(identity);
    next = row.leaf_index + 1n;
  }
  yield* checkUnanswered(db);
  for (const [identity, code] of codes) {
    if (asked.has(identity)) continue;
    yield { table: 'investor', key: `identity=${identity}`, expected: 'nothing', found: code };
  }
}

interface StoredInvestor {
  readonly identity: Uint8Array;
  readonly code: string;
}

const investors = (db: Executor): Promise<StoredInvestor[]> =>
  prepared<StoredInvestor>(db, 'fsck_investors', 'select identity, code from investor', []);

async function* checkUnanswered(db: Executor): AsyncGenerator<Difference> {
  for (const { key } of await prepared<{ key: string }>(db, 'fsck_unanswered', UNANSWERED, [])) {
    yield { table, key, expected: 'a verdict', found: 'nothing' };
  }
}

interface Judged {
  readonly row: StoredVerdict;
  readonly key: string;
  /** By the keyed digest of an identity. */
  readonly codes: ReadonlyMap<string, string>;
}

/** The identity that was given a code, if the record asked for one. */
async function* checkJudgement(
  db: Executor,
  parts: FsckParts,
  { row, key, codes }: Judged,
): AsyncGenerator<Difference, string | undefined> {
  const decoded = row.packet_record === null ? undefined : decodeRecord(row.packet_record);
  if (row.snapshot === null || row.record_hash === null || row.packet_hash === null) {
    yield { table, key: `${key} lane, sequence`, expected: 'a packet', found: 'nothing' };
    return undefined;
  }
  const place = `${row.chain_id}/${row.lane}/${row.sequence}`;
  const snapshot = openRecord({
    dataKey: parts.storeKey,
    associatedData: snapshotPlace(row.record_hash),
    sealed: row.snapshot,
  });
  // A record that is none is told of where packets are checked.
  if (decoded?.ok !== true || decoded.value.kind !== 'object') return undefined;
  if (snapshot === undefined) {
    yield {
      table: 'packet',
      key: `${place} snapshot`,
      expected: 'bytes that open',
      found: 'other',
    };
    return undefined;
  }
  const { frame } = decoded.value;
  const isUntold = row.code !== null && untold.has(row.code);
  const content = isUntold
    ? { judgement: rejected(row.code, row.field), object: undefined }
    : judgeContent(parts, snapshot, frame);
  const judgement = await judge(db, parts, { ...content, frame, leafIndex: row.leaf_index });
  yield* compareStored('packet', `${place} verdict`, judgement.verdict, row.verdict);
  yield* compareStored('packet', `${place} code`, judgement.code, row.code);
  yield* compareStored('packet', `${place} field`, judgement.field, row.field);
  const request =
    judgement.verdict === 'REJECTED' || content.object === undefined
      ? undefined
      : codeRequestOf(content.object);
  const identity = request === undefined ? undefined : toHex(identityDigest(parts, request));
  yield* checkRecord(row, key, judgement, identity === undefined ? undefined : codes.get(identity));
  if (identity !== undefined && !codes.has(identity)) {
    yield { table: 'investor', key: `identity=${identity}`, expected: 'a code', found: 'nothing' };
  }
  return identity;
}

function* checkRecord(
  row: StoredVerdict,
  key: string,
  { verdict, code, field }: Judgement,
  investorCode: string | undefined,
): Generator<Difference> {
  const record = verdictRecord({
    chainId: row.chain_id,
    lane: row.lane,
    sequence: row.sequence.toString(),
    packetHash: toHex(row.packet_hash ?? new Uint8Array()),
    verdict,
    ...(code === null ? {} : { code }),
    ...(field === null ? {} : { field }),
    ...(investorCode === undefined ? {} : { investorCode }),
  });
  yield* compareStored(table, `${key} record`, textOf(record), textOf(row.record));
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

interface Content {
  readonly judgement: Judgement;
  readonly object: RegulatorObject | undefined;
}

function judgeContent(
  { suite, sealKeys }: FsckParts,
  snapshot: Uint8Array,
  frame: ObjectFrame,
): Content {
  const refused = (code: string, field?: string): Content => ({
    judgement: rejected(code, field),
    object: undefined,
  });
  if (!equalBytes(suite.sm3(snapshot), frame.snapshotHash)) return refused('snapshot-hash');
  const parsed = parseSnapshot(snapshot);
  if (parsed === undefined) return refused('snapshot-not-canonical');
  if (!verifySeals(suite, parsed, sealKeys)) return refused('seal-invalid', '/header/seal');
  const valid = validateObject(parsed);
  return valid.ok
    ? { judgement: accepted, object: valid.value }
    : { judgement: judgeSchema(valid.error), object: undefined };
}

async function judge(
  db: Executor,
  parts: FsckParts,
  at: Content & { readonly frame: ObjectFrame; readonly leafIndex: bigint },
): Promise<Judgement> {
  const { judgement, object, frame, leafIndex } = at;
  if (judgement.verdict === 'REJECTED' || object === undefined) return judgement;
  const framed = judgeFrame(object, frame);
  if (framed.verdict === 'REJECTED') return framed;
  const versioned = judgeVersion(frame, await versionsBefore(db, frame, leafIndex));
  if (versioned.verdict === 'REJECTED') return versioned;
  const references = referencesIn(object);
  const present = await referencesBefore(db, [...new Set(references.values())], leafIndex);
  const referred = judgeReferences(references, present);
  if (referred.verdict === 'REJECTED') return referred;
  if (frame.class !== 'registration') return accepted;
  const previous = await objectBefore(db, parts, frame, leafIndex);
  return previous === 'rejected' ? accepted : judgeContinuity(object, previous);
}

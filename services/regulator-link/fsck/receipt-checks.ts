// Opens every stored RESULT again, and holds the records of results against what they recorded.
import type { Executor } from '#libs/db/database.ts';
import { decodeResults } from '#libs/proof/clear-record.ts';
import { decodeRecord } from '#libs/proof/record-frame.ts';
import { leafHash } from '#libs/proof/tree.ts';
import { compareStored, type Difference } from '#libs/result/difference.ts';
import { fromHex } from '#libs/sm/hex.ts';
import { sm3, sm3Hex } from '#libs/sm/sm3.ts';
import { laneNumberOf } from '../lanes/outgoing.ts';
import { type DownTrust, openDown, verifyResult } from '../lanes/receipts.ts';
import { pages } from '#libs/fsck/pages.ts';

interface StoredReceipt {
  readonly lane: number;
  readonly sequence: bigint;
  readonly packet_hash: Uint8Array;
  readonly real_hash: Uint8Array;
  readonly verdict: string;
  readonly code: string | null;
  readonly field: string | null;
  readonly investor_code: string | null;
  readonly supervisory_height: bigint;
  readonly message: Uint8Array;
  readonly message_hash: Uint8Array;
}

const RECEIPTS = `
  select r.lane, r.sequence, r.packet_hash, p.packet_hash as real_hash, r.verdict, r.code, r.field,
         r.investor_code, r.supervisory_height, r.message, r.message_hash
    from link.receipt r join link.packet p using (lane, sequence)
   where (r.lane, r.sequence) > ($1, $2) order by r.lane, r.sequence limit $3`;

const table = 'link.receipt';

export async function* checkReceipts(db: Executor, trust: DownTrust): AsyncGenerator<Difference> {
  const rows = pages<StoredReceipt, readonly [number, string]>(db, {
    text: RECEIPTS,
    first: [0, '0'],
    keyOf: (row) => [row.lane, row.sequence.toString()],
  });
  for await (const row of rows) {
    const key = `${row.lane}/${row.sequence}`;
    yield* compareStored(table, `${key} packet_hash`, row.real_hash, row.packet_hash);
    yield* compareStored(table, `${key} message_hash`, sm3(row.message), row.message_hash);
    const opened = openDown(row.message, trust);
    if (!opened.ok || opened.value.type !== 'RESULT') {
      const found = opened.ok ? opened.value.type : opened.error;
      yield { table, key: `${key} message`, expected: 'a signed RESULT', found };
      continue;
    }
    const { payload } = opened.value;
    const { verdict } = payload;
    const verified = verifyResult(payload, trust);
    const proof = verified.ok ? 'proved' : verified.error.detail;
    yield* compareStored(table, `${key} message`, 'proved', proof);
    yield* compareStored(table, `${key} lane`, laneNumberOf(verdict.lane), row.lane);
    yield* compareStored(table, `${key} sequence`, verdict.sequence, row.sequence.toString());
    yield* compareStored(table, `${key} packet_hash`, fromHex(verdict.packetHash), row.packet_hash);
    yield* compareStored(table, `${key} verdict`, verdict.verdict, row.verdict);
    yield* compareStored(table, `${key} code`, verdict.code ?? null, row.code);
    yield* compareStored(table, `${key} field`, verdict.field ?? null, row.field);
    const height = row.supervisory_height.toString();
    yield* compareStored(table, `${key} supervisory_height`, payload.supervisoryHeight, height);
    const isRequest = verdict.lane === 'subject' && verdict.verdict === 'ACCEPTED';
    const code = isRequest ? (verdict.investorCode ?? null) : null;
    yield* compareStored(table, `${key} investor_code`, code, row.investor_code);
  }
}

interface StoredResults {
  readonly batch_id: string;
  readonly result_count: number;
  readonly record: Uint8Array;
  readonly record_hash: Uint8Array;
  readonly recorded: { packet: string; message: string; verdict: string; height: string }[];
}

const RESULTS = `
  select x.batch_id::text as batch_id, x.result_count, x.record, x.record_hash, (
           select coalesce(jsonb_agg(jsonb_build_object(
                    'packet', encode(r.packet_hash, 'hex'), 'message', encode(r.message_hash, 'hex'),
                    'verdict', r.verdict, 'height', r.supervisory_height::text) order by n.place), '[]')
             from link.recorded_result n join link.receipt r using (lane, sequence)
            where n.batch_id = x.batch_id) as recorded
    from link.results_record x
   where x.batch_id > $1::uuid order by x.batch_id limit $2`;

function lineOf({ packet, message, verdict, height }: StoredResults['recorded'][number]): string {
  return [packet, message, verdict, height].join(' ');
}

export async function* checkResultsRecords(
  db: Executor,
  { suite }: Pick<DownTrust, 'suite'>,
): AsyncGenerator<Difference> {
  const place = 'link.results_record';
  const rows = pages<StoredResults, readonly [string]>(db, {
    text: RESULTS,
    first: ['00000000-0000-0000-0000-000000000000'],
    keyOf: (row) => [row.batch_id],
  });
  for await (const row of rows) {
    const key = row.batch_id;
    const hash = leafHash(suite, row.record);
    yield* compareStored(place, `${key} record_hash`, hash, row.record_hash);
    yield* compareStored(place, `${key} result_count`, row.recorded.length, row.result_count);
    const decoded = decodeRecord(row.record);
    const results =
      decoded.ok && decoded.value.kind === 'results' ? decodeResults(decoded.value.body) : decoded;
    const listed =
      results.ok && Array.isArray(results.value)
        ? results.value.map((result) => ({
            packet: result.packetHash,
            message: result.resultHash,
            verdict: result.verdict,
            height: result.supervisoryHeight,
          }))
        : [];
    const digestOf = (list: StoredResults['recorded']): string =>
      sm3Hex(new TextEncoder().encode(list.map(lineOf).join('\n')));
    const expected = digestOf(row.recorded);
    yield* compareStored(place, `${key} record`, expected, digestOf(listed));
  }
}

/** Rows of jobs and roster imports; rosters name persons, so their content rests sealed. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import type { RosterRow } from '../domain/roster/row.ts';
import type { PersonalCipher } from './personal-cipher.ts';

export type JobState = 'queued' | 'running' | 'succeeded' | 'failed';

export interface Job {
  readonly jobId: Uuid;
  readonly kind: 'roster-import';
  readonly state: JobState;
  readonly rowsDone: number;
  readonly rowsTotal: number | null;
  readonly createdAt: Instant;
  readonly finishedAt: Instant | null;
}

export type ImportState = 'checking' | 'refused' | 'passed' | 'posted' | 'reversed';

/** A fault as it is stored and shown. */
export interface StoredFault {
  readonly code: string;
  readonly params: Readonly<Record<string, string>>;
  readonly row?: number;
  readonly column?: string;
  readonly cell?: string;
}

export interface RosterImport {
  readonly importId: Uuid;
  readonly securityId: Uuid;
  readonly documentId: Uuid;
  readonly state: ImportState;
  readonly faults: readonly StoredFault[];
  readonly rowCount: number | null;
  readonly errorCount: number | null;
  readonly totalShares: bigint | null;
  readonly contentHash: string | null;
  readonly postedEventId: Uuid | null;
  readonly postedOn: LocalDate | null;
}

const JOB = `id as "jobId", kind, state, rows_done as "rowsDone", rows_total as "rowsTotal",
  created_at as "createdAt", finished_at as "finishedAt"`;

const IMPORT = `id as "importId", security_id as "securityId", document_id as "documentId", state,
  coalesce(refusal, '[]'::jsonb) as faults, row_count as "rowCount", error_count as "errorCount",
  total_shares as "totalShares", content_hash as "contentHash",
  posted_event_id as "postedEventId", posted_on as "postedOn"`;

export async function insertImport(
  tx: Executor,
  row: {
    readonly importId: Uuid;
    readonly securityId: string;
    readonly documentId: string;
    readonly by: string;
    readonly at: Instant;
  },
): Promise<void> {
  await prepared(
    tx,
    'job_insert',
    `insert into job (id, kind, state, created_by, created_at)
     values ($1, 'roster-import', 'queued', $2, $3)`,
    [row.importId, row.by, row.at],
  );
  await prepared(
    tx,
    'import_insert',
    `insert into roster_import (id, security_id, document_id, state, recorded_at)
     values ($1, $2, $3, 'checking', $4)`,
    [row.importId, row.securityId, row.documentId, row.at],
  );
}

export async function findJob(db: Executor, jobId: string): Promise<Job | undefined> {
  const [row] = await prepared<Job>(db, 'job_find', `select ${JOB} from job where id = $1`, [
    jobId,
  ]);
  return row;
}

export async function findImport(
  db: Executor,
  importId: string,
): Promise<RosterImport | undefined> {
  const text = `select ${IMPORT} from roster_import where id = $1`;
  const [row] = await prepared<RosterImport>(db, 'import_find', text, [importId]);
  return row;
}

export async function lockImport(
  tx: Executor,
  importId: string,
): Promise<RosterImport | undefined> {
  const text = `select ${IMPORT} from roster_import where id = $1 for no key update`;
  const [row] = await prepared<RosterImport>(tx, 'import_lock', text, [importId]);
  return row;
}

/** Takes the oldest job that nobody works at, or whose worker has been silent past its lease. */
export async function takeJob(
  tx: Executor,
  now: Instant,
  leaseUntil: Instant,
): Promise<{ readonly jobId: Uuid; readonly attempts: number } | undefined> {
  const text = `
    update job set state = 'running', lease_until = $2, attempts = attempts + 1, rows_done = 0,
      rows_total = null
    where id = (
      select id from job
      where state = 'queued' or (state = 'running' and lease_until < $1)
      order by created_at limit 1 for update skip locked)
    returning id as "jobId", attempts`;
  const [row] = await prepared<{ jobId: Uuid; attempts: number }>(tx, 'job_take', text, [
    now,
    leaseUntil,
  ]);
  return row;
}

/** False where another worker has taken the job over meanwhile. */
export async function reportProgress(
  db: Executor,
  job: { readonly jobId: Uuid; readonly attempts: number },
  progress: { readonly done: number; readonly total: number; readonly leaseUntil: Instant },
): Promise<boolean> {
  const text = `
    update job set rows_done = $3, rows_total = $4, lease_until = $5
    where id = $1 and attempts = $2 and state = 'running' returning id`;
  const { done, total, leaseUntil } = progress;
  const values = [job.jobId, job.attempts, done, total, leaseUntil];
  return (await prepared(db, 'job_progress', text, values)).length === 1;
}

/** False where another worker has taken the job over meanwhile. */
export async function finishJob(
  tx: Executor,
  job: { readonly jobId: Uuid; readonly attempts: number },
  state: 'succeeded' | 'failed',
  at: Instant,
): Promise<boolean> {
  const text = `
    update job set state = $3, finished_at = $4, lease_until = null,
      rows_done = coalesce(rows_total, rows_done)
    where id = $1 and attempts = $2 and state = 'running' returning id`;
  const values = [job.jobId, job.attempts, state, at];
  return (await prepared(tx, 'job_finish', text, values)).length === 1;
}

export interface CheckOutcome {
  readonly importId: Uuid;
  readonly state: 'refused' | 'passed';
  readonly faults: readonly StoredFault[];
  readonly rowCount: number;
  readonly errorCount: number;
  readonly totalShares: bigint | null;
  /** Given where it passed. */
  readonly checked?: { readonly rows: string; readonly contentHash: string };
  readonly result: Uint8Array;
}

export async function saveOutcome(
  tx: Executor,
  cipher: PersonalCipher,
  outcome: CheckOutcome,
): Promise<void> {
  const { importId, checked } = outcome;
  await prepared(
    tx,
    'import_outcome',
    `update roster_import set state = $2, refusal = $3, row_count = $4, error_count = $5,
       total_shares = $6, content_hash = $7, checked_rows_cipher = $8, result_cipher = $9
     where id = $1 and state = 'checking'`,
    [
      importId,
      outcome.state,
      JSON.stringify(outcome.faults),
      outcome.rowCount,
      outcome.errorCount,
      outcome.totalShares,
      checked?.contentHash ?? null,
      checked === undefined ? null : cipher.seal(place(importId, 'checked_rows'), checked.rows),
      cipher.seal(place(importId, 'result'), Buffer.from(outcome.result).toString('base64')),
    ],
  );
}

export interface CheckedContent {
  readonly securityId: Uuid;
  readonly rows: readonly RosterRow[];
}

/** The rows that passed, with the canonical text that their hash is of. */
export async function checkedRows(
  db: Executor,
  cipher: PersonalCipher,
  importId: string,
): Promise<{ readonly text: string; readonly content: CheckedContent } | undefined> {
  const query = 'select checked_rows_cipher as sealed from roster_import where id = $1';
  const [row] = await prepared<{ sealed: Buffer | null }>(db, 'import_rows', query, [importId]);
  if (row === undefined || row.sealed === null) return undefined;
  const text = cipher.open(place(importId, 'checked_rows'), row.sealed);
  // Written by the check alone, and authenticated.
  return { text, content: JSON.parse(text) as CheckedContent };
}

export async function resultSheet(
  db: Executor,
  cipher: PersonalCipher,
  importId: string,
): Promise<Uint8Array | undefined> {
  const text = 'select result_cipher as sealed from roster_import where id = $1';
  const [row] = await prepared<{ sealed: Buffer | null }>(db, 'import_result', text, [importId]);
  if (row === undefined || row.sealed === null) return undefined;
  return Buffer.from(cipher.open(place(importId, 'result'), row.sealed), 'base64');
}

export async function markPosted(
  tx: Executor,
  importId: string,
  posted: { readonly eventId: Uuid; readonly on: LocalDate },
): Promise<void> {
  const text = `
    update roster_import set state = 'posted', posted_event_id = $2, posted_on = $3 where id = $1`;
  await prepared(tx, 'import_posted', text, [importId, posted.eventId, posted.on]);
}

export async function markReversed(tx: Executor, importId: string, eventId: Uuid): Promise<void> {
  const text = `
    update roster_import set state = 'reversed', reversal_event_id = $2 where id = $1`;
  await prepared(tx, 'import_reversed', text, [importId, eventId]);
}

/** Whether the security's issue stands registered. */
export async function isIssued(db: Executor, securityId: string): Promise<boolean> {
  const text = 'select 1 from security_state where security_id = $1 and issued > 0';
  return (await prepared(db, 'security_is_issued', text, [securityId])).length > 0;
}

function place(importId: string, column: string) {
  return { table: 'roster_import', column, rowId: importId };
}

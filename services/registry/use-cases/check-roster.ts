/** The check of one uploaded roster: every fault of every row, or the content that may be posted. */
import { canonicalJson } from '#libs/canonical-json/canonical-json.ts';
import type { Database, Executor } from '#libs/db/database.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { ok } from '#libs/result/result.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import type { Clock } from '#libs/time/clock.ts';
import { addMilliseconds, type Instant } from '#libs/time/instant.ts';
import { checkRoster } from '../domain/roster/roster.ts';
import {
  checkRow,
  type NatureLabel,
  type RosterFault,
  type RosterRow,
} from '../domain/roster/row.ts';
import { documentBytes } from '../repositories/document-repository.ts';
import {
  type CheckOutcome,
  findImport,
  finishJob,
  reportProgress,
  type RosterImport,
  saveOutcome,
  type StoredFault,
  takeJob,
} from '../repositories/roster-import-repository.ts';
import { findSecurity, listNatures } from '../repositories/security-repository.ts';
import { findByIdentities } from '../repositories/subject-repository.ts';
import { cellAddress, readRoster, type RosterFile } from '../roster-file/read-roster.ts';
import { writeResult } from '../roster-file/write-roster.ts';
import type { RegistrySetting } from './act.ts';

const LEASE_MS = 120_000;
const ROWS_PER_REPORT = 500;
const ATTEMPTS_MAX = 5;
/** The rest stand in the result sheet. */
const FAULTS_SHOWN_MAX = 200;
const IDENTITIES_PER_QUERY = 1_000;

type TakenJob = NonNullable<Awaited<ReturnType<typeof takeJob>>>;

/** Works at one waiting job; false where none waits. */
export async function runNextJob(
  db: Database<unknown>,
  setting: RegistrySetting,
  clock: Clock,
): Promise<boolean> {
  const now = clock.now();
  const taken = await inTransaction(db, 'read committed', async (tx) =>
    ok(await takeJob(tx, now, leaseFrom(now))),
  );
  const job = taken.ok ? taken.value : undefined;
  if (job === undefined) return false;
  const outcome =
    job.attempts > ATTEMPTS_MAX ? undefined : await checkImport(db, setting, clock, job);
  await inTransaction(db, 'read committed', async (tx) => {
    const state = outcome === undefined ? 'failed' : 'succeeded';
    const isOurs = await finishJob(tx, job, state, clock.now());
    if (isOurs && outcome !== undefined) await saveOutcome(tx, setting.cipher, outcome);
    return ok();
  });
  return true;
}

async function checkImport(
  db: Database<unknown>,
  setting: RegistrySetting,
  clock: Clock,
  job: TakenJob,
): Promise<CheckOutcome> {
  const roster = await findImport(db, job.jobId);
  const bytes =
    roster === undefined ? undefined : await documentBytes(db, setting.cipher, roster.documentId);
  if (roster === undefined || bytes === undefined) throw new Error('a roster import has no file');
  const file = await readRoster(bytes);
  if (!file.ok) return refusedFile(roster, file.error);
  const natures = (await listNatures(db)).filter((item) => item.legalEffect && !item.moneyValued);
  const labels = natures.map(({ code, labelZh }) => ({
    code: Number.parseInt(code, 10),
    label: labelZh,
  }));
  const { rows, faults } = await checkRows(db, clock, job, file.value, labels);
  return judge(db, setting, roster, { file: file.value, rows, faults });
}

/** Row by row, telling how far it is and giving way to other work now and then. */
async function checkRows(
  db: Executor,
  clock: Clock,
  job: TakenJob,
  file: RosterFile,
  natures: readonly NatureLabel[],
): Promise<{ readonly rows: RosterRow[]; readonly faults: RosterFault[] }> {
  const rows: RosterRow[] = [];
  const faults: RosterFault[] = [];
  const total = file.rows.length;
  for (const [place, raw] of file.rows.entries()) {
    if (place % ROWS_PER_REPORT === 0) {
      const leaseUntil = leaseFrom(clock.now());
      await reportProgress(db, job, { done: place, total, leaseUntil });
    }
    const checked = checkRow(raw, natures);
    if (checked.row !== undefined) rows.push(checked.row);
    faults.push(...checked.faults);
  }
  return { rows, faults };
}

interface ReadRoster {
  readonly file: RosterFile;
  readonly rows: readonly RosterRow[];
  readonly faults: readonly RosterFault[];
}

async function judge(
  db: Executor,
  setting: RegistrySetting,
  roster: RosterImport,
  { file, rows, faults: rowFaults }: ReadRoster,
): Promise<CheckOutcome> {
  const security = await findSecurity(db, roster.securityId);
  if (security === undefined) throw new Error('a roster import has no security');
  const known = await knownHolders(db, setting, rows);
  const whole = checkRoster(rows, security.issuedCapital, known);
  // While rows are at fault their shares are missing from the sum, so it tells nothing yet.
  const faults = [
    ...rowFaults,
    ...whole.faults.filter((fault) => fault.row !== undefined || rowFaults.length === 0),
  ].map((fault) => withCell(fault, file));
  const isPassed = faults.length === 0;
  const content = isPassed ? canonicalJson({ securityId: roster.securityId, rows }) : undefined;
  return {
    importId: roster.importId,
    state: isPassed ? 'passed' : 'refused',
    faults: faults.slice(0, FAULTS_SHOWN_MAX),
    rowCount: file.rows.length,
    errorCount: faults.length,
    totalShares: isPassed ? whole.totalShares : null,
    ...(content === undefined
      ? {}
      : {
          checked: { rows: content, contentHash: sm3Hex(new TextEncoder().encode(content)) },
        }),
    result: await writeResult(file, faults),
  };
}

async function knownHolders(db: Executor, { cipher }: RegistrySetting, rows: readonly RosterRow[]) {
  const known: Awaited<ReturnType<typeof findByIdentities>> = [];
  for (let from = 0; from < rows.length; from += IDENTITIES_PER_QUERY) {
    const part = rows.slice(from, from + IDENTITIES_PER_QUERY);
    known.push(...(await findByIdentities(db, cipher, part)));
  }
  return known;
}

async function refusedFile(
  roster: RosterImport,
  faults: readonly RosterFault[],
): Promise<CheckOutcome> {
  return {
    importId: roster.importId,
    state: 'refused',
    faults,
    rowCount: 0,
    errorCount: faults.length,
    totalShares: null,
    result: await writeResult(undefined, faults),
  };
}

/** A fault names its cell as the spreadsheet does. */
function withCell(fault: RosterFault, file: RosterFile): RosterFault & StoredFault {
  const cell = cellAddress(fault, file.places);
  if (cell === undefined) return fault;
  const params = 'cell' in fault.params ? { ...fault.params, cell } : fault.params;
  return { ...fault, params, cell };
}

function leaseFrom(now: Instant): Instant {
  return addMilliseconds(now, LEASE_MS);
}

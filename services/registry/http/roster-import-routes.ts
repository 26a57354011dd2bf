/** Routes of roster imports: the template, the check as a job, its outcome and result sheet. */
import type { components, operations } from '#libs/contracts/generated/registry.ts';
import { registryContract } from '#libs/contracts/generated/registry-contract.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { type Route, reply, routesOf } from '#libs/http/route.ts';
import { isProblemCode, type Language, toProblem } from '#libs/problem/problem.ts';
import { refuse } from '#libs/result/refusal.ts';
import { ok } from '#libs/result/result.ts';
import {
  findImport,
  findJob,
  type Job,
  resultSheet,
  type RosterImport,
  type StoredFault,
} from '../repositories/roster-import-repository.ts';
import { findSecurity } from '../repositories/security-repository.ts';
import { writeTemplate } from '../roster-file/write-roster.ts';
import { audit } from '../use-cases/act.ts';
import { startRosterImport } from '../use-cases/start-roster-import.ts';
import { actOf, type RegistryServices, type RegistryTx } from './services.ts';

const { query, command } = routesOf<operations, RegistryTx>(registryContract);

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

type Wire = components['schemas'];

export function rosterImportRoutes({ db, setting }: RegistryServices): Route<RegistryTx>[] {
  return [
    query('getRosterTemplate', async () =>
      ok({
        status: 200 as const,
        bytes: await writeTemplate(),
        mediaType: XLSX,
        headers: attachment('roster-template.xlsx'),
      }),
    ),
    command('startRosterImport', async (tx, { body }, context) => {
      const job = await startRosterImport(tx, actOf(context), body);
      return job.ok ? reply(202, { job: toWireJob(job.value) }) : job;
    }),
    query('getJob', async ({ params }) => {
      const job = await findJob(db, params.jobId);
      return job === undefined ? refuse('not-found') : reply(200, toWireJob(job));
    }),
    query('getRosterImport', async ({ params }, { language }) => {
      const roster = await findImport(db, params.importId);
      if (roster === undefined) return refuse('not-found');
      const security = await findSecurity(db, roster.securityId);
      const issuedCapital = (security?.issuedCapital ?? 0n).toString();
      return reply(200, toWireImport(roster, issuedCapital, language));
    }),
    query('getRosterImportResult', async ({ params: { importId } }, context) => {
      if ((await findImport(db, importId)) === undefined) return refuse('not-found');
      return inTransaction(db, 'read committed', async (tx) => {
        const bytes = await resultSheet(tx, setting.cipher, importId);
        if (bytes === undefined) return refuse('roster-import-not-checked');
        const target = `import:${importId}`;
        await audit(tx, actOf(context), { action: 'roster-result-read', target });
        const headers = attachment(`roster-${importId}.xlsx`);
        return ok({ status: 200 as const, bytes, mediaType: XLSX, headers });
      });
    }),
  ];
}

function attachment(fileName: string): Record<string, string> {
  return { 'Content-Disposition': `attachment; filename="${fileName}"` };
}

function toWireJob(job: Job): Wire['Job'] {
  const { rowsTotal, finishedAt, ...rest } = job;
  return {
    ...rest,
    ...(rowsTotal === null ? {} : { rowsTotal }),
    ...(finishedAt === null ? {} : { finishedAt }),
  };
}

function toWireImport(
  roster: RosterImport,
  issuedCapital: string,
  language: Language,
): Wire['RosterImport'] {
  const { importId, securityId, documentId, state, rowCount, errorCount } = roster;
  const { totalShares, contentHash, postedEventId, postedOn } = roster;
  return {
    importId,
    securityId,
    documentId,
    state,
    issuedCapital,
    faults: roster.faults.map((fault) => toWireFault(fault, language)),
    ...(rowCount === null ? {} : { rowCount }),
    ...(errorCount === null ? {} : { errorCount }),
    ...(totalShares === null ? {} : { totalShares: totalShares.toString() }),
    ...(contentHash === null ? {} : { contentHash }),
    ...(postedEventId === null ? {} : { postedEventId }),
    ...(postedOn === null ? {} : { postedOn }),
  };
}

function toWireFault(fault: StoredFault, language: Language): Wire['RosterFault'] {
  const { code, params } = fault;
  const occurrence = { language, instance: '', traceId: '' };
  const detail = isProblemCode(code) ? toProblem({ code, params }, occurrence).detail : code;
  return { ...fault, params: { ...params }, detail };
}

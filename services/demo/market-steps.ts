/** Steps in the registry: business day, issuer, roster, evidence, accounts. */
import { addDays, marketDateOf } from '#libs/time/local-date.ts';
import { systemClock } from '#libs/time/clock.ts';
import { type Api, type Json, textOf } from './api.ts';
import { uscc } from './identities.ts';
import { expectThat, until } from './journey.ts';
import { issuedCapital, type Holder, rosterWorkbook } from './roster-workbook.ts';

const maker = 'registrar-maker';
const daysToTry = 15;

/** Opens today, or the next trading day; a day already open stays open. */
export async function openBusinessDay(api: Api): Promise<string> {
  const day = await until(
    'the registry',
    () => api.ask(maker, 'registry/v1/business-day'),
    ({ status }) => status === 200 || status === 404 || status === 409,
  );
  const today = marketDateOf(systemClock.now());
  if (day.status === 200 && day.body['state'] === 'open') {
    const open = textOf(day.body, 'businessDate');
    if (open >= today) return open;
  }
  for (let ahead = 0; ahead < daysToTry; ahead += 1) {
    const businessDate = addDays(today, ahead);
    const asked = await api.ask(maker, 'registry/v1/business-days', {
      method: 'POST',
      json: { businessDate },
    });
    if (asked.status !== 202) continue;
    const approval = asked.body['approval'] as Json;
    await api.post(
      'registrar-checker',
      `registry/v1/approvals/${textOf(approval, 'id')}/decisions`,
      { payloadHash: approval['payloadHash'], decision: 'approve', opinion: '演示：开市' },
    );
    return businessDate;
  }
  throw new Error('no trading day within two weeks');
}

export async function uploadDocument(api: Api, fileName: string, bytes: Uint8Array) {
  const path = `registry/v1/documents?fileName=${encodeURIComponent(fileName)}`;
  return textOf(await api.upload(maker, path, bytes), 'documentId');
}

export interface DemoSecurity {
  readonly securityId: string;
  readonly code: string;
  readonly name: string;
}

export async function onboardIssuer(api: Api, run: number): Promise<DemoSecurity> {
  const name = `示范${run}股份有限公司(DEMO)`;
  const subject = await api.approved('registry', 'subjects', {
    nature: 'company',
    name,
    certificateType: 'uscc',
    certificateNumber: uscc(9_000_000 + (run % 999_999)),
  });
  const agreement = await uploadDocument(
    api,
    '托管协议.pdf',
    new TextEncoder().encode(`托管 ${run}`),
  );
  const companyCode = `ZJ${(run % 1_000_000).toString().padStart(6, '0')}T`;
  const code = `${companyCode}.S2601`;
  const issuer = await api.approved('registry', 'issuers', {
    subjectId: textOf(subject, 'subjectId'),
    companyCode,
    layer: 'T',
    product: {
      code,
      name,
      abbreviation: `示范${run}`,
      productType: 'share',
      issuedCapital: issuedCapital.toString(),
      registeredCapitalFen: (issuedCapital * 100n).toString(),
      agreementDocumentId: agreement,
    },
  });
  return { securityId: textOf(issuer, 'securityId'), code, name };
}

/** Uploads, checks, and has the roster posted; the number of rows that were posted. */
export async function importRoster(
  api: Api,
  securityId: string,
  holders: readonly Holder[],
): Promise<number> {
  const documentId = await uploadDocument(api, '股东名册.xlsx', await rosterWorkbook(holders));
  const started = await api.post(maker, 'registry/v1/roster-imports', { securityId, documentId });
  const jobId = textOf(started['job'] as Json, 'jobId');
  const job = await until(
    'the roster check',
    async () => await api.get(maker, `registry/v1/jobs/${jobId}`),
    (answer) => answer['state'] === 'succeeded' || answer['state'] === 'failed',
  );
  const importId = typeof job['importId'] === 'string' ? job['importId'] : jobId;
  const checked = await api.get(maker, `registry/v1/roster-imports/${importId}`);
  expectThat(
    checked['state'] === 'passed',
    `the roster did not pass: ${JSON.stringify(checked['faults']).slice(0, 600)}`,
  );
  await api.approved('registry', `roster-imports/${importId}/postings`, {
    contentHash: checked['contentHash'],
  });
  return Number(checked['rowCount']);
}

export interface RosterEntry {
  readonly accountId: string;
  readonly subjectId: string;
  readonly total: string;
}

export async function readRoster(api: Api, securityId: string) {
  const path = `registry/v1/securities/${securityId}/roster?limit=200`;
  const page = await api.get(maker, path);
  return {
    holders: Number(page['holders']),
    entries: page['items'] as readonly RosterEntry[],
  };
}

/** The evidence that makes a natural person a qualified investor (R10, R11). */
export async function proveSuitable(api: Api, subjectId: string, businessDate: string) {
  const documentId = await uploadDocument(api, '适当性证明.pdf', new TextEncoder().encode('证明'));
  const common = {
    documentId,
    verifier: '示范股权交易中心',
    verifiedOn: businessDate,
    validFrom: businessDate,
    validUntil: `${Number(businessDate.slice(0, 4)) + 1}-12-31`,
  };
  for (const evidence of [
    { ...common, condition: 'financial-assets', amountFen: '80000000' },
    { ...common, condition: 'investment-experience', months: 36 },
  ]) {
    await api.approved('registry', `subjects/${subjectId}/suitability-evidence`, evidence);
  }
}

/** A person without any evidence: an account can be opened, nothing can be bought. */
export async function registerNewcomer(
  api: Api,
  name: string,
  certificateNumber: string,
): Promise<string> {
  const subject = await api.approved('registry', 'subjects', {
    nature: 'natural-person',
    name,
    certificateType: 'resident-id',
    certificateNumber,
    phone: '13900000000',
  });
  const opened = await api.approved('registry', 'accounts', {
    subjectId: textOf(subject, 'subjectId'),
  });
  return textOf(opened, 'securitiesAccountId');
}

// A roster from upload to initial registration, and every broken roster refused by row and cell.
import exceljs from 'exceljs';
import type { Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { residentIdOf, usccOf } from '../../store/registry/registry-acts.ts';
import {
  encodeGb,
  errorColumn,
  HEADINGS,
  holder,
  type Value,
  workbookOf,
  zipOf,
} from './roster-files.ts';
import { type Caller, openRegistryHttp, type RegistryHttp } from './registry-http.ts';

let http: RegistryHttp;
let maker: Caller;
let issuers = 500;

beforeAll(async () => {
  http = await openRegistryHttp();
  maker = await http.as(['registrar.maker']);
});
afterAll(() => http.close());

async function newSecurity(issuedCapital: string): Promise<string> {
  issuers += 1;
  const subject = await http.change('/v1/subjects', {
    nature: 'company',
    name: `示范企业${issuers}`,
    certificateType: 'uscc',
    certificateNumber: usccOf(issuers),
  });
  const code = `ZJ${issuers.toString().padStart(6, '0')}T`;
  const issuer = await http.change('/v1/issuers', {
    subjectId: subject.subjectId,
    companyCode: code,
    layer: 'T',
    product: {
      code: `${code}.S2601`,
      name: `示范企业${issuers}股份`,
      abbreviation: `示范${issuers}`,
      productType: 'share',
      issuedCapital,
      registeredCapitalFen: '100000000',
      agreementDocumentId: await http.upload(Buffer.from('agreement')),
    },
  });
  return issuer.securityId;
}

async function check(securityId: string, bytes: Uint8Array): Promise<Response['body']> {
  const documentId = await http.upload(bytes, 'roster');
  const started = await maker.post('/v1/roster-imports', { securityId, documentId });
  expect(started.status).toBe(202);
  await http.runJobs();
  const { jobId } = started.body.job;
  const job = await maker.get(`/v1/jobs/${jobId}`);
  expect(job.body.state).toBe('succeeded');
  return (await maker.get(`/v1/roster-imports/${jobId}`, { 'accept-language': 'zh' })).body;
}

describe('startRosterImport, getJob, getRosterImport, postRosterImport, reverseRosterImport', () => {
  it('a good roster is checked, approved and posted with its holders, accounts and positions', async () => {
    const securityId = await newSecurity('1000');
    const roster = await check(
      securityId,
      await workbookOf([HEADINGS, holder(1, 600), holder(2, '400')]),
    );
    expect(roster).toMatchObject({ state: 'passed', rowCount: 2, totalShares: '1000', faults: [] });
    const posted = await http.change(`/v1/roster-imports/${roster.importId}/postings`, {
      contentHash: roster.contentHash,
    });
    expect(posted).toMatchObject({ securityId, rows: 2 });
    const { rows } = await http.store.query(
      `select s.issued::text, s.holders, (select count(*)::int from holding h
         where h.security_id = s.security_id) as holdings
       from security_state s where s.security_id = $1`,
      [securityId],
    );
    expect(rows).toEqual([{ issued: '1000', holders: 2, holdings: 2 }]);
    const again = await maker.post(`/v1/roster-imports/${roster.importId}/postings`, {
      contentHash: roster.contentHash,
    });
    expect(again.body.code).toBe('roster-import-not-passed');
  });

  it.each([
    ['UTF-8 with a byte order mark', (text: string) => Buffer.from(`\uFEFF${text}`)],
    ['GB18030', (text: string) => encodeGb(text)],
  ])('may be CSV in %s', async (_, encode) => {
    const securityId = await newSecurity('10');
    const lines = [HEADINGS, holder(11, '10')].map((row) => row.map(String).join(','));
    const roster = await check(securityId, encode(`${lines.join('\r\n')}\r\n`));
    expect(roster.faults).toEqual([]);
    expect(roster.state).toBe('passed');
  });

  it('finds a registered holder again by the certificate and asks when the name differs', async () => {
    const securityId = await newSecurity('10');
    const row = holder(1, 10);
    row[1] = '另一个名字';
    const roster = await check(securityId, await workbookOf([HEADINGS, row]));
    expect(roster.faults).toMatchObject([
      { code: 'roster-holder-name-differs', row: 2, cell: 'B2' },
    ]);
  });

  it('reverseRosterImport undoes it while nothing has moved; another one can be posted then', async () => {
    const securityId = await newSecurity('10');
    const first = await check(securityId, await workbookOf([HEADINGS, holder(21, 10)]));
    const target = `/v1/roster-imports/${first.importId}`;
    await http.change(`${target}/postings`, { contentHash: first.contentHash });
    await http.change(`${target}/reversals`, { reason: 'wrong holder' });
    const second = await check(securityId, await workbookOf([HEADINGS, holder(22, 10)]));
    await http.change(`/v1/roster-imports/${second.importId}/postings`, {
      contentHash: second.contentHash,
    });
    const { rows } = await http.store.query(
      `select sum(total)::text as total from holding where security_id = $1 and total > 0`,
      [securityId],
    );
    expect(rows).toEqual([{ total: '10' }]);
  });

  it('is posted only as it was checked', async () => {
    const securityId = await newSecurity('10');
    const roster = await check(securityId, await workbookOf([HEADINGS, holder(31, 10)]));
    const answer = await maker.post(`/v1/roster-imports/${roster.importId}/postings`, {
      contentHash: '0'.repeat(64),
    });
    expect(answer.body.code).toBe('roster-content-changed');
  });
});

describe('a roster import out of its order', () => {
  it('has no result before the check and is not reversed before it is posted', async () => {
    const securityId = await newSecurity('10');
    const documentId = await http.upload(await workbookOf([HEADINGS, holder(51, 10)]));
    const started = await maker.post('/v1/roster-imports', { securityId, documentId });
    const target = `/v1/roster-imports/${started.body.job.jobId}`;
    const result = await maker.get(`${target}/result`);
    expect(result.body.code).toBe('roster-import-not-checked');
    const reversal = await maker.post(`${target}/reversals`, { reason: 'wrong' });
    expect(reversal.body.code).toBe('roster-import-not-posted');
    await http.runJobs();
  });

  it('is not started for a security that has its initial registration', async () => {
    const securityId = await newSecurity('10');
    const bytes = await workbookOf([HEADINGS, holder(52, 10)]);
    const roster = await check(securityId, bytes);
    await http.change(`/v1/roster-imports/${roster.importId}/postings`, {
      contentHash: roster.contentHash,
    });
    const documentId = await http.upload(bytes);
    const again = await maker.post('/v1/roster-imports', { securityId, documentId });
    expect(again.body.code).toBe('roster-already-posted');
  });
});

describe('a roster over the holder limit', () => {
  it('is refused at 201 holders and registers none', async () => {
    const securityId = await newSecurity('201');
    const rows = Array.from({ length: 201 }, (_, at) => holder(300 + at, 1));
    const roster = await check(securityId, await workbookOf([HEADINGS, ...rows]));
    expect(roster.state).toBe('passed');
    await expect(
      http.change(`/v1/roster-imports/${roster.importId}/postings`, {
        contentHash: roster.contentHash,
      }),
    ).rejects.toThrow('holder-limit-exceeded');
    const { rows: counted } = await http.store.query(
      'select issued::text, last_sequence::text from security_state where security_id = $1',
      [securityId],
    );
    expect(counted).toEqual([{ issued: '0', last_sequence: '1' }]);
  });
});

describe('getRosterImportResult: a broken roster', () => {
  const good = (): Value[][] => [[...HEADINGS], holder(41, 6), holder(42, 4)];
  const changed = (row: number, column: number, value: Value): Value[][] => {
    const rows = good();
    const line = rows[row];
    if (line !== undefined) line[column] = value;
    return rows;
  };
  const corruptId = (n: number): string => {
    const id = residentIdOf(n);
    return id.slice(0, 17) + (id.endsWith('1') ? '2' : '1');
  };
  const formula = { formula: '3+3', result: 6 } as exceljs.CellFormulaValue;

  it.each<[string, () => Promise<Uint8Array> | Uint8Array, object]>([
    [
      'a wrong check digit',
      () => workbookOf(changed(1, 4, corruptId(41))),
      { code: 'certificate-number-invalid', row: 2, cell: 'E2' },
    ],
    [
      'a number like 1.1E+17',
      () => workbookOf(changed(2, 4, 110105194912310020)),
      { code: 'roster-number-not-text', row: 3, cell: 'E3' },
    ],
    [
      'the text 1.1E+17',
      () => workbookOf(changed(2, 4, '1.1E+17')),
      { code: 'roster-number-not-text', row: 3, cell: 'E3' },
    ],
    [
      'a duplicate holder',
      () => workbookOf([HEADINGS, holder(41, 6), holder(41, 4)]),
      { code: 'roster-duplicate-holder', row: 3, cell: 'E3' },
    ],
    [
      'a formula',
      () => workbookOf(changed(1, 6, formula)),
      { code: 'roster-formula', row: 2, cell: 'G2', params: { cell: 'G2' } },
    ],
    [
      'a sum off by one',
      () => workbookOf(changed(2, 6, 5)),
      {
        code: 'roster-total-differs',
        params: { observed: '11', parameter: '10', difference: '1' },
      },
    ],
    [
      'a zero quantity',
      () => workbookOf(changed(2, 6, 0)),
      { code: 'roster-quantity-invalid', row: 3, cell: 'G3' },
    ],
    [
      'a negative quantity',
      () => workbookOf(changed(2, 6, -4)),
      { code: 'roster-quantity-invalid', row: 3 },
    ],
    [
      'a quantity of 2^53',
      () => workbookOf(changed(2, 6, '9007199254740992')),
      { code: 'roster-quantity-invalid', row: 3 },
    ],
    [
      'a fraction of a share',
      () => workbookOf(changed(2, 6, 1.5)),
      { code: 'roster-quantity-invalid', row: 3 },
    ],
    [
      'a pledge',
      () => workbookOf(changed(1, 7, 3)),
      { code: 'roster-claims-not-supported', row: 2, cell: 'H2' },
    ],
    [
      'an unknown nature',
      () => workbookOf(changed(1, 5, '原始股')),
      { code: 'roster-value-unknown', row: 2, cell: 'F2' },
    ],
    [
      'an empty name',
      () => workbookOf(changed(1, 1, '')),
      { code: 'roster-cell-missing', row: 2, cell: 'B2' },
    ],
    [
      'a name that is too long',
      () => workbookOf(changed(1, 1, '长'.repeat(121))),
      { code: 'roster-cell-too-long', row: 2, cell: 'B2' },
    ],
    [
      'a wrong certificate for the class',
      () => workbookOf(changed(1, 2, '法人')),
      { code: 'certificate-type-not-for-nature', row: 2 },
    ],
    [
      'an unregistered partnership',
      () =>
        workbookOf([
          ...good().slice(0, 2),
          [2, '合伙', '合伙企业', '统一社会信用代码', usccOf(77), '流通股', 4, 0],
        ]),
      { code: 'roster-holder-not-direct', row: 3 },
    ],
    [
      'merged cells',
      () => workbookOf(good(), (sheet) => sheet.mergeCells('A2:B2')),
      { code: 'roster-merged-cells' },
    ],
    [
      'a missing column',
      () => workbookOf(good().map((row) => row.slice(0, 6))),
      { code: 'roster-columns-wrong' },
    ],
    [
      'an unknown column',
      () => workbookOf([[...HEADINGS, '星座'], ...good().slice(1)]),
      { code: 'roster-columns-wrong' },
    ],
    [
      'more than 20,000 rows',
      () => Buffer.from(`${HEADINGS.join(',')}\n${'1,a,b,c,d,e,1,0\n'.repeat(20_001)}`),
      { code: 'roster-too-many-rows' },
    ],
    ['no rows', () => workbookOf([HEADINGS]), { code: 'roster-empty' }],
    [
      'no workbook',
      () => Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0, 0, 0, 0]),
      { code: 'roster-not-a-workbook' },
    ],
    ['a PDF', () => Buffer.from('%PDF-1.7 nothing of a roster'), { code: 'roster-columns-wrong' }],
    [
      'a cut archive',
      async () => (await workbookOf(good())).subarray(0, 900),
      { code: 'roster-not-a-workbook' },
    ],
    [
      'UTF-16',
      () => Buffer.from(`\uFEFF${HEADINGS.join(',')}`, 'utf16le'),
      { code: 'roster-encoding-unknown' },
    ],
    [
      'bytes of no encoding',
      () => Buffer.from([0x41, 0xff, 0xff, 0x2c, 0x81, 0x20]),
      { code: 'roster-encoding-unknown' },
    ],
    [
      'a zip bomb',
      () => zipOf('xl/worksheets/sheet1.xml', Buffer.alloc(40 * 1024 * 1024)),
      { code: 'roster-compression-suspicious' },
    ],
    [
      'a zip that lies about its size',
      () => zipOf('xl/worksheets/sheet1.xml', Buffer.alloc(4096), 16),
      { code: 'roster-compression-suspicious' },
    ],
  ])('with %s is refused and says where', async (_, bytes, fault) => {
    const securityId = await newSecurity('10');
    const roster = await check(securityId, await bytes());
    expect(roster.state).toBe('refused');
    expect(roster.faults).toEqual([expect.objectContaining(fault)]);
    expect(roster.contentHash).toBeUndefined();
    const sheet = await maker.getBytes(`/v1/roster-imports/${roster.importId}/result`);
    expect(await errorColumn(sheet.bytes)).toContain(roster.faults[0].detail);
  });

  it('of 100 MB is refused before it is read', async () => {
    const target = '/v1/documents?fileName=big.xlsx';
    const bytes = Buffer.alloc(100 * 1024 * 1024);
    const answer = await maker.postBytes(target, bytes, 'application/octet-stream').catch(
      // The server may close the connection before everything is sent.
      (error: { code?: string }) => ({ status: 413, body: { code: 'body-too-large' }, error }),
    );
    expect(answer).toMatchObject({ status: 413, body: { code: 'body-too-large' } });
  });

  it('comes back with no cell that a spreadsheet would run', async () => {
    const securityId = await newSecurity('10');
    const rows = changed(1, 1, '=HYPERLINK("http://evil.example")');
    const roster = await check(
      securityId,
      await workbookOf(changed(2, 6, 5).map((row, at) => rows[at] ?? row)),
    );
    const sheet = await maker.getBytes(`/v1/roster-imports/${roster.importId}/result`);
    const workbook = new exceljs.Workbook();
    await workbook.xlsx.load(sheet.bytes as never);
    expect(workbook.worksheets[0]?.getCell('B2').value).toBe('\'=HYPERLINK("http://evil.example")');
  });
});

describe('getRosterTemplate', () => {
  it('is a workbook with the columns of a roster', async () => {
    const { bytes } = await maker.getBytes('/v1/roster-template');
    const workbook = new exceljs.Workbook();
    await workbook.xlsx.load(bytes as never);
    const headings = workbook.worksheets[0]?.getRow(1).values;
    expect(headings).toContain('证件号码');
    expect(headings).toContain('其中冻结数量');
  });
});

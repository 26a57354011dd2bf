/** The workbooks that go out: the empty template, and a checked roster with its 错误 column. */
import type exceljs from 'exceljs';
import type { Language } from '#libs/problem/problem.ts';
import { toProblem } from '#libs/problem/problem.ts';
import { ERROR_COLUMN, rosterColumns } from '../domain/roster/columns.ts';
import type { Cell, RosterFault } from '../domain/roster/row.ts';
import { type RosterFile, textOf } from './read-roster.ts';
import { newWorkbook } from './workbook.ts';

const REQUIRED = new Set<string>([
  '股东名称',
  '股东类别',
  '证件类型',
  '证件号码',
  '股份性质',
  '持股数量',
]);

const notes: Readonly<Partial<Record<string, string>>> = {
  股东类别: '自然人、法人、合伙企业、产品、其他产品、机关事业单位、其他组织',
  证件类型:
    '居民身份证、统一社会信用代码、护照、港澳居民来往内地通行证、台湾居民来往大陆通行证、外国人永久居留身份证、产品备案编码、境外注册证书',
  证件号码: '文本格式，勿用数值',
  股份性质: '性质名称或代码，例如 流通股 或 0',
  持股数量: '正整数，单位：股',
  其中质押数量: '暂须为空或 0',
  其中冻结数量: '暂须为空或 0',
};

export async function writeTemplate(): Promise<Uint8Array> {
  const workbook = await newWorkbook();
  const sheet = workbook.addWorksheet('股东名册');
  sheet.columns = rosterColumns.map((header) => ({ header, width: 18 }));
  rosterColumns.forEach((column, place) => {
    const cell = sheet.getCell(1, place + 1);
    cell.font = { bold: REQUIRED.has(column) };
    const note = notes[column];
    if (note !== undefined) cell.note = note;
    // Text, so that no program turns a certificate number into 1.1E+17.
    sheet.getColumn(place + 1).numFmt = '@';
  });
  sheet.views = [{ state: 'frozen', ySplit: 1 }];
  return bytesOf(workbook);
}

/** The rows as they came, each with what is wrong in it; faults of the file stand on top. */
export async function writeResult(
  file: RosterFile | undefined,
  faults: readonly RosterFault[],
  language: Language = 'zh',
): Promise<Uint8Array> {
  const workbook = await newWorkbook();
  const sheet = workbook.addWorksheet('股东名册');
  const overall = faults.filter((fault) => fault.row === undefined || file === undefined);
  const headings = (file?.headings ?? []).filter((heading) => heading.trim() !== ERROR_COLUMN);
  const width = headings.length;
  sheet.addRow([...headings.map(harmless), ERROR_COLUMN]);
  const byRow = new Map<number, RosterFault[]>();
  for (const fault of faults) {
    const row = fault.row ?? 0;
    byRow.set(row, [...(byRow.get(row) ?? []), fault]);
  }
  for (const { row, cells } of file?.sheet ?? []) {
    const found = byRow.get(row) ?? [];
    const texts = found.map((fault) => describeFault(fault, language));
    const values = Array.from({ length: width }, (_, place) => plain(cells[place]));
    const added = sheet.addRow([...values, harmless(texts.join('；'))]);
    if (found.length > 0) colour(added, found, headings);
  }
  for (const fault of overall) {
    sheet.addRow([...headings.map(() => ''), harmless(describeFault(fault, language))]);
  }
  return bytesOf(workbook);
}

export function describeFault(fault: RosterFault, language: Language): string {
  const occurrence = { language, instance: '', traceId: '' };
  const text = toProblem({ code: fault.code, params: fault.params }, occurrence).detail;
  return fault.column === undefined ? text : `[${fault.column}] ${text}`;
}

const RED = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFFFC7CE' } } as const;

function colour(
  row: exceljs.Row,
  faults: readonly RosterFault[],
  headings: readonly string[],
): void {
  row.getCell(headings.length + 1).fill = RED;
  for (const { column } of faults) {
    const place = headings.findIndex((heading) => heading.replace(/[\s*]/gu, '') === column);
    if (place >= 0) row.getCell(place + 1).fill = RED;
  }
}

function plain(cell: Cell | undefined): string {
  return harmless(cell === undefined ? '' : textOf(cell));
}

/** A spreadsheet takes a text that begins like this for a formula once it is saved as CSV. */
export function harmless(text: string): string {
  return /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
}

async function bytesOf(workbook: exceljs.Workbook): Promise<Uint8Array> {
  return new Uint8Array(await workbook.xlsx.writeBuffer());
}

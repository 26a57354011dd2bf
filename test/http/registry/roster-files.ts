// Roster files for tests: good ones, and the parts of broken ones.
import { deflateRawSync } from 'node:zlib';
import exceljs from 'exceljs';
import { residentIdOf } from '../../store/registry/registry-acts.ts';

export const HEADINGS = [
  '序号',
  '股东名称',
  '股东类别',
  '证件类型',
  '证件号码',
  '股份性质',
  '持股数量',
  '其中质押数量',
];

export type Value = string | number | exceljs.CellFormulaValue;

export const holder = (n: number, quantity: Value): Value[] => [
  n,
  `股东${n}`,
  '自然人',
  '居民身份证',
  residentIdOf(n),
  '流通股',
  quantity,
  0,
];

export async function workbookOf(
  rows: readonly (readonly Value[])[],
  edit: (sheet: exceljs.Worksheet) => void = () => {},
): Promise<Buffer> {
  const workbook = new exceljs.Workbook();
  const sheet = workbook.addWorksheet('股东名册');
  for (const row of rows) sheet.addRow([...row]);
  edit(sheet);
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

export async function errorColumn(bytes: Buffer): Promise<string> {
  const workbook = new exceljs.Workbook();
  await workbook.xlsx.load(bytes as never);
  const [sheet] = workbook.worksheets;
  if (sheet === undefined) return '';
  const headings = sheet.getRow(1).values;
  const place = Array.isArray(headings) ? headings.indexOf('错误') : 0;
  const texts: string[] = [];
  sheet.eachRow((row) => texts.push(row.getCell(place).text));
  return texts.join('\n');
}

/** One deflated entry; `claimed` is the inflated size that the directory tells. */
export function zipOf(name: string, content: Buffer, claimed = content.length): Buffer {
  const packed = deflateRawSync(content);
  const label = Buffer.from(name);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(claimed, 22);
  local.writeUInt16LE(label.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(claimed, 24);
  entry.writeUInt16LE(label.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length + label.length, 12);
  end.writeUInt32LE(local.length + label.length + packed.length, 16);
  return Buffer.concat([local, label, packed, entry, label, end]);
}

/** Node encodes UTF-8 only: the two-byte codes are looked up by decoding all of them. */
export function encodeGb(text: string): Buffer {
  const codes = new Map<string, number[]>();
  const decoder = new TextDecoder('gb18030');
  for (let high = 0x81; high <= 0xfe; high += 1) {
    for (let low = 0x40; low <= 0xfe; low += 1) {
      codes.set(decoder.decode(Uint8Array.of(high, low)), [high, low]);
    }
  }
  return Buffer.from(
    [...text].flatMap((character) =>
      character.charCodeAt(0) < 0x80 ? [character.charCodeAt(0)] : (codes.get(character) ?? []),
    ),
  );
}

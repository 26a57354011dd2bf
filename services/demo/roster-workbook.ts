/** An xlsx roster of 200 holders: 150 people and 50 companies, shares adding up to the capital. */
import exceljs from 'exceljs';
import { personName, residentId, uscc } from './identities.ts';

export const holderCount = 200;
export const issuedCapital = 10_000_000n;
const peopleCount = 150;

const headings = [
  '序号',
  '股东名称',
  '股东类别',
  '证件类型',
  '证件号码',
  '股东账号',
  '股份性质',
  '持股数量',
  '持股比例',
  '其中质押数量',
  '其中冻结数量',
  '联系电话',
  '通讯地址',
  '国籍/注册地',
  '备注',
];

export interface Holder {
  readonly name: string;
  readonly kind: '自然人' | '法人';
  readonly certificateType: '居民身份证' | '统一社会信用代码';
  readonly certificateNumber: string;
  readonly shares: bigint;
  readonly phone: string;
}

/** `run` keeps the identities of one run apart from those of others. */
export function inventHolders(run: number): readonly Holder[] {
  const even = issuedCapital / BigInt(holderCount);
  return Array.from({ length: holderCount }, (_, index): Holder => {
    const serial = run * holderCount + index;
    const shift = BigInt(index % 2 === 0 ? 1_000 : -1_000);
    const common = { shares: even + shift, phone: `138${(10_000_000 + serial).toString()}` };
    return index < peopleCount
      ? {
          ...common,
          name: personName(serial),
          kind: '自然人',
          certificateType: '居民身份证',
          certificateNumber: residentId(serial),
        }
      : {
          ...common,
          name: `示范股东${serial}有限公司`,
          kind: '法人',
          certificateType: '统一社会信用代码',
          // Numbered among companies alone: seven digits last for every run.
          certificateNumber: uscc(run * (holderCount - peopleCount) + index - peopleCount),
        };
  });
}

export async function rosterWorkbook(holders: readonly Holder[]): Promise<Uint8Array> {
  const workbook = new exceljs.Workbook();
  const sheet = workbook.addWorksheet('股东名册');
  sheet.addRow(headings);
  holders.forEach((holder, index) => {
    sheet.addRow([
      (index + 1).toString(),
      holder.name,
      holder.kind,
      holder.certificateType,
      holder.certificateNumber,
      '',
      '0',
      holder.shares.toString(),
      '',
      '0',
      '0',
      holder.phone,
      '浙江省杭州市',
      '',
      '演示',
    ]);
  });
  return new Uint8Array(await workbook.xlsx.writeBuffer());
}

/** Columns of a roster file (股东名册) and the other headings under which markets know them. */

export const rosterColumns = [
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
] as const;

export type RosterColumn = (typeof rosterColumns)[number];

/** The column that a result sheet adds; it is passed over when the sheet comes back. */
export const ERROR_COLUMN = '错误';

const required: readonly RosterColumn[] = [
  '股东名称',
  '股东类别',
  '证件类型',
  '证件号码',
  '股份性质',
  '持股数量',
];

const aliases: Readonly<Record<string, RosterColumn>> = {
  编号: '序号',
  持有人名称: '股东名称',
  股东姓名: '股东名称',
  '股东姓名/名称': '股东名称',
  姓名: '股东名称',
  名称: '股东名称',
  持有人类别: '股东类别',
  股东性质: '股东类别',
  证件类别: '证件类型',
  证件号: '证件号码',
  '身份证号/统一社会信用代码': '证件号码',
  证券账号: '股东账号',
  证券账户: '股东账号',
  股份类别: '股份性质',
  '持股数量(股)': '持股数量',
  股数: '持股数量',
  '持股比例(%)': '持股比例',
  质押数量: '其中质押数量',
  冻结数量: '其中冻结数量',
  电话: '联系电话',
  手机: '联系电话',
  地址: '通讯地址',
  联系地址: '通讯地址',
  国籍: '国籍/注册地',
  注册地: '国籍/注册地',
};

export interface HeaderFault {
  readonly missing: readonly string[];
  readonly repeated: readonly string[];
  readonly unknown: readonly string[];
}

export interface Header {
  /** Place in the row, from 0, of each column that the file has. */
  readonly places: ReadonlyMap<RosterColumn, number>;
  readonly fault: HeaderFault | undefined;
}

export function readHeader(headings: readonly string[]): Header {
  const places = new Map<RosterColumn, number>();
  const repeated: string[] = [];
  const unknown: string[] = [];
  headings.forEach((heading, place) => {
    const name = normaliseHeading(heading);
    if (name === '' || name === ERROR_COLUMN) return;
    const column = columnOf(name);
    if (column === undefined) unknown.push(name.slice(0, 20));
    else if (places.has(column)) repeated.push(name);
    else places.set(column, place);
  });
  const missing = required.filter((column) => !places.has(column));
  const isFine = missing.length + repeated.length + unknown.length === 0;
  return { places, fault: isFine ? undefined : { missing, repeated, unknown } };
}

/** Whether a row may be the heading: the certificate number stands in every roster. */
export function isHeading(cells: readonly string[]): boolean {
  return cells.some((cell) => columnOf(normaliseHeading(cell)) === '证件号码');
}

function columnOf(name: string): RosterColumn | undefined {
  return rosterColumns.find((column) => column === name) ?? aliases[name];
}

function normaliseHeading(heading: string): string {
  return heading.normalize('NFKC').replace(/[\s*]/gu, '');
}

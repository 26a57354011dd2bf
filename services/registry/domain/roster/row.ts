/** One row of a roster: from the cells as they were read to a checked holding, or what is wrong. */
import type { RosterColumn } from './columns.ts';
import { type CertificateType, checkCertificate, normaliseNumber } from '../identity-number.ts';
import { fitsNature, normaliseName, type SubjectNature } from '../subject.ts';

/** A cell as its file holds it. */
export type Cell =
  | { readonly kind: 'empty' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'formula' }
  | { readonly kind: 'error' };

export interface RawRow {
  /** Row of the sheet, from 1. */
  readonly row: number;
  readonly cells: ReadonlyMap<RosterColumn, Cell>;
}

export type RosterFaultCode =
  | 'roster-not-a-workbook'
  | 'roster-compression-suspicious'
  | 'roster-encoding-unknown'
  | 'roster-columns-wrong'
  | 'roster-empty'
  | 'roster-too-many-rows'
  | 'roster-merged-cells'
  | 'roster-formula'
  | 'roster-cell-missing'
  | 'roster-cell-too-long'
  | 'roster-number-not-text'
  | 'roster-value-unknown'
  | 'roster-quantity-invalid'
  | 'roster-claims-not-supported'
  | 'roster-duplicate-holder'
  | 'roster-holder-name-differs'
  | 'roster-holder-not-direct'
  | 'roster-total-differs'
  | 'certificate-number-invalid'
  | 'certificate-type-not-for-nature';

export interface RosterFault {
  readonly code: RosterFaultCode;
  readonly params: Readonly<Record<string, string>>;
  /** Absent where the file as a whole is at fault. */
  readonly row?: number;
  readonly column?: RosterColumn;
}

/** A checked row; plain JSON, quantities as decimal strings. */
export interface RosterRow {
  readonly row: number;
  readonly nature: SubjectNature;
  readonly name: string;
  readonly certificateType: CertificateType;
  readonly certificateNumber: string;
  readonly natureCode: number;
  readonly quantity: string;
  readonly phone?: string;
  readonly address?: string;
  readonly nationality: string;
}

export interface NatureLabel {
  readonly code: number;
  readonly label: string;
}

const holderNatures: Readonly<Record<string, SubjectNature>> = {
  自然人: 'natural-person',
  个人: 'natural-person',
  法人: 'company',
  机构: 'company',
  企业法人: 'company',
  合伙企业: 'partnership',
  产品: 'managed-plan',
  其他产品: 'other-product',
  机关事业单位: 'public-body',
  其他组织: 'other-organisation',
};

const certificates: Readonly<Record<string, CertificateType>> = {
  身份证: 'resident-id',
  居民身份证: 'resident-id',
  统一社会信用代码: 'uscc',
  营业执照: 'uscc',
  护照: 'passport',
  港澳居民来往内地通行证: 'hk-macau-permit',
  台湾居民来往大陆通行证: 'taiwan-permit',
  外国人永久居留身份证: 'foreign-permanent-resident',
  产品备案编码: 'product-record',
  境外注册证书: 'foreign-registration',
};

const countries: Readonly<Record<string, string>> = {
  中国: 'CN',
  中国大陆: 'CN',
  香港: 'HK',
  中国香港: 'HK',
  澳门: 'MO',
  中国澳门: 'MO',
  台湾: 'TW',
  中国台湾: 'TW',
  美国: 'US',
  英国: 'GB',
  日本: 'JP',
  韩国: 'KR',
  新加坡: 'SG',
  加拿大: 'CA',
  澳大利亚: 'AU',
  德国: 'DE',
  法国: 'FR',
};

const NAME_LENGTH_MAX = 120;
const NUMBER_LENGTH_MAX = 40;
const ADDRESS_LENGTH_MAX = 120;
const PHONE = /^[0-9+() -]{5,32}$/;
const MAX_SHARES = 9_007_199_254_740_991n;
/** Numbers of more digits than this lose some in a spreadsheet. */
const SAFE_NUMBER_MAX = 99_999_999_999;

/** Every fault of the row, or the checked row. */
export function checkRow(
  raw: RawRow,
  natures: readonly NatureLabel[],
): { readonly row?: RosterRow; readonly faults: readonly RosterFault[] } {
  const reader = new RowReader(raw);
  const nature = reader.choice('股东类别', holderNatures);
  const certificateType = reader.choice('证件类型', certificates);
  const name = normaliseName(reader.text('股东名称', NAME_LENGTH_MAX) ?? '');
  const certificateNumber = reader.certificateNumber(certificateType);
  const natureCode = reader.shareNature(natures);
  const quantity = reader.quantity();
  reader.noClaims('其中质押数量');
  reader.noClaims('其中冻结数量');
  const phone = reader.phone();
  const address = reader.optionalText('通讯地址', ADDRESS_LENGTH_MAX);
  const nationality = reader.nationality(nature);
  if (nature !== undefined && certificateType !== undefined) reader.fit(certificateType, nature);
  const { faults } = reader;
  const isComplete =
    nature !== undefined &&
    certificateType !== undefined &&
    certificateNumber !== undefined &&
    natureCode !== undefined &&
    quantity !== undefined;
  if (faults.length > 0 || !isComplete) return { faults };
  const row: RosterRow = {
    row: raw.row,
    nature,
    name,
    certificateType,
    certificateNumber,
    natureCode,
    quantity: quantity.toString(),
    nationality,
    ...(phone === undefined ? {} : { phone }),
    ...(address === undefined ? {} : { address }),
  };
  return { row, faults };
}

class RowReader {
  readonly faults: RosterFault[] = [];
  private readonly raw: RawRow;

  constructor(raw: RawRow) {
    this.raw = raw;
    for (const [column, cell] of raw.cells) {
      if (cell.kind === 'formula')
        this.fault('roster-formula', column, { cell: `${column}/${raw.row}` });
      if (cell.kind === 'error') this.unknown(column, '#');
    }
  }

  /** Required text. */
  text(column: RosterColumn, lengthMax: number): string | undefined {
    const text = this.optionalText(column, lengthMax);
    if (text === undefined && !this.hasFault(column)) {
      this.fault('roster-cell-missing', column, { column });
    }
    return text;
  }

  optionalText(column: RosterColumn, lengthMax: number): string | undefined {
    const text = textOf(this.raw.cells.get(column));
    if (text === undefined) return undefined;
    if ([...text].length > lengthMax) {
      this.fault('roster-cell-too-long', column, { column, lengthMax: lengthMax.toString() });
      return undefined;
    }
    if (/[\u0000-\u001f\u007f]/u.test(text)) {
      this.unknown(column, text);
      return undefined;
    }
    return text;
  }

  choice<Value>(column: RosterColumn, values: Readonly<Record<string, Value>>): Value | undefined {
    const text = this.text(column, NUMBER_LENGTH_MAX)?.normalize('NFKC');
    if (text === undefined) return undefined;
    const value = Object.hasOwn(values, text) ? values[text] : undefined;
    if (value === undefined) this.unknown(column, text);
    return value;
  }

  fit(certificateType: CertificateType, nature: SubjectNature): void {
    if (fitsNature(certificateType, nature)) return;
    this.fault('certificate-type-not-for-nature', '证件类型', { certificateType, nature });
  }

  certificateNumber(type: CertificateType | undefined): string | undefined {
    const column = '证件号码';
    const cell = this.raw.cells.get(column);
    const shown = cell?.kind === 'number' ? cell.value.toString() : textOf(cell);
    const isCorrupt =
      (cell?.kind === 'number' &&
        !(Number.isInteger(cell.value) && cell.value <= SAFE_NUMBER_MAX)) ||
      /^[0-9](?:\.[0-9]+)?E\+?[0-9]+$/iu.test(shown ?? '');
    if (isCorrupt) {
      this.fault('roster-number-not-text', column, { value: (shown ?? '').slice(0, 24) });
      return undefined;
    }
    const text = this.text(column, NUMBER_LENGTH_MAX);
    if (text === undefined || type === undefined) return undefined;
    const number = normaliseNumber(text);
    const checked = checkCertificate(type, number);
    if (checked.ok) return number;
    this.fault('certificate-number-invalid', column, checked.error.params ?? {});
    return undefined;
  }

  shareNature(natures: readonly NatureLabel[]): number | undefined {
    const column = '股份性质';
    const text = this.text(column, NUMBER_LENGTH_MAX)?.normalize('NFKC');
    if (text === undefined) return undefined;
    const found = natures.find(({ code, label }) => label === text || code.toString() === text);
    if (found === undefined) this.unknown(column, text);
    return found?.code;
  }

  quantity(): bigint | undefined {
    const column = '持股数量';
    const quantity = this.wholeNumber(column);
    if (quantity === 'absent') {
      if (!this.hasFault(column)) this.fault('roster-cell-missing', column, { column });
      return undefined;
    }
    if (typeof quantity === 'bigint' && quantity >= 1n && quantity <= MAX_SHARES) return quantity;
    const value = shownOf(this.raw.cells.get(column));
    this.fault('roster-quantity-invalid', column, { value });
    return undefined;
  }

  /** Pledges and freezes are claims of their own with papers of their own. */
  noClaims(column: '其中质押数量' | '其中冻结数量'): void {
    const quantity = this.wholeNumber(column);
    if (quantity === 'absent' || quantity === 0n) return;
    const value = shownOf(this.raw.cells.get(column));
    this.fault('roster-claims-not-supported', column, { column, value });
  }

  phone(): string | undefined {
    const text = this.optionalText('联系电话', 32)?.normalize('NFKC');
    if (text === undefined || PHONE.test(text)) return text;
    this.unknown('联系电话', text);
    return undefined;
  }

  /** Of organisations the column tells the place of registration, which the USCC tells better. */
  nationality(nature: SubjectNature | undefined): string {
    const text = this.optionalText('国籍/注册地', ADDRESS_LENGTH_MAX)?.normalize('NFKC');
    if (text === undefined || nature !== 'natural-person') return 'CN';
    const country = /^[A-Z]{2}$/u.test(text) ? text : countries[text];
    if (country === undefined) this.unknown('国籍/注册地', text);
    return country ?? 'CN';
  }

  private wholeNumber(column: RosterColumn): bigint | 'absent' | 'malformed' {
    const cell = this.raw.cells.get(column);
    if (cell?.kind === 'number') {
      return Number.isSafeInteger(cell.value) ? BigInt(cell.value) : 'malformed';
    }
    const text = textOf(cell)?.normalize('NFKC');
    if (text === undefined) return 'absent';
    const isGrouped = /^[0-9]{1,3}(?:,[0-9]{3})+$/u.test(text);
    const digits = isGrouped ? text.replaceAll(',', '') : text;
    return /^(?:0|[1-9][0-9]{0,18})$/u.test(digits) ? BigInt(digits) : 'malformed';
  }

  private unknown(column: RosterColumn, text: string): void {
    this.fault('roster-value-unknown', column, { column, value: shorten(text) });
  }

  private fault(
    code: RosterFaultCode,
    column: RosterColumn,
    params: Readonly<Record<string, string>>,
  ): void {
    this.faults.push({ code, column, row: this.raw.row, params });
  }

  private hasFault(column: RosterColumn): boolean {
    return this.faults.some((fault) => fault.column === column);
  }
}

function textOf(cell: Cell | undefined): string | undefined {
  if (cell?.kind === 'number') return cell.value.toString();
  if (cell?.kind !== 'text') return undefined;
  const text = cell.text.trim();
  return text === '' ? undefined : text;
}

function shownOf(cell: Cell | undefined): string {
  return shorten(textOf(cell) ?? '');
}

function shorten(text: string): string {
  return [...text].slice(0, 24).join('');
}

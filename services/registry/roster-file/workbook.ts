/** A workbook of exceljs, which is loaded with the first one: it would be a fifth of every start. */
import type exceljs from 'exceljs';

export async function newWorkbook(): Promise<exceljs.Workbook> {
  const { default: library } = await import('exceljs');
  return new library.Workbook();
}

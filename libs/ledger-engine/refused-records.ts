/** Which records of a batch the chain refused, read back from the problem document. */
import {
  RECORD_REFUSALS,
  type RecordRefusal,
  type RefusedRecord,
} from '#libs/chain-application/check-batch.ts';
import type { Problem } from '#libs/problem/problem.ts';

const POINTER = /^\/records\/(0|[1-9][0-9]{0,3})$/;

/** Undefined for any other problem. */
export function refusedRecordsOf(problem: Problem): readonly RefusedRecord[] | undefined {
  if (problem.code !== 'records-refused') return undefined;
  return (problem.errors ?? []).flatMap(({ code, pointer }) => {
    const index = POINTER.exec(pointer ?? '')?.[1];
    return index === undefined || !isRecordRefusal(code)
      ? []
      : [{ index: Number.parseInt(index, 10), code }];
  });
}

function isRecordRefusal(code: string): code is RecordRefusal {
  return RECORD_REFUSALS.some((known) => known === code);
}

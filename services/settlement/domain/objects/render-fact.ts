/** Renders the one class that settlement reports: a pure function of the fact. */
import { fen } from '#libs/quantity/money.ts';
import { assert } from '#libs/result/result.ts';
import type { ObjectReference } from '../transfer.ts';
import { fundSettlementBody } from './fund-settlement-object.ts';

/** Rises with every change of what this module makes of the same fact. */
export const rendererVersion = 1;

export interface FactToRender {
  readonly refs: readonly {
    readonly path: string;
    readonly objectId: string;
    readonly version: string;
  }[];
  readonly figures: Readonly<Record<string, string>>;
}

/** The body of the object. Asserts that the fact has every figure and reference. */
export function renderBody(fact: FactToRender): Readonly<Record<string, unknown>> {
  const figure = (name: string): string => {
    const value = fact.figures[name];
    assert(value !== undefined, `the fact lacks ${name}`);
    return value;
  };
  const amount = (name: string) => fen(BigInt(figure(name)));
  const reference = (path: string): ObjectReference => {
    const found = fact.refs.find((ref) => ref.path === path);
    assert(found !== undefined, `the fact lacks a reference to ${path}`);
    return { objectId: found.objectId, version: found.version };
  };
  const note = fact.figures['note'];
  return fundSettlementBody(
    {
      serialNumber: figure('serialNumber'),
      settledAt: figure('settledAt'),
      amountFen: amount('amountFen'),
      payerBeforeFen: amount('payerBeforeFen'),
      payerAfterFen: amount('payerAfterFen'),
      payeeBeforeFen: amount('payeeBeforeFen'),
      payeeAfterFen: amount('payeeAfterFen'),
      ...(note === undefined ? {} : { note }),
    },
    {
      product: reference('product'),
      transferReport: reference('transferReport'),
      payerAccount: reference('payerAccount'),
      payeeAccount: reference('payeeAccount'),
    },
  );
}

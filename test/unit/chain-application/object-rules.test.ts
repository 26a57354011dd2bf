// The version rules of JR/T 0314 as a table: a history, then one operation, then the answer.
import { describe, expect, test } from 'vitest';
import { nextObjectHead } from '#libs/chain-application/object-rules.ts';
import type { ObjectHead } from '#libs/chain-application/state.ts';
import { zeroHash } from '#libs/proof/suite.ts';
import type { ObjectFrame, Operation } from '#libs/proof/record-frame.ts';

type Step = readonly [Operation, version: number, revision: number];

function frameOf([operation, version, revision]: Step): ObjectFrame {
  return {
    lane: 1,
    laneSequence: 1n,
    previousPacketHash: zeroHash(),
    objectId: 'SUB-1',
    version,
    revision,
    operation,
    class: 'subject',
    snapshotHash: zeroHash(),
    fieldTreeRoot: zeroHash(),
  };
}

function after(history: readonly Step[]): ObjectHead | undefined {
  let head: ObjectHead | undefined;
  for (const step of history) {
    const next = nextObjectHead(head, frameOf(step));
    if (!next.ok) throw new Error(`the history itself is refused: ${next.error}`);
    head = next.value;
  }
  return head;
}

const create: Step = ['create', 0, 0];
const third: readonly Step[] = [create, ['update', 1, 0], ['update', 2, 0]];
const oweing: readonly Step[] = [...third, ['overwrite', 0, 1]];

describe('an operation on an object', () => {
  test.each<[string, readonly Step[], Step, string]>([
    ['create makes version 0', [], create, 'accepted'],
    ['create of version 1', [], ['create', 1, 0], 'object-version-not-next'],
    ['create with a revision', [], ['create', 0, 1], 'object-revision-not-next'],
    ['create twice', [create], create, 'object-already-created'],
    ['update of nothing', [], ['update', 1, 0], 'object-unknown'],
    ['overwrite of nothing', [], ['overwrite', 0, 1], 'object-unknown'],
    ['delete of nothing', [], ['delete', 1, 0], 'object-unknown'],
    ['update to the next version', [create], ['update', 1, 0], 'accepted'],
    ['update that skips a version', [create], ['update', 2, 0], 'object-version-not-next'],
    ['update to the same version', [create], ['update', 0, 0], 'object-version-not-next'],
    ['update with a revision', [create], ['update', 1, 1], 'object-revision-not-next'],
    ['delete as the next version', [create], ['delete', 1, 0], 'accepted'],
    ['delete that skips a version', [create], ['delete', 3, 0], 'object-version-not-next'],
    ['update after a delete', [create, ['delete', 1, 0]], ['update', 2, 0], 'object-deleted'],
    ['overwrite after a delete', [create, ['delete', 1, 0]], ['overwrite', 1, 1], 'object-deleted'],
    ['delete after a delete', [create, ['delete', 1, 0]], ['delete', 2, 0], 'object-deleted'],
    ['overwrite of the latest', third, ['overwrite', 2, 1], 'accepted'],
    ['overwrite without a revision', third, ['overwrite', 2, 0], 'object-revision-not-next'],
    ['overwrite that skips a revision', third, ['overwrite', 2, 2], 'object-revision-not-next'],
    ['overwrite of a version to come', third, ['overwrite', 3, 1], 'object-version-unknown'],
    ['overwrite of an older version', third, ['overwrite', 0, 1], 'accepted'],
    ['then an update', oweing, ['update', 3, 0], 'object-overwrite-owed'],
    ['then a delete', oweing, ['delete', 3, 0], 'object-overwrite-owed'],
    [
      'then the latest before the one between',
      oweing,
      ['overwrite', 2, 1],
      'object-overwrite-owed',
    ],
    ['then the same again', oweing, ['overwrite', 0, 2], 'object-overwrite-owed'],
    ['then the next one', oweing, ['overwrite', 1, 1], 'accepted'],
    [
      'then all later ones, then an update',
      [...oweing, ['overwrite', 1, 1], ['overwrite', 2, 1]],
      ['update', 3, 0],
      'accepted',
    ],
    [
      'a second round of overwrites',
      [...oweing, ['overwrite', 1, 1], ['overwrite', 2, 1]],
      ['overwrite', 1, 2],
      'accepted',
    ],
  ])('%s', (_, history, step, expected) => {
    const next = nextObjectHead(after(history), frameOf(step));
    expect(next.ok ? 'accepted' : next.error).toBe(expected);
  });
});

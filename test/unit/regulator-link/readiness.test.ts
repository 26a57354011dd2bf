// Which objects may be appended: predecessors and references first, an object's revisions in order.
import { describe, expect, it } from 'vitest';
import {
  type Candidate,
  judgeReadiness,
  versionsAsked,
} from '../../../services/regulator-link/domain/readiness.ts';

const candidate = (
  objectId: string,
  version: number,
  more: Partial<Candidate> = {},
): Candidate => ({
  objectId,
  version,
  revision: 0,
  operation: version === 0 ? 'create' : 'update',
  references: [],
  heldBackBy: undefined,
  ...more,
});
const judge = (candidates: readonly Candidate[], packets: Record<string, number> = {}) => {
  const { ready, blocked } = judgeReadiness(candidates, new Map(Object.entries(packets)));
  return {
    ready: ready.map(({ objectId, version, revision }) => `${objectId}/${version}/${revision}`),
    blocked: blocked.map(({ candidate: of, on }) => `${of.objectId}/${of.version} on ${on}`),
  };
};

describe('an object is ready', () => {
  it('when it is new and refers to nothing', () => {
    expect(judge([candidate('A', 0)])).toEqual({ ready: ['A/0/0'], blocked: [] });
  });

  it('when what it needs is on the chain or goes before it', () => {
    const references = [{ objectId: 'B', version: 2 }];
    expect(judge([candidate('A', 0, { references })], { 'B/2': 0 }).ready).toEqual(['A/0/0']);
    expect(
      judge([candidate('B', 2), candidate('A', 0, { references })], { 'B/1': 0 }).ready,
    ).toEqual(['B/2/0', 'A/0/0']);
  });

  it('when it refers to itself', () => {
    const references = [{ objectId: 'A', version: 0 }];
    expect(judge([candidate('A', 0, { references })]).ready).toEqual(['A/0/0']);
  });

  it('as an overwrite of the revision before', () => {
    const overwrite = candidate('A', 3, { operation: 'overwrite', revision: 2 });
    expect(judge([overwrite], { 'A/3': 1 }).ready).toEqual(['A/3/2']);
  });
});

describe('an object is blocked', () => {
  it('on the version before it', () => {
    expect(judge([candidate('A', 2)])).toEqual({ ready: [], blocked: ['A/2 on A/1'] });
  });

  it('on the revision before it', () => {
    const overwrite = candidate('A', 3, { operation: 'overwrite', revision: 2 });
    expect(judge([overwrite], { 'A/3': 0 }).blocked).toEqual(['A/3 on A/3/1']);
  });

  it('on what it refers to, though that comes later in the queue', () => {
    const references = [{ objectId: 'B', version: 0 }];
    expect(judge([candidate('A', 0, { references }), candidate('B', 0)])).toEqual({
      ready: ['B/0/0'],
      blocked: ['A/0 on B/0'],
    });
  });

  it('behind an earlier revision of its own that is held back, now or before', () => {
    const references = [{ objectId: 'B', version: 0 }];
    const correction = candidate('A', 1, { operation: 'overwrite', revision: 1, references });
    const next = candidate('A', 2);
    expect(judge([correction, next], { 'A/1': 0 }).blocked).toEqual(['A/1 on B/0', 'A/2 on A/1/1']);
    expect(judge([{ ...next, heldBackBy: 'A/1/1' }], { 'A/1': 0 }).blocked).toEqual([
      'A/2 on A/1/1',
    ]);
  });

  it('without blocking others', () => {
    const references = [{ objectId: 'B', version: 0 }];
    expect(judge([candidate('A', 0, { references }), candidate('C', 0)]).ready).toEqual(['C/0/0']);
  });
});

it('the versions asked for are each named once', () => {
  const references = [
    { objectId: 'B', version: 0 },
    { objectId: 'A', version: 0 },
  ];
  expect(versionsAsked([candidate('A', 1, { references }), candidate('A', 2)])).toEqual([
    { objectId: 'A', version: 1 },
    { objectId: 'A', version: 0 },
    { objectId: 'B', version: 0 },
    { objectId: 'A', version: 2 },
  ]);
});

// Who sees whose transfers and money.
import { describe, expect, it } from 'vitest';
import {
  mayRead,
  mayReadMoneyOf,
  readableSubject,
} from '../../../services/settlement/domain/access.ts';

const sides = { sellerSubjectId: 's', buyerSubjectId: 'b' };
const investor = (subjectId?: string) => ({
  kind: 'person' as const,
  roles: ['investor'],
  ...(subjectId === undefined ? {} : { subjectId }),
});

describe('an investor', () => {
  it('sees transfers of which the investor is a side', () => {
    expect(['s', 'b', 'x'].map((id) => mayRead(investor(id), sides))).toEqual([true, true, false]);
  });

  it('without a subject sees nothing', () => {
    expect(mayRead(investor(), sides)).toBe(false);
    expect(mayReadMoneyOf(investor(), undefined)).toBe(false);
    expect(readableSubject(investor())).toEqual({ kind: 'nobody' });
  });

  it('sees own money, and none of an account that is not there', () => {
    expect(mayReadMoneyOf(investor('s'), 's')).toBe(true);
    expect(mayReadMoneyOf(investor('s'), 'b')).toBe(false);
    expect(mayReadMoneyOf(investor('s'), undefined)).toBe(false);
  });
});

describe('staff and services', () => {
  it('see everything, also when the person invests too', () => {
    const both = { ...investor('x'), roles: ['investor', 'auditor'] };
    expect(mayRead(both, sides)).toBe(true);
    expect(mayRead({ kind: 'service' }, sides)).toBe(true);
  });
});

describe('nobody in particular', () => {
  it('sees nothing', () => {
    expect(mayRead({ kind: 'public' }, sides)).toBe(false);
    expect(mayRead({ kind: 'person', roles: [] }, sides)).toBe(false);
  });
});

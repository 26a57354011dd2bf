// Who may see what of the register.
import { describe, expect, it } from 'vitest';
import { maySeeOf, narrowedTo, type Viewer } from '../../../services/registry/domain/access.ts';

const person = (roles: readonly string[], subjectId?: string): Viewer => ({
  kind: 'person',
  roles,
  subjectId,
});

describe('maySeeOf', () => {
  it.each<[string, Viewer, boolean]>([
    ['staff', person(['registrar.maker']), true],
    ['the regulator', person(['regulator']), true],
    ['a service', { kind: 'service', roles: [], subjectId: undefined }, true],
    ['the investor concerned', person(['investor'], 'own'), true],
    ['another investor', person(['investor'], 'other'), false],
    ['an investor without a subject', person(['investor']), false],
    ['a person without roles who names the subject', person([], 'own'), false],
    ['anybody', { kind: 'public', roles: ['regulator'], subjectId: 'own' }, false],
  ])('%s', (_, viewer, expected) => {
    expect(maySeeOf(viewer, 'own')).toBe(expected);
  });
});

describe('narrowedTo', () => {
  it('leaves staff all, and investors their own', () => {
    expect(narrowedTo(person(['auditor']))).toBeUndefined();
    expect(narrowedTo(person(['investor'], 'own'))).toBe('own');
    expect(narrowedTo(person(['investor']))).not.toBeUndefined();
  });
});

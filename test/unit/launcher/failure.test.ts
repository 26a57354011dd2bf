import { describe, expect, it } from 'vitest';
import { describeFailure, LaunchFailure } from '../../../services/launcher/failure.ts';

const system = (code: string): Error => Object.assign(new Error(`${code}: oops`), { code });

describe('what the operator is told', () => {
  it.each([
    [new LaunchFailure('Port 80 is in use.'), 'Port 80 is in use.'],
    [system('ENOSPC'), 'The disk that holds /d is full.'],
    [new Error('initdb: No space left on device'), 'The disk that holds /d is full.'],
    [system('EACCES'), 'The data directory /d cannot be used: EACCES: oops'],
    [new Error('first\nsecond'), 'Quanji could not start: first'],
    [
      new Error('migrating failed', { cause: new Error('no such table') }),
      'Quanji could not start: migrating failed: no such table',
    ],
    ['a string', 'Quanji could not start: a string'],
  ])('for %s is one line', (error, line) => {
    expect(describeFailure(error, '/d')).toBe(line);
  });
});

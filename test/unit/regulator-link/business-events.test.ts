// Events are taken in the shape of the contract, in their own book, or not at all.
import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import {
  decodeBusinessEvent,
  MalformedEvent,
} from '../../../services/regulator-link/lanes/business-events.ts';

const event = {
  specversion: '1.0',
  id: '01920000-0000-7000-8000-000000000001',
  source: 'registry',
  type: 'cn.quanji.registry.test.v1',
  time: '2026-11-24T02:00:00.000Z',
  datacontenttype: 'application/json',
  data: {
    book: 'parties',
    sequence: '7',
    businessDate: '2026-11-24',
    recordedAt: '2026-11-24T02:00:00.000Z',
    objects: [],
  },
};
const message = (value: unknown, key = 'parties') => ({
  key,
  value: canonicalBytes(value),
  headers: {},
});

describe('a business event', () => {
  it('gives its place in its book', () => {
    expect(decodeBusinessEvent(message(event)).position).toEqual({ book: 'parties', sequence: 7n });
  });

  it.each([
    ['of another shape', message({ ...event, more: 1 })],
    ['that is no JSON', { key: 'parties', value: Buffer.from('{'), headers: {} }],
    ['under another key', message(event, 'security:x')],
    ['of another service', message({ ...event, source: 'settlement' })],
  ])('%s is never taken', (_, wrong) => {
    expect(() => decodeBusinessEvent(wrong)).toThrow(MalformedEvent);
  });
});

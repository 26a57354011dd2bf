import fc from 'fast-check';
import { expect, it } from 'vitest';
import { outgoingChunks } from '#libs/event-bus/outgoing-chunks.ts';

const sized = (bytes: number): { key: string; value: Buffer } => ({
  key: 'k',
  value: Buffer.alloc(bytes),
});

it('keeps every message and its order, and each piece below a broker batch', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 600_000 }), { maxLength: 40 });
  fc.assert(
    fc.property(sizes, (lengths) => {
      const messages = lengths.map(sized);
      const chunks = [...outgoingChunks(messages)];
      expect(chunks.flat()).toEqual(messages);
      for (const chunk of chunks) {
        const bytes = chunk.reduce((sum, { value }) => sum + value.byteLength, 0);
        expect(chunk.length > 0 && bytes <= 900_000).toBe(true);
      }
    }),
    { numRuns: 30 },
  );
});

it('lets one message of the largest size stand alone', () => {
  const chunks = [...outgoingChunks([sized(10), sized(999_900), sized(10)])];
  expect(chunks.map((chunk) => chunk.length)).toEqual([1, 1, 1]);
});

it('holds at most 500 messages in a piece', () => {
  const chunks = [...outgoingChunks(Array.from({ length: 1_001 }, () => sized(1)))];
  expect(chunks.map((chunk) => chunk.length)).toEqual([500, 500, 1]);
});

it('refuses a message above the limit, its key and headers counted', () => {
  const headers = { note: 'x'.repeat(200) };
  expect(() => [...outgoingChunks([{ ...sized(999_900), headers }])]).toThrow(RangeError);
});

// Searches bytes for texts in every spelling that somebody could read back: as they are, in other
// encodings, escaped, as hexadecimal or base64 of these (also one in the other), and plain digests.
import { createHash } from 'node:crypto';
import { sm3 } from '#libs/sm/sm3.ts';
import { encodeGb } from '../../http/registry/roster-files.ts';

export interface Pattern {
  /** What was looked for. */
  readonly text: string;
  readonly spelling: string;
  readonly bytes: Buffer;
}

const escaped = (text: string): string =>
  [...text]
    .flatMap((character) => character.split(''))
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** Every spelling of the text; those that are the same for plain digits stand once. */
export function patternsOf(text: string): readonly Pattern[] {
  const utf8 = Buffer.from(text);
  const wide = Buffer.from(text, 'utf16le');
  const spellings: readonly (readonly [string, Buffer])[] = [
    ['utf-8', utf8],
    ['utf-16le', wide],
    ['utf-16be', Buffer.from(wide).swap16()],
    ['gb18030', encodeGb(text)],
    ['json escapes', Buffer.from(escaped(text))],
    ['percent escapes', Buffer.from(encodeURIComponent(text))],
    ['sm3', Buffer.from(sm3(utf8))],
    ['sha-256', createHash('sha256').update(utf8).digest()],
  ];
  const seen = new Set<string>();
  return spellings.flatMap(([spelling, bytes]) => {
    const key = bytes.toString('hex');
    if (bytes.length < 4 || seen.has(key)) return [];
    seen.add(key);
    return [{ text, spelling, bytes }];
  });
}

const hexRun = /[0-9a-fA-F]{8,}/g;
const base64Run = /[A-Za-z0-9+/_-]{8,}={0,2}/g;
const depthMax = 2;

/** The bytes themselves, and what their runs of hexadecimal and base64 digits stand for. */
function readings(bytes: Buffer, depth = 0): Buffer[] {
  if (depth === depthMax) return [bytes];
  const text = bytes.toString('latin1');
  const decoded = [
    ...(text.match(hexRun) ?? []).flatMap((run) =>
      [0, 1].map((shift) => Buffer.from(run.slice(shift), 'hex')),
    ),
    ...(text.match(base64Run) ?? []).flatMap((run) =>
      [0, 1, 2, 3].map((shift) => Buffer.from(run.slice(shift), 'base64')),
    ),
  ];
  // Apart by a byte that is in no pattern, so that nothing is found across two of them.
  const together = Buffer.concat(decoded.flatMap((part) => [part, Buffer.from([0xff])]));
  return [bytes, ...(together.length === 0 ? [] : readings(together, depth + 1))];
}

/** The patterns that stand in the bytes in any reading. */
export function found(bytes: Uint8Array, patterns: readonly Pattern[]): readonly Pattern[] {
  const parts = readings(Buffer.from(bytes));
  return patterns.filter((pattern) => parts.some((part) => part.includes(pattern.bytes)));
}

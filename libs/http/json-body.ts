// Reads a JSON request body: strict UTF-8, bounded depth checked before anything recurses.
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';

export const jsonDepthMax = 32;

const quote = 0x22;
const backslash = 0x5c;
const isOpening = (byte: number): boolean => byte === 0x5b || byte === 0x7b;
const isClosing = (byte: number): boolean => byte === 0x5d || byte === 0x7d;

/** Whether brackets outside strings nest deeper than the limit; a linear scan without recursion. */
const isTooDeep = (bytes: Uint8Array): boolean => {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (inString) {
      if (byte === backslash) at += 1;
      else if (byte === quote) inString = false;
    } else if (byte === quote) {
      inString = true;
    } else if (isOpening(byte)) {
      depth += 1;
      if (depth > jsonDepthMax) return true;
    } else if (isClosing(byte)) {
      depth -= 1;
    }
  }
  return false;
};

const malformed = (): ReturnType<typeof refuse<'malformed-json'>> =>
  refuse('malformed-json', { depthMax: String(jsonDepthMax) });

/** Errors: malformed-json. */
export const parseJsonBody = (bytes: Uint8Array): Result<unknown, Refusal<'malformed-json'>> => {
  if (isTooDeep(bytes)) return malformed();
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return ok(value);
  } catch {
    return malformed();
  }
};

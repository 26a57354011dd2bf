// Whether something stands readable in a text: in clear, in hexadecimal, in base64, or in both.

/** Runs of hexadecimal long enough to be bytes and not a word; digits in it are no number of a person. */
const HEX_RUN = /(?:[0-9a-f]{2}){16,}/g;
const BASE64_RUN = /[A-Za-z0-9+/]{24,}={0,2}/g;

/**
 * True where `text`, or bytes written in it as hexadecimal (lower case) or base64, hold `canary` in
 * UTF-8. Bytes are compared as bytes: digits that write other bytes down are no number of a person.
 */
export function isReadable(text: string, canary: string): boolean {
  const bytes = (text.match(HEX_RUN) ?? []).map((run) => Buffer.from(run, 'hex'));
  const clear = text.replace(HEX_RUN, ' ');
  return [Buffer.from(clear), ...bytes].some(
    (part) => part.includes(canary) || holdsInBase64(part.toString('latin1'), canary),
  );
}

function holdsInBase64(text: string, canary: string): boolean {
  return (text.match(BASE64_RUN) ?? []).some((run) => Buffer.from(run, 'base64').includes(canary));
}

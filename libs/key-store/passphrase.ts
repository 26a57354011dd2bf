/** Reads a passphrase from a file or an inherited descriptor, never from the environment. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const PASSPHRASE_BYTES_MAX = 1024;
const DESCRIPTOR_WAIT_MS = 5;
const DESCRIPTOR_WAITS_MAX = 2000;

/**
 * The bytes at `path` without one trailing line end. `/dev/fd/N` is read through descriptor N
 * itself, so that a pipe or socket from the parent works too, and is closed after.
 * Errors: Error for an empty or over-long passphrase, or the fault of the file system.
 */
export function readPassphrase(path: string): Uint8Array {
  const inherited = /^\/dev\/fd\/(\d{1,4})$/.exec(path)?.[1];
  const descriptor = inherited === undefined ? openSync(path, 'r') : Number.parseInt(inherited, 10);
  try {
    return withoutLineEnd(readAll(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

function readAll(descriptor: number): Uint8Array {
  const buffer = new Uint8Array(PASSPHRASE_BYTES_MAX + 2);
  // By position in a regular file: several children may share one descriptor and its offset.
  const isFile = fstatSync(descriptor).isFile();
  let length = 0;
  while (length < buffer.length) {
    const position = isFile ? length : null;
    const read = readWaiting(descriptor, buffer, length, position);
    if (read === 0) break;
    length += read;
  }
  return buffer.subarray(0, length);
}

/** A descriptor made non-blocking by the parent has nothing yet: wait, up to ten seconds. */
function readWaiting(
  descriptor: number,
  buffer: Uint8Array,
  offset: number,
  position: number | null,
): number {
  for (let waits = 0; ; waits++) {
    try {
      return readSync(descriptor, buffer, offset, buffer.length - offset, position);
    } catch (fault) {
      const empty = fault instanceof Error && 'code' in fault && fault.code === 'EAGAIN';
      if (!empty || waits >= DESCRIPTOR_WAITS_MAX) throw fault;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, DESCRIPTOR_WAIT_MS);
    }
  }
}

function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  if (bytes[end - 1] === 0x0a) end -= 1;
  if (end < bytes.length && bytes[end - 1] === 0x0d) end -= 1;
  if (end === 0) throw new Error('the passphrase is empty');
  if (end > PASSPHRASE_BYTES_MAX) throw new Error('the passphrase is longer than 1024 bytes');
  return bytes.slice(0, end);
}

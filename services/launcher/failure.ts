// What the operator must be told in one line, without a stack trace.

export class LaunchFailure extends Error {
  override readonly name = 'LaunchFailure';
}

/** The line for an error of whatever origin. */
export function describeFailure(error: unknown, directory: string): string {
  if (error instanceof LaunchFailure) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text = error instanceof Error ? error.message : String(error);
  if (code === 'ENOSPC' || /no space left on device/i.test(text)) {
    return `The disk that holds ${directory} is full.`;
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `The data directory ${directory} cannot be used: ${firstLine(text)}`;
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
  const because = cause === '' ? '' : `: ${firstLine(cause)}`;
  return `Quanji could not start: ${firstLine(text)}${because}`;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}

// Stops waiting when a service ends; what was asked for may still answer, to nobody.

/** The answer, or undefined as soon as the signal is aborted. Errors: those of the answer. */
export async function orAborted<T>(
  answer: Promise<T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  // A failure after the end concerns nobody.
  answer.catch(() => undefined);
  if (signal.aborted) return undefined;
  let onAbort = (): void => undefined;
  const end = new Promise<undefined>((resolve) => {
    onAbort = () => resolve(undefined);
  });
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([answer, end]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

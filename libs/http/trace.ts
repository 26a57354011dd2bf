// Trace ids by W3C Trace Context: taken from a valid traceparent, else drawn.
import { randomBytes } from 'node:crypto';

const traceparentPattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
const noTrace = '0'.repeat(32);
const noSpan = '0'.repeat(16);

/** The caller's trace id, or a new one where the header is absent or malformed. */
export const traceIdOf = (traceparent: string | undefined): string => {
  const [, traceId, spanId] = traceparentPattern.exec(traceparent ?? '') ?? [];
  const given = traceId !== undefined && traceId !== noTrace && spanId !== noSpan;
  return given ? traceId : randomBytes(16).toString('hex');
};

/** A traceparent for a call made within the trace. */
export const traceparentOf = (traceId: string): string =>
  `00-${traceId}-${randomBytes(8).toString('hex')}-01`;

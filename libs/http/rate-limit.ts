// Rate limits that answer as problems, with the draft-standard RateLimit headers.
import type { Request, RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { sendProblem } from './answer.ts';

export interface RateLimitOptions {
  readonly windowMs: number;
  readonly callsMax: number;
  /** Who is counted; by default the peer's address. */
  readonly keyOf?: (req: Request) => string;
}

/** Counts in this process's memory, so it holds per process. */
export const limitRate = ({ windowMs, callsMax, keyOf }: RateLimitOptions): RequestHandler =>
  rateLimit({
    windowMs,
    limit: callsMax,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (req, res) => sendProblem(req, res, { code: 'too-many-requests' }),
    ...(keyOf === undefined ? {} : { keyGenerator: keyOf }),
  });

// The last middleware: what was thrown becomes a problem, logged where it is a fault or a defect.
import type { ErrorRequestHandler } from 'express';
import { error as validatorError } from 'express-openapi-validator';
import type { Logger } from '#libs/log/log.ts';
import type { ProblemRefusal } from '#libs/problem/problem.ts';
import { callTraceId, sendProblem } from './answer.ts';
import { isTransientFault } from './faults.ts';
import { violationRefusal } from './validation-errors.ts';

/** The part of a logger that libs/http uses. */
export type HttpLog = Pick<Logger, 'warn' | 'error'>;

/** A refusal on its way out of a chain of middleware. */
export class RefusedCall extends Error {
  override readonly name = 'RefusedCall';
  readonly refusal: ProblemRefusal;

  constructor(refusal: ProblemRefusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

const bodyErrorRefusal = (error: Error, bytesMax: number): ProblemRefusal | undefined => {
  const type = 'type' in error && typeof error.type === 'string' ? error.type : '';
  if (type === 'entity.too.large') {
    return { code: 'body-too-large', params: { bytesMax: String(bytesMax) } };
  }
  if (type === 'encoding.unsupported') return { code: 'unsupported-media-type' };
  const isRequestFault = type.startsWith('request.') || error instanceof URIError;
  const status = 'status' in error ? error.status : undefined;
  return isRequestFault || status === 400 ? { code: 'malformed-request' } : undefined;
};

const refusalOf = (error: unknown, bytesMax: number): ProblemRefusal | undefined => {
  if (error instanceof RefusedCall) return error.refusal;
  if (error instanceof validatorError.BadRequest) return violationRefusal(error.errors);
  if (error instanceof validatorError.UnsupportedMediaType)
    return { code: 'unsupported-media-type' };
  if (error instanceof validatorError.NotFound) return { code: 'not-found' };
  return error instanceof Error ? bodyErrorRefusal(error, bytesMax) : undefined;
};

export const answerErrors =
  (log: HttpLog): ErrorRequestHandler =>
  (error: unknown, req, res, _next) => {
    const limit: unknown = res.locals.bodyBytesMax;
    const refusal = refusalOf(error, typeof limit === 'number' ? limit : 0);
    if (refusal !== undefined) {
      sendProblem(req, res, refusal);
      return;
    }
    const fields = {
      error,
      traceId: callTraceId(req, res),
      method: req.method,
      path: req.path,
    };
    if (isTransientFault(error)) {
      log.warn('a dependency is unavailable', fields);
      sendProblem(req, res, { code: 'service-unavailable' });
    } else {
      log.error('a request failed', fields);
      sendProblem(req, res, { code: 'internal-error' });
    }
  };

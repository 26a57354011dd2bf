// The last middleware: what was thrown becomes a problem, logged where it is a fault or a defect.
import type { ErrorRequestHandler } from 'express';
import { error as validatorError } from 'express-openapi-validator';
import type { ProblemRefusal } from '#libs/problem/problem.ts';
import { callTraceId, sendProblem } from './answer.ts';
import { isTransientFault } from './faults.ts';
import { violationRefusal } from './validation-errors.ts';

/** The part of a pino logger that libs/http uses. */
export interface HttpLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

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
      err: error,
      traceId: callTraceId(req, res),
      method: req.method,
      path: req.path,
    };
    if (isTransientFault(error)) {
      log.warn(fields, 'a dependency is unavailable');
      sendProblem(req, res, { code: 'service-unavailable' });
    } else {
      log.error(fields, 'a request failed');
      sendProblem(req, res, { code: 'internal-error' });
    }
  };

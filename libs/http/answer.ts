// Sends replies and problem documents.
import type { Request, Response } from 'express';
import { preferredLanguage } from '#libs/problem/language.ts';
import { type ProblemRefusal, toProblem } from '#libs/problem/problem.ts';
import { traceIdOf } from './trace.ts';
import type { Reply } from './route.ts';

const problemMediaType = 'application/problem+json';
const retryAfterSeconds = '1';

/** The call's trace id, kept in res.locals from the first time that it is asked for. */
export const callTraceId = (req: Request, res: Response): string => {
  const known: unknown = res.locals.traceId;
  if (typeof known === 'string') return known;
  const traceId = traceIdOf(req.get('traceparent'));
  res.locals.traceId = traceId;
  return traceId;
};

const instanceLengthMax = 500;

export const sendProblem = (req: Request, res: Response, refusal: ProblemRefusal): void => {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const language = preferredLanguage(req.get('accept-language'));
  const problem = toProblem(refusal, {
    language,
    instance: req.path.slice(0, instanceLengthMax),
    traceId: callTraceId(req, res),
  });
  if (problem.status === 503) res.set('Retry-After', retryAfterSeconds);
  if (problem.status === 401) res.set('WWW-Authenticate', 'Bearer');
  res.status(problem.status).set('Content-Language', language === 'zh' ? 'zh-CN' : 'en');
  res.type(problemMediaType).json(problem);
};

export const sendReply = (res: Response, reply: Reply): void => {
  res.status(reply.status);
  for (const [name, value] of Object.entries(reply.headers ?? {})) res.set(name, value);
  if (reply.bytes !== undefined) {
    res.type(reply.mediaType ?? 'application/octet-stream');
    res.send(Buffer.from(reply.bytes.buffer, reply.bytes.byteOffset, reply.bytes.byteLength));
  } else if (reply.body === undefined) {
    res.end();
  } else {
    res.json(reply.body);
  }
};

// One HTTP exchange as a client: bounded in time and size; a reply, a problem, or no usable answer.
import { isProblemCode, type Problem } from '#libs/problem/problem.ts';
import type { Reply } from './route.ts';

export interface Exchange {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
}

export type Answer =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'problem'; readonly problem: Problem }
  | { readonly kind: 'unreachable'; readonly reason: string };

const answerBytesMax = 64 * 1024 * 1024;

const readBounded = async (response: Response): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > answerBytesMax) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' &&
  value !== null &&
  'code' in value &&
  typeof value.code === 'string' &&
  isProblemCode(value.code) &&
  'status' in value &&
  typeof value.status === 'number';

const mediaTypeOf = (response: Response): string =>
  (response.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';

const parseJson = (bytes: Uint8Array): unknown =>
  bytes.length === 0 ? undefined : JSON.parse(new TextDecoder().decode(bytes));

const toAnswer = (response: Response, bytes: Uint8Array): Answer => {
  const mediaType = mediaTypeOf(response);
  if (!response.ok) {
    const problem = mediaType.endsWith('json') ? parseJson(bytes) : undefined;
    return isProblem(problem)
      ? { kind: 'problem', problem }
      : { kind: 'unreachable', reason: `status ${response.status} without a problem` };
  }
  const headers = Object.fromEntries(response.headers);
  const { status } = response;
  return mediaType === 'application/json' || bytes.length === 0
    ? { kind: 'reply', reply: { status, body: parseJson(bytes), headers } }
    : { kind: 'reply', reply: { status, bytes, mediaType, headers } };
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown';
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
};

export const exchange = async (call: Exchange): Promise<Answer> => {
  try {
    const response = await fetch(call.url, {
      method: call.method,
      headers: call.headers,
      redirect: 'error',
      signal: AbortSignal.timeout(call.timeoutMs),
      ...(call.body.length === 0 ? {} : { body: Buffer.from(call.body) }),
    });
    return toAnswer(response, await readBounded(response));
  } catch (error) {
    return { kind: 'unreachable', reason: reasonOf(error) };
  }
};

/** Calls the running system's public APIs through the portal, as one of its roles. */
import { newUuid } from '#libs/ids/uuid.ts';
import { signInForToken } from '#libs/sign-in-client/sign-in-client.ts';
import { systemClock } from '#libs/time/clock.ts';
import { toMilliseconds } from '#libs/time/instant.ts';
import type { Runtime } from './runtime.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status: number;
  readonly body: Json;
}

export interface Call {
  readonly method?: 'GET' | 'POST';
  readonly json?: Json;
  readonly bytes?: Uint8Array;
  /** Absent: a new one, for a call that is made once. */
  readonly idempotencyKey?: string;
}

/** The system refused or failed where the demonstration expects a success. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
}

const timeoutMs = 30_000;
const tokenAgeMaxMs = 4 * 60_000;
const attemptsMax = 4;
const pauseMs = 500;

/** As `fetch` tells of it: a kept-alive connection may end just when it is used again. */
const isConnectionLost = (error: unknown): boolean =>
  error instanceof TypeError && error.message === 'fetch failed';

interface HeldToken {
  readonly token: Promise<string>;
  readonly since: number;
}

export class Api {
  readonly #runtime: Runtime;
  readonly #tokens = new Map<string, HeldToken>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Whatever the answer is. A lost connection is tried again, a POST under the same key. */
  async ask(user: string, path: string, call: Call = {}): Promise<Answer> {
    const idempotencyKey = call.idempotencyKey ?? newUuid();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#askOnce(user, path, call, idempotencyKey);
      } catch (error) {
        if (attempt === attemptsMax || !isConnectionLost(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, attempt * pauseMs));
      }
    }
  }

  async #askOnce(user: string, path: string, call: Call, idempotencyKey: string): Promise<Answer> {
    const method = call.method ?? 'GET';
    const body =
      call.bytes === undefined
        ? call.json === undefined
          ? undefined
          : JSON.stringify(call.json)
        : Buffer.from(call.bytes);
    const response = await fetch(`${this.#runtime.publicUrl}/api/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await this.#tokenOf(user)}`,
        'accept-language': 'zh-CN',
        ...(method === 'POST' ? { 'idempotency-key': idempotencyKey } : {}),
        ...(body === undefined
          ? {}
          : { 'content-type': call.bytes ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Json) };
  }

  async get(user: string, path: string): Promise<Json> {
    return this.#expect(await this.ask(user, path), path);
  }

  async post(user: string, path: string, json: Json): Promise<Json> {
    return this.#expect(await this.ask(user, path, { method: 'POST', json }), path);
  }

  async upload(user: string, path: string, bytes: Uint8Array): Promise<Json> {
    return this.#expect(await this.ask(user, path, { method: 'POST', bytes }), path);
  }

  /** A maker's request and a checker's approval of exactly its payload; the result of what ran. */
  async approved(service: string, makerPath: string, json: Json): Promise<Json> {
    const staff = service === 'settlement' ? 'settlement' : 'registrar';
    const asked = await this.post(`${staff}-maker`, `${service}/v1/${makerPath}`, json);
    const approval = asked['approval'] as Json;
    const path = `${service}/v1/approvals/${String(approval['id'])}/decisions`;
    const decision = {
      payloadHash: approval['payloadHash'],
      decision: 'approve',
      opinion: '演示：同意',
    };
    const decided = await this.post(`${staff}-checker`, path, decision);
    return (decided['approval'] as Json)['result'] as Json;
  }

  async #tokenOf(user: string): Promise<string> {
    const now = toMilliseconds(systemClock.now());
    const held = this.#tokens.get(user);
    if (held !== undefined && now - held.since < tokenAgeMaxMs) return held.token;
    const account = this.#runtime.demoUsers.find(({ username }) => username === user);
    if (account === undefined) throw new Error(`there is no demo user ${user}`);
    // Held before it is there: callers at the same time sign in once.
    const token = signInForToken({ ...account, issuer: this.#runtime.tokenIssuer });
    this.#tokens.set(user, { token, since: now });
    token.catch(() => this.#tokens.delete(user));
    return await token;
  }

  #expect({ status, body }: Answer, path: string): Json {
    if (status >= 200 && status < 300) return body;
    throw new UnexpectedAnswer(`${path}: ${status} ${JSON.stringify(body).slice(0, 600)}`);
  }
}

export const textOf = (json: Json, name: string): string => {
  const value = json[name];
  if (typeof value !== 'string') throw new UnexpectedAnswer(`the answer lacks ${name}`);
  return value;
};

// The registry's app on a database of its own, its callers, and a worker for its jobs.
import type { Express } from 'express';
import request, { type Response } from 'supertest';
import { createCursorCodec } from '#libs/http/cursor.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { ok } from '#libs/result/result.ts';
import { inTransaction } from '#libs/db/transaction.ts';
import { type FixedClock, fixedClock } from '#libs/time/clock.ts';
import type { Instant } from '#libs/time/instant.ts';
import { createRegistryApp } from '../../../services/registry/app.ts';
import { createOwnerKeyStore } from '../../../services/registry/renderer/owner-keys.ts';
import { approvalsOf } from '../../../services/registry/approvals/approval-rules.ts';
import { runNextJob } from '../../../services/registry/use-cases/check-roster.ts';
import { openBusinessDay } from '../../../services/registry/use-cases/change-rules.ts';
import { ensureMarket } from '../../../services/registry/use-cases/register-subject.ts';
import { createTestCallers, type TestCallers } from '../../support/callers.ts';
import { BUSINESS_DATE, newAct, setting } from '../../store/registry/registry-acts.ts';
import { openRegistryStore, type RegistryStore } from '../../store/registry/registry-store.ts';

export interface Answer {
  readonly status: number;
  readonly body: Response['body'];
  readonly headers: Record<string, string>;
}

export interface RegistryHttp {
  readonly store: RegistryStore;
  readonly callers: TestCallers;
  readonly clock: FixedClock;
  as(roles: readonly string[], more?: { id?: string; subjectId?: string }): Promise<Caller>;
  service(name: string, method: 'GET' | 'POST', target: string, body?: unknown): Promise<Answer>;
  /** A change asked for by one person and approved by another; the approval's result. */
  change(target: string, body: unknown): Promise<Response['body']>;
  upload(bytes: Uint8Array, fileName?: string): Promise<string>;
  runJobs(): Promise<void>;
  close(): Promise<void>;
}

export interface Caller {
  get(target: string, headers?: Record<string, string>): Promise<Answer>;
  post(target: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** The bytes exactly as given. */
  postBytes(target: string, bytes: Uint8Array, mediaType: string): Promise<Answer>;
  getBytes(target: string): Promise<{ status: number; bytes: Buffer }>;
}

const quiet = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (...parts: unknown[]) => {
    // A defect behind a 500 is what a failing test needs to see.
    process.stderr.write(`${parts.map((part) => JSON.stringify(part, errorsWhole)).join(' ')}\n`);
  },
};

const errorsWhole = (_: string, value: unknown): unknown =>
  value instanceof Error ? (value.stack ?? value.message) : value;

function callerMaker(app: Express, callers: TestCallers): RegistryHttp['as'] {
  return async (roles, more = {}) => {
    const authorization = await callers.person({ roles, ...more });
    const send = (test: request.Test, headers: Record<string, string> = {}) =>
      test.set({ authorization, ...headers });
    return {
      get: (target, headers) => send(request(app).get(target), headers),
      post: (target, body, headers = {}) =>
        send(request(app).post(target), { 'idempotency-key': newUuid(), ...headers })
          .type('application/json')
          .send(typeof body === 'string' ? body : JSON.stringify(body)),
      postBytes: (target, bytes, mediaType) =>
        send(request(app).post(target), { 'idempotency-key': newUuid() })
          .type(mediaType)
          .send(Buffer.from(bytes)),
      getBytes: async (target) => {
        const answer = await send(request(app).get(target))
          .buffer(true)
          .parse((res, done) => {
            const chunks: Buffer[] = [];
            res.on('data', (chunk: Buffer) => chunks.push(chunk));
            res.on('end', () => done(null, Buffer.concat(chunks)));
          });
        return { status: answer.status, bytes: answer.body as Buffer };
      },
    };
  };
}

export async function openRegistryHttp(
  options: { isDayOpen?: boolean } = {},
): Promise<RegistryHttp> {
  const store = await openRegistryStore();
  const clock = fixedClock('2026-11-24T02:00:00.000Z' as Instant);
  const callers = await createTestCallers('registry', { clock });
  const approvals = approvalsOf(setting);
  const app = createRegistryApp({
    db: store.db,
    setting,
    approvals,
    cursors: createCursorCodec(new Uint8Array(32).fill(3)),
    ownerKeys: createOwnerKeyStore(new Uint8Array(16).fill(5), clock),
    authenticator: callers.authenticator,
    clock,
    log: quiet,
    ready: {},
    validateResponses: true,
  });
  await inTransaction(store.db, 'read committed', async (tx) => {
    await ensureMarket(tx, setting, newAct('start'), BUSINESS_DATE);
    if (options.isDayOpen ?? true) {
      await openBusinessDay(tx, setting, newAct(), { businessDate: BUSINESS_DATE });
    }
    return ok();
  });

  const as = callerMaker(app, callers);
  const maker = await as(['registrar.maker']);
  const checker = await as(['registrar.checker']);

  return {
    store,
    callers,
    clock,
    as,
    service: async (name, method, target, body) => {
      const bytes = body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body));
      const authorization = await callers.service(name, { method, target, body: bytes });
      const test = method === 'GET' ? request(app).get(target) : request(app).post(target);
      const headers = { authorization, 'idempotency-key': newUuid() };
      if (body === undefined) return test.set(headers);
      return test.set(headers).type('application/json').send(JSON.stringify(body));
    },
    change: async (target, body) => {
      const asked = await maker.post(target, body);
      if (asked.status !== 202) throw new Error(`${target}: ${JSON.stringify(asked.body)}`);
      const { id, payloadHash } = asked.body.approval;
      const decided = await checker.post(`/v1/approvals/${id}/decisions`, {
        payloadHash,
        decision: 'approve',
        opinion: 'checked',
      });
      if (decided.status !== 200) throw new Error(`${target}: ${JSON.stringify(decided.body)}`);
      return decided.body.approval.result;
    },
    upload: async (bytes, fileName = 'file.bin') => {
      const target = `/v1/documents?fileName=${encodeURIComponent(fileName)}`;
      const answer = await maker.postBytes(target, bytes, 'application/octet-stream');
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
      return answer.body.documentId;
    },
    runJobs: async () => {
      while (await runNextJob(store.db, setting, clock));
    },
    close: () => store.close(),
  };
}

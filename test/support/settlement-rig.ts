// Settlement's app and engine over the real registry on loopback, each with its own database.
import type { Express } from 'express';
import request, { type Response } from 'supertest';
import { createCursorCodec } from '#libs/http/cursor.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { assert } from '#libs/result/result.ts';
import { type FixedClock, fixedClock } from '#libs/time/clock.ts';
import type { Instant } from '#libs/time/instant.ts';
import { createSettlementApp } from '../../services/settlement/app.ts';
import { approvalRules } from '../../services/settlement/approvals.ts';
import { createDocumentCipher } from '../../services/settlement/bank/document-cipher.ts';
import { createEmbeddedBank } from '../../services/settlement/bank/embedded-bank.ts';
import { createPayeeCipher } from '../../services/settlement/bank/payee-cipher.ts';
import { createPayloadCipher } from '../../services/settlement/bank/payload-cipher.ts';
import type { RegistryPort } from '../../services/settlement/domain/registry-port.ts';
import type { EngineParts } from '../../services/settlement/engine/engine-parts.ts';
import { runRound } from '../../services/settlement/engine/settlement-engine.ts';
import { createRegistryClient } from '../../services/settlement/registry/registry-client.ts';
import { createPackCipher } from '../../services/settlement/renderer/pack-cipher.ts';
import { openSettlementStore, type SettlementStore } from '../store/settlement/settlement-store.ts';
import { createTestCallers, type TestCallers } from './callers.ts';
import { type Issue, type RegistryServer, startRegistryServer } from './registry-server.ts';
import { testLog } from './test-log.ts';

export interface Answer {
  readonly status: number;
  readonly body: Response['body'];
  readonly headers: Record<string, string>;
}

export interface Caller {
  get(target: string, headers?: Record<string, string>): Promise<Answer>;
  post(target: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  postBytes(target: string, bytes: Uint8Array, headers?: Record<string, string>): Promise<Answer>;
}

export interface SettlementRig {
  readonly registry: RegistryServer;
  readonly port: RegistryPort;
  readonly store: SettlementStore;
  readonly clock: FixedClock;
  readonly callers: TestCallers;
  readonly engine: EngineParts;
  readonly maker: Caller;
  readonly checker: Caller;
  as(roles: readonly string[], more?: { id?: string; subjectId?: string }): Promise<Caller>;
  service(name: string, target: string): Promise<Answer>;
  decide(asked: Answer, decision?: 'approve' | 'return', by?: Caller): Promise<Answer>;
  /** Asked for by one person and approved by another; the approval's result. */
  change(target: string, body: unknown): Promise<Response['body']>;
  upload(text?: string): Promise<string>;
  /** Rounds of the engine until nothing moves. */
  settleDown(parts?: EngineParts): Promise<void>;
  terms(issue: Issue, more?: object): Promise<Record<string, unknown>>;
  /** An approved transfer; its id. */
  agree(issue: Issue, more?: object): Promise<string>;
  transfer(transferId: string): Promise<Response['body']>;
  /** Money that was announced and confirmed by the bank. */
  payIn(fundAccountId: string, amountFen: string): Promise<void>;
  money(fundAccountId: string): Promise<{ balance: string; held: string }>;
  close(): Promise<void>;
}

const personal = new Uint8Array(32).fill(7);
const quiet = () => undefined;

function callerMaker(app: Express, callers: TestCallers): SettlementRig['as'] {
  return async (roles, { id = newUuid(), ...more } = {}) => {
    const send = async (test: request.Test, headers: Record<string, string> = {}) =>
      test.set({ authorization: await callers.person({ roles, id, ...more }), ...headers });
    const keyed = (headers: Record<string, string> = {}) => ({
      'idempotency-key': newUuid(),
      ...headers,
    });
    return {
      get: (target, headers) => send(request(app).get(target), headers),
      post: (target, body, headers) =>
        send(
          request(app)
            .post(target)
            .type('application/json')
            .send(typeof body === 'string' ? body : JSON.stringify(body)),
          keyed(headers),
        ),
      postBytes: (target, bytes, headers) =>
        send(
          request(app).post(target).type('application/octet-stream').send(Buffer.from(bytes)),
          keyed(headers),
        ),
    };
  };
}

export interface RigOptions {
  /** Where the registry is said to be, when it is not to be reached. */
  readonly registryUrl?: string;
}

export async function openSettlementRig(options: RigOptions = {}): Promise<SettlementRig> {
  const clock = fixedClock('2026-11-24T02:00:00.000Z' as Instant);
  const [registry, store] = await Promise.all([startRegistryServer(clock), openSettlementStore()]);
  const callers = await createTestCallers('settlement', { clock });
  const port = createRegistryClient({
    baseUrl: options.registryUrl ?? registry.url,
    key: registry.settlementKey,
    clock,
  });
  const payees = createPayeeCipher(personal);
  const app = createSettlementApp({
    db: store.db,
    registry: port,
    cursors: createCursorCodec(personal),
    approvals: approvalRules({ registry: port, payees, cipher: createPayloadCipher(personal) }),
    documents: createDocumentCipher(personal),
    packs: createPackCipher(new Uint8Array(16).fill(5), clock),
    authenticator: callers.authenticator,
    clock,
    log: testLog,
    ready: {},
    validateResponses: true,
  });
  const engine: EngineParts = {
    db: store.db,
    registry: port,
    bank: createEmbeddedBank(store.db, clock),
    payees,
    clock,
    log: { ...testLog, error: quiet },
    crashPoint: quiet,
    signal: new AbortController().signal,
  };
  const as = callerMaker(app, callers);
  const [maker, checker] = [await as(['settlement.maker']), await as(['settlement.checker'])];
  const parts = { registry, port, store, clock, callers, engine, maker, checker, as };
  const helpers = helpersOf({ app, ...parts });
  return { ...parts, ...helpers, close: () => closeAll(registry, store) };
}

async function closeAll(registry: RegistryServer, store: SettlementStore): Promise<void> {
  await registry.close();
  await store.close();
}

type Made = Pick<
  SettlementRig,
  'registry' | 'store' | 'clock' | 'callers' | 'engine' | 'maker' | 'checker'
> & { readonly app: Express };
type Helpers = Omit<SettlementRig, keyof Made | 'as' | 'close' | 'port'>;

function helpersOf({ app, clock, callers, engine, maker, checker }: Made): Helpers {
  const decide: Helpers['decide'] = (asked, decision = 'approve', by = checker) => {
    assert(asked.status === 202, `not asked: ${JSON.stringify(asked.body)}`);
    const { id, payloadHash } = asked.body.approval;
    const body = { payloadHash, decision, opinion: 'checked' };
    return by.post(`/v1/approvals/${id}/decisions`, body);
  };
  const change: Helpers['change'] = async (target, body) => {
    const decided = await decide(await maker.post(target, body));
    assert(decided.status === 200, `${target}: ${JSON.stringify(decided.body)}`);
    return decided.body.approval.result;
  };
  const upload: Helpers['upload'] = async (text = newUuid()) => {
    const bytes = new TextEncoder().encode(text);
    const answer = await maker.postBytes('/v1/documents?fileName=agreement.pdf', bytes);
    assert(answer.status === 201, JSON.stringify(answer.body));
    return answer.body.documentId;
  };
  const settleDown: Helpers['settleDown'] = async (parts = engine) => {
    for (let round = 0; round < 100; round += 1) if ((await runRound(parts)) === 0) return;
    throw new Error('the engine never came to rest');
  };
  const terms: Helpers['terms'] = async ({ securityId, seller, buyer }, more = {}) => ({
    securityId,
    sellerAccountId: seller.accountId,
    buyerAccountId: buyer.accountId,
    natureCode: '0',
    quantity: '100',
    unitPrice: '10',
    amountFen: '100000',
    agreementDocumentId: await upload(),
    agreementNumber: 'A-2026-1',
    dealtAt: clock.now(),
    ...more,
  });
  return {
    service: async (name, target) => {
      const authorization = await callers.service(name, {
        method: 'GET',
        target,
        body: new Uint8Array(),
      });
      return request(app).get(target).set({ authorization });
    },
    decide,
    change,
    upload,
    settleDown,
    terms,
    agree: async (issue, more) =>
      (await change('/v1/transfers', await terms(issue, more))).transferId,
    transfer: async (transferId) => (await maker.get(`/v1/transfers/${transferId}`)).body.transfer,
    payIn: async (fundAccountId, amountFen) => {
      const reference = `IN-${newUuid()}`;
      const payment = { fundAccountId, amountFen, reference };
      await change('/v1/deposits', payment);
      const paid = await maker.post('/v1/embedded-bank/transfers', payment);
      assert(paid.status === 201, JSON.stringify(paid.body));
      await settleDown();
    },
    money: async (fundAccountId) => {
      const { body } = await maker.get(`/v1/money-accounts/${fundAccountId}`);
      return { balance: body.balanceFen ?? '0', held: body.heldFen ?? '0' };
    },
  };
}

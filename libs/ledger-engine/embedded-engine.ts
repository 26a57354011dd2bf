/** The LedgerEngine port on the embedded engine: a chain node's API over HTTP. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  type AppendRefusal,
  type CertifiedHeader,
  EngineUnavailable,
  type LedgerEngine,
  type RecordPosition,
} from '#libs/chain-application/ledger-engine.ts';
import type { operations } from '#libs/contracts/generated/chain-node.ts';
import type { CallFailure, ServiceClient } from '#libs/http/service-client.ts';
import { decodeHeader } from '#libs/proof/header.ts';
import type { Suite } from '#libs/proof/suite.ts';
import type { PublicKey } from '#libs/proof/validator-set.ts';
import { err, expectOk, ok, type Result } from '#libs/result/result.ts';
import { fromHex } from '#libs/sm/hex.ts';
import { checkCertified, headerFromWire, positionFromWire, setFromWire } from './embedded-wire.ts';
import { refusedRecordsOf } from './refused-records.ts';

type Client = ServiceClient<operations>;

export interface EmbeddedEngineOptions {
  /** Takes appends; serves reads too. */
  readonly sequencer: Client;
  /** Asked where the sequencer does not answer. */
  readonly follower: Client;
  readonly suite: Suite;
  /** Pinned out of band: every header handed out carries their signatures. */
  readonly witnesses: readonly PublicKey[];
}

const WAIT_MS = 10_000;
const RETRY_MS = 250;
const PAGE = 100;

/** Errors of every call: EngineUnavailable; EngineUntrusted for a header that its keys deny. */
export function createEmbeddedEngine(options: EmbeddedEngineOptions): LedgerEngine {
  const { sequencer } = options;
  const ask = readerOf(options);
  const headersFrom = headerReader(options, ask);
  const header: LedgerEngine['header'] = async (height) => (await headersFrom(height, 1, 0))[0];
  return {
    append: ({ idempotencyKey, records }) => append(sequencer, idempotencyKey, records),
    awaitFinal: (ticket, signal) => awaitFinal(sequencer, ticket, signal),
    header,
    validatorSet: setReader(options, ask),
    async prove(leafIndex, treeSize) {
      const query = { leafIndex: leafIndex.toString(), treeSize: treeSize.toString() };
      const { path } = await ask((client) => client.call('getInclusionProof', { query }));
      return path.map(fromHex);
    },
    async consistency(fromSize, toSize) {
      const query = { from: fromSize.toString(), to: toSize.toString() };
      const { path } = await ask((client) => client.call('getConsistencyProof', { query }));
      return path.map(fromHex);
    },
    async read(height, index) {
      const before = height < 1n ? undefined : await header(height - 1n);
      if (before === undefined) return undefined;
      const { treeSize } = expectOk(decodeHeader(before.header), 'a certified header');
      const params = { leafIndex: (treeSize + BigInt(index)).toString() };
      const answer = await found(ask((client) => client.call('getRecord', { params })));
      if (answer === undefined || answer.height !== height.toString()) return undefined;
      return new Uint8Array(Buffer.from(answer.record, 'base64'));
    },
    subscribe: (fromHeight, signal) => stream(headersFrom, fromHeight, signal),
  };
}

type ReadHeaders = (
  from: bigint,
  limit: number,
  waitMs: number,
) => Promise<readonly CertifiedHeader[]>;

/** Headers as a node gives them, each checked before it is handed out. */
function headerReader(options: EmbeddedEngineOptions, ask: Ask): ReadHeaders {
  const { suite, witnesses } = options;
  const setAt = setReader(options, ask);
  return async (from, limit, waitMs) => {
    const query = { from: from.toString(), limit, waitMs };
    const { headers } = await ask((client) => client.call('listHeaders', { query }));
    const certified = headers.map(headerFromWire);
    for (const each of certified) {
      // Height 0 follows from the genesis file; nobody signs it.
      if (each.height === 0n) continue;
      const validators = (await setAt(each.height)) ?? [];
      checkCertified(suite, each, { validators, witnesses });
    }
    return certified;
  };
}

function setReader({ suite }: EmbeddedEngineOptions, ask: Ask): LedgerEngine['validatorSet'] {
  return async (height) => {
    const params = { height: height.toString() };
    const answer = await found(ask((client) => client.call('getValidatorSet', { params })));
    return answer === undefined ? undefined : setFromWire(suite, answer.validators);
  };
}

async function* stream(
  headersFrom: ReadHeaders,
  fromHeight: bigint,
  signal: AbortSignal,
): AsyncGenerator<CertifiedHeader> {
  let next = fromHeight;
  while (!signal.aborted) {
    const headers = await patiently(() => headersFrom(next, PAGE, WAIT_MS), signal);
    for (const each of headers ?? []) {
      yield each;
      next = each.height + 1n;
    }
  }
}

async function append(
  sequencer: Client,
  idempotencyKey: string,
  records: readonly Uint8Array[],
): Promise<Result<string, AppendRefusal>> {
  const body = { records: records.map((record) => Buffer.from(record).toString('base64')) };
  const answer = await sequencer.call('appendRecords', { body, idempotencyKey });
  if (answer.ok) return ok(answer.value.body.ticket);
  if (answer.error.kind === 'problem') {
    const { problem } = answer.error;
    if (problem.code === 'idempotency-key-reused') return err({ kind: 'key-reused' });
    const refused = refusedRecordsOf(problem);
    if (refused !== undefined) return err({ kind: 'records-refused', records: refused });
  }
  throw unavailable(answer.error);
}

async function awaitFinal(
  sequencer: Client,
  ticket: string,
  signal: AbortSignal,
): Promise<readonly RecordPosition[]> {
  for (;;) {
    signal.throwIfAborted();
    const call = { params: { ticket }, query: { waitMs: WAIT_MS } };
    const answer = await sequencer.call('getTicket', call);
    if (answer.ok && answer.value.body.state === 'final') {
      return answer.value.body.records.map(positionFromWire);
    }
    // A node that restarts answers later; a ticket that nobody knows never will.
    if (!answer.ok && !isTransient(answer.error)) throw unavailable(answer.error);
    if (!answer.ok) await delay(RETRY_MS, undefined, { signal });
  }
}

/** Goes on through outages; ends with the signal. */
async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof EngineUnavailable)) throw error;
    await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    return undefined;
  }
}

type Ask = <T>(
  call: (client: Client) => Promise<Result<{ readonly body: T }, CallFailure>>,
) => Promise<T>;

/** Both nodes give the same final answers from stores of their own. */
function readerOf({ follower, sequencer }: EmbeddedEngineOptions): Ask {
  return async (call) => {
    let answer = await call(sequencer);
    if (!answer.ok && isTransient(answer.error)) answer = await call(follower);
    if (answer.ok) return answer.value.body;
    throw unavailable(answer.error);
  };
}

class Unanswered extends EngineUnavailable {
  readonly code: string;

  constructor(code: string) {
    super(`the chain node: ${code}`);
    this.code = code;
  }
}

async function found<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Unanswered && error.code === 'not-found') return undefined;
    throw error;
  }
}

function isTransient(failure: CallFailure): boolean {
  return failure.kind === 'unreachable' || failure.problem.status >= 500;
}

function unavailable(failure: CallFailure): Unanswered {
  return new Unanswered(failure.kind === 'problem' ? failure.problem.code : failure.reason);
}

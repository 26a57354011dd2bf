/** The sequencer: one writer that closes blocks over what waits and signs them, in order. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ChainState } from '#libs/chain-application/state.ts';
import type { Logger } from '#libs/log/log.ts';
import { monotonicMilliseconds } from '#libs/time/clock.ts';
import type { WriterSession } from '../repositories/writer-session.ts';
import { closeBlock } from './close-block.ts';
import type { Finality } from './finality.ts';
import type { NodeContext } from './node-context.ts';
import { assertStoreNotRewound, type BlockSigner, signBlock } from './sign-block.ts';
import { ensureGenesis, loadLastState, loadSignedState } from './start-chain.ts';
import { WakeUp } from './wake-up.ts';

/** Between two blocks, so that records that come together share one. */
const BLOCK_INTERVAL_MS = 100;
/** Appends wake the loop; this is for what another process of the node has appended. */
const IDLE_MS = 1_000;
const HELD_UP_MS = 100;
const RETRY_MS = 250;
/** Closed blocks that witnesses have not signed yet; above it no more are closed. */
const UNFINAL_BLOCKS_MAX = 64n;

export interface WriterOptions {
  readonly context: NodeContext;
  readonly finality: Finality;
  readonly by: BlockSigner;
  readonly openSession: () => Promise<WriterSession | undefined>;
  readonly log: Logger;
}

export class Sequencer {
  readonly #options: WriterOptions;
  #session: WriterSession | undefined;
  #hasNewRecords = false;
  readonly #appended = new WakeUp();
  /** A block was signed by the operator. */
  readonly signed = new WakeUp();

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** Undefined while another process is the writer, or nobody is. */
  get session(): WriterSession | undefined {
    return this.#session?.lost.aborted === false ? this.#session : undefined;
  }

  /** Told after each append, so that no record waits longer than a block takes to fill. */
  notifyAppended(): void {
    this.#hasNewRecords = true;
    this.#appended.notify();
  }

  /** Resolves when the signal is aborted and the work in hand has ended; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const session = await this.#options.openSession();
        if (session !== undefined) await this.#lead(session, signal);
      } catch (error) {
        if (!signal.aborted) this.#options.log.error('the sequencer stopped', { error });
      }
      await pause(RETRY_MS, signal);
    }
  }

  async #lead(session: WriterSession, signal: AbortSignal): Promise<void> {
    const { context, by, log } = this.#options;
    try {
      await ensureGenesis(session, context);
      const last = await loadLastState(context);
      await assertStoreNotRewound(by.memory, last.height);
      log.info('leading', { height: last.height });
      this.#session = session;
      await this.#produce(session, last, AbortSignal.any([signal, session.lost]));
    } finally {
      this.#session = undefined;
      session.end();
    }
  }

  async #produce(session: WriterSession, last: ChainState, signal: AbortSignal): Promise<void> {
    const { context, by, finality } = this.#options;
    let closed = last;
    let signed = await loadSignedState(context, by.signer.keyId);
    while (!signal.aborted) {
      const startedMs = monotonicMilliseconds();
      this.#hasNewRecords = false;
      const isHeldUp = closed.height - (await finality.height()) >= UNFINAL_BLOCKS_MAX;
      const next = isHeldUp ? undefined : await closeBlock(session, context, closed);
      closed = next ?? closed;
      while (signed.height < closed.height) {
        signed = await signBlock(session, context, by, signed);
        this.signed.notify();
      }
      const spentMs = monotonicMilliseconds() - startedMs;
      if (next !== undefined) await pause(BLOCK_INTERVAL_MS - spentMs, signal);
      else if (isHeldUp) await pause(HELD_UP_MS, signal);
      else if (!this.#hasNewRecords) await this.#appended.wait(IDLE_MS, signal);
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await delay(ms, undefined, { signal }).catch(() => undefined);
}

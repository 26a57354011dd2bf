/** The follower: pulls each signed block, replays it, cosigns it, and hands the cosignature in. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ChainState } from '#libs/chain-application/state.ts';
import { present } from '#libs/result/result.ts';
import { findBlock, findSignatures } from '../repositories/block-repository.ts';
import type { WriterSession } from '../repositories/writer-session.ts';
import type { Cosignature } from './accept-cosignature.ts';
import { type RawBlock, replayBlock } from './replay-block.ts';
import type { WriterOptions } from './run-sequencer.ts';
import { assertStoreNotRewound, SignerRefused, signBlock } from './sign-block.ts';
import { ensureGenesis, loadLastState, loadSignedState } from './start-chain.ts';

const RETRY_MS = 250;
const WAIT_MS = 2_000;

/** The sequencer as the follower knows it; every call throws when it cannot be reached. */
export interface SequencerPort {
  finalHeight(): Promise<bigint>;
  /** Undefined when there was no such block within the time. */
  rawBlock(height: bigint, waitMs: number): Promise<RawBlock | undefined>;
  submit(cosignature: Cosignature): Promise<void>;
}

/** The sequencer shows a block that its records do not give: it is not followed. */
export class ReplayRefused extends Error {
  override readonly name = 'ReplayRefused';
}

export class Follower {
  readonly #options: WriterOptions;
  readonly #sequencer: SequencerPort;
  #refused: string | undefined;

  constructor(options: WriterOptions, sequencer: SequencerPort) {
    this.#options = options;
    this.#sequencer = sequencer;
  }

  /** Why this node does not follow the sequencer any more; undefined while it does. */
  get refused(): string | undefined {
    return this.#refused;
  }

  /** Resolves when the signal is aborted and the work in hand has ended; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const session = await this.#options.openSession();
        if (session !== undefined) await this.#lead(session, signal);
      } catch (error) {
        if (!signal.aborted) this.#options.log.error('the follower stopped', { error });
        if (error instanceof ReplayRefused || error instanceof SignerRefused) {
          this.#refused = error.message;
        }
      }
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #lead(session: WriterSession, signal: AbortSignal): Promise<void> {
    const { context, by, finality, log } = this.#options;
    try {
      await ensureGenesis(session, context);
      let state = await loadLastState(context);
      await assertStoreNotRewound(by.memory, state.height);
      let signed = await loadSignedState(context, by.signer.keyId);
      while (signed.height < state.height) signed = await signBlock(session, context, by, signed);
      log.info('following', { height: state.height });
      await this.#submitFrom((await this.#sequencer.finalHeight()) + 1n, state.height);
      while (!signal.aborted && !session.lost.aborted) {
        const block = await this.#sequencer.rawBlock(state.height + 1n, WAIT_MS);
        if (block === undefined) continue;
        state = await this.#follow(session, state, block);
        await finality.height();
        await this.#submitFrom(state.height, state.height);
      }
    } finally {
      session.end();
    }
  }

  async #follow(session: WriterSession, state: ChainState, block: RawBlock): Promise<ChainState> {
    const { context, by } = this.#options;
    const replayed = await replayBlock(session, context, state, block);
    if (!replayed.ok) {
      throw new ReplayRefused(`height ${state.height + 1n}: ${replayed.error}`);
    }
    this.#refused = undefined;
    return signBlock(session, context, by, state);
  }

  /** The signatures as stored, so that both nodes hold the same bytes. */
  async #submitFrom(fromHeight: bigint, lastHeight: bigint): Promise<void> {
    const { context, by } = this.#options;
    for (let height = fromHeight; height <= lastHeight; height += 1n) {
      const entries = (await findSignatures(context.db, height, height)).get(height) ?? [];
      const own = entries.find((entry) => entry.keyId === by.signer.keyId);
      const { headerHash } = present(await findBlock(context.db, height), `block ${height}`);
      const signature = present(own, `the cosignature of height ${height}`).signature;
      await this.#sequencer.submit({ height, headerHash, keyId: by.signer.keyId, signature });
      context.crashPoint('chain-cosignature-submitted');
    }
  }
}

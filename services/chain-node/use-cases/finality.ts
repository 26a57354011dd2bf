/** How far the chain is final: blocks with the operator's and every witness's signature. */
import { checkCertificate } from '#libs/proof/certificate.ts';
import {
  findBlock,
  findFirstHeightShortOf,
  findLastHeight,
  findSignatures,
} from '../repositories/block-repository.ts';
import { findSetBefore } from '../repositories/state-repository.ts';
import type { NodeContext } from './node-context.ts';
import { WakeUp } from './wake-up.ts';

export class Finality {
  readonly #context: NodeContext;
  #height: bigint | undefined;
  #refreshing: Promise<bigint> | undefined;
  /** Notified whenever the final height has risen. */
  readonly risen = new WakeUp();

  constructor(context: NodeContext) {
    this.#context = context;
  }

  /** The height up to which every block is final, looked up now. */
  async height(): Promise<bigint> {
    this.#refreshing ??= this.#advance().finally(() => {
      this.#refreshing = undefined;
    });
    return await this.#refreshing;
  }

  async #advance(): Promise<bigint> {
    const before = this.#height ?? (await this.#start());
    let height = before;
    while (await this.#isFinal(height + 1n)) height += 1n;
    this.#height = height;
    if (height > before) this.risen.notify();
    return height;
  }

  /** Signatures were checked before they were stored: at a start their number is enough. */
  async #start(): Promise<bigint> {
    const { db, genesis } = this.#context;
    const short = await findFirstHeightShortOf(db, 1 + genesis.witnesses.length);
    return short === undefined ? ((await findLastHeight(db)) ?? 0n) : short - 1n;
  }

  async #isFinal(height: bigint): Promise<boolean> {
    const { db, suite, genesis } = this.#context;
    const certificate = (await findSignatures(db, height, height)).get(height);
    if (certificate === undefined || certificate.length <= genesis.witnesses.length) return false;
    const block = await findBlock(db, height);
    if (block === undefined) return false;
    const firstLeaf = block.header.treeSize - BigInt(block.recordCount);
    const { validators } = await findSetBefore(db, suite, genesis, firstLeaf);
    const trust = { validators, witnesses: genesis.witnesses };
    return checkCertificate(suite, block.headerHash, certificate, trust).ok;
  }
}

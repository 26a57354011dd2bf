/** Keeps a witness's signature over a block of this node: with it the block becomes final. */
import { equalBytes } from '#libs/proof/bytes.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import { findBlock, insertSignature } from '../repositories/block-repository.ts';
import type { WriterSession } from '../repositories/writer-session.ts';
import type { NodeContext } from './node-context.ts';

export interface Cosignature {
  readonly height: bigint;
  readonly headerHash: Uint8Array;
  readonly keyId: string;
  readonly signature: Uint8Array;
}

export type CosignatureRefusal = Refusal<
  'not-found' | 'cosignature-of-another-header' | 'cosignature-invalid'
>;

/** Errors: not-found, cosignature-of-another-header, cosignature-invalid. */
export async function acceptCosignature(
  session: WriterSession,
  context: NodeContext,
  cosignature: Cosignature,
): Promise<Result<undefined, CosignatureRefusal>> {
  const { db, suite, genesis } = context;
  const { headerHash, height, keyId, signature } = cosignature;
  const block = await findBlock(db, height);
  if (block === undefined) return refuse('not-found');
  if (!equalBytes(block.headerHash, headerHash)) {
    return refuse('cosignature-of-another-header', { height: height.toString() });
  }
  const witness = genesis.witnesses.find((key) => key.keyId === keyId);
  if (witness === undefined || !suite.verifySm2(witness.publicKey, headerHash, signature)) {
    return refuse('cosignature-invalid');
  }
  context.crashPoint('chain-cosignature-before-commit');
  await session.write(async (tx) => {
    await insertSignature(tx, height, { keyId, signature });
    return ok();
  });
  context.crashPoint('chain-cosignature-committed');
  return ok();
}

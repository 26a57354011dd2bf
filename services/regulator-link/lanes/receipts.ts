// Opens and verifies what comes down the lanes: only what the pinned supervisory keys have signed.
import {
  fromBase64,
  type LaneMessage,
  openEnvelope,
  type PayloadOf,
} from '#libs/lane-messages/envelope.ts';
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import type { ChainTrust } from '#libs/proof/anchor.ts';
import { decodeHeader } from '#libs/proof/header.ts';
import { checkHeaderProof } from '#libs/proof/header-proof.ts';
import { verdictRecord } from '#libs/proof/lane-envelope.ts';
import type { Suite } from '#libs/proof/suite.ts';
import type { PublicKey } from '#libs/proof/validator-set.ts';
import { err, ok, type Result } from '#libs/result/result.ts';

export interface SupervisoryTrust extends ChainTrust {
  readonly gatewayKeys: readonly PublicKey[];
}

export interface DownTrust {
  readonly suite: Suite;
  readonly chainId: string;
  readonly supervisory: SupervisoryTrust;
}

/** Errors: those of openEnvelope. */
export function openDown(
  bytes: Uint8Array,
  { suite, chainId, supervisory }: DownTrust,
): Result<LaneMessage, string> {
  return openEnvelope(bytes, {
    source: supervisory.chainId,
    destination: chainId,
    keyOf: (keyId) => supervisory.gatewayKeys.find((key) => key.keyId === keyId)?.publicKey,
    verify: suite.verifySm2,
  });
}

export type ResultFault = 'result-of-another-chain' | 'result-proof-invalid';

/**
 * The verdict's leaf must stand under a header that the pinned supervisory validators certify, at
 * the height that the message names. Errors: with the check that failed.
 */
export function verifyResult(
  payload: PayloadOf<'RESULT'>,
  { suite, chainId, supervisory }: DownTrust,
): Result<undefined, { readonly code: ResultFault; readonly detail: string }> {
  const { verdict } = payload;
  if (verdict.chainId !== chainId) {
    return err({ code: 'result-of-another-chain', detail: verdict.chainId });
  }
  const scope = { prefix: 'supervisory', trust: supervisory };
  const checks = checkHeaderProof(suite, payload, verdictRecord(verdict), scope);
  const failed = checks.find((check) => !check.passed);
  if (failed !== undefined) {
    return err({ code: 'result-proof-invalid', detail: `${failed.name}: ${failed.detail ?? ''}` });
  }
  const header = decodeHeader(fromBase64(payload.header));
  const isAtHeight = header.ok && header.value.height.toString() === payload.supervisoryHeight;
  return isAtHeight
    ? ok()
    : err({ code: 'result-proof-invalid', detail: 'supervisory-header: another height' });
}

/** The one form in which a message is hashed and kept. */
export function messageBytes(message: LaneMessage): Uint8Array {
  return canonicalBytes(message.envelope);
}

/** The verdict of a RESULT that was verified when it was stored. */
export function storedVerdict(message: Uint8Array | null): unknown {
  if (message === null) return undefined;
  const envelope = JSON.parse(new TextDecoder().decode(message)) as {
    payload: PayloadOf<'RESULT'>;
  };
  return envelope.payload.verdict;
}

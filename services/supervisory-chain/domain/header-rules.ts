/** Whether a header may extend the chain that is known: a light client's checks, cheap ones first. */
import { equalBytes } from '#libs/proof/bytes.ts';
import {
  type Certificate,
  type CertificateTrust,
  checkCertificate,
} from '#libs/proof/certificate.ts';
import { decodeHeader, type Header, headerHash } from '#libs/proof/header.ts';
import { type LaneTable, laneTableRoot } from '#libs/proof/lane-table.ts';
import type { Suite } from '#libs/proof/suite.ts';
import { verifyConsistency } from '#libs/proof/tree.ts';
import { validatorSetHash } from '#libs/proof/validator-set.ts';

export interface OfferedHeader {
  readonly header: Uint8Array;
  readonly certificate: Certificate;
  /** From the tree of the header before. */
  readonly consistencyPath: readonly Uint8Array[];
  readonly lanes: LaneTable;
}

export interface KnownHeader {
  readonly header: Header;
  readonly headerHash: Uint8Array;
}

export interface AcceptedHeader extends KnownHeader {
  readonly lanes: LaneTable;
}

/**
 * `evidence`: signed by the real keys and yet impossible beside what is known, so the chain
 * freezes.
 * `gap`: heights between are missing and are asked for.
 */
export type HeaderVerdict =
  | { readonly kind: 'accepted'; readonly value: AcceptedHeader }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'gap'; readonly from: bigint }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'evidence'; readonly code: HeaderMisbehaviour };

/** Of headers that the real keys certified; an EVIDENCE message names it by the same word. */
export type HeaderMisbehaviour = 'two-headers-at-height' | 'inconsistent-tree' | 'shrinking-tree';

export interface HeaderTrust extends CertificateTrust {
  readonly chainId: string;
}

const refused = (code: string): HeaderVerdict => ({ kind: 'refused', code });
const toleranceMs = 10 * 60_000;

/** `known` is the header of that height, where one was accepted; `last` the highest accepted. */
export function judgeHeader(
  suite: Suite,
  offered: OfferedHeader,
  trust: HeaderTrust,
  view: {
    readonly last: KnownHeader;
    readonly known: Uint8Array | undefined;
    readonly nowMs: bigint;
  },
): HeaderVerdict {
  const decoded = decodeHeader(offered.header);
  if (!decoded.ok) return refused('header-malformed');
  const header = decoded.value;
  if (header.chainId !== trust.chainId) return refused('header-of-another-chain');
  const hash = headerHash(suite, offered.header);
  if (view.known !== undefined && equalBytes(view.known, hash)) return { kind: 'duplicate' };
  const signed = checkCertificate(suite, hash, offered.certificate, trust);
  if (!signed.ok) return refused(signed.error);
  if (view.known !== undefined) return { kind: 'evidence', code: 'two-headers-at-height' };
  const { last } = view;
  if (header.height > last.header.height + 1n) {
    return { kind: 'gap', from: last.header.height + 1n };
  }
  return judgeNext(suite, offered, { header, headerHash: hash }, trust, view);
}

function judgeNext(
  suite: Suite,
  offered: OfferedHeader,
  next: KnownHeader,
  trust: HeaderTrust,
  { last, nowMs }: { readonly last: KnownHeader; readonly nowMs: bigint },
): HeaderVerdict {
  const { header } = next;
  if (!equalBytes(header.previousHeaderHash, last.headerHash)) {
    return { kind: 'evidence', code: 'two-headers-at-height' };
  }
  const setHash = validatorSetHash(suite, trust.validators);
  if (!equalBytes(header.validatorSetHash, setHash)) return refused('header-other-validators');
  if (!equalBytes(header.nextValidatorSetHash, setHash)) return refused('header-unknown-next-set');
  if (header.treeSize < last.header.treeSize) return { kind: 'evidence', code: 'shrinking-tree' };
  if (header.timeMs < last.header.timeMs || header.timeMs > nowMs + BigInt(toleranceMs)) {
    return refused('header-time');
  }
  const consistent = verifyConsistency(suite, {
    fromSize: last.header.treeSize,
    fromRoot: last.header.treeRoot,
    toSize: header.treeSize,
    toRoot: header.treeRoot,
    path: offered.consistencyPath,
  });
  if (!consistent) return { kind: 'evidence', code: 'inconsistent-tree' };
  if (!equalBytes(laneTableRoot(suite, offered.lanes), header.laneTableRoot)) {
    return refused('header-lane-table');
  }
  return { kind: 'accepted', value: { ...next, lanes: offered.lanes } };
}

/** From the chain node's wire forms to the port's, and the check of a certified header. */
import type { CertifiedHeader, RecordPosition } from '#libs/chain-application/ledger-engine.ts';
import type { components } from '#libs/contracts/generated/chain-node.ts';
import { equalBytes, fromBase64 } from '#libs/proof/bytes.ts';
import {
  certificateFromJson,
  type CertificateTrust,
  checkCertificate,
} from '#libs/proof/certificate.ts';
import { decodeHeader } from '#libs/proof/header.ts';
import { laneTableRoot } from '#libs/proof/lane-table.ts';
import type { Suite } from '#libs/proof/suite.ts';
import {
  makeValidatorSet,
  type ValidatorSet,
  validatorSetHash,
} from '#libs/proof/validator-set.ts';
import { expectOk, present } from '#libs/result/result.ts';
import { fromHex } from '#libs/sm/hex.ts';

type Wire = components['schemas'];

/** A node handed out what the pinned keys do not cover: evidence, never to be retried away. */
export class EngineUntrusted extends Error {
  override readonly name = 'EngineUntrusted';
}

export function headerFromWire(wire: Wire['CertifiedHeader']): CertifiedHeader {
  return {
    height: BigInt(wire.height),
    header: present(fromBase64(wire.header), 'the header'),
    headerHash: fromHex(wire.headerHash),
    certificate: present(certificateFromJson(wire.certificate), 'the certificate'),
    lanes: wire.lanes.map((head) => ({
      lane: head.lane,
      lastSequence: BigInt(head.lastSequence),
      lastPacketHash: fromHex(head.lastPacketHash),
    })),
  };
}

export function positionFromWire(wire: Wire['RecordPosition']): RecordPosition {
  return {
    height: BigInt(wire.height),
    index: wire.index,
    leafIndex: BigInt(wire.leafIndex),
    recordHash: fromHex(wire.recordHash),
  };
}

export function setFromWire(suite: Suite, members: Wire['Validator'][]): ValidatorSet {
  const set = makeValidatorSet(
    suite,
    members.map(({ keyId, publicKey, weight }) => ({
      keyId,
      publicKey: fromHex(publicKey),
      weight: BigInt(weight),
    })),
  );
  return expectOk(set, 'the validator set');
}

/** Errors: throws EngineUntrusted. */
export function checkCertified(
  suite: Suite,
  certified: CertifiedHeader,
  trust: CertificateTrust,
): void {
  const { certificate, headerHash, height, lanes } = certified;
  const header = decodeHeader(certified.header);
  if (!header.ok) throw new EngineUntrusted(`height ${height}: ${header.error}`);
  const isItself =
    header.value.height === height &&
    equalBytes(suite.sm3(certified.header), headerHash) &&
    equalBytes(validatorSetHash(suite, trust.validators), header.value.validatorSetHash) &&
    equalBytes(laneTableRoot(suite, lanes), header.value.laneTableRoot);
  if (!isItself) throw new EngineUntrusted(`height ${height}: not what the header commits to`);
  const checked = checkCertificate(suite, headerHash, certificate, trust);
  if (!checked.ok) throw new EngineUntrusted(`height ${height}: ${checked.error}`);
}

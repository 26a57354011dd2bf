// What somebody with the market's real keys can say: headers and envelopes of its lanes.
import { z } from 'zod';
import { keyFileOf } from '../../../services/launcher/keys.ts';
import { layoutOf } from '../../../services/launcher/layout.ts';
import type { Runtime } from '../../../services/launcher/runtime-file.ts';
import { chains } from '../../../services/launcher/services.ts';
import { openKeyFile } from '#libs/key-store/key-store.ts';
import { readPassphrase } from '#libs/key-store/passphrase.ts';
import {
  fromBase64,
  type PayloadOf,
  sealEnvelope,
  type SpokenType,
  toBase64,
} from '#libs/lane-messages/envelope.ts';
import { certificateToJson, sortCertificate } from '#libs/proof/certificate.ts';
import { decodeHeader, encodeHeader, type Header, headerHash } from '#libs/proof/header.ts';
import { expectOk } from '#libs/result/result.ts';
import type { Signer } from '#libs/sm/sm2.ts';
import { systemClock } from '#libs/time/clock.ts';
import { smSuite } from '../../support/sm-suite.ts';

export interface MarketKeys {
  readonly block: Signer;
  readonly witness: Signer;
  readonly gateway: Signer;
}

/** Out of the data directory's own key files. */
export async function openMarketKeys(runtime: Runtime): Promise<MarketKeys> {
  const layout = layoutOf(runtime.dataDirectory);
  const passphrase = readPassphrase(layout.passphrase);
  const signer = async (service: string, key: string): Promise<Signer> =>
    (await openKeyFile(keyFileOf(layout, service), passphrase)).signer(key);
  return {
    block: await signer('chain-sequencer', 'block'),
    witness: await signer('chain-follower', 'witness'),
    gateway: await signer('regulator-link', 'gateway'),
  };
}

const envelope = z.object({ type: z.string(), payload: z.record(z.string(), z.unknown()) });

/** The payload of a message that went up, as it was sent. */
export function payloadIn<Type extends SpokenType>(
  value: Uint8Array,
  type: Type,
): PayloadOf<Type> | undefined {
  const message = envelope.parse(JSON.parse(Buffer.from(value).toString()));
  return message.type === type ? (message.payload as unknown as PayloadOf<Type>) : undefined;
}

/** An envelope by the market's real gateway key. */
export function sealUp<Type extends SpokenType>(
  keys: MarketKeys,
  type: Type,
  payload: PayloadOf<Type>,
): Uint8Array {
  return sealEnvelope(keys.gateway, type, payload, {
    source: chains.market,
    destination: chains.supervisory,
    createdAt: systemClock.now(),
  });
}

/** The HEADER with another header in it, signed by these; all else as it was. */
export function forgeHeader(
  original: PayloadOf<'HEADER'>,
  change: (header: Header, hash: Uint8Array) => Header,
  signers: readonly Signer[],
): { readonly header: Uint8Array; readonly payload: PayloadOf<'HEADER'> } {
  const bytes = fromBase64(original.header);
  const known = expectOk(decodeHeader(bytes), 'the header on the lane');
  const header = encodeHeader(change(known, headerHash(smSuite, bytes)));
  const hash = headerHash(smSuite, header);
  const certificate = sortCertificate(
    signers.map((signer) => ({ keyId: signer.keyId, signature: signer.sign(hash) })),
  );
  const { height } = expectOk(decodeHeader(header), 'the forged header');
  return {
    header,
    payload: {
      ...original,
      height: height.toString(),
      header: toBase64(header),
      certificate: certificateToJson(certificate),
    },
  };
}

/** The same bytes but for one bit of the byte at that place. */
export function withChangedByte(bytes: Uint8Array, place: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[place] = (changed[place] ?? 0) ^ 1;
  return changed;
}

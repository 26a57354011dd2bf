/** Opens what the market sends, and remembers what was opened once: what waits comes back. */
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import {
  type EnvelopeFault,
  type LaneMessage,
  openEnvelope,
} from '#libs/lane-messages/envelope.ts';
import { ok, type Result } from '#libs/result/result.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import type { SupervisoryParts } from '../parts.ts';

export type PacketMessage = Extract<LaneMessage, { type: 'PACKET' }>;

/** Some megabytes; what was forgotten is verified once more. */
const rememberedMax = 1_000;

export class OpenedMessages {
  readonly #parts: SupervisoryParts;
  readonly #remembered = new Map<string, PacketMessage>();

  constructor(parts: SupervisoryParts) {
    this.#parts = parts;
  }

  /** Errors: those of `openEnvelope`. */
  open(bytes: Uint8Array): Result<LaneMessage, EnvelopeFault> {
    const known = this.#remembered.get(sm3Hex(bytes));
    if (known !== undefined) return ok(known);
    const parts = this.#parts;
    return openEnvelope(bytes, {
      source: parts.market.chainId,
      destination: parts.chainId,
      keyOf: (keyId) => parts.marketGatewayKeys.find((key) => key.keyId === keyId)?.publicKey,
      verify: parts.suite.verifySm2,
    });
  }

  /** The bytes to store of a message that has been opened; the very same need no second check. */
  keep(message: PacketMessage): Uint8Array {
    const bytes = canonicalBytes(message.envelope);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size >= rememberedMax && oldest !== undefined) {
      this.#remembered.delete(oldest);
    }
    this.#remembered.set(sm3Hex(bytes), message);
    return bytes;
  }
}

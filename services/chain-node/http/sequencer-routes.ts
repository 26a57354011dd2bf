/** Operator calls: appends by the link, raw blocks and cosignatures for the follower. */
import type { operations } from '#libs/contracts/generated/chain-node.ts';
import { chainNodeContract } from '#libs/contracts/generated/chain-node-contract.ts';
import { actorKey } from '#libs/http/actor.ts';
import { DependencyUnavailable } from '#libs/http/faults.ts';
import { reply, type Route, routesOf } from '#libs/http/route.ts';
import { toBase64 } from '#libs/proof/bytes.ts';
import { certificateToJson } from '#libs/proof/certificate.ts';
import { refuse } from '#libs/result/refusal.ts';
import { fromHex, toHex } from '#libs/sm/hex.ts';
import { acceptCosignature } from '../use-cases/accept-cosignature.ts';
import { appendRecords } from '../use-cases/append-records.ts';
import type { ChainReader } from '../use-cases/read-chain.ts';
import { readRawBlock, readTicket, type RecordPlace } from '../use-cases/read-sequencer.ts';
import type { Sequencer } from '../use-cases/run-sequencer.ts';
import { bytesFromWire, bytesToWire, type Wire } from './codec.ts';

const { action, query } = routesOf<operations>(chainNodeContract);
const NO_SEQUENCER = refuse('node-is-no-sequencer');

/** A follower has no sequencer and says so to each of them. */
export const sequencerRoutes = (
  reader: ChainReader,
  sequencer: Sequencer | undefined,
): Route<never>[] => [
  action('appendRecords', async ({ body }, { actor, idempotencyKey, now }) => {
    if (sequencer === undefined) return NO_SEQUENCER;
    const records = body.records.map(bytesFromWire);
    const malformed = records.indexOf(undefined);
    if (malformed !== -1) {
      const item = { pointer: `/records/${malformed}`, code: 'field-format' } as const;
      return refuse('malformed-request', {}, [item]);
    }
    const ticket = await appendRecords(writerOf(sequencer), reader.context, {
      caller: actorKey(actor),
      idempotencyKey,
      records: records.filter((record) => record !== undefined),
      now,
    });
    if (!ticket.ok) return ticket;
    sequencer.notifyAppended();
    return reply(202, { ticket: ticket.value });
  }),
  query('getTicket', async ({ params: { ticket }, query: { waitMs = 0 } }) => {
    if (sequencer === undefined) return NO_SEQUENCER;
    const places = await readTicket(reader, ticket, waitMs);
    if (!places.ok) return places;
    const records = places.value?.map(placeToWire) ?? [];
    return reply(200, { ticket, state: places.value === undefined ? 'pending' : 'final', records });
  }),
  query('getRawBlock', async ({ params: { height }, query: { waitMs = 0 } }) => {
    if (sequencer === undefined) return NO_SEQUENCER;
    const { signed } = sequencer;
    const block = await readRawBlock(reader, BigInt(height), { signed, waitMs });
    if (!block.ok) return block;
    const { certificate, header, records } = block.value;
    return reply(200, {
      height,
      header: toBase64(header),
      certificate: certificateToJson(certificate),
      records: records.map(bytesToWire),
    });
  }),
  action('submitCosignature', async ({ body }) => {
    if (sequencer === undefined) return NO_SEQUENCER;
    const signature = bytesFromWire(body.signature);
    if (signature === undefined) return refuse('cosignature-invalid');
    const accepted = await acceptCosignature(writerOf(sequencer), reader.context, {
      height: BigInt(body.height),
      headerHash: fromHex(body.headerHash),
      keyId: body.keyId,
      signature,
    });
    if (!accepted.ok) return accepted;
    return reply(200, { finalHeight: (await reader.finality.height()).toString() });
  }),
];

function writerOf(sequencer: Sequencer) {
  if (sequencer.session === undefined) throw new DependencyUnavailable('the writer of the chain');
  return sequencer.session;
}

function placeToWire(place: RecordPlace): Wire['RecordPosition'] {
  return {
    height: place.height.toString(),
    index: place.index,
    leafIndex: place.leafIndex.toString(),
    recordHash: toHex(place.recordHash),
  };
}

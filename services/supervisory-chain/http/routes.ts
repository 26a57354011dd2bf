/** Routes of the supervisory stand-in: what it has taken, what it has refused, and unfreezing. */
import { recordAudit } from '#libs/audit/record-audit.ts';
import { supervisoryChainContract } from '#libs/contracts/generated/supervisory-chain-contract.ts';
import type { operations } from '#libs/contracts/generated/supervisory-chain.ts';
import type { Database, Tx } from '#libs/db/database.ts';
import type { CursorCodec } from '#libs/http/cursor.ts';
import { type Route, reply, routesOf } from '#libs/http/route.ts';
import { refuse } from '#libs/result/refusal.ts';
import { ok } from '#libs/result/result.ts';
import { toHex } from '#libs/sm/hex.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import type { SupervisoryParts } from '../parts.ts';
import { type Evidence, listEvidence } from '../repositories/evidence-repository.ts';
import {
  listLanes,
  lockMarket,
  type Market,
  unfreezeMarket,
} from '../repositories/market-repository.ts';
import { queueOutgoing, resultsOf } from '../repositories/own-chain-repository.ts';
import { findObjectVersion, listPackets, type Packet } from '../repositories/packet-repository.ts';
import { openStored } from '../codecs/stored-object.ts';
import { marketView } from '../use-cases/market-view.ts';
import { control } from '../use-cases/send-down.ts';

export interface RouteParts {
  readonly parts: SupervisoryParts;
  readonly db: Database<unknown>;
  readonly cursors: CursorCodec;
}

const { query, command } = routesOf<operations, Tx<unknown>>(supervisoryChainContract);

const fromPacket = (packet: Packet) => ({
  objectId: packet.objectId,
  version: packet.version,
  revision: packet.revision,
  class: packet.class,
  operation: packet.operation,
  lane: packet.lane,
  sequence: packet.sequence.toString(),
  height: packet.height.toString(),
  verdict: packet.verdict,
  via: packet.via,
  snapshotHash: toHex(packet.snapshotHash),
  ...(packet.code === null ? {} : { code: packet.code }),
  ...(packet.field === null ? {} : { field: packet.field }),
});

const fromEvidence = (evidence: Evidence) => ({
  evidenceId: evidence.id,
  kind: evidence.kind,
  code: evidence.code,
  detail: evidence.detail,
  foundAt: evidence.foundAt,
  firstSm3: sm3Hex(evidence.first),
  ...(evidence.second === null ? {} : { secondSm3: sm3Hex(evidence.second) }),
});

const readRoutes = ({ parts, db, cursors }: RouteParts): Route<Tx<unknown>>[] => [
  query('getMarketView', async () => reply(200, await marketView(parts, db))),

  query('listTakenObjects', async ({ query: asked }) => {
    const { limit = 50, cursor, verdict } = asked;
    const page = { operation: 'listTakenObjects', verdict };
    const after = cursor === undefined ? ok([]) : cursors.decode(page, cursor);
    if (!after.ok) return after;
    const rows = await listPackets(db, { verdict, before: after.value[0] }, limit + 1);
    const answer = cursors.page(rows, {
      query: page,
      limit,
      keyOf: ({ leafIndex }) => [leafIndex.toString()],
      itemOf: fromPacket,
    });
    return reply(200, { items: [...answer.items], nextCursor: answer.nextCursor });
  }),

  query('getTakenObject', async ({ params }, context) => {
    const packet = await findObjectVersion(
      db,
      params.objectId,
      Number.parseInt(params.version, 10),
    );
    if (packet === undefined) return refuse('not-found');
    await recordAudit(db, context, {
      action: 'taken-object-read',
      target: `object:${packet.objectId}/${packet.version}`,
    });
    const bytes = openStored(parts, packet);
    const object: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return reply(200, object as Record<string, unknown>);
  }),

  query('listResults', async ({ params: { lane }, query: asked }) => {
    const { fromSequence, toSequence, limit = 50 } = asked;
    const range = { lane, from: BigInt(fromSequence), to: BigInt(toSequence) };
    const results = await resultsOf(db, parts.market.chainId, range, limit);
    const items = results.map(({ sequence, message }) => ({
      sequence: sequence.toString(),
      message: Buffer.from(message).toString('base64'),
    }));
    return reply(200, { items });
  }),

  query('listEvidence', async ({ query: asked }) => {
    const { limit = 50, cursor } = asked;
    const page = { operation: 'listEvidence' };
    const after = cursor === undefined ? ok([]) : cursors.decode(page, cursor);
    if (!after.ok) return after;
    const rows = await listEvidence(db, after.value[0] ?? null, limit + 1);
    const answer = cursors.page(rows, {
      query: page,
      limit,
      keyOf: ({ id }) => [id],
      itemOf: fromEvidence,
    });
    return reply(200, { items: [...answer.items], nextCursor: answer.nextCursor });
  }),
];

/** The chain, and each of its lanes, that stands still: the market lifts them one by one. */
async function frozenScopes(tx: Tx<unknown>, { chainId, frozenReason }: Market) {
  const lanes = (await listLanes(tx, chainId)).filter((lane) => lane.frozenReason !== null);
  return [...(frozenReason === null ? [] : [{}]), ...lanes.map(({ lane }) => ({ lane }))];
}

export const supervisoryRoutes = (routeParts: RouteParts): Route<Tx<unknown>>[] => [
  ...readRoutes(routeParts),
  command('unfreezeMarket', async (tx, { body }, context) => {
    const { parts } = routeParts;
    const { chainId } = parts.market;
    const market = await lockMarket(tx, chainId);
    const scopes = await frozenScopes(tx, market);
    if (scopes.length === 0) return refuse('market-not-frozen', { chainId });
    const headerHash = toHex(market.headerHash);
    if (headerHash !== body.headerHash) return refuse('market-other-header', { headerHash });
    await unfreezeMarket(tx, chainId);
    await recordAudit(tx, context, {
      action: 'market-unfrozen',
      target: `market:${chainId}`,
      detail: { headerHash, reason: body.reason },
    });
    const height = market.height.toString();
    const payload = { chainId, height, headerHash, reason: body.reason };
    const messages = scopes.map((scope) =>
      control(parts, 'UNFREEZE', { ...payload, ...scope }, context.now),
    );
    await queueOutgoing(tx, messages, context.now);
    return reply(200, await marketView(parts, tx));
  }),
];

// Routes of the link: facts, proofs, lanes, status. All of them read.
import type { operations } from '#libs/contracts/generated/regulator-link.ts';
import { regulatorLinkContract } from '#libs/contracts/generated/regulator-link-contract.ts';
import type { Database } from '#libs/db/database.ts';
import type { CursorCodec } from '#libs/http/cursor.ts';
import { type Route, reply, routesOf } from '#libs/http/route.ts';
import { refuse } from '#libs/result/refusal.ts';
import { frozenScopes } from '../repositories/control-repository.ts';
import { factObjects, findFact, listFactRows } from '../repositories/fact-queries.ts';
import { readLanes } from '../repositories/status-queries.ts';
import { readProof } from '../use-cases/read-snapshot.ts';
import { describeStatus } from './describe-status.ts';
import { toFact, toFactObject, toLane } from './fact-codec.ts';

export interface LinkRouteDeps {
  readonly db: Database<unknown>;
  readonly recordKek: Uint8Array;
  readonly chainId: string;
  readonly cursors: CursorCodec;
  /** Names of loops that fail at the moment. */
  readonly faults: () => readonly string[];
}

const { query } = routesOf<operations>(regulatorLinkContract);
const limitDefault = 50;

export const linkRoutes = (deps: LinkRouteDeps): Route<never>[] => [
  query('listFacts', async ({ query: asked }) => {
    const { state, source, book, cursor, limit = limitDefault } = asked;
    const scope = { operation: 'listFacts', state, source, book };
    const from = cursor === undefined ? undefined : deps.cursors.decode(scope, cursor);
    if (from !== undefined && !from.ok) return from;
    const before = from?.value[0];
    const rows = await listFactRows(deps.db, { state, source, book, before, limit: limit + 1 });
    const page = deps.cursors.page(rows, {
      query: scope,
      limit,
      keyOf: (row) => [row.event_id],
      itemOf: toFact,
    });
    return reply(200, { items: [...page.items], nextCursor: page.nextCursor });
  }),
  query('getFact', async ({ params }) => {
    const row = await findFact(deps.db, params.eventId);
    if (row === undefined) return refuse('not-found');
    const objects = await factObjects(deps.db, params.eventId);
    return reply(200, { fact: toFact(row), objects: objects.map(toFactObject) });
  }),
  query('getObjectProof', async ({ params, query: asked }, context) => {
    const proof = await readProof(deps.db, deps, context, {
      objectId: params.objectId,
      version: Number.parseInt(params.version, 10),
      revision: asked.revision === undefined ? undefined : Number.parseInt(asked.revision, 10),
    });
    if (!proof.ok) return proof;
    const { certificate, inclusionPath, ...rest } = proof.value;
    return reply(200, {
      ...rest,
      certificate: [...certificate],
      inclusionPath: [...inclusionPath],
    });
  }),
  query('getLinkStatus', async (_request, { now }) =>
    reply(200, await describeStatus(deps.db, { ...deps, now })),
  ),
  query('listLanes', async () => {
    const frozen = new Set((await frozenScopes(deps.db)).map(({ scope }) => scope));
    const rows = await readLanes(deps.db);
    return reply(200, { items: rows.map((row) => toLane(row, frozen)) });
  }),
];

/** Routes of maker-checker: the list, one approval, the decision. */
import { findApproval, listApprovals } from '#libs/approvals/approval-repository.ts';
import { decideApproval } from '#libs/approvals/approvals.ts';
import type { operations } from '#libs/contracts/generated/registry.ts';
import { registryContract } from '#libs/contracts/generated/registry-contract.ts';
import { type Route, reply, routesOf } from '#libs/http/route.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { refuse } from '#libs/result/refusal.ts';
import { toWireApproval } from './approval-codec.ts';
import { actingContext, type RegistryServices, type RegistryTx } from './services.ts';

const { query, command } = routesOf<operations, RegistryTx>(registryContract);

export function approvalRoutes(services: RegistryServices): Route<RegistryTx>[] {
  const { db, approvals, cursors } = services;
  return [
    query('listApprovals', async ({ query: { state, limit = 50, cursor } }) => {
      const filter = { operation: 'listApprovals', state };
      const key = cursor === undefined ? undefined : cursors.decode(filter, cursor);
      if (key !== undefined && !key.ok) return key;
      const [before] = key?.value ?? [];
      const rows = await listApprovals(
        db,
        {
          ...(state === undefined ? {} : { state }),
          // The cursor is ours, by its seal.
          ...(before === undefined ? {} : { before: before as Uuid }),
          limit: limit + 1,
        },
        approvals.cipher,
      );
      const page = cursors.page(rows, {
        query: filter,
        limit,
        keyOf: ({ id }) => [id],
        itemOf: toWireApproval,
      });
      return reply(200, { items: [...page.items], nextCursor: page.nextCursor });
    }),
    query('getApproval', async ({ params }) => {
      const found = await findApproval(db, params.approvalId as Uuid, approvals.cipher);
      return found === undefined
        ? refuse('not-found')
        : reply(200, { approval: toWireApproval(found) });
    }),
    command('decideApproval', async (tx, { params, body }, context) => {
      const decision = { ...body, id: params.approvalId as Uuid };
      const decided = await decideApproval(approvals, tx, actingContext(context), decision);
      return decided.ok ? reply(200, { approval: toWireApproval(decided.value) }) : decided;
    }),
  ];
}

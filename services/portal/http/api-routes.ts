/** The routes of the portal's own contract. */
import type { Approval } from '#libs/approvals/approval.ts';
import { findApproval, listApprovals } from '#libs/approvals/approval-repository.ts';
import { decideApproval, requestApproval } from '#libs/approvals/approvals.ts';
import { plainPayloads } from '#libs/approvals/approval.ts';
import type { components, operations } from '#libs/contracts/generated/portal.ts';
import { portalContract } from '#libs/contracts/generated/portal-contract.ts';
import type { Database, Tx } from '#libs/db/database.ts';
import type { DB } from '#libs/db/generated/portal.ts';
import type { Actor } from '#libs/http/actor.ts';
import type { CursorCodec } from '#libs/http/cursor.ts';
import { reply, type Route, routesOf } from '#libs/http/route.ts';
import { expectOk } from '#libs/result/result.ts';
import { parseUuid } from '#libs/ids/uuid.ts';
import { refuse } from '#libs/result/refusal.ts';
import { approvalRules } from '../approvals.ts';
import { activateLogin, issueActivationCode } from '../use-cases/activate-login.ts';
import { checkInvestorLogin } from '../use-cases/register-investor-login.ts';
import { readProgramKey } from '../use-cases/register-program.ts';

export interface ApiParts {
  readonly db: Database<DB>;
  readonly cursors: CursorCodec;
  /** Activation codes are derived under it. */
  readonly secret: Uint8Array;
  /** Asks the registry; throws DependencyUnavailable when it does not answer. */
  readonly isSubjectKnown: (subjectId: string) => Promise<boolean>;
}

type PortalRoute = Route<Tx<DB>>;
type Me = components['schemas']['Me'];

const { query, command } = routesOf<operations, Tx<DB>>(portalContract);

export function loginRoutes(parts: ApiParts): PortalRoute[] {
  return [
    query('getMe', (_request, { actor }) => Promise.resolve(reply(200, toMe(actor)))),
    command('registerInvestorLogin', async (tx, { body }, context) => {
      const { subjectId, username } = body;
      const free = await checkInvestorLogin(tx, body);
      if (!free.ok) return free;
      if (!(await parts.isSubjectKnown(subjectId))) return refuse('subject-unknown', { subjectId });
      const request = { operation: 'registerInvestorLogin', payload: { subjectId, username } };
      const approval = await requestApproval(approvalRules, tx, context, request);
      return reply(202, { approval: toApproval(approval) });
    }),
    command('issueActivationCode', async (tx, { params }, context) => {
      const { idempotencyKey: key } = context;
      const issue = { personId: params.personId, key, secret: parts.secret };
      const issued = await issueActivationCode(tx, context, issue);
      return issued.ok ? reply(201, issued.value) : issued;
    }),
    command('activateLogin', async (tx, { body }, context) => {
      const activated = await activateLogin(tx, context, body);
      return activated.ok ? reply(200, activated.value) : activated;
    }),
    command('registerProgram', async (tx, { body }, context) => {
      const key = readProgramKey(body.publicKeyPem);
      if (!key.ok) return key;
      const request = { operation: 'registerProgram', payload: { ...body } };
      const approval = await requestApproval(approvalRules, tx, context, request);
      return reply(202, { approval: toApproval(approval) });
    }),
  ];
}

export function approvalRoutes({ db, cursors }: ApiParts): PortalRoute[] {
  return [
    query('listApprovals', async ({ query: { state, limit = 50, cursor } }) => {
      const filters = { operation: 'listApprovals', state };
      const after = cursor === undefined ? undefined : cursors.decode(filters, cursor);
      if (after !== undefined && !after.ok) return after;
      const before = after?.value[0] === undefined ? undefined : idOf(after.value[0]);
      const page = {
        limit: limit + 1,
        ...(state === undefined ? {} : { state }),
        ...(before === undefined ? {} : { before }),
      };
      const rows = await listApprovals(db, page, plainPayloads);
      const keyOf = (row: Approval): string[] => [row.id];
      const { items, nextCursor } = cursors.page(rows, {
        query: filters,
        limit,
        keyOf,
        itemOf: toApproval,
      });
      return reply(200, { items: [...items], nextCursor });
    }),
    query('getApproval', async ({ params }) => {
      const approval = await findApproval(db, idOf(params.approvalId), plainPayloads);
      if (approval === undefined) return refuse('not-found');
      return reply(200, { approval: toApproval(approval) });
    }),
    command('decideApproval', async (tx, { params, body }, context) => {
      const decision = { id: idOf(params.approvalId), ...body };
      const decided = await decideApproval(approvalRules, tx, context, decision);
      return decided.ok ? reply(200, { approval: toApproval(decided.value) }) : decided;
    }),
  ];
}

const idOf = (text: string) => expectOk(parseUuid(text), 'the contract admits UUIDs only');

function toMe(actor: Actor): Me {
  if (actor.kind !== 'person') return { id: actor.kind, name: actor.kind, roles: [] };
  const { id, name, roles, subjectId } = actor;
  return {
    id,
    name,
    // The provider issues no others: see the check on the table person.
    roles: [...roles] as Me['roles'],
    ...(subjectId === undefined ? {} : { subjectId }),
  };
}

function toApproval(approval: Approval): components['schemas']['Approval'] {
  const a = approval;
  return {
    id: a.id,
    operation: a.operation,
    state: a.state,
    payload: { ...a.payload },
    payloadHash: a.payloadHash,
    maker: a.maker,
    madeAt: a.madeAt,
    expiresAt: a.expiresAt,
    ...(a.makerName === null ? {} : { makerName: a.makerName }),
    ...(a.checker === null ? {} : { checker: a.checker }),
    ...(a.checkerName === null ? {} : { checkerName: a.checkerName }),
    ...(a.decidedAt === null ? {} : { decidedAt: a.decidedAt }),
    ...(a.opinion === null ? {} : { opinion: a.opinion }),
    ...(a.result === null ? {} : { result: a.result as Record<string, unknown> }),
  };
}

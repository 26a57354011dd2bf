/** Routes that show subjects, accounts and securities; an investor sees own things only. */
import type { operations } from '#libs/contracts/generated/registry.ts';
import { registryContract } from '#libs/contracts/generated/registry-contract.ts';
import { type Route, reply, routesOf } from '#libs/http/route.ts';
import { refuse } from '#libs/result/refusal.ts';
import { maySeeOf, narrowedTo } from '../domain/access.ts';
import { normaliseNumber } from '../domain/identity-number.ts';
import { findAccount, listAccounts } from '../repositories/account-repository.ts';
import { evidenceOf } from '../repositories/evidence-repository.ts';
import { currentDay } from '../repositories/rule-repository.ts';
import {
  exemptionOn,
  findSecurity,
  listSecurities,
  type Security,
} from '../repositories/security-repository.ts';
import {
  countOwners,
  findByIdentities,
  findSubject,
  listSubjects,
  type Subject,
} from '../repositories/subject-repository.ts';
import { recordInvestorCode } from '../use-cases/record-investor-code.ts';
import { pageOf } from './page.ts';
import { toWireAccount, toWireSecurity, toWireSubject } from './party-codec.ts';
import { actOf, type RegistryServices, type RegistryTx, viewerOf } from './services.ts';

const { query, command } = routesOf<operations, RegistryTx>(registryContract);

export function partyRoutes(services: RegistryServices): Route<RegistryTx>[] {
  return [...subjectRoutes(services), ...accountRoutes(services), ...securityRoutes(services)];
}

function subjectRoutes({ db, setting, cursors }: RegistryServices): Route<RegistryTx>[] {
  const { cipher } = setting;
  const withParts = async (subjects: readonly Subject[]) => {
    const evidence = await evidenceOf(
      db,
      subjects.map(({ subjectId }) => subjectId),
    );
    return Promise.all(
      subjects.map(async (subject) => {
        const owners = subject.lookThrough ? await countOwners(db, subject.subjectId) : 0;
        return toWireSubject(subject, { evidence, beneficialOwnerCount: owners });
      }),
    );
  };
  return [
    query('listSubjects', async ({ query: { role, limit = 50, cursor } }) => {
      const filter = { operation: 'listSubjects', role };
      return pageOf(
        { cursors, filter, limit, cursor },
        {
          rows: (before, count) => listSubjects(db, cipher, { role, before, limit: count }),
          keyOf: ({ subjectId }) => subjectId,
          items: withParts,
        },
      );
    }),
    query('searchSubjects', async ({ body }) => {
      const identity = { ...body, certificateNumber: normaliseNumber(body.certificateNumber) };
      const items = await withParts(await findByIdentities(db, cipher, [identity]));
      return reply(200, { items, nextCursor: null });
    }),
    query('getSubject', async ({ params }, { actor }) => {
      const subject = await findSubject(db, cipher, params.subjectId);
      if (subject === undefined || !maySeeOf(viewerOf(actor), subject.subjectId)) {
        return refuse('not-found');
      }
      const [wire] = await withParts([subject]);
      return wire === undefined ? refuse('not-found') : reply(200, wire);
    }),
    command('recordInvestorCode', async (tx, { body }, context) => {
      // One code is recorded once, whatever keys its calls carry.
      const act = { ...actOf(context), businessKey: `investor-code:${body.investorCode}` };
      const recorded = await recordInvestorCode(tx, setting, act, body);
      return recorded.ok ? reply(200, recorded.value) : recorded;
    }),
  ];
}

function accountRoutes({ db, cursors }: RegistryServices): Route<RegistryTx>[] {
  return [
    query('listAccounts', async ({ query: { subjectId, limit = 50, cursor } }, { actor }) => {
      const narrowed = narrowedTo(viewerOf(actor));
      if (narrowed !== undefined && subjectId !== undefined && subjectId !== narrowed) {
        return reply(200, { items: [], nextCursor: null });
      }
      const owner = narrowed ?? subjectId;
      const filter = { operation: 'listAccounts', subjectId: owner };
      return pageOf(
        { cursors, filter, limit, cursor },
        {
          rows: (before, count) => listAccounts(db, { subjectId: owner, before, limit: count }),
          keyOf: ({ accountId }) => accountId,
          items: async (accounts) => accounts.map(toWireAccount),
        },
      );
    }),
    query('getAccount', async ({ params }, { actor }) => {
      const account = await findAccount(db, params.accountId);
      const isShown =
        account !== undefined &&
        (account.kind === 'securities' || account.kind === 'fund') &&
        maySeeOf(viewerOf(actor), account.subjectId);
      return isShown ? reply(200, toWireAccount(account)) : refuse('not-found');
    }),
  ];
}

function securityRoutes({ db, setting, cursors }: RegistryServices): Route<RegistryTx>[] {
  const toWire = async (security: Security) => {
    const issuer = await findSubject(db, setting.cipher, security.issuerSubjectId);
    const date = (await currentDay(db))?.businessDate ?? security.onboardedOn;
    const exemption = await exemptionOn(db, security.securityId, date);
    return toWireSecurity(security, issuer?.name ?? '', exemption);
  };
  return [
    query('listSecurities', async ({ query: { limit = 50, cursor } }) =>
      pageOf(
        { cursors, filter: { operation: 'listSecurities' }, limit, cursor },
        {
          rows: (before, count) => listSecurities(db, { before, limit: count }),
          keyOf: ({ securityId }) => securityId,
          items: (securities) => Promise.all(securities.map(toWire)),
        },
      ),
    ),
    query('getSecurity', async ({ params }) => {
      const security = await findSecurity(db, params.securityId);
      return security === undefined ? refuse('not-found') : reply(200, await toWire(security));
    }),
  ];
}

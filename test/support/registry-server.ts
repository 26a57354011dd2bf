// The real registry, served on loopback with a database of its own, and parties to trade with.
import { createCursorCodec } from '#libs/http/cursor.ts';
import { listen } from '#libs/http/listen.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { expectOk } from '#libs/result/result.ts';
import type { FixedClock } from '#libs/time/clock.ts';
import type { KeyObject } from 'node:crypto';
import { createRegistryApp } from '../../services/registry/app.ts';
import { approvalsOf } from '../../services/registry/approvals/approval-rules.ts';
import { createOwnerKeyStore } from '../../services/registry/renderer/owner-keys.ts';
import { openBusinessDay } from '../../services/registry/use-cases/change-rules.ts';
import { postInitialRegistration } from '../../services/registry/use-cases/post-initial-registration.ts';
import { actsOf, newAct, type RegistryActs, setting } from '../store/registry/registry-acts.ts';
import { openRegistryStore, type RegistryStore } from '../store/registry/registry-store.ts';
import { createTestCallers } from './callers.ts';
import { testLog } from './test-log.ts';

export interface Party {
  readonly subjectId: Uuid;
  readonly accountId: Uuid;
  readonly fundAccountId: Uuid;
}

export interface Issue {
  readonly securityId: Uuid;
  readonly seller: Party;
  readonly buyer: Party;
}

export interface RegistryServer {
  readonly url: string;
  readonly store: RegistryStore;
  readonly acts: RegistryActs;
  /** Settlement's key, whose public half the registry trusts. */
  readonly settlementKey: KeyObject;
  party(isQualified?: boolean): Promise<Party>;
  /** A listed share; its seller has all 1,000 of it. */
  issue(parties?: { seller?: Party; buyer?: Party }): Promise<Issue>;
  openDay(businessDate: string): Promise<void>;
  /** No business day is open while the work runs. */
  whileClosed(work: () => Promise<void>): Promise<void>;
  /** From here on nobody answers. */
  stopServing(): Promise<void>;
  held(accountId: string, securityId: string): Promise<{ total: bigint; free: bigint }>;
  close(): Promise<void>;
}

export async function startRegistryServer(clock: FixedClock): Promise<RegistryServer> {
  const store = await openRegistryStore();
  const acts = await actsOf(store);
  const callers = await createTestCallers('registry', { clock });
  const app = createRegistryApp({
    db: store.db,
    setting,
    approvals: approvalsOf(setting),
    cursors: createCursorCodec(new Uint8Array(32).fill(3)),
    ownerKeys: createOwnerKeyStore(new Uint8Array(16).fill(5), clock),
    authenticator: callers.authenticator,
    clock,
    log: testLog,
    ready: {},
    validateResponses: true,
  });
  const server = await listen({ app, host: '127.0.0.1', port: 0, graceMs: 100 });
  let serial = 0;

  const party = async (isQualified = true): Promise<Party> => {
    serial += 1;
    const subjectId = (await acts.registerPerson(serial)) as Uuid;
    if (isQualified) await acts.qualifyPerson(subjectId);
    const opened = await acts.openAccounts(subjectId);
    const accountId = opened.securitiesAccountId as Uuid;
    return { subjectId, accountId, fundAccountId: opened.fundAccountId as Uuid };
  };

  return {
    url: server.url,
    store,
    acts,
    settlementKey: callers.privateKeyOf('settlement'),
    party,
    issue: async (parties = {}) => {
      const seller = parties.seller ?? (await party());
      const buyer = parties.buyer ?? (await party());
      serial += 1;
      const issuer = await acts.registerOrganisation(500 + serial);
      const code = `ZJ${(200_000 + serial).toString()}`;
      const securityId = (await acts.onboard(issuer, code, '1000')) as Uuid;
      const rows = [{ accountId: seller.accountId, nature: 0, quantity: 1_000n }];
      const posted = await acts.run((tx) =>
        postInitialRegistration(tx, newAct(), { securityId, rows }),
      );
      expectOk(posted, 'register the issue');
      return { securityId, seller, buyer };
    },
    openDay: async (businessDate) => {
      const opened = await acts.run((tx) =>
        openBusinessDay(tx, setting, newAct(), { businessDate }),
      );
      expectOk(opened, 'open the next day');
    },
    whileClosed: async (work) => {
      await store.asOwner('alter table registry.business_day rename to business_day_away');
      await store.asOwner('create table registry.business_day (like registry.business_day_away)');
      await store.asOwner('grant select on registry.business_day to registry');
      try {
        await work();
      } finally {
        await store.asOwner('drop table registry.business_day');
        await store.asOwner('alter table registry.business_day_away rename to business_day');
      }
    },
    stopServing: () => server.close(),
    held: async (accountId, securityId) => {
      const { rows } = await store.query<{ total: bigint; free: bigint }>(
        `select coalesce(sum(total), 0)::bigint as total, coalesce(sum(free), 0)::bigint as free
         from holding where account_id = $1 and security_id = $2`,
        [accountId, securityId],
      );
      return rows[0] ?? { total: 0n, free: 0n };
    },
    close: async () => {
      await server.close();
      await store.close();
    },
  };
}

// A portal on a real database, listening, before a service of the test's own making.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createDatabase, type Database } from '#libs/db/database.ts';
import type { DB } from '#libs/db/generated/portal.ts';
import { createPool } from '#libs/db/pool.ts';
import { listen, type Listening } from '#libs/http/listen.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { createLogger } from '#libs/log/log.ts';
import { systemClock } from '#libs/time/clock.ts';
import { addMilliseconds, type Instant } from '#libs/time/instant.ts';
import { createPortalApp, type RateLimits } from '../../../../services/portal/app.ts';
import { signingKeyOf } from '../../../../services/portal/oidc/signing-key.ts';
import { type Upstream, upstreamsOf } from '../../../../services/portal/upstreams.ts';
import { seedDemoUsers } from '../../../../services/portal/use-cases/seed-demo-users.ts';
import { createServiceDatabase } from '../../../support/service-database.ts';

export interface UpstreamCall {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface TestPortal {
  readonly url: string;
  readonly issuer: string;
  readonly db: Database<DB>;
  /** What came through the proxy to the services, in order. */
  readonly calls: UpstreamCall[];
  /** How the services answer from now on. */
  answerWith(answer: (call: UpstreamCall, res: ServerResponse) => void): void;
  /** Subjects that the registry knows. */
  readonly subjects: Set<string>;
  /** Moves the portal's clock. */
  advance(milliseconds: number): void;
  close(): Promise<void>;
}

export const password = (username: string): string => `correct horse of ${username.slice(0, 3)}`;

const STAFF = [
  ['registrar-maker', 'registrar.maker'],
  ['registrar-checker', 'registrar.checker'],
  ['settlement-maker', 'settlement.maker'],
  ['operator', 'operator'],
  ['auditor', 'auditor'],
] as const;

export async function openPortal(limits?: RateLimits): Promise<TestPortal> {
  const database = await createServiceDatabase('portal');
  const pool = createPool({
    connectionString: database.roleUrl('portal'),
    schema: 'portal',
    applicationName: 'test-portal',
  });
  const db = createDatabase<DB>(pool);
  let offsetMs = 0;
  const clock = { now: (): Instant => addMilliseconds(systemClock.now(), offsetMs) };
  await seedStaff(db, clock.now());
  const calls: UpstreamCall[] = [];
  let answer = (_call: UpstreamCall, res: ServerResponse): void => {
    res.setHeader('content-type', 'application/json');
    res.end('{"fine":true}');
  };
  const upstream = await serve((call, res) => {
    calls.push(call);
    answer(call, res);
  });
  const subjects = new Set<string>();
  const { port, open } = await reservePort();
  const url = `http://127.0.0.1:${port}`;
  const app = createPortalApp({
    db,
    clock,
    log: createLogger({ service: 'portal', level: 'silent' }),
    publicUrl: url,
    issuer: `${url}/oidc`,
    key: await signingKeyOf(newKey().privateKey, 'test-key'),
    secret: new Uint8Array(32).fill(5),
    upstreams: upstreamsAt(upstream.url),
    isSubjectKnown: (subjectId) => Promise.resolve(subjects.has(subjectId)),
    ready: { database: () => pool.query('select 1') },
    validateResponses: true,
    ...(limits === undefined ? {} : { limits }),
  });
  const server: Listening = await open(app);
  return {
    url,
    issuer: `${url}/oidc`,
    db,
    calls,
    subjects,
    answerWith: (next) => {
      answer = next;
    },
    advance: (milliseconds) => {
      offsetMs += milliseconds;
    },
    close: async () => {
      await server.close();
      upstream.close();
      await db.destroy();
      await database.drop();
    },
  };
}

/** Every service is the test's own, but for a follower that is away. */
function upstreamsAt(url: string): Upstream[] {
  return upstreamsOf({
    registry: url,
    settlement: url,
    regulatorLink: url,
    supervisoryChain: url,
    chainNodes: [url, 'http://127.0.0.1:9'],
  });
}

async function seedStaff(db: Database<DB>, now: Instant): Promise<void> {
  const staff = STAFF.map(([username, role]) => ({
    sub: newUuid(),
    username,
    name: `${username} 演示`,
    password: password(username),
    roles: [role],
  }));
  await seedDemoUsers(db, now, staff);
}

export function newKey(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** The app must know its address before it listens: the issuer is part of every token. */
async function reservePort(): Promise<{
  port: number;
  open: (app: Parameters<typeof listen>[0]['app']) => Promise<Listening>;
}> {
  const first = await listen({ app: (_req, res) => res.end(), host: '127.0.0.1', port: 0 });
  await first.close();
  const { port } = first;
  return { port, open: (app) => listen({ app, host: '127.0.0.1', port }) };
}

async function serve(
  handle: (call: UpstreamCall, res: ServerResponse) => void,
): Promise<{ url: string; close(): void }> {
  const server: Server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      handle({ method: req.method ?? '', url: req.url ?? '', headers: req.headers, body }, res);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

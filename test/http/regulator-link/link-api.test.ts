// The link's API over a fact that has gone all the way, and the query interface behind TLS.
import { connect } from 'node:tls';
import { request as httpsRequest } from 'node:https';
import type { Express } from 'express';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase } from '#libs/db/database.ts';
import { createDevelopmentCa, type IssuedCertificate } from '#libs/dev-ca/dev-ca.ts';
import { createCursorCodec } from '#libs/http/cursor.ts';
import { type Listening, listen } from '#libs/http/listen.ts';
import { createLogger } from '#libs/log/log.ts';
import { isVerified, type ProofBundle, verifyBundle } from '#libs/proof/proof-bundle.ts';
import { toHex } from '#libs/sm/hex.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import { systemClock } from '#libs/time/clock.ts';
import { createLinkApp, createQueryApp } from '../../../services/regulator-link/app.ts';
import { until } from '../../messaging/support/waiting.ts';
import { createTestCallers, type TestCallers } from '../../support/callers.ts';
import { type LinkRig, newObject, refer, startLinkRig } from '../../support/link-rig.ts';
import { smSuite } from '../../support/sm-suite.ts';

let rig: LinkRig;
let callers: TestCallers;
let app: Express;
let queries: Listening;
let client: IssuedCertificate;
let stranger: IssuedCertificate;
let authority: string;
const subject = newObject('subject');
const objectId = subject.header.content.object_id;
const ids: string[] = [];

beforeAll(async () => {
  rig = await startLinkRig({
    judge: (packet) =>
      packet.lane === 'account'
        ? {
            verdict: 'REJECTED',
            code: 'account-number-unknown',
            field: '/body/account_information',
          }
        : { verdict: 'ACCEPTED' },
  });
  callers = await createTestCallers('regulator-link');
  const common = {
    db: createDatabase<unknown>(rig.parts.pool),
    recordKek: rig.parts.recordKek,
    authenticator: callers.authenticator,
    clock: systemClock,
    log: createLogger({ service: 'test', level: 'silent' }),
    ready: {},
    validateResponses: true,
  };
  app = createLinkApp({
    ...common,
    chainId: 'zhejiang',
    cursors: createCursorCodec(new Uint8Array(32)),
    faults: () => [],
  });
  const ca = await createDevelopmentCa('Test CA', systemClock.now());
  const server = await ca.issueServer({
    commonName: 'regulator-link',
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
  });
  client = await ca.issueClient('supervisory-chain');
  const others = await createDevelopmentCa('Other CA', systemClock.now());
  stranger = await others.issueClient('supervisory-chain');
  authority = ca.certificatePem;
  queries = await listen({
    app: createQueryApp(common),
    host: '127.0.0.1',
    port: 0,
    tls: {
      cert: server.certificatePem,
      key: server.privateKeyPem,
      ca: ca.certificatePem,
      requestCert: true,
      rejectUnauthorized: true,
    },
  });
  const account = newObject('account', (object) => {
    refer(object, { SUB: `${objectId}/0`, ACC: `${object.header.content.object_id}/0` });
  });
  ids.push(await rig.books.post('parties', [{ object: subject }]));
  ids.push(await rig.books.post('parties', [{ object: account }]));
  ids.push(await rig.books.post('security:01920000-0000-7000-8000-00000000000b', []));
  await until('all have their results', async () => {
    const states = await Promise.all(ids.map((id) => rig.stateOf(id)));
    return states.join() === 'receipted,rejected,posted';
  });
});
afterAll(async () => {
  await queries.close();
  await rig.close();
});

const as = (role: string) => callers.person({ roles: [role] });
const get = async (path: string, role = 'regulator') =>
  request(app)
    .get(path)
    .set('Authorization', await as(role));

describe('listFacts', () => {
  it('gives facts newest first, page by page', async () => {
    const first = await get('/v1/facts?limit=2');
    expect(first.status).toBe(200);
    expect(first.body.items.map((fact: { eventId: string }) => fact.eventId)).toEqual([
      ids[2],
      ids[1],
    ]);
    const rest = await get(`/v1/facts?limit=2&cursor=${first.body.nextCursor}`);
    expect(rest.body.items).toMatchObject([{ eventId: ids[0], state: 'receipted' }]);
    expect(rest.body.nextCursor).toBeNull();
  });

  it('gives those of one state, book and source', async () => {
    const found = await get('/v1/facts?state=rejected&book=parties&source=registry');
    expect(found.body.items).toMatchObject([{ eventId: ids[1], rejectedCount: 1 }]);
    expect((await get('/v1/facts?source=settlement')).body.items).toEqual([]);
  });

  it('refuses a cursor of another query, an unknown state and an investor', async () => {
    const page = await get('/v1/facts?limit=1');
    const other = await get(`/v1/facts?state=posted&cursor=${page.body.nextCursor}`);
    expect(other.body.code).toBe('invalid-cursor');
    expect((await get('/v1/facts?state=lost')).status).toBe(400);
    expect((await get('/v1/facts', 'investor')).status).toBe(403);
  });
});

describe('getFact', () => {
  it('tells where each object stands, with the reason of a rejection', async () => {
    const { body } = await get(`/v1/facts/${ids[1]}`, 'settlement.maker');
    expect(body).toMatchObject({
      fact: { state: 'rejected', objectCount: 1, onChainCount: 1, acceptedCount: 0 },
      objects: [
        {
          class: 'account',
          lane: 'account',
          sequence: '1',
          packetState: 'resulted',
          verdict: 'REJECTED',
          code: 'account-number-unknown',
          field: '/body/account_information',
        },
      ],
    });
  });

  it('knows no fact of another id', async () => {
    const answer = await get('/v1/facts/01920000-0000-7000-8000-000000000099');
    expect(answer.body.code).toBe('not-found');
  });
});

describe('getObjectProof', () => {
  it('gives a bundle that verifies offline, and audits the read', async () => {
    const answer = await get(`/v1/objects/${objectId}/versions/0/proof?revision=0`);
    expect(answer.status).toBe(200);
    const { genesis, supervisory, seal } = rig.parts;
    const anchor = {
      market: {
        chainId: genesis.chainId,
        validators: genesis.validators,
        witnesses: genesis.witnesses,
        sealKeys: [{ keyId: seal.keyId, publicKey: seal.publicKey }],
      },
      supervisory,
    };
    // The contract's answer is the bundle of libs/proof.
    const checks = verifyBundle(answer.body as ProofBundle, anchor, smSuite);
    expect(checks.filter((check) => !check.passed)).toEqual([]);
    expect(isVerified(checks)).toBe(true);
    const audited = await rig.query(`select 1 from audit_record where action = 'proof-read'`);
    expect(audited).toHaveLength(1);
  });

  it('refuses what is not there and what is not on the chain yet', async () => {
    const missing = await get(`/v1/objects/${objectId}/versions/7/proof`);
    expect(missing.body.code).toBe('not-found');
    const waiting = newObject('account');
    refer(waiting, { SUB: `SUB-01920000-0000-7000-8000-0000000000ff/3` });
    const event = await rig.books.post('parties', [{ object: waiting }]);
    await until('it waits', async () => (await rig.stateOf(event)) === 'waiting');
    const path = `/v1/objects/${waiting.header.content.object_id}/versions/0/proof`;
    expect((await get(path)).body.code).toBe('object-not-on-chain');
    const { body } = await get(`/v1/facts/${event}`);
    expect(body.objects[0]).toMatchObject({ waitingFor: expect.stringMatching(/\/\d+$/) });
  });
});

describe('getLinkStatus and listLanes', () => {
  it('tell how far everything is', async () => {
    const { body } = await get('/v1/link-status', 'operator');
    expect(body).toMatchObject({ chainId: 'zhejiang', packets: '2', receipts: '2', frozen: [] });
    expect(BigInt(body.finalHeight)).toBeGreaterThan(0n);
    expect(body.alarms).toContain('fact-rejected');
    const lanes = await get('/v1/lanes', 'auditor');
    expect(lanes.body.items[0]).toMatchObject({
      lane: 'subject',
      lastSequence: '1',
      resulted: '1',
    });
    expect(lanes.body.items[1]).toMatchObject({ lane: 'account', rejected: '1' });
  });

  it('are not public', async () => {
    expect((await request(app).get('/v1/link-status')).status).toBe(401);
    expect((await request(app).get('/v1/lanes')).status).toBe(401);
  });
});

interface QueryAnswer {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

const queryWith = (path: string, certificate?: IssuedCertificate): Promise<QueryAnswer> =>
  new Promise((resolve, reject) => {
    const identity =
      certificate === undefined
        ? {}
        : { cert: certificate.certificatePem, key: certificate.privateKeyPem };
    const call = httpsRequest(
      `${queries.url}${path}`,
      { ca: authority, agent: false, ...identity },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const { statusCode: status, headers } = response;
          resolve({ status, headers, body: Buffer.concat(parts) });
        });
      },
    );
    call.on('error', reject);
    call.end();
  });

describe('getObjectSnapshot', () => {
  const path = `/v1/objects/${objectId}/versions/0`;

  it('gives the sealed bytes that the record commits to, and audits under the name', async () => {
    const { status, headers, body } = await queryWith(path, client);
    expect(status).toBe(200);
    expect(headers['snapshot-hash']).toBe(sm3Hex(body));
    const [row] = await rig.query<{ snapshot_hash: Buffer }>(
      'select snapshot_hash from sealed_object where object_id = $1',
      [objectId],
    );
    expect(toHex(row?.snapshot_hash ?? Buffer.of())).toBe(sm3Hex(body));
    expect(rig.receiver.packets[0]?.snapshot).toEqual(new Uint8Array(body));
    const audited = await rig.query<{ actor_id: string }>(
      `select actor_id from audit_record where action = 'snapshot-read'`,
    );
    expect(audited).toEqual([{ actor_id: 'supervisory-chain' }]);
  });

  it('knows neither an unknown version nor an unknown revision', async () => {
    for (const at of [`/v1/objects/${objectId}/versions/9`, `${path}?revision=3`]) {
      const { status, body } = await queryWith(at, client);
      expect(status).toBe(404);
      expect(JSON.parse(body.toString())).toMatchObject({ code: 'not-found' });
    }
  });

  it('gives nothing without a certificate or with one of another authority', async () => {
    await expect(queryWith(path)).rejects.toThrow();
    await expect(queryWith(path, stranger)).rejects.toThrow();
    const received = await new Promise<number>((resolve) => {
      let bytes = 0;
      const port = Number.parseInt(new URL(queries.url).port, 10);
      const socket = connect({ port, host: '127.0.0.1', ca: authority }, () => {
        socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      });
      socket.on('data', (part) => {
        bytes += part.length;
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(bytes));
    });
    expect(received).toBe(0);
  });
});

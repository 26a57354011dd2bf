import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  createDevelopmentCa,
  type DevelopmentCa,
  type IssuedCertificate,
} from '#libs/dev-ca/dev-ca.ts';
import { systemClock } from '#libs/time/clock.ts';
import { addMilliseconds } from '#libs/time/instant.ts';

const now = systemClock.now();
const names = { commonName: 'regulator-link', dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };
let ca: DevelopmentCa;
let server: IssuedCertificate;
let client: IssuedCertificate;

beforeAll(async () => {
  ca = await createDevelopmentCa('Quanji 权籍 development CA', now);
  server = await ca.issueServer(names);
  client = await ca.issueClient('supervisory-chain, OU=none');
});

describe('an issued certificate', () => {
  test('is signed by the authority, for one year, with its own key', () => {
    const root = new X509Certificate(ca.certificatePem);
    expect(root.ca).toBe(true);
    for (const issued of [server, client]) {
      const certificate = new X509Certificate(issued.certificatePem);
      expect(certificate.ca).toBe(false);
      expect(certificate.checkIssued(root) && certificate.verify(root.publicKey)).toBe(true);
      expect(certificate.checkPrivateKey(createPrivateKey(issued.privateKeyPem))).toBe(true);
      const days =
        (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / 86_400_000;
      expect(Math.floor(days)).toBe(365);
      expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    }
  });

  test('serves its purpose and its names only', () => {
    const [atServer, atClient] = [server, client].map(
      ({ certificatePem }) => new X509Certificate(certificatePem),
    );
    expect(atServer?.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(atServer?.checkHost('localhost')).toBe('localhost');
    expect(atServer?.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(atServer?.checkHost('example.org')).toBeUndefined();
    expect(atClient?.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(atClient?.subject).toContain('CN=supervisory-chain\\, OU=none');
  });

  test('needs a name where it is a server', async () => {
    const none = { commonName: 'x', dnsNames: [], ipAddresses: [] };
    await expect(ca.issueServer(none)).rejects.toThrow(RangeError);
  });
});

describe('mutual TLS', () => {
  test('lets in a client of the authority, by its name', async () => {
    expect(await handshake({ ca, client })).toBe('supervisory-chain, OU=none');
  });

  test('shuts out a client without certificate, of another authority, or with a server one', async () => {
    const other = await createDevelopmentCa('Quanji 权籍 development CA', now);
    expect(await handshake({ ca })).toMatch(/refused/);
    expect(await handshake({ ca, client: await other.issueClient('impostor') })).toMatch(/refused/);
    expect(await handshake({ ca, client: server })).toMatch(/refused/);
  });

  test('shuts out an expired client, and a server of another authority', async () => {
    const old = await createDevelopmentCa('old', addMilliseconds(now, -400 * 86_400_000));
    expect(await handshake({ ca: old, client: await old.issueClient('late') })).toMatch(/refused/);
    const other = await createDevelopmentCa('Quanji 权籍 development CA', now);
    expect(await handshake({ ca: other, client })).toMatch(/refused/);
  });
});

interface Parties {
  /** Whom both sides trust. The server shows the certificate of the first authority. */
  readonly ca: DevelopmentCa;
  readonly client?: IssuedCertificate;
}

/** The client's name as the server saw it, or `refused: <code>` from whichever side refused. */
async function handshake(parties: Parties): Promise<string> {
  const listener = createServer({
    key: server.privateKeyPem,
    cert: server.certificatePem,
    ca: parties.ca.certificatePem,
    requestCert: true,
    rejectUnauthorized: true,
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  try {
    return await Promise.race([peerName(listener), clientFault(port, parties)]);
  } finally {
    listener.close();
  }
}

function peerName(listener: ReturnType<typeof createServer>): Promise<string> {
  return new Promise((resolve) => {
    listener.on('secureConnection', (socket: TLSSocket) => {
      socket.on('error', () => undefined);
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    listener.on('tlsClientError', (fault) => resolve(`refused: ${fault.message}`));
  });
}

function clientFault(port: number, { ca: trusted, client: own }: Parties): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({
      port,
      host: '127.0.0.1',
      ca: trusted.certificatePem,
      ...(own === undefined ? {} : { key: own.privateKeyPem, cert: own.certificatePem }),
    });
    socket.on('error', (fault) => resolve(`refused: ${fault.message}`));
  });
}

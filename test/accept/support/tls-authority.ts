// A certificate authority whose key the test keeps, so that it can issue what a real one would not.
import '#libs/dev-ca/decorator-metadata.ts';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { systemClock } from '#libs/time/clock.ts';
import { addMilliseconds, toDate } from '#libs/time/instant.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;

export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface Wish {
  readonly commonName: string;
  readonly usage: 'client' | 'server';
  /** Days from now. */
  readonly validFrom?: number;
  readonly validUntil?: number;
}

export interface Authority extends Identity {
  issue(wish: Wish): Promise<Identity>;
}

const inDays = (days: number): Date => toDate(addMilliseconds(systemClock.now(), days * dayMs));

async function pemOf(keys: webcrypto.CryptoKeyPair): Promise<string> {
  const bytes = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return x509.PemConverter.encode(bytes, 'PRIVATE KEY');
}

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

const extensionsFor = (usage: Wish['usage']): x509.Extension[] => [
  new x509.BasicConstraintsExtension(false, undefined, true),
  new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
  new x509.ExtendedKeyUsageExtension([
    usage === 'client' ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth,
  ]),
  ...(usage === 'client'
    ? []
    : [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])]),
];

export async function createAuthority(commonName: string): Promise<Authority> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: [{ CN: [commonName] }],
      keys,
      notBefore: inDays(-400),
      notAfter: inDays(400),
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      ],
    },
    webcrypto,
  );
  return {
    cert: certificate.toString('pem'),
    key: await pemOf(keys),
    issue: async (wish) => {
      const own = await newKeys();
      const issued = await x509.X509CertificateGenerator.create(
        {
          subject: [{ CN: [wish.commonName] }],
          issuer: certificate.subject,
          publicKey: own.publicKey,
          signingKey: keys.privateKey,
          notBefore: inDays(wish.validFrom ?? -1),
          notAfter: inDays(wish.validUntil ?? 100),
          signingAlgorithm: algorithm,
          extensions: extensionsFor(wish.usage),
        },
        webcrypto,
      );
      return { cert: issued.toString('pem'), key: await pemOf(own) };
    },
  };
}

/** A client's certificate that nobody but itself vouches for. */
export async function selfSigned(commonName: string): Promise<Identity> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: [{ CN: [commonName] }],
      keys,
      notBefore: inDays(-1),
      notAfter: inDays(100),
      signingAlgorithm: algorithm,
      extensions: extensionsFor('client'),
    },
    webcrypto,
  );
  return { cert: certificate.toString('pem'), key: await pemOf(keys) };
}

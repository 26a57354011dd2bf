/**
 * Development certificate authority: ECDSA P-256 certificates for TLS between the parts of one
 * installation. A production installation brings certificates of its own authority instead.
 */
import './decorator-metadata.ts';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { addMilliseconds, type Instant, toDate } from '#libs/time/instant.ts';

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' } as const;
const VALID_DAYS = 365;
const DAY_MS = 86_400_000;
/** Clocks of two machines may differ: certificates count from a little earlier. */
const BACKDATE_MS = 300_000;

export interface IssuedCertificate {
  readonly certificatePem: string;
  /** PKCS#8. */
  readonly privateKeyPem: string;
}

export interface ServerNames {
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** Lives in memory only: its private key is never written, a renewal makes a new authority. */
export interface DevelopmentCa {
  readonly certificatePem: string;
  /** A certificate for a TLS server under the given names. Errors: RangeError without any. */
  issueServer(names: ServerNames): Promise<IssuedCertificate>;
  /** A certificate by which a TLS client shows its name. */
  issueClient(commonName: string): Promise<IssuedCertificate>;
}

/** A new authority; it and all it issues are valid for one year from `validFrom`. */
export async function createDevelopmentCa(
  commonName: string,
  validFrom: Instant,
): Promise<DevelopmentCa> {
  const keys = await generateKeys();
  const validity = validityFrom(validFrom);
  const name = distinguishedName(commonName);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      ...validity,
      name,
      keys,
      signingAlgorithm: SIGNING_ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
          true,
        ),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    webcrypto,
  );
  const issue = (subject: string, extensions: x509.Extension[]): Promise<IssuedCertificate> =>
    issueLeaf({ certificate, signingKey: keys.privateKey, validity, subject, extensions });
  return {
    certificatePem: certificate.toString('pem'),
    issueServer: async (names) => issue(names.commonName, serverExtensions(names)),
    issueClient: async (subject) => issue(subject, [purpose(x509.ExtendedKeyUsage.clientAuth)]),
  };
}

interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

interface Leaf {
  readonly certificate: x509.X509Certificate;
  readonly signingKey: webcrypto.CryptoKey;
  readonly validity: Validity;
  readonly subject: string;
  readonly extensions: readonly x509.Extension[];
}

async function issueLeaf(leaf: Leaf): Promise<IssuedCertificate> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create(
    {
      ...leaf.validity,
      subject: distinguishedName(leaf.subject),
      issuer: leaf.certificate.subject,
      publicKey: keys.publicKey,
      signingKey: leaf.signingKey,
      signingAlgorithm: SIGNING_ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(leaf.certificate.publicKey),
        ...leaf.extensions,
      ],
    },
    webcrypto,
  );
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificatePem: certificate.toString('pem'),
    privateKeyPem: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'),
  };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
}

function serverExtensions({ dnsNames, ipAddresses }: ServerNames): x509.Extension[] {
  if (dnsNames.length + ipAddresses.length === 0) {
    throw new RangeError('a server certificate needs a DNS name or an address');
  }
  const names = [
    ...dnsNames.map((value) => ({ type: 'dns' as const, value })),
    ...ipAddresses.map((value) => ({ type: 'ip' as const, value })),
  ];
  return [
    purpose(x509.ExtendedKeyUsage.serverAuth),
    new x509.SubjectAlternativeNameExtension(names),
  ];
}

function purpose(usage: x509.ExtendedKeyUsage): x509.Extension {
  return new x509.ExtendedKeyUsageExtension([usage]);
}

/** As an attribute list, so that no character of the name can start another attribute. */
function distinguishedName(commonName: string): x509.JsonName {
  return [{ CN: [commonName] }, { O: ['Quanji development'] }];
}

function validityFrom(validFrom: Instant): Validity {
  return {
    notBefore: toDate(addMilliseconds(validFrom, -BACKDATE_MS)),
    notAfter: toDate(addMilliseconds(validFrom, VALID_DAYS * DAY_MS)),
  };
}

// Key files of every service, the public parts that the others trust, and development TLS.
import { randomBytes } from 'node:crypto';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDevelopmentCa } from '#libs/dev-ca/dev-ca.ts';
import type { KeyFileSpec } from '#libs/key-store/key-entries.ts';
import { createKeyFile, openKeyFile, type NamedPublicKey } from '#libs/key-store/key-store.ts';
import { readPassphrase } from '#libs/key-store/passphrase.ts';
import { toHex } from '#libs/sm/hex.ts';
import type { Clock } from '#libs/time/clock.ts';
import { toMilliseconds } from '#libs/time/instant.ts';
import type { Layout } from './layout.ts';
import { writePrivate, writePrivateJson } from './private-file.ts';

export interface KeyPlan {
  readonly service: string;
  readonly keys: KeyFileSpec;
}

export interface ChainNames {
  readonly market: string;
  readonly supervisory: string;
}

const renewTlsAfterMs = 300 * 24 * 3_600_000;

export function keyFileOf(layout: Layout, service: string): string {
  return join(layout.keys, `${service}.key`);
}

export const trustFiles = {
  genesis: 'genesis.json',
  market: 'market.json',
  supervisory: 'supervisory.json',
} as const;

/** Makes what is missing; opens no existing key file unless something made from it is missing. */
export async function openKeys(
  layout: Layout,
  plans: readonly KeyPlan[],
  chains: ChainNames,
  clock: Clock,
  say: (line: string) => void,
): Promise<void> {
  if (!existsSync(layout.passphrase)) {
    writePrivate(layout.passphrase, `${randomBytes(32).toString('hex')}\n`);
  }
  const passphrase = readPassphrase(layout.passphrase);
  const publicKeys = new Map<string, readonly NamedPublicKey[]>();
  const isComplete = Object.values(trustFiles).every((name) =>
    existsSync(join(layout.trust, name)),
  );
  const open = async ({ service, keys }: KeyPlan): Promise<void> => {
    const file = keyFileOf(layout, service);
    const isNew = !existsSync(file);
    const pem = join(layout.serviceTrust, `${service}.pem`);
    if (!isNew && isComplete && existsSync(pem)) return;
    const store = isNew
      ? await createKeyFile(file, passphrase, keys)
      : await openKeyFile(file, passphrase);
    if (isNew) say(`Keys: made those of ${service}`);
    publicKeys.set(service, store.publicKeys());
    writeFileSync(pem, keyNamed(publicKeys, service, 'service').pem);
  };
  // Each derives a key for half a second, in a thread of its own.
  await Promise.all(plans.map(open));
  if (!isComplete) writeTrust(layout, publicKeys, chains, clock);
  await openTls(layout, clock, say);
}

type PublicKeys = ReadonlyMap<string, readonly NamedPublicKey[]>;

function keyNamed(keys: PublicKeys, service: string, name: string): NamedPublicKey {
  const found = keys.get(service)?.find((key) => key.name === name);
  if (!found) throw new Error(`${service} has no public key named ${name}`);
  return found;
}

function writeTrust(layout: Layout, keys: PublicKeys, chains: ChainNames, clock: Clock): void {
  const point = (service: string, name: string): { keyId: string; publicKey: string } => {
    const { keyId, publicKey } = keyNamed(keys, service, name);
    if (!publicKey) throw new Error(`the key ${name} of ${service} is not an SM2 key`);
    return { keyId, publicKey: toHex(publicKey) };
  };
  const write = (name: string, value: unknown): void => {
    writePrivateJson(join(layout.trust, name), value);
  };
  // The genesis is pinned by both sides: it is made once and never again.
  if (!existsSync(join(layout.trust, trustFiles.genesis))) {
    write(trustFiles.genesis, {
      chainId: chains.market,
      engine: 'embedded',
      validators: [{ ...point('chain-sequencer', 'block'), weight: '1' }],
      witnesses: [point('chain-follower', 'witness')],
      genesisTime: clock.now(),
    });
  }
  write(trustFiles.market, {
    chainId: chains.market,
    gatewayKeys: [point('regulator-link', 'gateway')],
    sealKeys: [point('regulator-link', 'seal')],
  });
  write(trustFiles.supervisory, {
    chainId: chains.supervisory,
    validators: [{ ...point('supervisory-chain', 'validator'), weight: '1' }],
    gatewayKeys: [point('supervisory-chain', 'gateway')],
    encryptionKey: point('supervisory-chain', 'decryption'),
  });
}

type TlsFile =
  | 'ca'
  | 'serverCert'
  | 'serverKey'
  | 'clientCert'
  | 'clientKey'
  | 'postgresCert'
  | 'postgresKey';

export function tlsFiles(layout: Layout): Readonly<Record<TlsFile, string>> {
  return {
    ca: join(layout.tls, 'ca.pem'),
    serverCert: join(layout.tls, 'regulator-link.pem'),
    serverKey: join(layout.tls, 'regulator-link.key.pem'),
    clientCert: join(layout.tls, 'supervisory-chain.pem'),
    clientKey: join(layout.tls, 'supervisory-chain.key.pem'),
    // For a server on another host; the embedded one listens on loopback, without TLS.
    postgresCert: join(layout.tls, 'postgres.pem'),
    postgresKey: join(layout.tls, 'postgres.key.pem'),
  };
}

/** The authority's own key is never kept: a renewal makes a new authority and new certificates. */
async function openTls(layout: Layout, clock: Clock, say: (line: string) => void): Promise<void> {
  const files = tlsFiles(layout);
  const isFresh = Object.values(files).every(
    (file) =>
      existsSync(file) && toMilliseconds(clock.now()) - statSync(file).mtimeMs < renewTlsAfterMs,
  );
  if (isFresh) return;
  say('Keys: making a development certificate authority');
  const ca = await createDevelopmentCa('Quanji development CA', clock.now());
  const server = await ca.issueServer({
    commonName: 'regulator-link',
    dnsNames: ['localhost', 'regulator-link'],
    ipAddresses: ['127.0.0.1'],
  });
  const postgres = await ca.issueServer({
    commonName: 'postgres',
    dnsNames: ['postgres', 'localhost'],
    ipAddresses: [],
  });
  const client = await ca.issueClient('supervisory-chain');
  writePrivate(files.serverCert, server.certificatePem);
  writePrivate(files.serverKey, server.privateKeyPem);
  writePrivate(files.clientCert, client.certificatePem);
  writePrivate(files.clientKey, client.privateKeyPem);
  writePrivate(files.postgresCert, postgres.certificatePem);
  writePrivate(files.postgresKey, postgres.privateKeyPem);
  writePrivate(files.ca, ca.certificatePem);
}

// The table of services: their folders, stores, keys and environment.
import { join } from 'node:path';
import type { KeyFileSpec } from '#libs/key-store/key-entries.ts';
import { tlsFiles, trustFiles } from './keys.ts';
import type { Layout } from './layout.ts';

/** What the environment of a service is made from. */
export interface Installation {
  readonly layout: Layout;
  readonly publicUrl: string;
  readonly queryPort: number;
  /** By service name, as in the table. */
  readonly urls: Readonly<Record<string, string>>;
  readonly bus:
    | { readonly kind: 'kafka'; readonly brokers: string }
    | { readonly kind: 'postgres'; readonly urlFileOf: (role: string) => string };
}

type Environment = Readonly<Record<string, string>>;

export interface ServiceSpec {
  /** Also its name as a caller. */
  readonly name: string;
  /** Below services/. */
  readonly folder: string;
  readonly role: string;
  readonly keys: KeyFileSpec;
  readonly environment: (installation: Installation) => Environment;
}

export const chains = { market: 'zhejiang', supervisory: 'csrc' } as const;

const service = { service: 'jwt-es256' } as const;

export const services: readonly ServiceSpec[] = [
  {
    name: 'registry',
    folder: 'registry',
    role: 'registry',
    keys: {
      ...service,
      'personal-columns': 'secret-32',
      'blind-index': 'secret-32',
      'pack-kek': 'secret-16',
    },
    environment: (at) => ({
      ...forPersons(at),
      ...forBus(at, 'bus_market'),
      MARKET_CODE: 'ZJ',
      MARKET_NAME: '浙江区域性股权市场(DEMO)',
      MARKET_USCC: '91330000MA27U00HX2',
      MARKET_REGION: '33',
    }),
  },
  {
    name: 'settlement',
    folder: 'settlement',
    role: 'settlement',
    keys: {
      ...service,
      'personal-columns': 'secret-32',
      'blind-index': 'secret-32',
      'pack-kek': 'secret-16',
    },
    environment: (at) => ({
      ...forPersons(at),
      ...forBus(at, 'bus_market'),
      REGISTRY_URL: urlOf(at, 'registry'),
      BANK_MODE: 'embedded',
    }),
  },
  {
    name: 'chain-sequencer',
    folder: 'chain-node',
    role: 'chain_sequencer',
    keys: { ...service, block: 'sm2-signing' },
    environment: (at) => ({ ...chainNode(at, 'sequencer') }),
  },
  {
    name: 'chain-follower',
    folder: 'chain-node',
    role: 'chain_follower',
    keys: { ...service, witness: 'sm2-signing' },
    environment: (at) => ({
      ...chainNode(at, 'follower'),
      SEQUENCER_URL: urlOf(at, 'chain-sequencer'),
    }),
  },
  {
    name: 'regulator-link',
    folder: 'regulator-link',
    role: 'link',
    keys: { ...service, seal: 'sm2-signing', gateway: 'sm2-signing', 'record-kek': 'secret-16' },
    environment: (at) => ({
      ...forPersons(at),
      ...forBus(at, 'bus_market'),
      REGISTRY_URL: urlOf(at, 'registry'),
      SETTLEMENT_URL: urlOf(at, 'settlement'),
      SUPERVISORY_URL: urlOf(at, 'supervisory-chain'),
      SEQUENCER_URL: urlOf(at, 'chain-sequencer'),
      FOLLOWER_URL: urlOf(at, 'chain-follower'),
      CHAIN_ID: chains.market,
      GENESIS_FILE: trust(at, 'genesis'),
      SUPERVISORY_TRUST_FILE: trust(at, 'supervisory'),
      QUERY_PORT: String(at.queryPort),
      TLS_CERT_FILE: tlsFiles(at.layout).serverCert,
      TLS_KEY_FILE: tlsFiles(at.layout).serverKey,
      TLS_CLIENT_CA_FILE: tlsFiles(at.layout).ca,
    }),
  },
  {
    name: 'supervisory-chain',
    folder: 'supervisory-chain',
    role: 'supervisory',
    keys: {
      ...service,
      validator: 'sm2-signing',
      gateway: 'sm2-signing',
      decryption: 'sm2-decryption',
      'store-kek': 'secret-16',
    },
    environment: (at) => ({
      ...forPersons(at),
      ...forBus(at, 'bus_supervisory'),
      SUPERVISORY_CHAIN_ID: chains.supervisory,
      MARKET_CHAIN_ID: chains.market,
      GENESIS_FILE: trust(at, 'genesis'),
      MARKET_TRUST_FILE: trust(at, 'market'),
      NODE_URLS: nodeUrls(at),
      QUERY_URL: queryUrl(at),
      TLS_CA_FILE: tlsFiles(at.layout).ca,
      TLS_CLIENT_CERT_FILE: tlsFiles(at.layout).clientCert,
      TLS_CLIENT_KEY_FILE: tlsFiles(at.layout).clientKey,
      FEED: 'both',
    }),
  },
  {
    name: 'portal',
    folder: 'portal',
    role: 'portal',
    keys: { ...service, 'oidc-signing': 'jwt-es256', cookies: 'secret-32' },
    environment: (at) => ({
      ...forPersons(at),
      PUBLIC_URL: at.publicUrl,
      REGISTRY_URL: urlOf(at, 'registry'),
      SETTLEMENT_URL: urlOf(at, 'settlement'),
      REGULATOR_LINK_URL: urlOf(at, 'regulator-link'),
      SUPERVISORY_URL: urlOf(at, 'supervisory-chain'),
      CHAIN_NODE_URLS: nodeUrls(at),
      DEMO_USERS_FILE: demoUsersFile(at.layout),
    }),
  },
];

export function demoUsersFile(layout: Layout): string {
  return join(layout.secrets, 'demo-users.json');
}

export function queryUrl(at: Installation): string {
  return `https://127.0.0.1:${at.queryPort}`;
}

export function tokenIssuer(publicUrl: string): { issuer: string; jwksUrl: string } {
  const issuer = `${publicUrl}/oidc`;
  return { issuer, jwksUrl: `${issuer}/jwks` };
}

function urlOf(at: Installation, name: string): string {
  const url = at.urls[name];
  if (url === undefined) throw new Error(`no service named ${name}`);
  return url;
}

function nodeUrls(at: Installation): string {
  return `${urlOf(at, 'chain-sequencer')},${urlOf(at, 'chain-follower')}`;
}

function trust(at: Installation, name: keyof typeof trustFiles): string {
  return join(at.layout.trust, trustFiles[name]);
}

function forPersons(at: Installation): Environment {
  const { issuer, jwksUrl } = tokenIssuer(at.publicUrl);
  return { TOKEN_ISSUER: issuer, TOKEN_JWKS_URL: jwksUrl };
}

function forBus(at: Installation, role: 'bus_market' | 'bus_supervisory'): Environment {
  return at.bus.kind === 'kafka'
    ? { EVENT_BUS: 'kafka', KAFKA_BROKERS: at.bus.brokers }
    : { EVENT_BUS: 'postgres', BUS_DATABASE_URL_FILE: at.bus.urlFileOf(role) };
}

function chainNode(at: Installation, role: 'sequencer' | 'follower'): Environment {
  return {
    NODE_ROLE: role,
    NODE_ID: `chain-${role}`,
    CHAIN_ID: chains.market,
    GENESIS_FILE: trust(at, 'genesis'),
    SIGNER_MEMORY_FILE: join(at.layout.state, `chain-${role}.signer`),
  };
}

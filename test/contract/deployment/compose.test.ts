import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { busEnvironment, serviceEnvironment, tokenEnvironment } from '#libs/http/config.ts';
import { layoutOf } from '../../../services/launcher/layout.ts';
import { type Installation, services } from '../../../services/launcher/services.ts';

const root = join(import.meta.dirname, '../../..');

/** The members of the Compose specification that we use, and no others: a typo is refused. */
const container = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  secrets: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  tmpfs: z.array(z.string()).optional(),
  restart: z.enum(['unless-stopped']).optional(),
  read_only: z.boolean().optional(),
  init: z.boolean().optional(),
  stop_grace_period: z
    .string()
    .regex(/^\d+s$/)
    .optional(),
  security_opt: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({
        condition: z.enum(['service_healthy', 'service_completed_successfully']),
      }),
    )
    .optional(),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()).min(2),
      interval: z.string().regex(/^\d+s$/),
      timeout: z.string().regex(/^\d+s$/),
      retries: z.int().positive(),
      start_period: z.string().regex(/^\d+s$/),
    })
    .optional(),
});

const composeFile = z.strictObject({
  name: z.string(),
  services: z.record(z.string(), container),
  volumes: z.record(z.string(), z.null()),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
});

type Container = z.infer<typeof container>;

/** They prepare and end; the others run. */
const oneShots = ['keys', 'databases'];

let compose: z.infer<typeof composeFile>;
let running: [string, Container][];

beforeAll(() => {
  const parsed: unknown = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), {
    merge: true,
  });
  const entries = Object.entries(z.record(z.string(), z.unknown()).parse(parsed));
  compose = composeFile.parse(
    Object.fromEntries(entries.filter(([name]) => !name.startsWith('x-'))),
  );
  running = Object.entries(compose.services).filter(([name]) => !oneShots.includes(name));
});

function ofTheTable(name: string): [string, Container] | undefined {
  return running.find(([found]) => found === name);
}

describe('docker-compose.yml', () => {
  it('runs the real parts and every service of the launcher, and nothing else', () => {
    const expected = ['postgres', 'kafka', ...services.map(({ name }) => name)];
    expect(running.map(([name]) => name).toSorted()).toEqual(expected.toSorted());
  });

  it('pins each image to a version', () => {
    for (const { image } of Object.values(compose.services)) {
      expect(image).toMatch(/^[a-z/]+:\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
    }
    expect(readFileSync(join(root, 'services/Dockerfile'), 'utf8')).toMatch(
      /^FROM node:\d+\.\d+\.\d+-[a-z-]+$/m,
    );
  });

  it('checks the health of everything that runs, and starts it again', () => {
    for (const [name, { healthcheck, restart }] of running) {
      expect(healthcheck, name).toBeDefined();
      expect(restart, name).toBe('unless-stopped');
    }
  });

  it('waits only for parts that exist, in the way that they end or answer', () => {
    for (const { depends_on: dependencies } of Object.values(compose.services)) {
      for (const [name, { condition }] of Object.entries(dependencies ?? {})) {
        expect(Object.keys(compose.services)).toContain(name);
        const expected = oneShots.includes(name)
          ? 'service_completed_successfully'
          : 'service_healthy';
        expect(condition).toBe(expected);
      }
    }
  });

  it('mounts only declared volumes and secrets, and uses each of them', () => {
    const volumes = new Set<string>();
    const secrets = new Set<string>();
    for (const one of Object.values(compose.services)) {
      for (const volume of one.volumes ?? []) volumes.add(volume.split(':')[0] ?? '');
      for (const secret of one.secrets ?? []) secrets.add(secret);
    }
    expect([...volumes].toSorted()).toEqual(Object.keys(compose.volumes).toSorted());
    expect([...secrets].toSorted()).toEqual(Object.keys(compose.secrets).toSorted());
  });

  it('carries no secret in an environment variable, only the names of files', () => {
    for (const { environment } of Object.values(compose.services)) {
      for (const name of Object.keys(environment ?? {})) {
        if (/PASSWORD|PASSPHRASE|SECRET|DATABASE_URL|KEY_FILE/.test(name)) {
          expect(name).toMatch(/_FILE$/);
        }
      }
    }
  });

  it('publishes ports on loopback only', () => {
    for (const { ports } of Object.values(compose.services)) {
      for (const port of ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    }
  });

  it('runs programs that exist, from an image that holds them', () => {
    const dockerfile = readFileSync(join(root, 'services/Dockerfile'), 'utf8');
    const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap((match) =>
      (match[1] ?? '').split(' '),
    );
    for (const path of copied) expect(existsSync(join(root, path)), path).toBe(true);
    for (const { image, command } of Object.values(compose.services)) {
      if (!image.startsWith('quanji:')) continue;
      const program = command?.[0] ?? 'none';
      expect(existsSync(join(root, program)), program).toBe(true);
      expect(copied).toContain(program.split('/')[0]);
    }
  });
});

describe('the environment of each service', () => {
  const at: Installation = {
    layout: layoutOf('/data'),
    publicUrl: 'http://127.0.0.1:7080',
    queryPort: 8443,
    urls: Object.fromEntries(services.map(({ name }) => [name, `http://${name}:8080`])),
    bus: { kind: 'kafka', brokers: 'kafka:9092' },
  };

  /** A different place in a container, and not a matter of the service's own. */
  const placed = ['TOKEN_JWKS_URL', 'SIGNER_MEMORY_FILE', 'QUERY_URL'];

  it.each(services.map(({ name }) => name))('of %s is what npm start gives it', (name) => {
    const spec = services.find((one) => one.name === name);
    const found = { ...ofTheTable(name)?.[1].environment };
    for (const [key, value] of Object.entries(spec?.environment(at) ?? {})) {
      expect(found, key).toHaveProperty(key);
      if (!placed.includes(key)) expect(found[key], key).toBe(value);
    }
    expect(found['DATABASE_URL_FILE']).toBe(`/data/secrets/${spec?.role ?? ''}.database-url`);
    expect(found['KEY_FILE']).toBe(`/data/keys/${name}.key`);
  });

  it.each(services.map(({ name }) => name))('of %s is what its config.ts reads', (name) => {
    const folder = services.find((one) => one.name === name)?.folder ?? '';
    const source = readFileSync(join(root, 'services', folder, 'config.ts'), 'utf8');
    const read = namesRead(source);
    const given = Object.keys(ofTheTable(name)?.[1].environment ?? {});
    expect(given.filter((key) => !read.all.includes(key))).toEqual([]);
    expect(read.required.filter((key) => !given.includes(key))).toEqual([]);
  });
});

/** The shared shapes that a configuration spreads, and the variables that it names itself. */
function namesRead(source: string): { all: string[]; required: string[] } {
  const shared = { serviceEnvironment, tokenEnvironment, busEnvironment };
  const spread = Object.entries(shared)
    .filter(([shape]) => source.includes(`...${shape}`))
    .flatMap(([, shape]) => Object.keys(shape));
  const own = [...source.matchAll(/^ +([A-Z][A-Z0-9_]+): (.*(?:\n {4,}.*)*)/gm)].map((match) => ({
    name: match[1] ?? '',
    isOptional: /optional\(|default\(/.test(match[2] ?? ''),
  }));
  return {
    all: [...spread, ...own.map(({ name }) => name)],
    required: [
      ...spread.filter((name) => name !== 'BUS_DATABASE_URL_FILE'),
      ...own.filter(({ isOptional }) => !isOptional).map(({ name }) => name),
    ],
  };
}

// Configuration: typed values, or one line that names every fault.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  busEnvironment,
  readConfiguration,
  secretFile,
  serviceEnvironment,
} from '#libs/http/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'quanji-config-'));
const secret = join(folder, 'secret');
writeFileSync(secret, 'postgres://somewhere\n');
writeFileSync(join(folder, 'empty'), '\n');

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const complete = {
  PORT: '8080',
  DATABASE_URL_FILE: secret,
  KEY_FILE: 'registry.key',
  KEY_PASSPHRASE_FILE: secret,
  SERVICE_KEYS_DIR: folder,
};

describe('readConfiguration', () => {
  it('reads secrets from files and applies defaults', () => {
    expect(readConfiguration(serviceEnvironment, complete)).toEqual({
      HOST: '127.0.0.1',
      PORT: 8080,
      DATABASE_URL_FILE: 'postgres://somewhere',
      KEY_FILE: 'registry.key',
      KEY_PASSPHRASE_FILE: 'postgres://somewhere',
      SERVICE_KEYS_DIR: folder,
      LOG_LEVEL: 'info',
      NODE_ENV: 'production',
    });
  });

  it('names every fault in one line', () => {
    const broken = { ...complete, PORT: 'http', KEY_FILE: '', DATABASE_URL_FILE: '/none' };
    const read = (): unknown => readConfiguration(serviceEnvironment, broken);
    expect(read).toThrow(
      /^configuration: PORT: .*; DATABASE_URL_FILE: the file \/none cannot be read \(ENOENT\); KEY_FILE is not set$/,
    );
  });

  it('refuses an empty secret', () => {
    const shape = { KEY: secretFile };
    const read = (): unknown => readConfiguration(shape, { KEY: join(folder, 'empty') });
    expect(read).toThrow(/is empty/);
  });

  it('splits the list of brokers', () => {
    const read = readConfiguration(busEnvironment, {
      EVENT_BUS: 'kafka',
      KAFKA_BROKERS: 'a:1,b:2',
    });
    expect(read.KAFKA_BROKERS).toEqual(['a:1', 'b:2']);
    expect(readConfiguration(busEnvironment, { EVENT_BUS: 'postgres' }).KAFKA_BROKERS).toEqual([]);
  });

  it('takes further variables of a service', () => {
    const shape = { ...serviceEnvironment, MARKET_CODE: z.string().length(2) };
    expect(readConfiguration(shape, { ...complete, MARKET_CODE: 'ZJ' }).MARKET_CODE).toBe('ZJ');
  });
});

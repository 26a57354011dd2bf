/** The process of one chain node: a sequencer or a follower, by NODE_ROLE. */
import { readFileSync } from 'node:fs';
import { createCrashPoints } from '#libs/crash-points/crash-points.ts';
import { ConfigurationError } from '#libs/http/config.ts';
import { openKeyFile } from '#libs/key-store/key-store.ts';
import { createLogger } from '#libs/log/log.ts';
import { type Genesis, parseGenesis } from '#libs/proof/genesis.ts';
import { durabilityIn } from '#libs/service/open-store.ts';
import { runService, type StopService } from '#libs/service/run-service.ts';
import { verifySm2 } from '#libs/sm/sm2.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import { systemClock } from '#libs/time/clock.ts';
import { type NodeConfig, readNodeConfig } from './config.ts';
import { serviceNameOf, startNode } from './node.ts';

const VERSION = '0.1.0';

function readGenesis(config: NodeConfig): Genesis {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(config.GENESIS_FILE, 'utf8'));
  } catch (cause) {
    throw new ConfigurationError('configuration: GENESIS_FILE cannot be read', { cause });
  }
  const genesis = parseGenesis({ sm3, verifySm2 }, value);
  if (!genesis.ok) throw new ConfigurationError(`configuration: GENESIS_FILE: ${genesis.error}`);
  if (genesis.value.chainId !== config.CHAIN_ID) {
    throw new ConfigurationError('configuration: GENESIS_FILE is of another chain than CHAIN_ID');
  }
  return genesis.value;
}

async function start(): Promise<StopService> {
  const config = readNodeConfig();
  const role = config.NODE_ROLE;
  const log = createLogger({ service: serviceNameOf(role), level: config.LOG_LEVEL });
  const passphrase = new TextEncoder().encode(config.KEY_PASSPHRASE_FILE);
  const keys = await openKeyFile(config.KEY_FILE, passphrase);
  const node = await startNode({
    role,
    nodeId: config.NODE_ID,
    nodeVersion: VERSION,
    genesis: readGenesis(config),
    databaseUrl: config.DATABASE_URL_FILE,
    settings: { durability: durabilityIn(config.NODE_ENV) },
    signer: keys.signer(role === 'sequencer' ? 'block' : 'witness'),
    signerMemoryFile: config.SIGNER_MEMORY_FILE,
    serviceKey: keys.jwtKey('service'),
    serviceKeysDirectory: config.SERVICE_KEYS_DIR,
    sequencerUrl: role === 'follower' ? config.SEQUENCER_URL : undefined,
    host: config.HOST,
    port: config.PORT,
    clock: systemClock,
    crashPoint: createCrashPoints(config.QUANJI_CRASH_FILE),
    log,
    validateResponses: config.NODE_ENV === 'test',
  });
  log.info('listening', { role, nodeId: config.NODE_ID, port: new URL(node.url).port });
  return () => node.close();
}

await runService('chain-node', start);

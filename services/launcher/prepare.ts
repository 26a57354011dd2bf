// The launcher's one-time work for containers: `keys` before PostgreSQL, then `databases`.
import { copyFileSync, existsSync } from 'node:fs';
import { systemClock } from '#libs/time/clock.ts';
import { readContainerEnvironment } from './config.ts';
import { openDatabases } from './databases.ts';
import { openDemoUsers } from './demo-users.ts';
import { describeFailure, LaunchFailure } from './failure.ts';
import { openKeys, tlsFiles } from './keys.ts';
import { layoutOf, openDataDirectory } from './layout.ts';
import { chains, demoUsersFile, services } from './services.ts';
import { makeTopicsOnKafka } from './topics.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function prepare(step: string | undefined): Promise<void> {
  const environment = readContainerEnvironment();
  const layout = layoutOf(environment.dataDirectory);
  if (step === 'keys') {
    openDataDirectory(layout);
    if (!existsSync(layout.passphrase)) copyFileSync(environment.passphraseFile, layout.passphrase);
    const plans = services.map(({ name, keys }) => ({ service: name, keys }));
    await openKeys(layout, plans, chains, systemClock, say);
    openDemoUsers(demoUsersFile(layout));
  } else if (step === 'databases') {
    await openDatabases({
      layout,
      superuserUrl: environment.superuserUrl(tlsFiles(layout).ca),
      services: services.map(({ name }) => name),
      say,
    });
    await makeTopicsOnKafka(environment.kafkaBrokers);
  } else {
    throw new LaunchFailure(`unknown step "${step ?? ''}": expected keys or databases`);
  }
}

try {
  await prepare(process.argv[2]);
} catch (error) {
  process.stderr.write(`${describeFailure(error, '/data')}\n`);
  process.exitCode = 1;
}

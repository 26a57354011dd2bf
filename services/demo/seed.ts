/** Seeds the demonstration market, marked DEMO: a business day, an issuer, a roster of 200. */
import { Api } from './api.ts';
import { importRoster, onboardIssuer, openBusinessDay } from './market-steps.ts';
import { inventHolders } from './roster-workbook.ts';
import { readRuntime } from './runtime.ts';

/** Above the numbers of demonstration runs: identities of the seed are nobody else's. */
const firstSeedRun = 60_000;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const option = (name: string): string | undefined =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(`--${name}=`.length);

async function seed(): Promise<void> {
  const api = new Api(readRuntime(option('data') ?? 'data'));
  // A seeding that was cut short is made anew with other identities.
  const run = firstSeedRun + Number.parseInt(option('attempt') ?? '0', 10);
  const businessDate = await openBusinessDay(api);
  const { securityId, code, name } = await onboardIssuer(api, run);
  const rows = await importRoster(api, securityId, inventHolders(run));
  say(`DEMO: business day ${businessDate}; ${code} ${name}, ${rows} holders`);
}

try {
  await seed();
  process.exit(0);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

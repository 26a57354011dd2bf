// `npm run bench`: settlement and receipts of a whole installation against TPC-B on its server.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { untilAllReceipted } from '../support/link-status.ts';
import { faultsInBooks } from '../support/books.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import { prepareMarket } from '../support/market.ts';
import {
  commitToReceipt,
  type Latency,
  serverPid,
  settleBatch,
  settleSingly,
  type Site,
} from './cases.ts';
import { PatientApi } from '../support/patient-api.ts';
import { percentile, processorTimeOf, spreadOf, spreadText } from './measure.ts';
import { prepareTpcB, runTpcB } from './tpc-b.ts';

const settledMs = 300_000;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    batch: { type: 'string', default: '200' },
    single: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '5' },
  },
});
const size = (text: string): number => {
  const value = Number.parseInt(text, 10);
  if (!(value >= 1 && value <= 10_000)) throw new Error(`"${text}" is not 1 to 10000`);
  return value;
};
const rounds = size(values.rounds);
const batch = size(values.batch);
const single = size(values.single);
const baselineMs = size(values.seconds) * 1_000;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

interface Round {
  readonly baseline: number;
  readonly batch: number;
  readonly single: number;
  /** Microseconds of processor time for one: of the server, and of the product with it. */
  readonly baselineCpu: number;
  readonly batchCpu: number;
}

/** Baseline and product by turns, on the same server; what is on its way comes to rest between. */
async function measureRound(site: Site, url: string): Promise<Round> {
  const rest = (): Promise<number> => untilAllReceipted(site.api, settledMs);
  await rest();
  const server = (): number => processorTimeOf([serverPid(site.installation)]);
  const before = server();
  const first = await runTpcB(url, baselineMs);
  const baselineCpu = (server() - before) / first.count;
  const settled = await settleBatch(site, batch);
  await rest();
  const second = await runTpcB(url, baselineMs);
  const singleRate = await settleSingly(site, single);
  return {
    baseline: (first.rate + second.rate) / 2,
    batch: settled.rate,
    single: singleRate,
    baselineCpu,
    batchCpu: settled.cpu,
  };
}

function tell(id: string, what: string, measured: readonly Round[], of: (round: Round) => number) {
  const ratios = spreadOf(measured.map((round) => of(round) / round.baseline));
  const rate = percentile(measured.map(of), 0.5).toFixed(0);
  const baseline = percentile(
    measured.map((round) => round.baseline),
    0.5,
  ).toFixed(0);
  say(
    `${id} ${what} | product ${rate}/s | TPC-B (node) ${baseline}/s | ratio ${spreadText(ratios, 3)}`,
  );
}

function tellLatency({ facts, p50, p99 }: Latency, measured: readonly Round[]): void {
  const baselines = measured.map(({ baseline }) => baseline);
  const transactions = (p50 * percentile(baselines, 0.5)) / 1_000;
  say(
    `L1 commit to receipt of ${facts} deliveries | p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms | ` +
      `p50 is the time of ${transactions.toFixed(0)} TPC-B (node) transactions`,
  );
}

async function bench(installation: Installation): Promise<void> {
  say(`Machine: ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`);
  await installation.start();
  const api = new PatientApi(installation.runtime());
  const market = await prepareMarket(api, rounds * (batch + single) + single, 0);
  const site = { installation, api, market };
  const url = installation.superuser('bench');
  await prepareTpcB(installation.superuser('postgres'), url);
  const measured: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const one = await measureRound(site, url);
    measured.push(one);
    say(
      `round ${round}: TPC-B ${one.baseline.toFixed(0)}/s (${one.baselineCpu.toFixed(0)} us), ` +
        `batch ${one.batch.toFixed(0)}/s (${one.batchCpu.toFixed(0)} us), single ${one.single.toFixed(1)}/s`,
    );
  }
  await untilAllReceipted(api, settledMs);
  const latency = await commitToReceipt(site, single);
  tell('S1', `batch of ${batch}, one cycle`, measured, (round) => round.batch);
  tell('S2', 'single, a cycle each', measured, (round) => round.single);
  tellLatency(latency, measured);
  await untilAllReceipted(api, settledMs);
  const faults = await faultsInBooks(installation);
  if (faults.length > 0) throw new Error(`no result: ${faults.join('; ')}`);
  say('Invariants held: shares, money, both legs of every transfer, receipts.');
}

const installation = createInstallation({ options: ['--empty'] });
try {
  await bench(installation);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await installation.close();
}

/** `npm run demo`: the whole main job on a running system; exit code 0 only if every step held. */
import { newUuid } from '#libs/ids/uuid.ts';
import { systemClock } from '#libs/time/clock.ts';
import { toMilliseconds } from '#libs/time/instant.ts';
import { Api, textOf } from './api.ts';
import { checkProof, marketView, publishForgedPacket, waitForReceipt } from './chain-steps.ts';
import { personName, residentId } from './identities.ts';
import { expectThat, Journey } from './journey.ts';
import {
  importRoster,
  onboardIssuer,
  openBusinessDay,
  proveSuitable,
  readRoster,
  registerNewcomer,
} from './market-steps.ts';
import { holderCount, inventHolders } from './roster-workbook.ts';
import { type Runtime, readRuntime } from './runtime.ts';
import {
  agree,
  cancel,
  fundAccountOf,
  moneyFor,
  payIn,
  rulesOf,
  runCycle,
  submitRefused,
  waitForState,
} from './transfer-steps.ts';

const expectedRules = ['R7', 'R8', 'R10', 'POSITION'];
const soldFirst = 20_000n;
const bought = 10_000n;

/** Keeps the identities of this run apart from those of every run before. */
const runNumber = (): number => Math.floor(toMilliseconds(systemClock.now()) / 1_000) % 60_000;

async function travel(runtime: Runtime, journey: Journey): Promise<void> {
  const api = new Api(runtime);
  const run = runNumber();
  const link = (path: string): string => `${runtime.publicUrl}/api/${path}`;

  const before = await journey.step('登录与市场状态', async () => {
    const view = await marketView(api);
    return { value: view, result: `监管侧已接受高度 ${textOf(view, 'height')}` };
  });
  const businessDate = await journey.step('开市', async () => {
    const value = await openBusinessDay(api);
    return { value, result: value, link: link('registry/v1/business-day') };
  });
  const security = await journey.step('企业与产品托管', async () => {
    const value = await onboardIssuer(api, run);
    return { value, result: value.code, link: link(`registry/v1/securities/${value.securityId}`) };
  });
  const { securityId } = security;
  await journey.step('名册导入', async () => {
    const holders = inventHolders(run);
    const rows = await importRoster(api, securityId, holders);
    expectThat(rows === holderCount, `${rows} rows were posted`);
    return {
      value: rows,
      result: `${rows} 名股东`,
      link: link(`registry/v1/securities/${securityId}/roster`),
    };
  });
  const [seller, buyer, friend] = await journey.step('股东名册', async () => {
    const { holders, entries } = await readRoster(api, securityId);
    const [a, b, c] = entries;
    expectThat(holders === holderCount, `the roster has ${holders} holders`);
    expectThat(a !== undefined && b !== undefined && c !== undefined, 'no entries');
    return { value: [a, b, c] as const, result: `${holders} 户，合计一致` };
  });
  await journey.step('投资者适当性', async () => {
    await proveSuitable(api, buyer.subjectId, businessDate);
    await proveSuitable(api, friend.subjectId, businessDate);
    return { value: undefined, result: '金融资产与投资经历各两份' };
  });

  const reserved = await journey.step('先期转让锁定', async () => {
    const terms = { sellerAccountId: buyer.accountId, buyerAccountId: friend.accountId };
    const transferId = await agree(api, { securityId, ...terms, quantity: soldFirst });
    await waitForState(api, transferId, 'reserved');
    return {
      value: transferId,
      result: `${soldFirst} 股已锁定，待资金`,
      link: link(`settlement/v1/transfers/${transferId}`),
    };
  });
  await journey.step('入金', async () => {
    const fund = await fundAccountOf(api, buyer.accountId);
    const available = await payIn(api, fund, moneyFor(bought));
    const path = `settlement/v1/money-accounts/${fund}`;
    return { value: fund, result: `可用 ${available} 分`, link: link(path) };
  });
  const settled = await journey.step('转让、复核与券款对付', async () => {
    const terms = { sellerAccountId: seller.accountId, buyerAccountId: buyer.accountId };
    const transferId = await agree(api, { securityId, ...terms, quantity: bought });
    await waitForState(api, transferId, 'funded');
    await runCycle(api);
    const transfer = await waitForState(api, transferId, 'settled');
    return {
      value: transfer,
      result: `已结算，营业日 ${textOf(transfer, 'businessDate')}`,
      link: link(`settlement/v1/transfers/${transferId}`),
    };
  });
  await journey.step('四项规则同时拒绝', async () => {
    const serial = 12_500_000 + run;
    const newcomer = await registerNewcomer(api, personName(serial), residentId(serial));
    const held = BigInt(buyer.total) + bought;
    const quantity = held - soldFirst + 1_000n;
    const terms = { sellerAccountId: buyer.accountId, buyerAccountId: newcomer };
    const refusal = await submitRefused(api, { securityId, ...terms, quantity });
    const rules = rulesOf(refusal);
    expectThat(refusal.status === 422, `answered ${refusal.status}`);
    const missing = expectedRules.filter((rule) => !rules.includes(rule));
    expectThat(missing.length === 0, `not refused by ${missing.join()}: ${rules.join()}`);
    return { value: rules, result: rules.join('、') };
  });

  const fact = await journey.step('登记事实的监管回执', async () => {
    const eventId = textOf(settled, 'deliveryEventId');
    const receipted = await waitForReceipt(api, eventId);
    return {
      value: receipted,
      result: `${receipted.objects.length} 个对象，高度 ${receipted.height}`,
      link: link(`regulator-link/v1/facts/${eventId}`),
    };
  });
  await journey.step('资金事实的监管回执', async () => {
    const eventId = textOf(settled, 'settlementEventId');
    const receipted = await waitForReceipt(api, eventId);
    return {
      value: receipted,
      result: `高度 ${receipted.height}`,
      link: link(`regulator-link/v1/facts/${eventId}`),
    };
  });
  await journey.step('证明包离线核验', async () => {
    const [object] = fact.objects;
    expectThat(object !== undefined, 'a fact without objects');
    const { passed, refusedAfterOneByte } = await checkProof(api, runtime, object);
    expectThat(refusedAfterOneByte, 'an altered snapshot was accepted');
    return { value: passed, result: `${passed} 项通过，改一字节即拒绝` };
  });
  await journey.step('篡改数据包', async () => {
    const code = await publishForgedPacket(api, runtime);
    return { value: code, result: `监管侧拒绝（${code}），链未冻结` };
  });
  await journey.step('收尾', async () => {
    await cancel(api, reserved);
    const after = await marketView(api);
    expectThat(
      BigInt(textOf(after, 'height')) > BigInt(textOf(before, 'height')),
      'the chain did not grow',
    );
    return { value: undefined, result: `监管侧高度 ${textOf(after, 'height')}` };
  });
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function tell(journey: Journey): void {
  say('');
  for (const [index, told] of journey.told.entries()) {
    const number = (index + 1).toString().padStart(2, ' ');
    say(
      `${number}. ${told.step} | ${told.result} | ${told.seconds} s${told.link ? ` | ${told.link}` : ''}`,
    );
  }
}

const dataOption = process.argv.find((arg) => arg.startsWith('--data='));
const journey = new Journey(say);
const startedAt = toMilliseconds(systemClock.now());
try {
  const runtime = readRuntime(dataOption?.slice('--data='.length) ?? 'data');
  say(`Quanji demonstration ${newUuid()} on ${runtime.publicUrl}`);
  await travel(runtime, journey);
  tell(journey);
  say(
    `All ${journey.told.length} steps held in ${((toMilliseconds(systemClock.now()) - startedAt) / 1_000).toFixed(0)} s.`,
  );
  process.exit(0);
} catch (error) {
  tell(journey);
  say(
    `The demonstration failed: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
  );
  process.exit(1);
}

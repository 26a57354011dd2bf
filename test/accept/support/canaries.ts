// Twenty people whom nobody else is called like, and their way through the whole market.
import { type Api, type Json, textOf } from '../../../services/demo/api.ts';
import { residentId } from '../../../services/demo/identities.ts';
import { until } from '../../../services/demo/journey.ts';
import {
  onboardIssuer,
  openBusinessDay,
  proveSuitable,
  readRoster,
  uploadDocument,
} from '../../../services/demo/market-steps.ts';
import { issuedCapital } from '../../../services/demo/roster-workbook.ts';
import {
  agree,
  fundAccountOf,
  moneyFor,
  payIn,
  runCycle,
  waitForState,
} from '../../../services/demo/transfer-steps.ts';

export interface Canary {
  readonly name: string;
  readonly number: string;
  readonly phone: string;
  readonly address: string;
  readonly bankAccount: string;
}

export const canaryCount = 20;
/** These are holders of a roster; the rest open accounts by themselves and buy. */
const rosterCount = 12;
const strange = '靐龘麤鱻爨灥灪麣鸞虋讟钃郁厵龖滟爩麷鬱籲';
const stranger = '饕餮魑魅魍魉耄耋蹀躞鼍夔魃獬豸鹓鹔鹙鹚鹝';

const two = (index: number): string => (index + 10).toString();

export const canaries: readonly Canary[] = Array.from({ length: canaryCount }, (_, index) => ({
  name: `${strange.charAt(index)}${stranger.charAt(index)}${strange.charAt(19 - index)}`,
  number: residentId(13_000_000 + index * 7_919),
  phone: `1997${two(index)}60${two(canaryCount - index)}3`.padEnd(11, '8'),
  address: `浙江省杭州市${stranger.charAt(index)}${strange.charAt(index)}弄7${two(index)}号`,
  bankAccount: `62280${two(index)}90417${two(canaryCount - index)}55`,
}));

/** All that must be readable nowhere. */
export const secretsOf = ({ name, number, phone, address, bankAccount }: Canary): string[] => [
  name,
  number,
  phone,
  address,
  bankAccount,
];

const maker = 'registrar-maker';

function rosterCsv(holders: readonly Canary[]): string {
  const headings = '序号,股东名称,股东类别,证件类型,证件号码,股份性质,持股数量,联系电话,通讯地址';
  const even = issuedCapital / BigInt(holders.length);
  const rows = holders.map(({ name, number, phone, address }, index) => {
    const rest = index === 0 ? issuedCapital - even * BigInt(holders.length) : 0n;
    const person = [(index + 1).toString(), name, '自然人', '居民身份证', number, '流通股'];
    return [...person, (even + rest).toString(), phone, address].join(',');
  });
  return [headings, ...rows].join('\n');
}

/** Checks the roster; the import's id, and whether it passed. */
async function checkRoster(api: Api, securityId: string, csv: string): Promise<Json> {
  const bytes = new TextEncoder().encode(csv);
  const documentId = await uploadDocument(api, '股东名册.csv', bytes);
  const started = await api.post(maker, 'registry/v1/roster-imports', { securityId, documentId });
  const jobId = textOf(started['job'] as Json, 'jobId');
  const job = await until(
    'the roster check',
    () => api.get(maker, `registry/v1/jobs/${jobId}`),
    ({ state }) => state === 'succeeded' || state === 'failed',
  );
  const importId = typeof job['importId'] === 'string' ? job['importId'] : jobId;
  const checked = await api.get(maker, `registry/v1/roster-imports/${importId}`);
  return { ...checked, importId };
}

async function postRoster(api: Api, securityId: string, holders: readonly Canary[]): Promise<void> {
  const checked = await checkRoster(api, securityId, rosterCsv(holders));
  if (checked['state'] !== 'passed') throw new Error(JSON.stringify(checked));
  await api.approved('registry', `roster-imports/${textOf(checked, 'importId')}/postings`, {
    contentHash: checked['contentHash'],
  });
}

interface Buyer {
  readonly subjectId: string;
  readonly accountId: string;
}

async function register(api: Api, { name, number, phone, address }: Canary): Promise<Buyer> {
  const subject = await api.approved('registry', 'subjects', {
    nature: 'natural-person',
    name,
    certificateType: 'resident-id',
    certificateNumber: number,
    phone,
    address,
  });
  const subjectId = textOf(subject, 'subjectId');
  const opened = await api.approved('registry', 'accounts', { subjectId });
  return { subjectId, accountId: textOf(opened, 'securitiesAccountId') };
}

/** What is refused is told of too: nothing of it may stay readable either. */
async function beRefused(api: Api, canary: Canary): Promise<number> {
  const { name, number, phone, address } = canary;
  const subject = {
    nature: 'natural-person',
    name,
    certificateType: 'resident-id',
    phone,
    address,
  };
  const ask = (json: Json) => api.ask(maker, 'registry/v1/subjects', { method: 'POST', json });
  const answers = [
    await ask({ ...subject, certificateNumber: number }),
    await ask({ ...subject, certificateNumber: `${number.slice(0, 17)}?` }),
    await ask({ ...subject, certificateNumber: number, [name]: address }),
    await api.ask(maker, `registry/v1/subjects?role=${encodeURIComponent(name)}`),
  ];
  return answers.filter(({ status }) => status >= 400).length;
}

/** A roster whose rows come back with their errors. */
async function bringBrokenRoster(api: Api, securityId: string, canary: Canary): Promise<number> {
  const broken = rosterCsv([canary]).replace('居民身份证', '护照本');
  const checked = await checkRoster(api, securityId, broken);
  return checked['state'] === 'passed' ? 0 : 1;
}

export interface Travelled {
  readonly holders: number;
  readonly buyers: number;
  readonly settled: number;
  readonly refusals: number;
  readonly subjectIds: readonly string[];
}

/** Subjects, accounts, a roster, evidence, money, a settled transfer, a payout, and refusals. */
export async function sendThroughMarket(api: Api): Promise<Travelled> {
  const businessDate = await openBusinessDay(api);
  const { securityId } = await onboardIssuer(api, 59_001);
  const holders = canaries.slice(0, rosterCount);
  const [refused = raise()] = holders;
  const brokenRosters = await bringBrokenRoster(api, securityId, refused);
  await postRoster(api, securityId, holders);
  const roster = await readRoster(api, securityId);
  const buyers: Buyer[] = [];
  for (const canary of canaries.slice(rosterCount)) buyers.push(await register(api, canary));
  const [seller] = roster.entries;
  const [buyer] = buyers;
  if (seller === undefined || buyer === undefined) throw new Error('nobody to trade');
  await proveSuitable(api, buyer.subjectId, businessDate);
  const fundAccountId = await fundAccountOf(api, buyer.accountId);
  await payIn(api, fundAccountId, moneyFor(10_000n));
  const terms = { sellerAccountId: seller.accountId, buyerAccountId: buyer.accountId };
  const transferId = await agree(api, { securityId, ...terms, quantity: 10_000n });
  await waitForState(api, transferId, 'funded');
  await runCycle(api);
  await waitForState(api, transferId, 'settled');
  await payOut(api, fundAccountId);
  const refusals = brokenRosters + (await beRefused(api, refused));
  return {
    holders: roster.holders,
    buyers: buyers.length,
    settled: 1,
    refusals,
    subjectIds: [...roster.entries, ...buyers].map(({ subjectId }) => subjectId),
  };
}

async function payOut(api: Api, fundAccountId: string): Promise<void> {
  for (const { bankAccount, name } of canaries.slice(rosterCount, rosterCount + 4)) {
    await api.approved('settlement', 'payouts', {
      fundAccountId,
      amountFen: '100',
      bankCode: 'ICBK',
      bankAccount,
      payeeName: name,
    });
  }
}

function raise(): never {
  throw new Error('no canaries');
}

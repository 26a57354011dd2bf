/** Loads what the transfer rules need to know, for one transfer or a batch, in three statements. */
import type { Executor } from '#libs/db/database.ts';
import { prepared } from '#libs/db/prepared.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { type Refusal, refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import { type BusinessCalendar, businessCalendar } from '#libs/time/calendar.ts';
import { addDays, type LocalDate } from '#libs/time/local-date.ts';
import type {
  ExemptionFacts,
  TransferFacts,
  TransferPurpose,
} from '../domain/rules/transfer-facts.ts';
import type { SubjectNature } from '../domain/subject.ts';
import { evidenceOf, type StoredEvidence } from './evidence-repository.ts';
import { calendarBetween } from './rule-repository.ts';

export interface TransferQuestion {
  readonly securityId: string;
  readonly sellerAccountId: string;
  readonly buyerAccountId: string;
  readonly nature: number;
  readonly quantity: bigint;
  /** Transaction method of the model; negotiated transfers are 2. */
  readonly method: string;
  readonly purpose: TransferPurpose;
  /** The quantity is reserved for this very transfer: no shortage is possible. */
  readonly isReserved: boolean;
}

export interface TransferSetting {
  readonly businessDate: LocalDate;
  readonly marketRegion: string;
  /** R7's parameter: how far back the calendar must reach. Unit: trading days. */
  readonly gapTradingDays: number;
}

export type FactsRefusal = Refusal<'security-not-found' | 'account-not-found' | 'nature-unknown'>;

interface FactsRow {
  readonly product_type: string | null;
  readonly security_status: string;
  readonly issuer_region: string | null;
  readonly tradable: boolean | null;
  readonly seller_kind: string | null;
  readonly seller_status: string;
  readonly seller_subject: Uuid;
  readonly seller_nature: SubjectNature;
  readonly buyer_kind: string | null;
  readonly buyer_status: string;
  readonly buyer_subject: Uuid;
  readonly buyer_nature: SubjectNature;
  readonly free: bigint;
  readonly seller_bought_on: LocalDate | null;
  readonly buyer_sold_on: LocalDate | null;
  readonly places: number;
  readonly entering: number;
  readonly leaving: number;
  readonly exemption_id: Uuid | null;
  readonly exemption_cap: number;
  readonly exemption_basis: string;
}

/**
 * entering: the buyer's identities that no counted holder has; leaving: the seller's identities
 * that no other counted holder has, where the seller gives away everything. What stands on both
 * sides cancels out.
 */
const FACTS = `
  select s.product_type, s.status as security_status, i.region as issuer_region, n.tradable,
    sa.kind as seller_kind, sa.status as seller_status, sa.subject_id as seller_subject,
    ss.nature as seller_nature, ba.kind as buyer_kind, ba.status as buyer_status,
    ba.subject_id as buyer_subject, bs.nature as buyer_nature, coalesce(h.free, 0) as free,
    sc.last_buy_on as seller_bought_on, bc.last_sell_on as buyer_sold_on,
    coalesce(st.places, 0) as places, coalesce(c.entering, 0) as entering,
    coalesce(c.leaving, 0) as leaving, x.id as exemption_id, x.cap as exemption_cap,
    x.basis as exemption_basis
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::bigint[]) with ordinality
    as q (security_id, seller_id, buyer_id, nature, quantity, ord)
  left join security s on s.id = q.security_id
  left join subject i on i.id = s.issuer_subject_id
  left join security_state st on st.security_id = q.security_id
  left join share_nature n on n.code = q.nature
  left join account sa on sa.id = q.seller_id
  left join subject ss on ss.id = sa.subject_id
  left join account ba on ba.id = q.buyer_id
  left join subject bs on bs.id = ba.subject_id
  left join holding h on h.security_id = q.security_id and h.account_id = q.seller_id
    and h.nature = q.nature
  left join trade_clock sc on sc.security_id = q.security_id and sc.subject_id = sa.subject_id
  left join trade_clock bc on bc.security_id = q.security_id and bc.subject_id = ba.subject_id
  left join lateral (
    select e.id, e.cap, e.basis from holder_exemption e
    where e.security_id = q.security_id and e.valid_from <= $6 and e.valid_until > $6
    order by e.id desc limit 1) x on true
  left join lateral (
    select coalesce(sum(o.total), 0) = q.quantity as all_given from holding o
    where o.security_id = q.security_id and o.subject_id = sa.subject_id) g on true
  left join lateral (
    select
      (select count(*)::int from holder_identity b where b.subject_id = ba.subject_id
        and not exists (
          select 1 from holder_identity e join holder_place p on p.subject_id = e.subject_id
          where e.identity = b.identity and p.security_id = q.security_id and p.counted
            and not (g.all_given and p.subject_id = sa.subject_id))) as entering,
      (select count(*)::int from holder_identity b where g.all_given
        and b.subject_id = sa.subject_id and not exists (
          select 1 from holder_identity e join holder_place p on p.subject_id = e.subject_id
          where e.identity = b.identity and p.security_id = q.security_id and p.counted
            and p.subject_id <> sa.subject_id)) as leaving) c on true
  order by q.ord`;

/** In the order of the questions. Errors, per question: those of FactsRefusal. */
export async function loadTransferFacts(
  db: Executor,
  questions: readonly TransferQuestion[],
  setting: TransferSetting,
): Promise<readonly Result<TransferFacts, FactsRefusal>[]> {
  const rows = await prepared<FactsRow>(db, 'transfer_facts', FACTS, [
    questions.map((question) => question.securityId),
    questions.map((question) => question.sellerAccountId),
    questions.map((question) => question.buyerAccountId),
    questions.map((question) => question.nature),
    questions.map((question) => question.quantity),
    setting.businessDate,
  ]);
  const evidence = await evidenceOf(db, [
    ...new Set(rows.flatMap((row) => (row.buyer_kind === null ? [] : [row.buyer_subject]))),
  ]);
  const calendar = await loadCalendar(db, rows, setting);
  return questions.map((question, place) => {
    const row = rows[place];
    if (row === undefined) throw new Error('the facts of a transfer are missing');
    return toFacts(question, row, { ...setting, evidence, calendar });
  });
}

/** Twice the gap and a month hold the gap in any year's calendar; older trades count from there. */
async function loadCalendar(
  db: Executor,
  rows: readonly FactsRow[],
  setting: TransferSetting,
): Promise<BusinessCalendar> {
  const dates = rows.flatMap((row) => [row.seller_bought_on, row.buyer_sold_on]);
  const earliest = dates.reduce<LocalDate>(
    (first, date) => (date !== null && date < first ? date : first),
    setting.businessDate,
  );
  const reach = 2 * setting.gapTradingDays + 30;
  const furthest = addDays(setting.businessDate, -reach);
  const from = earliest > furthest ? earliest : furthest;
  // Beyond the business day for telling when a transfer would be possible.
  return businessCalendar(await calendarBetween(db, from, addDays(setting.businessDate, reach)));
}

interface Loaded extends TransferSetting {
  readonly evidence: readonly StoredEvidence[];
  readonly calendar: BusinessCalendar;
}

function toFacts(
  question: TransferQuestion,
  row: FactsRow,
  loaded: Loaded,
): Result<TransferFacts, FactsRefusal> {
  const { securityId, sellerAccountId, buyerAccountId } = question;
  if (row.product_type === null) return refuse('security-not-found', { securityId });
  if (row.seller_kind === null) return refuse('account-not-found', { accountId: sellerAccountId });
  if (row.buyer_kind === null) return refuse('account-not-found', { accountId: buyerAccountId });
  if (row.tradable === null) {
    return refuse('nature-unknown', { natureCode: question.nature.toString() });
  }
  return ok({
    purpose: question.purpose,
    businessDate: loaded.businessDate,
    calendar: loaded.calendar,
    marketRegion: loaded.marketRegion,
    method: question.method,
    security: {
      securityId,
      productType: row.product_type,
      status: row.security_status,
      issuerRegion: row.issuer_region ?? '',
    },
    nature: { code: question.nature.toString(), tradable: row.tradable },
    seller: {
      accountId: sellerAccountId,
      accountKind: row.seller_kind,
      accountStatus: row.seller_status,
      subjectId: row.seller_subject,
      nature: row.seller_nature,
      evidence: [],
    },
    buyer: {
      accountId: buyerAccountId,
      accountKind: row.buyer_kind,
      accountStatus: row.buyer_status,
      subjectId: row.buyer_subject,
      nature: row.buyer_nature,
      evidence: loaded.evidence.filter((item) => item.subjectId === row.buyer_subject),
    },
    quantity: question.quantity,
    available: question.isReserved ? question.quantity : row.free,
    sellerLastBoughtOn: row.seller_bought_on ?? undefined,
    buyerLastSoldOn: row.buyer_sold_on ?? undefined,
    holders: {
      before: row.places,
      after: row.places + row.entering - row.leaving,
      exemption: exemptionOf(row),
    },
  });
}

function exemptionOf(row: FactsRow): ExemptionFacts | undefined {
  if (row.exemption_id === null) return undefined;
  return { exemptionId: row.exemption_id, cap: row.exemption_cap, basis: row.exemption_basis };
}

/** Routes that show what the rules go by, and the preview of a transfer. */
import type { operations } from '#libs/contracts/generated/registry.ts';
import { registryContract } from '#libs/contracts/generated/registry-contract.ts';
import { type Route, reply, routesOf } from '#libs/http/route.ts';
import { type Language, toProblem } from '#libs/problem/problem.ts';
import { refuse } from '#libs/result/refusal.ts';
import { daysBetween, type LocalDate } from '#libs/time/local-date.ts';
import type { Finding } from '../domain/rules/finding.ts';
import { calendarBetween, currentDay, listParameters } from '../repositories/rule-repository.ts';
import { listNatures } from '../repositories/security-repository.ts';
import { previewTransfer } from '../use-cases/preview-transfer.ts';
import type { RegistryServices, RegistryTx } from './services.ts';

const { query } = routesOf<operations, RegistryTx>(registryContract);

const CALENDAR_DAYS_MAX = 400;

export function ruleRoutes({ db, setting }: RegistryServices): Route<RegistryTx>[] {
  return [
    query('listRuleParameters', async () => {
      const rows = await listParameters(db);
      const items = rows.map(({ setBy, ...row }) => (setBy === null ? row : { ...row, setBy }));
      return reply(200, { items });
    }),
    query('listShareNatures', async () => reply(200, { items: await listNatures(db) })),
    query('getBusinessDay', async () => {
      const day = await currentDay(db);
      if (day === undefined) return refuse('business-day-not-open');
      return reply(200, { ...day, state: 'open' as const });
    }),
    query('listCalendarDays', async ({ query: { from, until } }) => {
      // The contract has checked that they are dates.
      const [first, last] = [from as LocalDate, until as LocalDate];
      const days = daysBetween(first, last) + 1;
      if (days < 1 || days > CALENDAR_DAYS_MAX) {
        return refuse('calendar-range-invalid', { daysMax: CALENDAR_DAYS_MAX.toString() });
      }
      return reply(200, { items: await calendarBetween(db, first, last) });
    }),
    query('previewTransfer', async ({ query: asked }, { language }) => {
      const preview = await previewTransfer(db, setting.market, {
        securityId: asked.securityId,
        sellerAccountId: asked.sellerAccountId,
        buyerAccountId: asked.buyerAccountId,
        nature: Number.parseInt(asked.natureCode, 10),
        quantity: BigInt(asked.quantity),
      });
      if (!preview.ok) return preview;
      const { findings, ...rest } = preview.value;
      return reply(200, { ...rest, findings: findings.map((item) => toWire(item, language)) });
    }),
  ];
}

/** A finding with its text, as the problem of the same code would read. */
export function toWire({ rule, code, params }: Finding, language: Language) {
  const occurrence = { language, instance: '', traceId: '' };
  const { title, detail } = toProblem({ code, params }, occurrence);
  return { rule, code, params: { ...params }, title, detail };
}

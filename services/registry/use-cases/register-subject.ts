/** registerSubject: a new organisation or person, one subject an identity. */
import type { Executor } from '#libs/db/database.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { refuse } from '#libs/result/refusal.ts';
import { ok, type Result } from '#libs/result/result.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import { objectIdOf } from '../domain/object-fact.ts';
import {
  type BeneficialOwner,
  checkSubject,
  type NewSubject,
  normaliseSubject,
} from '../domain/subject.ts';
import { lockPartiesBook } from '../repositories/fact-repository.ts';
import {
  findByIdentities,
  findSubject,
  insertSubjects,
} from '../repositories/subject-repository.ts';
import { type Act, audit, postEvent, type RegistrySetting, requireDay } from './act.ts';
import { factOfSubject } from './subject-version.ts';

/** As it stands in the approval: what the maker entered. */
export interface RegisterSubject {
  readonly nature: NewSubject['nature'];
  readonly name: string;
  readonly certificateType: NewSubject['certificateType'];
  readonly certificateNumber: string;
  readonly phone?: string;
  readonly address?: string;
  readonly region?: string;
  readonly nationality?: string;
  readonly beneficialOwners?: readonly BeneficialOwner[];
}

interface Registrable {
  readonly subject: NewSubject;
  readonly businessDate: LocalDate;
}

/**
 * Errors: business-day-not-open, those of checkSubject, subject-already-registered,
 * beneficial-owners-invalid (an owner who is itself looked through).
 */
export async function checkRegistration(
  tx: Executor,
  { cipher }: RegistrySetting,
  command: RegisterSubject,
) {
  const day = await requireDay(tx);
  if (!day.ok) return day;
  const subject = normaliseSubject({
    ...command,
    phone: command.phone,
    address: command.address,
    region: command.region,
    nationality: command.nationality ?? 'CN',
    beneficialOwners: command.beneficialOwners ?? [],
  });
  const checked = checkSubject(subject);
  if (!checked.ok) return checked;
  const [known] = await findByIdentities(tx, cipher, [subject]);
  if (known !== undefined) {
    return refuse('subject-already-registered', { subjectId: known.subjectId });
  }
  const owners = await findByIdentities(tx, cipher, subject.beneficialOwners);
  if (owners.some((owner) => owner.lookThrough)) {
    return refuse('beneficial-owners-invalid', { reason: 'looked-through' });
  }
  return ok<Registrable>({ subject, businessDate: day.value });
}

/** Rule: R8, R13. Errors: those of checkRegistration. */
export async function registerSubject(
  tx: Executor,
  setting: RegistrySetting,
  act: Act,
  command: RegisterSubject,
) {
  await lockPartiesBook(tx);
  const checked = await checkRegistration(tx, setting, command);
  if (!checked.ok) return checked;
  const { subject, businessDate } = checked.value;
  const subjectId = newUuid();
  const item = { subjectId, subject, isInvestor: false, isMarket: false };
  await insertSubjects(tx, setting.cipher, [item], { on: businessDate, at: act.now });
  const stored = await findSubject(tx, setting.cipher, subjectId);
  if (stored === undefined) throw new Error('a subject vanished within its transaction');
  await postEvent(tx, act, {
    book: 'parties',
    kind: 'subject-registered',
    effectiveOn: businessDate,
    facts: [factOfSubject(setting.cipher, stored, [], 'create')],
    command,
  });
  const detail = { nature: subject.nature, certificateType: subject.certificateType };
  await audit(tx, act, { action: 'subject-registered', target: `subject:${subjectId}`, detail });
  return ok({ subjectId, objectId: objectIdOf('subject', subjectId), version: '0' });
}

/** The market itself, made once when the service first starts. */
export async function ensureMarket(
  tx: Executor,
  setting: RegistrySetting,
  act: Act,
  today: LocalDate,
): Promise<Result<undefined, never>> {
  await lockPartiesBook(tx);
  const { cipher, market } = setting;
  const identity = { certificateType: 'uscc', certificateNumber: market.uscc } as const;
  const [known] = await findByIdentities(tx, cipher, [identity]);
  if (known?.isMarket === true) return ok();
  if (known !== undefined) throw new Error('the market is registered as another subject');
  const subject = normaliseSubject({
    nature: 'company',
    name: market.name,
    ...identity,
    phone: undefined,
    address: undefined,
    region: undefined,
    nationality: 'CN',
    beneficialOwners: [],
  });
  const checked = checkSubject(subject);
  if (!checked.ok) throw new Error('MARKET_USCC is not a valid unified social credit code');
  const subjectId = newUuid();
  const item = { subjectId, subject, isInvestor: false, isMarket: true };
  await insertSubjects(tx, cipher, [item], { on: today, at: act.now });
  const stored = await findSubject(tx, cipher, subjectId);
  if (stored === undefined) throw new Error('the market vanished within its transaction');
  await postEvent(tx, act, {
    book: 'parties',
    kind: 'market-registered',
    effectiveOn: today,
    facts: [factOfSubject(cipher, stored, [], 'create')],
    command: { uscc: market.uscc },
  });
  await audit(tx, act, { action: 'market-registered', target: `subject:${subjectId}` });
  return ok();
}

/** The changes that need two persons: what checks each at the maker's request and executes it later. */
import type { Executor } from '#libs/db/database.ts';
import type { ProblemRefusal } from '#libs/problem/problem.ts';
import type { Result } from '#libs/result/result.ts';
import type { Act, RegistrySetting } from '../use-cases/act.ts';
import { addSuitabilityEvidence, checkNewEvidence } from '../use-cases/add-suitability-evidence.ts';
import {
  checkBusinessDay,
  checkCalendarDays,
  checkExemption,
  checkNewParameter,
  enterCalendarDays,
  grantHolderExemption,
  openBusinessDay,
  setRuleParameter,
} from '../use-cases/change-rules.ts';
import { checkCorrection, correctObject } from '../use-cases/correct-object.ts';
import { checkOnboarding, onboardIssuer } from '../use-cases/onboard-issuer.ts';
import { checkOpening, openAccounts } from '../use-cases/open-accounts.ts';
import {
  checkPosting,
  checkReversal,
  postRosterImport,
  reverseRosterImport,
} from '../use-cases/post-roster-import.ts';
import { checkRegistration, registerSubject } from '../use-cases/register-subject.ts';

type Check<Command> = (
  tx: Executor,
  setting: RegistrySetting,
  command: Command,
) => Promise<Result<unknown, ProblemRefusal>>;

type Execute<Command> = (
  tx: Executor,
  setting: RegistrySetting,
  act: Act,
  command: Command,
) => Promise<Result<unknown, ProblemRefusal>>;

export interface Operation {
  readonly check: Check<unknown>;
  readonly execute: Execute<unknown>;
}

/** The payload is what the contract let in, stored canonically under its hash. */
function operation<Command>(check: Check<Command>, execute: Execute<Command>): Operation {
  return {
    check: (tx, setting, payload) => check(tx, setting, payload as Command),
    execute: (tx, setting, act, payload) => execute(tx, setting, act, payload as Command),
  };
}

export const operations = {
  registerSubject: operation(checkRegistration, registerSubject),
  addSuitabilityEvidence: operation(checkNewEvidence, addSuitabilityEvidence),
  onboardIssuer: operation(checkOnboarding, onboardIssuer),
  openAccounts: operation(checkOpening, openAccounts),
  grantHolderExemption: operation(checkExemption, grantHolderExemption),
  setRuleParameter: operation(checkNewParameter, setRuleParameter),
  enterCalendarDays: operation(checkCalendarDays, enterCalendarDays),
  openBusinessDay: operation(checkBusinessDay, openBusinessDay),
  postRosterImport: operation(checkPosting, postRosterImport),
  reverseRosterImport: operation(checkReversal, reverseRosterImport),
  correctObject: operation(checkCorrection, correctObject),
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationName = keyof typeof operations;

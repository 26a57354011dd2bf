/** The body of any object that the registry reports: one pure function of facts for each class. */
import { assert, assertNever } from '#libs/result/result.ts';
import type { ObjectFact } from '../object-fact.ts';
import { accountBody } from './account-object.ts';
import { productBody } from './product-object.ts';
import { registrationBody } from './registration-object.ts';
import { type ObjectBody, type PersonalFigures, subjectBody } from './subject-object.ts';
import { transferReportBody } from './transfer-report-object.ts';

/** `personal` is needed for subjects only: their opened personal figures. */
export function objectBody(fact: ObjectFact, personal: PersonalFigures | undefined): ObjectBody {
  if (fact.operation === 'delete') return {};
  switch (fact.class) {
    case 'subject':
      assert(personal !== undefined, 'a subject is rendered with its personal figures');
      return subjectBody(fact, personal);
    case 'account':
      return accountBody(fact);
    case 'product':
      return productBody(fact);
    case 'transactionreport':
      return transferReportBody(fact);
    case 'registration':
      return registrationBody(fact);
    default:
      return assertNever(fact.class);
  }
}

/** The account object (账户): securities accounts and the fund accounts tied to them. */
import {
  accountAssociation,
  accountPurpose,
  accountStatus,
  accountType,
} from '#libs/cross-chain-model/code-lists.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import {
  type NewObjectFact,
  type ObjectFact,
  objectIdOf,
  type PinnedReference,
  referenceAt,
} from '../object-fact.ts';
import { modelDateTime } from './model-time.ts';
import type { ObjectBody, ObjectStep } from './subject-object.ts';

export interface AccountFigures {
  readonly accountId: Uuid;
  readonly kind: 'securities' | 'fund';
  readonly number: string;
  readonly status: 'normal' | 'closed' | 'frozen' | 'unverified';
  readonly openedOn: string;
}

export interface AccountPins {
  readonly subjectId: Uuid;
  readonly subjectVersion: bigint;
  readonly marketId: Uuid;
  readonly marketVersion: bigint;
  /** The securities account that a fund account is tied to. */
  readonly linkedAccountId?: Uuid;
  readonly linkedAccountVersion?: bigint;
}

export function accountFact(
  figures: AccountFigures,
  pins: AccountPins,
  step: ObjectStep,
): NewObjectFact {
  const linked = pins.linkedAccountId;
  const references: PinnedReference[] = [
    pin('account_subject_ref', objectIdOf('subject', pins.subjectId), pins.subjectVersion),
    pin('account_depository_ref', objectIdOf('subject', pins.marketId), pins.marketVersion),
    ...(linked === undefined
      ? []
      : [
          pin(
            'account_associated_account_ref',
            objectIdOf('account', linked),
            pins.linkedAccountVersion ?? 0n,
          ),
        ]),
  ];
  return {
    class: 'account',
    objectId: objectIdOf('account', figures.accountId),
    ...step,
    keyOwner: { kind: 'subject', id: pins.subjectId },
    references,
    figures: { ...figures },
  };
}

export function accountBody(fact: ObjectFact): ObjectBody {
  // The figures of this class are written by accountFact alone.
  const figures = fact.figures as unknown as AccountFigures;
  return {
    account_information: {
      basic_account_information: {
        account_subject_ref: referenceAt(fact, 'account_subject_ref'),
        account_depository_ref: referenceAt(fact, 'account_depository_ref'),
        account_number: figures.number,
        account_type: accountType[figures.kind],
        account_purpose: [
          figures.kind === 'fund' ? accountPurpose.settlement : accountPurpose.custody,
        ],
        account_status: accountStatus[figures.status],
        account_create_time: modelDateTime(fact.timestampSeconds),
      },
      account_cycle_information: {
        account_opening_information: { account_opening_date: figures.openedOn },
      },
      ...(figures.kind === 'fund'
        ? {
            account_related_information: {
              account_association: accountAssociation.fundToSecurities,
              account_associated_account_ref: referenceAt(fact, 'account_associated_account_ref'),
            },
          }
        : {}),
    },
  };
}

function pin(path: string, objectId: string, version: bigint): PinnedReference {
  return { path, objectId, version };
}

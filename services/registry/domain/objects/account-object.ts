/** The account object (账户): securities accounts and the fund accounts tied to them. */
import {
  accountAssociation,
  accountPurpose,
  accountStatus,
  accountType,
} from '#libs/cross-chain-model/code-lists.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import { modelDateTime } from './model-time.ts';
import {
  type NewObjectFact,
  type ObjectBody,
  objectIdOf,
  type PinnedReference,
  referenceTo,
} from './object-fact.ts';
import type { ObjectStep } from './subject-object.ts';

export interface AccountFigures {
  readonly accountId: string;
  readonly kind: 'securities' | 'fund';
  readonly number: string;
  readonly status: 'normal' | 'closed' | 'frozen' | 'unverified';
  readonly openedOn: string;
  readonly recordedAt: Instant;
}

export interface AccountPins {
  readonly subjectId: string;
  readonly subjectVersion: bigint;
  readonly marketId: string;
  readonly marketVersion: bigint;
  /** The securities account that a fund account is tied to. */
  readonly linkedAccountId?: string;
  readonly linkedAccountVersion?: bigint;
}

export function accountFact(
  figures: AccountFigures,
  pins: AccountPins,
  step: ObjectStep,
): NewObjectFact {
  const linked = pins.linkedAccountId;
  const references: PinnedReference[] = [
    pin('subject', objectIdOf('subject', pins.subjectId), pins.subjectVersion),
    pin('depository', objectIdOf('subject', pins.marketId), pins.marketVersion),
    ...(linked === undefined
      ? []
      : [pin('linkedAccount', objectIdOf('account', linked), pins.linkedAccountVersion ?? 0n)]),
  ];
  return {
    class: 'account',
    objectId: objectIdOf('account', figures.accountId),
    ...step,
    keyOwner: { kind: 'subject', id: pins.subjectId as Uuid },
    references,
    figures: { ...figures },
  };
}

export function accountBody(
  figures: AccountFigures,
  references: readonly PinnedReference[],
): ObjectBody {
  return {
    account_information: {
      basic_account_information: {
        account_subject_ref: referenceTo(references, 'subject'),
        account_depository_ref: referenceTo(references, 'depository'),
        account_number: figures.number,
        account_type: accountType[figures.kind],
        account_purpose: [
          figures.kind === 'fund' ? accountPurpose.settlement : accountPurpose.custody,
        ],
        account_status: accountStatus[figures.status],
        account_create_time: modelDateTime(figures.recordedAt),
      },
      account_cycle_information: {
        account_opening_information: { account_opening_date: figures.openedOn },
      },
      ...(figures.kind === 'fund'
        ? {
            account_related_information: {
              account_association: accountAssociation.fundToSecurities,
              account_associated_account_ref: referenceTo(references, 'linkedAccount'),
            },
          }
        : {}),
    },
  };
}

function pin(path: string, objectId: string, version: bigint): PinnedReference {
  return { path, objectId, version };
}

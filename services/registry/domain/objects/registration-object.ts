/** The registration object (登记): one holder's shares of one nature, before, change and after. */
import { parseSignedShares } from '../signed-shares.ts';
import { type ObjectFact, referenceAt } from '../object-fact.ts';
import { modelDateTime } from './model-time.ts';
import type { ObjectBody } from './subject-object.ts';

/** Why a registration changed; `correction` repeats the figures of the posting that it corrects. */
export type RegistrationCause = 'initial' | 'initial-reversal' | 'trade' | 'reversal';

/** Before, change, after as decimal strings. */
export type ChangeFigures = readonly [before: string, change: string, after: string];

export interface RegistrationFigures {
  readonly cause: RegistrationCause;
  readonly subjectKind: 'person' | 'organisation';
  readonly natureCode: number;
  readonly available: ChangeFigures;
  readonly pledged: ChangeFigures;
  readonly frozen: ChangeFigures;
}

/** register_source_type: the labels of this list are the market's own. */
const sourceType: Readonly<Record<RegistrationCause, number>> = {
  initial: 1,
  'initial-reversal': 255,
  trade: 3,
  reversal: 255,
};

const CUSTODY_REGISTRATION = 1;
const TRADE_REGISTRATION = 2;
const ASSET_SHARES = 1;
const UNIT_SHARE = 4;
const CURRENCY_YUAN = '156';

export function registrationBody(fact: ObjectFact): ObjectBody {
  // The figures of this class are written by the ledger's own postings alone.
  const figures = fact.figures as unknown as RegistrationFigures;
  const transactionRef = referenceAt(fact, 'register_transaction_ref');
  return {
    registration_information: {
      register_basic_information: {
        register_object_type: 1,
        register_event_type:
          transactionRef === undefined ? CUSTODY_REGISTRATION : TRADE_REGISTRATION,
      },
      registration_rights: {
        basic_information_rights: {
          basic_information_description: description(fact, figures, transactionRef),
        },
        ...balances(figures),
        description_status_information: {
          register_asset_holding_nature: natureGroup(figures.natureCode),
          register_source_type: sourceType[figures.cause],
          register_asset_note: figures.natureCode.toString(),
        },
      },
    },
  };
}

function description(
  fact: ObjectFact,
  figures: RegistrationFigures,
  transactionRef: string | undefined,
): ObjectBody {
  const time = modelDateTime(fact.timestampSeconds);
  return {
    register_serial_number: `${fact.eventId}-${fact.line}`,
    register_time: time,
    register_subject_ref: referenceAt(fact, 'register_subject_ref'),
    register_subject_type: figures.subjectKind === 'organisation' ? 1 : 2,
    register_subject_account_ref: referenceAt(fact, 'register_subject_account_ref'),
    register_asset_type: ASSET_SHARES,
    register_asset_unit: UNIT_SHARE,
    register_asset_currency: CURRENCY_YUAN,
    ...(transactionRef === undefined ? {} : { register_transaction_ref: transactionRef }),
    register_product_ref: referenceAt(fact, 'register_product_ref'),
    register_create_time: time,
  };
}

function balances({ available, pledged, frozen }: RegistrationFigures): ObjectBody {
  return {
    available_registration: {
      register_asset_balance_before: parseSignedShares(available[0]),
      register_asset_balance_change: parseSignedShares(available[1]),
      register_asset_balance_after: parseSignedShares(available[2]),
    },
    pledge_registration: {
      register_pledge_balance_before: parseSignedShares(pledged[0]),
      register_pledge_balance_change: parseSignedShares(pledged[1]),
      register_pledge_balance_after: parseSignedShares(pledged[2]),
    },
    freezing_registration: {
      register_frozen_balance: parseSignedShares(frozen[0]),
      register_frozen_balance_change: parseSignedShares(frozen[1]),
      register_frozen_balance_after: parseSignedShares(frozen[2]),
    },
  };
}

/** The model knows the main classes only; our exact code stands in the note. */
function natureGroup(natureCode: number): number {
  return natureCode < 10 ? natureCode : Math.floor(natureCode / 10);
}

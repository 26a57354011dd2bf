// One valid regulator object per class, for schema, sealing and lane tests.
import { buildObject } from '#libs/cross-chain-model/build.ts';
import {
  type ObjectBody,
  type ObjectClass,
  objectIdPrefixes,
  type RegulatorObject,
} from '#libs/cross-chain-model/object.ts';

const uuid = '01920000-0000-7000-8000-000000000001';
const at = '2026-11-24T10:00:00.000+08:00';
const sub = `SUB-${uuid}/0`;
const acc = `ACC-${uuid}/0`;
const prd = `PRD-${uuid}/0`;
const trd = `TRD-${uuid}/0`;
const doc = { uri: 'doc/1', hash: 'a'.repeat(64), file_name: '转让协议.pdf', summary: '转让协议' };

const bodies: Readonly<Record<ObjectClass, ObjectBody>> = {
  subject: {
    subject_information: {
      basic_information_subject: {
        general_information_subject: {
          subject_id: uuid,
          subject_type: 2,
          subject_main_administrative_region: 1,
          subject_create_time: at,
        },
        subject_qualification_information: [
          {
            qualification_information: { subject_market_roles_type: 1 },
            investor_suitability_information: [
              {
                subject_investor_qualification: 1,
                subject_investor_qualification_certificate: [doc],
                subject_investor_qualification_certificate_time: at,
                subject_investor_qualification_status: true,
              },
            ],
          },
        ],
      },
      personal_subject_information: {
        personal_subject_basic_information: {
          subject_investor_name: '张三',
          subject_id_type: 1,
          subject_id_number: '11010519491231002X',
          subject_contact_address: '杭州市',
          subject_cellphone_number: '13800000000',
        },
      },
    },
  },
  account: {
    account_information: {
      basic_account_information: {
        account_subject_ref: sub,
        account_depository_ref: sub,
        account_number: 'ZJ0000000001',
        account_type: 2,
        account_purpose: [1],
        account_status: 1,
        account_create_time: at,
      },
      account_cycle_information: {
        account_opening_information: { account_opening_date: '2026-11-24' },
      },
      account_related_information: {
        account_association: 1,
        account_associated_account_ref: acc,
      },
    },
  },
  product: {
    product_information: {
      essential_information: {
        basic_product_information: {
          product_trading_market_category: 1,
          product_market_subject_ref: sub,
          product_market_subject_name: '示范股权交易中心',
          product_issuer_subject_ref: sub,
          product_issuer_name: '示范股份有限公司',
          product_code: 'ZJ000001T.S2601',
          product_name: '示范股份',
          product_type: 2,
          product_scale_unit: 4,
          product_scale_currency: '156',
          product_scale: 1000000,
          product_create_time: at,
        },
      },
      release_information: {
        equity_issue_information: {
          product_shares_issued_class: [0],
          product_after_authorized_shares: 1000000,
        },
      },
      transaction_information: { transaction_status: { product_transaction_status: 1 } },
    },
  },
  transactionreport: {
    transaction_report_information: {
      basic_transaction_information: {
        basic_information_remark: {
          transaction_market_type: 1,
          transaction_type: 3,
          transaction_method: 2,
          transaction_create_time: at,
        },
        trading_asset_information: {
          asset_custody_state: { transaction_product_custody_status: 1 },
          custody_asset_transaction: { transaction_custody_product_ref: prd },
        },
      },
      transaction_information: {
        transaction_content_information: {
          transaction_series_number: 'T1',
          transaction_settlement_currency: '156',
          transaction_settlement_price: 2.5,
          transaction_settlement_quantity: 100,
          transaction_settlement_time: at,
        },
        transaction_party_information: {
          transaction_investor_original_ref: sub,
          transaction_investor_counterparty_ref: sub.replace('0001/', '0002/'),
        },
        transaction_verification_information: { transaction_verification_doc: [doc] },
      },
    },
  },
  registration: {
    registration_information: {
      register_basic_information: { register_object_type: 1, register_event_type: 2 },
      registration_rights: {
        basic_information_rights: {
          basic_information_description: {
            register_serial_number: 'E1',
            register_time: at,
            register_subject_ref: sub,
            register_subject_type: 2,
            register_subject_account_ref: acc,
            register_asset_type: 1,
            register_asset_unit: 4,
            register_asset_currency: '156',
            register_transaction_ref: trd,
            register_product_ref: prd,
            register_create_time: at,
          },
        },
        available_registration: {
          register_asset_balance_change: -100,
          register_asset_balance_before: 1000,
          register_asset_balance_after: 900,
        },
        pledge_registration: {
          register_pledge_balance_change: 0,
          register_pledge_balance_before: 0,
          register_pledge_balance_after: 0,
        },
        freezing_registration: {
          register_frozen_balance_change: 0,
          register_frozen_balance: 0,
          register_frozen_balance_after: 0,
        },
        description_status_information: {
          register_asset_holding_nature: 0,
          register_source_type: 3,
          register_asset_note: '0',
        },
      },
    },
  },
  settlement: {
    capital_settlement_information: {
      basic_information_capital_settlement: {
        settlement_type: 1,
        settlement_serial_number: 'S1',
        settlement_time: at,
        settlement_product_ref: prd,
        settlement_transaction_ref: trd,
        settlement_currency: '156',
        settlement_value: 250.35,
        settlement_information_maintenance_time: at,
      },
      transferor_information: {
        settlement_out_account_object_ref: acc,
        settlement_out_account_balance_before_transfer: 1000.35,
        settlement_out_account_balance_after_transfer: 750,
      },
      transferee_information: {
        settlement_in_account_object_ref: acc.replace('0001/', '0002/'),
        settlement_in_account_balance_before_transfer: 0,
        settlement_in_account_balance_after_transfer: 250.35,
      },
    },
  },
};

/** A fresh valid object of the class, version 0, not sealed. */
export function sampleObject(objectClass: ObjectClass): RegulatorObject {
  const identity = {
    class: objectClass,
    objectId: `${objectIdPrefixes[objectClass]}-${uuid}`,
    version: 0n,
    revision: 0n,
    operation: 'create',
    timestampSeconds: 1_795_500_000n,
    salt: '0123456789abcdef0123456789abcdef',
  } as const;
  return structuredClone(buildObject(identity, bodies[objectClass]));
}

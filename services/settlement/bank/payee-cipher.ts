/** Encrypts the payee's name and account number for the payout table. */
import { openColumn, sealColumn } from '#libs/envelope/column.ts';
import { maskBankAccount } from '#libs/envelope/masking.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { assert } from '#libs/result/result.ts';

export interface Payee {
  readonly bankAccount: string;
  readonly payeeName: string;
}

export interface SealedPayee {
  readonly bankAccountCipher: Uint8Array;
  readonly payeeNameCipher: Uint8Array;
  readonly bankAccountMasked: string;
}

export interface PayeeCipher {
  seal(payoutId: Uuid, payee: Payee): SealedPayee;
  open(payout: SealedPayee & { readonly id: Uuid }): Payee;
}

const place = (column: string, rowId: Uuid) => ({ table: 'settlement.payout', column, rowId });

function openText(key: Uint8Array, column: string, rowId: Uuid, bytes: Uint8Array): string {
  const text = openColumn(key, place(column, rowId), bytes);
  assert(text !== undefined, `payout ${rowId} cannot be decrypted`);
  return text;
}

export function createPayeeCipher(key: Uint8Array): PayeeCipher {
  return {
    seal: (payoutId, payee) => ({
      bankAccountCipher: sealColumn(key, place('bank_account', payoutId), payee.bankAccount),
      payeeNameCipher: sealColumn(key, place('payee_name', payoutId), payee.payeeName),
      bankAccountMasked: maskBankAccount(payee.bankAccount),
    }),
    open: (payout) => ({
      bankAccount: openText(key, 'bank_account', payout.id, payout.bankAccountCipher),
      payeeName: openText(key, 'payee_name', payout.id, payout.payeeNameCipher),
    }),
  };
}

/** Accounts (账户): one securities account an investor with one fund account tied to it. */

export type AccountKind = 'securities' | 'fund' | 'issue' | 'cancellation' | 'treasury';
export type AccountStatus = 'normal' | 'closed' | 'frozen' | 'unverified';

/**
 * The numbers given at opening. They are the market's own: the investor code that the supervisory
 * side allocates belongs to the subject and arrives later.
 */
export function accountNumbers(
  marketCode: string,
  serial: bigint,
): { readonly securities: string; readonly fund: string } {
  const digits = serial.toString().padStart(8, '0');
  return { securities: `${marketCode}${digits}`, fund: `${marketCode}F${digits}` };
}

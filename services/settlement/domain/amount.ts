/** Price times quantity, exact, rounded half up to the fen. */
import { type Fen, fen, isFen } from '#libs/quantity/money.ts';
import type { ShareQuantity } from '#libs/quantity/shares.ts';

const places = 4;

/** Unit: `unitPrice` in yuan with at most four decimals. Undefined: out of range. */
export function amountOf(unitPrice: string, quantity: ShareQuantity): Fen | undefined {
  const [whole = '0', fraction = ''] = unitPrice.split('.');
  const tenThousandths = BigInt(whole + fraction.padEnd(places, '0'));
  const amount = (tenThousandths * quantity + 50n) / 100n;
  return isFen(amount) ? fen(amount) : undefined;
}

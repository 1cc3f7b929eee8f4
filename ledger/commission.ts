/** What a sale earns, and when the earning becomes payable. */
import { DAY_MS } from './clock.ts';
import { share } from './money.ts';

/** A campaign's terms. `value` is basis points for `percent`, minor units of the campaign's currency for `fixed`. */
export interface Terms {
  kind: 'percent' | 'fixed';
  value: number;
  automatic: boolean;
  holdDays: number;
  trustPixel: boolean;
}

/** What was sold and what of it came back, in minor units of one currency. */
export interface Sold {
  /** Null where nobody has named an amount. */
  amountMinor: number | null;
  /** At most the amount. */
  refundedMinor: number;
  cancelled: boolean;
}

/**
 * The commission on what is left of a sale, in minor units. A fixed one is whole as long as anything is left.
 * A percentage of no amount is a bug: ask first.
 */
export function commissionOn(
  { amountMinor, refundedMinor, cancelled }: Sold,
  terms: Pick<Terms, 'kind' | 'value'>,
): number {
  if (terms.kind === 'fixed')
    return cancelled || (amountMinor !== null && refundedMinor > 0 && refundedMinor >= amountMinor) ? 0 : terms.value;
  if (amountMinor === null) throw new Error('a percentage needs an amount');
  return share(amountMinor - refundedMinor, terms.value);
}

/** The report by which a commission was confirmed. */
export interface Confirmation {
  at: number;
  byImport: boolean;
}

/**
 * When a commission becomes approved by itself, in epoch milliseconds; null where only a person approves it: the campaign
 * is approved by hand, or only an untrusted pixel has spoken for the sale. The hold runs from the later of the sale and its
 * confirmation, where one is needed; what a file has confirmed waits at least a day, in which the import can be undone.
 */
export function availableAt(terms: Terms, confirmation: Confirmation | null, soldAt: number): number | null {
  if (!terms.automatic || (confirmation === null && !terms.trustPixel)) return null;
  const from = confirmation === null || terms.trustPixel ? soldAt : Math.max(soldAt, confirmation.at);
  const end = from + terms.holdDays * DAY_MS;
  return confirmation?.byImport ? Math.max(end, confirmation.at + DAY_MS) : end;
}

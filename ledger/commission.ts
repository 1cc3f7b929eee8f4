/** What a sale earns, and when the earning becomes payable. */
import { share } from './money.ts';

const DAY_MS = 86_400_000;

/** A campaign's terms. `value` is basis points for `percent`, minor units of the campaign's currency for `fixed`. */
export interface Terms {
  kind: 'percent' | 'fixed';
  value: number;
  automatic: boolean;
  holdDays: number;
  trustPixel: boolean;
}

/** @returns the commission in minor units, and the rate where there is one. A percentage of no amount is a bug: ask first. */
export function commissionOn(amountMinor: number | null, terms: Pick<Terms, 'kind' | 'value'>) {
  if (terms.kind === 'fixed') return { amountMinor: terms.value, rateBp: null };
  if (amountMinor === null) throw new Error('a percentage needs an amount');
  return { amountMinor: share(amountMinor, terms.value), rateBp: terms.value };
}

/**
 * When a commission becomes approved by itself, in epoch milliseconds; null where only a person approves it:
 * the campaign is approved by hand, or only an untrusted pixel has spoken for the sale.
 */
export function availableAt(terms: Terms, confirmed: boolean, soldAt: number): number | null {
  return terms.automatic && (confirmed || terms.trustPixel) ? soldAt + terms.holdDays * DAY_MS : null;
}

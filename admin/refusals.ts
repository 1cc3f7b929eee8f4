/** Why what was typed cannot be taken, in the sentences that stand beside its field. */
import { type CodeError, couponKey, dayOf, expiresAt } from '../ledger/coupon.ts';
import { type MoneyError, minorDigits, parseMinor } from '../ledger/money.ts';
import { type OrderError, orderKey } from '../ledger/order.ts';
import type { Outcome } from '../ledger/sales/outcome.ts';
import { ownerAt, type SpentCoupon } from './queries/offline-sales.ts';
import { dayText } from './ui/when.tsx';

const CODE: Record<CodeError, (code: string) => string> = {
  empty: (code) =>
    code.trim() === ''
      ? 'Type the code of the coupon.'
      : `${code} is what a shop’s page sends when it has no coupon to name, so it cannot be a code.`,
  'too long': () => 'Shorten the code to 100 characters.',
  'control character': () => 'There is an invisible character in this code. Type it anew.',
  'not a code': (code) => `${code} alone cannot be a code.`,
};

/** A code's key, or why it cannot be a code. */
export function codeOr(code: string): { value: string } | { refusal: string } {
  const key = couponKey(code);
  return 'value' in key ? key : { refusal: CODE[key.error](code) };
}

/** Why a coupon cannot end on a day, or null where it can; '' is never. `now` is an instant, its day that of the zone. */
export function expiryRefusal(day: string, timeZone: string, shopName: string, now: number): string | null {
  if (day === '') return null;
  if ('error' in expiresAt(day, timeZone)) return NOT_A_DAY;
  const today = dayOf(now, timeZone);
  if (day >= today) return null;
  return `${dayText(day)} is over: in ${shopName} it is ${dayText(today)}. Choose that day or a later one, or none.`;
}

/** Why nothing can have been sold on a day, or null where it can. */
export function saleDayRefusal(day: string, timeZone: string, shopName: string, now: number): string | null {
  if (day === '') return 'Say on which day the sale was made.';
  if ('error' in expiresAt(day, timeZone)) return NOT_A_DAY;
  const today = dayOf(now, timeZone);
  if (day <= today) return null;
  return `${dayText(day)} is in the future: in ${shopName} it is ${dayText(today)}.`;
}

const NOT_A_DAY = 'This is no day of the calendar. Write it as year, month and day: 2026-12-24.';

const AMOUNT: Record<MoneyError, (currency: string) => string> = {
  empty: () => 'Type an amount.',
  'not a number': (currency) =>
    `Write the amount in digits, with a dot before decimals and nothing else: ${example(currency)}.`,
  'too many decimals': (currency) =>
    minorDigits(currency) === 0
      ? `${currency} has no decimals. Write it as ${example(currency)}.`
      : `${currency} has ${minorDigits(currency)} decimals at most. Write it as ${example(currency)}.`,
  negative: () => 'The amount of a sale cannot be less than nothing.',
  'too large': () => 'This amount is larger than can be kept.',
  'unknown currency': (currency) => `${currency} is no currency we know.`,
};

const example = (currency: string) => ['1234', '1234.5', '1234.50', '1234.500'][minorDigits(currency) ?? 2] ?? '1234';

/** Why an amount cannot be read, or null where it can; '' is none. */
export function amountRefusal(amount: string, currency: string): string | null {
  const read = parseMinor(amount, currency);
  return 'value' in read || read.error === 'empty' ? null : AMOUNT[read.error](currency);
}

const ORDER: Record<OrderError, (id: string) => string> = {
  empty: (id) => `${id} is a placeholder, not an order ID. Leave the field empty if there is none.`,
  'too long': () => 'Shorten the order ID to 200 characters.',
  'control character': () => 'There is an invisible character in this order ID. Type it anew.',
  'not text': () => 'This cannot be an order ID.',
  shortened: (id) =>
    `${id} is a number that a spreadsheet has shortened, and so it is no order ID any more. Write it out, and keep its column as text.`,
};

/** Why an order id cannot be one, or null where it can; '' is none. */
export function orderRefusal(id: string): string | null {
  const key = orderKey(id);
  return id.trim() === '' || 'value' in key ? null : ORDER[key.error](id.trim());
}

/**
 * Why a coupon earns nothing for a sale, or null where the outcome is not about the coupon.
 * @param coupon the one that the code names, if any; `on` is the sale's day by its shop's clock, `at` its instant.
 */
export function couponRefusal(
  outcome: Outcome,
  code: string,
  coupon: SpentCoupon | undefined,
  on: string,
  at: number,
): string | null {
  if (outcome === 'switched off') return 'Coupons are switched off in the settings.';
  if (outcome === 'unknown coupon') return `No coupon has the code ${code}. Check how it is spelt, or add it first.`;
  if (!coupon) return null;
  const day = dayText(on);
  switch (outcome) {
    case 'expired':
      return coupon.expiresOn !== null && coupon.expiresOn < on
        ? `${coupon.code} was no longer valid on ${day}: its last day was ${dayText(coupon.expiresOn)}.`
        : `${code} was no longer valid on ${day}: the coupon’s code is ${coupon.code} now.`;
    case 'campaign paused':
      return coupon.campaignStatus === 'paused'
        ? `${coupon.code} earns nothing for now: its campaign ${coupon.campaignName} is paused.`
        : `${coupon.code} earned nothing on ${day}: its campaign ${coupon.campaignName} was paused.`;
    case 'free coupon':
      return `Nobody owned ${coupon.code} on ${day}, so nobody would earn.`;
    case 'affiliate not active': {
      const owner = ownerAt(coupon, at);
      const standing = owner?.status === 'active' ? 'was not active then' : `is ${owner?.status}`;
      return `${owner?.name} owned ${coupon.code} on ${day}, and ${standing}: nobody would earn.`;
    }
    default:
      return null;
  }
}

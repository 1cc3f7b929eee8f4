/** Money is integers in minor units, with the currency beside them. It is read, divided and shown here and nowhere else. */
import { minorDigits } from './currencies.ts';

export { currencies, minorDigits } from './currencies.ts';

export type MoneyError = 'empty' | 'not a number' | 'too many decimals' | 'negative' | 'too large' | 'unknown currency';

const BASIS_POINTS = 10_000n;
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Reads an amount in decimal, as a shop prints it ("12.5" EUR is 1250), strictly: digits and at most one dot between them.
 * "1,234" is refused, for it is a thousand in London and one and a bit in Berlin. Zeros beyond the currency's decimals
 * pass, because Magento prints "100.0000".
 * @returns minor units, at most `Number.MAX_SAFE_INTEGER`.
 */
export function parseMinor(text: string, currency: string): { value: number } | { error: MoneyError } {
  const digits = minorDigits(currency);
  if (digits === undefined) return { error: 'unknown currency' };
  const trimmed = text.trim();
  if (trimmed === '') return { error: 'empty' };
  const number = /^(-?)(\d+)(?:\.(\d+))?$/.exec(trimmed);
  if (!number) return { error: 'not a number' };
  const [, sign, whole = '', decimals = ''] = number;
  if (sign) return { error: 'negative' };
  if (/[1-9]/.test(decimals.slice(digits))) return { error: 'too many decimals' };
  const minor = BigInt(whole + decimals.slice(0, digits).padEnd(digits, '0'));
  return minor > LARGEST ? { error: 'too large' } : { value: Number(minor) };
}

/**
 * The one rounding: a share of an amount, half a minor unit going away from zero, so that a refund takes back exactly
 * what the sale gave. Exact for every safe integer.
 * @param basisPoints 1,250 is 12.5 %.
 * @returns minor units.
 */
export function share(amountMinor: number, basisPoints: number): number {
  const exact = BigInt(amountMinor) * BigInt(basisPoints);
  const half = exact < 0n ? -BASIS_POINTS / 2n : BASIS_POINTS / 2n;
  const rounded = Number((exact + half) / BASIS_POINTS);
  if (!Number.isSafeInteger(rounded)) throw new RangeError(`${basisPoints} bp of ${amountMinor} is too large to hold`);
  return rounded;
}

/** An amount for a machine: "12.00", which `parseMinor` reads back where it is not negative. */
export function plainMinor(amountMinor: number | bigint, currency: string): string {
  const digits = digitsOf(currency);
  const minor = BigInt(amountMinor);
  const figures = String(minor < 0n ? -minor : minor).padStart(digits + 1, '0');
  const point = figures.length - digits;
  return (minor < 0n ? '-' : '') + figures.slice(0, point) + (digits > 0 ? `.${figures.slice(point)}` : '');
}

/** An amount for a person: "€12.00". It is given to `Intl` in decimal, not as a float, so that large ones stay exact. */
export function formatMinor(amountMinor: number | bigint, currency: string, locale = 'en'): string {
  return formatFor(currency, locale).format(plainMinor(amountMinor, currency) as Intl.StringNumericLiteral);
}

const formats = new Map<string, Intl.NumberFormat>();

/** Kept, because making one takes longer than all the formatting of a page. */
function formatFor(currency: string, locale: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`;
  const known = formats.get(key);
  if (known) return known;
  const digits = digitsOf(currency);
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  formats.set(key, format);
  return format;
}

/** An amount that is already ours has a currency that we know. */
function digitsOf(currency: string): number {
  const digits = minorDigits(currency);
  if (digits === undefined) throw new RangeError(`${currency} is no currency of ISO 4217`);
  return digits;
}

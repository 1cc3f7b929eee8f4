/**
 * Money: integers in minor units with the currency beside them, basis points, and one rounding.
 * Nothing here touches a floating-point number with a fraction.
 */
import { MINOR_DIGITS } from './currencies.ts';

export type MoneyError = 'empty' | 'not a number' | 'too many decimals' | 'negative' | 'too large' | 'unknown currency';

/** The currencies that money can be in, ISO 4217 codes in alphabetical order. */
export const currencies: readonly string[] = [...MINOR_DIGITS.keys()].sort();

/** How many decimals a currency has by ISO 4217, or undefined for what is no currency. `Intl` disagrees for 16 of them. */
export function minorDigits(currency: string): number | undefined {
  return MINOR_DIGITS.get(currency);
}

/**
 * Reads an amount as shops print it: digits, at most one dot, and no more decimals than the currency has, except
 * trailing zeros (Magento prints `100.0000`). Never guesses: `1,50`, `1e3`, `€5` and `+5` are refused.
 * @returns the amount in minor units of `currency`.
 */
export function parseMinor(text: string, currency: string): { value: number } | { error: MoneyError } {
  const digits = minorDigits(currency);
  if (digits === undefined) return { error: 'unknown currency' };
  const trimmed = text.trim();
  if (trimmed === '') return { error: 'empty' };
  const read = /^(-?)(\d*)(?:\.(\d*))?$/.exec(trimmed);
  const [, minus, whole = '', decimals = ''] = read ?? [];
  if (!read || whole + decimals === '') return { error: 'not a number' };
  if (minus) return { error: 'negative' };
  const significant = decimals.replace(/0+$/, '');
  if (significant.length > digits) return { error: 'too many decimals' };
  const minor = BigInt(whole + significant.padEnd(digits, '0'));
  return minor > BigInt(Number.MAX_SAFE_INTEGER) ? { error: 'too large' } : { value: Number(minor) };
}

/**
 * A share of an amount, rounded half away from zero: half a cent goes to the affiliate, and half a cent of a refund
 * goes back. Exact for every safe integer.
 * @param basisPoints hundredths of a percent; 10,000 is all of it.
 */
export function share(amountMinor: number, basisPoints: number): number {
  const product = BigInt(amountMinor) * BigInt(basisPoints);
  const half = product < 0n ? -5_000n : 5_000n;
  return Number((product + half) / 10_000n);
}

/** An amount as a machine writes it, and `parseMinor` reads it: `12.00`, `-0.05`, `1200` where there are no decimals. */
export function plainMinor(amountMinor: number, currency: string): string {
  const digits = digitsOf(currency);
  const text = String(Math.abs(amountMinor)).padStart(digits + 1, '0');
  const sign = amountMinor < 0 ? '-' : '';
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

const formats = new Map<string, Intl.NumberFormat>();

/** An amount as a person reads it: `€1,200.00`. */
export function formatMinor(amountMinor: number, currency: string, locale = 'en'): string {
  const key = `${locale} ${currency}`;
  let format = formats.get(key);
  if (!format) {
    const digits = digitsOf(currency);
    format = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    formats.set(key, format);
  }
  // A decimal string is formatted exactly, where a number would be rounded beyond 15 digits.
  return format.format(plainMinor(amountMinor, currency) as Intl.StringNumericLiteral);
}

function digitsOf(currency: string): number {
  const digits = minorDigits(currency);
  if (digits === undefined) throw new Error(`no such currency: ${currency}`);
  return digits;
}

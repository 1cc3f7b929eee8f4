/** The key by which an order is known, once and for all. */
import { hasInvisible, isUnfilled } from './blank.ts';

export type OrderError = 'empty' | 'too long' | 'control character' | 'not text' | 'shortened';

const LONGEST = 200;

/** What a spreadsheet makes of a long number, and of many other long numbers too: 1,0E+05, 1.23457E+11. */
const SHORTENED = /^\d([.,]\d+)?E\+\d+$/i;

/**
 * Makes the key of an order's id as the shop sent it: text always, trimmed, NFC, letter case kept ("a1" and "A1" are two
 * orders). Absent, blank and unfilled ids are `'empty'`; one that a spreadsheet has shortened is `'shortened'`.
 * @param id text, a bigint or a safe integer. Any other number is refused: beyond 2^53 two orders would become one.
 */
export function orderKey(id: unknown): { value: string } | { error: OrderError } {
  const text = textOf(id ?? '');
  if (text === undefined) return { error: 'not text' };
  const key = text.trim().normalize('NFC');
  if (isUnfilled(key)) return { error: 'empty' };
  if ([...key].length > LONGEST) return { error: 'too long' };
  if (hasInvisible(key)) return { error: 'control character' };
  if (SHORTENED.test(key)) return { error: 'shortened' };
  return { value: key };
}

function textOf(id: unknown): string | undefined {
  if (typeof id === 'string') return id;
  if (typeof id === 'bigint' || Number.isSafeInteger(id)) return String(id);
  return undefined;
}

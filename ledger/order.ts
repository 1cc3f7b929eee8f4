/** The key by which an order is known, once and for all. */
import { hasInvisible, isUnfilled } from './blank.ts';

export type OrderError = 'empty' | 'too long' | 'control character' | 'not text';

const LONGEST = 200;

/**
 * Makes the key of an order's id as the shop sent it: text always, trimmed, NFC, letter case kept ("a1" and "A1" are two
 * orders). Absent, blank and unfilled ids are `'empty'`.
 * @param id text, a bigint or a safe integer. Any other number is refused: beyond 2^53 two orders would become one.
 */
export function orderKey(id: unknown): { value: string } | { error: OrderError } {
  const text = textOf(id ?? '');
  if (text === undefined) return { error: 'not text' };
  const key = text.trim().normalize('NFC');
  if (isUnfilled(key)) return { error: 'empty' };
  if ([...key].length > LONGEST) return { error: 'too long' };
  if (hasInvisible(key)) return { error: 'control character' };
  return { value: key };
}

function textOf(id: unknown): string | undefined {
  if (typeof id === 'string') return id;
  if (typeof id === 'bigint' || Number.isSafeInteger(id)) return String(id);
  return undefined;
}

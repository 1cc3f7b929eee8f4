/** Order numbers as they are compared. */
import { isUnfilled } from './blank.ts';

export type OrderError = 'empty' | 'too long' | 'control character' | 'not text';

/** Longer than any shop's order number; what is longer is something else in the wrong place. */
const LONGEST = 200;

/**
 * An order's id as it is compared: text always, trimmed, NFC, its case kept.
 * @param id text, a bigint or a safe integer. A number beyond 2^53 has lost its last digits and is `not text`.
 * @returns the key; `empty` also where a shop's template was left unfilled.
 */
export function orderKey(id: unknown): { value: string } | { error: OrderError } {
  const text = textOf(id);
  if (text === undefined) return { error: 'not text' };
  const key = text.trim().normalize('NFC');
  if (isUnfilled(key)) return { error: 'empty' };
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\uFFFD]/u.test(key)) return { error: 'control character' };
  if ([...key].length > LONGEST) return { error: 'too long' };
  return { value: key };
}

function textOf(id: unknown): string | undefined {
  if (typeof id === 'string') return id;
  if (typeof id === 'bigint' || Number.isSafeInteger(id)) return String(id);
  return undefined;
}

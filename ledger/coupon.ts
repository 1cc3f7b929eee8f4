/** Coupon codes as they are compared, and the days on which coupons work. */
import { isUnfilled } from './blank.ts';

export type CodeError = 'empty' | 'too long' | 'control character' | 'not a code';

/** Characters a shop or a person cannot mean to be part of a code: controls, formats (bidi, zero-width), halves and the replacement character. */
const UNSPEAKABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\uFFFD]/u;

/**
 * A code as it is compared: NFC, trimmed, upper and lower case the same in every language. Shown is what was typed.
 * At most 100 characters and 400 bytes, so that it fits into a KV key (512 bytes), where `.` and `..` are refused too.
 * @returns the key, or why this can be nobody's code; `empty` also where a shop's template was left unfilled.
 */
export function couponKey(code: string): { value: string } | { error: CodeError } {
  const typed = code.trim();
  if (isUnfilled(typed)) return { error: 'empty' };
  if (UNSPEAKABLE.test(typed)) return { error: 'control character' };
  if (typed === '.' || typed === '..') return { error: 'not a code' };
  const key = fold(typed);
  if ([...key].length > 100 || new TextEncoder().encode(key).length > 400) return { error: 'too long' };
  return { value: key };
}

/**
 * Simple case folding: character by character, up and then down again, which brings ς and σ, ſ and s together as
 * Unicode's CaseFolding.txt does. A mapping that would change the length (ß to SS, İ to i̇) is not taken.
 */
function fold(text: string): string {
  return Array.from(text.normalize('NFC'), (character) => single(single(character, 'upper'), 'lower'))
    .join('')
    .normalize('NFC');
}

function single(character: string, way: 'upper' | 'lower'): string {
  const mapped = way === 'upper' ? character.toUpperCase() : character.toLowerCase();
  return [...mapped].length === 1 ? mapped : character;
}

/**
 * The first instant, in epoch milliseconds, at which a coupon no longer works: the start of the day after its last one,
 * by the shop's clock. Where that midnight is skipped by a change of clocks, or the whole day is, it is what comes next.
 * @param lastDay an ISO date, `2026-12-24`.
 */
export function expiresAt(
  lastDay: string,
  timeZone: string,
): { value: number } | { error: 'not a day' | 'unknown time zone' } {
  if (!isTimeZone(timeZone)) return { error: 'unknown time zone' };
  const start = Date.parse(`${lastDay}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(lastDay) || Number.isNaN(start) || isoDay(start) !== lastDay)
    return { error: 'not a day' };
  // Somewhere within two days of UTC's midnight the local day becomes later than `lastDay`: zones go from -12 to +14.
  let [before, after] = [start - 2 * DAY_MS, start + 3 * DAY_MS];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (dayOf(middle, timeZone) > lastDay) after = middle;
    else before = middle;
  }
  return { value: after };
}

const DAY_MS = 86_400_000;

/** The day, as an ISO date, that it is at an instant by a zone's clock. */
export function dayOf(atMs: number, timeZone: string): string {
  const parts = Object.fromEntries(
    clock(timeZone)
      .formatToParts(atMs)
      .map((part) => [part.type, part.value]),
  );
  return `${parts.year!.padStart(4, '0')}-${parts.month}-${parts.day}`;
}

export function isTimeZone(timeZone: string): boolean {
  try {
    clock(timeZone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const isoDay = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter takes some 50 µs, and there are few zones. */
function clock(timeZone: string): Intl.DateTimeFormat {
  let made = clocks.get(timeZone);
  if (!made) {
    made = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    clocks.set(timeZone, made);
  }
  return made;
}

/** The key by which a coupon's code is compared. */
import { hasInvisible, isUnfilled } from './blank.ts';

export { dayOf, expiresAt, isTimeZone } from './clock.ts';

export type CodeError = 'empty' | 'too long' | 'control character' | 'not a code';

/** In code points. No code point takes more than 4 bytes of UTF-8, so a key is at most 400 bytes; KV allows 512. */
const LONGEST = 100;

/**
 * Makes the key of a code: trimmed, NFC, letter case folded. The key of a key is itself.
 * Refused are unfilled templates (`'empty'`), characters that do not show, and `.` and `..`, which KV throws on.
 */
export function couponKey(code: string): { value: string } | { error: CodeError } {
  const typed = code.trim().normalize('NFC');
  const key = fold(typed);
  if (isUnfilled(key)) return { error: 'empty' };
  // Both are kept, and either may be the longer one: "İ" folds to two characters, "ſ" and a dot below it to one.
  if ([...typed].length > LONGEST || [...key].length > LONGEST) return { error: 'too long' };
  if (hasInvisible(typed)) return { error: 'control character' };
  if (key === '.' || key === '..') return { error: 'not a code' };
  return { value: key };
}

/**
 * Up, then down, one character at a time: "ς" and "σ" meet in "Σ", "ß" and "ẞ" in "ß", "ı" and "i" in "I". Where the upper
 * case of a character is several ("ß" to "SS") it is left alone, so "STRASSE" and "straße" stay two codes. "İ" meets its
 * own lower case, "i" with a dot above, as in Unicode's CaseFolding.txt. No locale has a say.
 */
function fold(text: string): string {
  return Array.from(text, (character) => {
    const upper = character.toUpperCase();
    return ([...upper].length === 1 ? upper : character).toLowerCase();
  })
    .join('')
    .normalize('NFC');
}

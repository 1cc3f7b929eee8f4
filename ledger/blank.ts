/** Text that says nothing, or says something other than what it shows. */

/**
 * What a shop's page sends where a variable was not filled in: `[COUPON]`, `{{ coupon }}`, `%COUPON%`, `%%COUPON%%`,
 * `${coupon}`, `{$coupon}`, and the words that JavaScript prints for nothing. Plain `{…}` is not among them: that is how
 * Windows writes a GUID. Letter case does not count, so that a code and its key are unfilled together.
 */
const UNFILLED = /^(?:null|undefined|nan|\[[^[\]]*\]|\{\{.*\}\}|\$\{.*\}|\{\$.*\}|%[^%]+%|%%[^%]+%%)$/i;

/** Is the text empty, or a template that nobody filled in? Outer spaces do not count. */
export function isUnfilled(text: string): boolean {
  const trimmed = text.trim();
  return trimmed === '' || UNFILLED.test(trimmed);
}

/**
 * Control and format characters (bidi marks and zero widths among them), line separators, unpaired surrogates, whatever
 * Unicode says may be ignored when shown, and U+FFFD, which stands where bytes were no UTF-8.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\uFFFD]/u;

/** Could the text look the same as another one, or write over its surroundings in a log? */
export function hasInvisible(text: string): boolean {
  return INVISIBLE.test(text);
}

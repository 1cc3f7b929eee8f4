/**
 * Whether a text is a template that the shop's page did not fill in: `[COUPON]`, `{{ order }}`, `%ORDER%`, `%%X%%`,
 * or what a script prints for nothing. Such a value counts as absent. An empty text does too.
 */
export function isUnfilled(text: string): boolean {
  return /^(?:\[[^\]]*\]|\{\{.*\}\}|%[^%]+%|%%.+%%|null|undefined|nan)?$/is.test(text.trim());
}

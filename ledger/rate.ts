/** Percentages as basis points, hundredths of a percent: 7.5 % is 750. No floating-point number is involved. */

export type RateError = 'empty' | 'not a number' | 'too many decimals' | 'over 100';

/**
 * Reads a percentage as people type it: `10`, `7.5`, `12.50`; digits and at most one dot.
 * @returns basis points, 0 to 10,000.
 */
export function parseRate(text: string): { value: number } | { error: RateError } {
  const trimmed = text.trim();
  if (trimmed === '') return { error: 'empty' };
  const read = /^(\d+)(?:\.(\d+))?$/.exec(trimmed);
  if (!read) return { error: 'not a number' };
  const decimals = (read[2] ?? '').replace(/0+$/, '');
  if (decimals.length > 2) return { error: 'too many decimals' };
  const basisPoints = BigInt(read[1]! + decimals.padEnd(2, '0'));
  return basisPoints > 10_000n ? { error: 'over 100' } : { value: Number(basisPoints) };
}

/** Basis points as `parseRate` reads them: 750 is `7.5`, 1,000 is `10`. */
export function plainRate(basisPoints: number): string {
  const text = String(basisPoints).padStart(3, '0');
  const decimals = text.slice(-2).replace(/0+$/, '');
  return decimals === '' ? text.slice(0, -2) : `${text.slice(0, -2)}.${decimals}`;
}

/** The codes of many coupons made at once: numbered, or ending in random letters. */

/** As many as one statement after the other brings in within a request. */
export const MOST_CODES = 100_000;

export type SeriesError = 'not a number' | 'wrong order' | 'too many';

/**
 * Prefix and number, `from` to `to`, both included: "test-coupon", "1", "10" gives test-coupon1 … test-coupon10.
 * A bound that is written with leading zeros says how wide all numbers are: "001", "100" gives 001, 002 … 100.
 */
export function numberedCodes(prefix: string, from: string, to: string): { value: string[] } | { error: SeriesError } {
  const bounds = [from.trim(), to.trim()];
  // Fifteen digits are always whole in a JavaScript number.
  if (bounds.some((bound) => !/^\d{1,15}$/.test(bound))) return { error: 'not a number' };
  const [first, last] = bounds.map(Number) as [number, number];
  if (first > last) return { error: 'wrong order' };
  const count = last - first + 1;
  if (count > MOST_CODES) return { error: 'too many' };
  const width = Math.max(...bounds.map((bound) => (bound.startsWith('0') ? bound.length : 1)));
  return { value: Array.from({ length: count }, (_, i) => prefix + String(first + i).padStart(width, '0')) };
}

/** Without those that are taken for one another when read aloud or off paper: 0 and O, 1, I and L. One case only. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

/** Of so many possible codes at most one is a coupon, so that guessing does not pay. */
const POSSIBLE_PER_CODE = 10;

/** How many random codes there may be with suffixes of a length. */
export const mostRandomCodes = (length: number) =>
  Math.min(MOST_CODES, Math.floor(ALPHABET.length ** length / POSSIBLE_PER_CODE));

/**
 * Prefix and random letters, each code once. The same seed gives the same codes, so that what was previewed is what is
 * written; without the seed no code tells of another (they are read off an AES key stream).
 * @param length of the suffix, 1 to 20.
 * @param count at most `mostRandomCodes(length)`; more is a bug.
 * @param seed 32 hexadecimal digits, of `newSeed`.
 */
export async function randomCodes(prefix: string, length: number, count: number, seed: string): Promise<string[]> {
  if (count > mostRandomCodes(length)) throw new Error(`${count} codes of ${length} letters are too many`);
  const key = await crypto.subtle.importKey('raw', bytesOf(seed), 'AES-CTR', false, ['encrypt']);
  const suffixes = new Set<string>();
  for (let block = 0; suffixes.size < count; block++) {
    const letters = await lettersOf(key, block);
    for (let at = 0; at + length <= letters.length && suffixes.size < count; at += length)
      suffixes.add(letters.slice(at, at + length));
  }
  return [...suffixes].map((suffix) => prefix + suffix);
}

const BLOCK_BYTES = 65_536;

/** One block of the key's stream as letters. Bytes beyond a multiple of 31 are left out, so that each letter is as likely. */
async function lettersOf(key: CryptoKey, block: number): Promise<string> {
  const counter = new DataView(new ArrayBuffer(16));
  counter.setUint32(0, block);
  const stream = await crypto.subtle.encrypt(
    { name: 'AES-CTR', counter, length: 64 },
    key,
    new Uint8Array(BLOCK_BYTES),
  );
  const fair = 256 - (256 % ALPHABET.length);
  let letters = '';
  for (const byte of new Uint8Array(stream)) if (byte < fair) letters += ALPHABET[byte % ALPHABET.length];
  return letters;
}

/** A seed that nobody can guess. */
export const newSeed = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

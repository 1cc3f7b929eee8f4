/** Codes made in series: what they are, written out. */
import { describe, expect, test } from 'vitest';
import { mostRandomCodes, newSeed, numberedCodes, randomCodes } from '../../ledger/coupon-series.ts';

describe('numbered codes', () => {
  test.each([
    [
      'test-coupon',
      '1',
      '10',
      'test-coupon1 test-coupon2 test-coupon3 test-coupon4 test-coupon5 test-coupon6 test-coupon7 test-coupon8 test-coupon9 test-coupon10',
    ],
    ['A', '8', '11', 'A8 A9 A10 A11'],
    ['A', '08', '11', 'A08 A09 A10 A11'],
    ['A', '098', '101', 'A098 A099 A100 A101'],
    ['A', '8', '0011', 'A0008 A0009 A0010 A0011'],
    ['A', '0', '2', 'A0 A1 A2'],
    ['A', '00', '2', 'A00 A01 A02'],
    ['A', '09', '100', 'A09 A10 A11'],
    ['', ' 7 ', '7', '7'],
    ['Ação ', '999999999999998', '999999999999999', 'Ação 999999999999998,Ação 999999999999999'],
  ])('%s from %s to %s', (prefix, from, to, codes) => {
    const made = numberedCodes(prefix, from, to);
    const separator = codes.includes(',') ? ',' : ' ';
    const wanted = codes.split(separator);
    expect('value' in made && made.value.slice(0, wanted.length)).toEqual(wanted);
  });

  test('001 to 100 are a hundred, all of three digits', () => {
    const made = numberedCodes('S', '001', '100');
    const codes = 'value' in made ? made.value : [];
    expect([codes.length, codes[0], codes[8], codes[9], codes.at(-1)]).toEqual([100, 'S001', 'S009', 'S010', 'S100']);
  });

  test('a hundred thousand at once, and not one more', () => {
    const made = numberedCodes('S', '1', '100000');
    expect('value' in made && made.value.length).toBe(100_000);
    expect(numberedCodes('S', '0', '100000')).toEqual({ error: 'too many' });
    expect(numberedCodes('S', '0', '999999999999999')).toEqual({ error: 'too many' });
  });

  test.each([
    ['', '10', 'not a number'],
    ['1', '', 'not a number'],
    ['-1', '5', 'not a number'],
    ['1.5', '5', 'not a number'],
    ['1e3', '5', 'not a number'],
    ['١', '٥', 'not a number'],
    ['1', '1000000000000000', 'not a number'],
    ['10', '9', 'wrong order'],
  ])('from "%s" to "%s" is refused: %s', (from, to, error) => {
    expect(numberedCodes('S', from, to)).toEqual({ error });
  });
});

describe('random codes', () => {
  const SEED = '000102030405060708090a0b0c0d0e0f';

  test('the same seed gives the same codes, another one others', async () => {
    const codes = await randomCodes('GIFT-', 8, 3, SEED);
    expect(await randomCodes('GIFT-', 8, 3, SEED)).toEqual(codes);
    expect(await randomCodes('GIFT-', 8, 2, SEED)).toEqual(codes.slice(0, 2));
    expect(await randomCodes('GIFT-', 8, 3, newSeed())).not.toEqual(codes);
    expect(newSeed()).toMatch(/^[0-9a-f]{32}$/);
  });

  test('a hundred thousand are all different, of the length asked for, and of letters that nobody mistakes', async () => {
    const codes = await randomCodes('', 6, 100_000, SEED);
    expect(new Set(codes).size).toBe(100_000);
    expect(codes.filter((code) => !/^[2-9A-HJKMNP-Z]{6}$/.test(code))).toEqual([]);
    // Each of 31 letters stands about 600,000 / 31 = 19,355 times.
    const counts = new Map<string, number>();
    for (const letter of codes.join('')) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    expect(counts.size).toBe(31);
    expect(Math.min(...counts.values())).toBeGreaterThan(18_500);
    expect(Math.max(...counts.values())).toBeLessThan(20_200);
  });

  test('no more than a tenth of what a length can make', async () => {
    expect([1, 2, 3, 4, 5].map(mostRandomCodes)).toEqual([3, 96, 2979, 92_352, 100_000]);
    expect(new Set(await randomCodes('', 1, 3, SEED)).size).toBe(3);
    await expect(randomCodes('', 2, 97, SEED)).rejects.toThrow('too many');
  });
});

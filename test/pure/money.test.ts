import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  currencies,
  formatMinor,
  type MoneyError,
  minorDigits,
  parseMinor,
  plainMinor,
  share,
} from '../../ledger/money.ts';

const minor = fc.maxSafeNat();
const currency = fc.constantFrom(...currencies);

describe('an amount is read', () => {
  test.each([
    ['12', 'EUR', 1200],
    ['12.5', 'EUR', 1250],
    ['12.50', 'EUR', 1250],
    ['0', 'EUR', 0],
    ['0.00', 'EUR', 0],
    ['0.01', 'EUR', 1],
    ['  19.99\n', 'EUR', 1999],
    ['007.10', 'EUR', 710],
    ['1.005000', 'KWD', 1005],
    ['100.0000', 'EUR', 10000], // Magento
    ['100.0000', 'JPY', 100],
    ['100', 'JPY', 100],
    ['100.5', 'HUF', 10050], // Two decimals by ISO 4217, none by the CLDR.
    ['1.0001', 'CLF', 10001],
    ['0.29', 'EUR', 29], // 0.29 * 100 is 28.999999999999996 in floats.
    ['1.15', 'EUR', 115],
    ['90071992547409.91', 'EUR', 9007199254740991],
    ['9007199254740991', 'JPY', 9007199254740991],
    [`${'0'.repeat(5000)}1.${'0'.repeat(5000)}`, 'EUR', 100],
  ])('%j %s is %i', (text, currency, value) => {
    expect(parseMinor(text, currency)).toEqual({ value });
  });
});

describe('an amount is refused', () => {
  test.each<[string, string, MoneyError]>([
    ['', 'EUR', 'empty'],
    ['   ', 'EUR', 'empty'],
    ['-1', 'EUR', 'negative'],
    ['-0.00', 'EUR', 'negative'],
    ['+1', 'EUR', 'not a number'],
    ['1e3', 'EUR', 'not a number'],
    ['0x10', 'EUR', 'not a number'],
    ['1,5', 'EUR', 'not a number'],
    ['1,234.00', 'EUR', 'not a number'],
    ['1 234', 'EUR', 'not a number'],
    ['1_000', 'EUR', 'not a number'],
    ["1'234", 'CHF', 'not a number'],
    ['1.2.3', 'EUR', 'not a number'],
    ['1.', 'EUR', 'not a number'],
    ['.5', 'EUR', 'not a number'],
    ['.', 'EUR', 'not a number'],
    ['-', 'EUR', 'not a number'],
    ['€12', 'EUR', 'not a number'],
    ['12 EUR', 'EUR', 'not a number'],
    ['NaN', 'EUR', 'not a number'],
    ['Infinity', 'EUR', 'not a number'],
    ['[AMOUNT]', 'EUR', 'not a number'],
    ['١٢', 'EUR', 'not a number'],
    ['\uFF11\uFF12', 'EUR', 'not a number'], // full width
    ['12\u0000', 'EUR', 'not a number'],
    ['1.005', 'EUR', 'too many decimals'],
    ['100.5', 'JPY', 'too many decimals'],
    ['1.00000000000000000001', 'EUR', 'too many decimals'],
    ['90071992547409.92', 'EUR', 'too large'],
    ['9007199254740992', 'JPY', 'too large'],
    ['9'.repeat(5000), 'EUR', 'too large'],
    ['12', 'XXX', 'unknown currency'],
    ['12', 'eur', 'unknown currency'],
    ['12', 'constructor', 'unknown currency'],
    ['', '', 'unknown currency'],
  ])('%j %s: %s', (text, currency, error) => {
    expect(parseMinor(text, currency)).toEqual({ error });
  });
});

test('what is printed plainly is read back as it was, in every currency', () => {
  fc.assert(
    fc.property(minor, currency, (amountMinor, currency) => {
      expect(parseMinor(plainMinor(amountMinor, currency), currency)).toEqual({ value: amountMinor });
    }),
  );
});

test('whatever is read is a safe integer of minor units, and never throws', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[-+]?[0-9]{0,20}[.,]?[0-9]{0,6}$/));
  fc.assert(
    fc.property(text, currency, (text, currency) => {
      const amount = parseMinor(text, currency);
      if ('value' in amount) expect(Number.isSafeInteger(amount.value) && amount.value >= 0).toBe(true);
    }),
  );
});

describe('a share is rounded once, half away from zero', () => {
  test.each([
    [10000, 1000, 1000],
    [0, 1000, 0],
    [1999, 1000, 200], // 199.9
    [5, 1000, 1], // half a cent
    [4, 1000, 0],
    [-5, 1000, -1],
    [-4, 1000, 0],
    [15, 1000, 2],
    [25, 1000, 3],
    [-25, 1000, -3],
    [3333, 1250, 417], // 416.625
    [1, 5000, 1],
    [1, 4999, 0],
    [1, 10000, 1],
    [9007199254740991, 10000, 9007199254740991],
    [-9007199254740991, 10000, -9007199254740991],
    [9007199254740991, 9999, 9006298534815517], // 9006298534815516.9009
    [9007199254740991, 5000, 4503599627370496], // 4503599627370495.5
    [9007199254740991, 1, 900719925474], // 900719925474.0991
  ])('%i at %i basis points is %i', (amountMinor, basisPoints, expected) => {
    expect(share(amountMinor, basisPoints)).toBe(expected);
  });

  test('a refund takes back exactly what the sale gave, and nobody gets more than there is', () => {
    fc.assert(
      fc.property(minor, fc.nat(10_000), (amountMinor, basisPoints) => {
        const given = share(amountMinor, basisPoints);
        expect(share(-amountMinor, basisPoints) + given).toBe(0);
        expect(given).toBeLessThanOrEqual(amountMinor);
        // Never more than half a minor unit from the truth.
        const off = BigInt(given) * 10_000n - BigInt(amountMinor) * BigInt(basisPoints);
        expect(off > -5_000n && off <= 5_000n).toBe(true);
      }),
    );
  });

  test('what is no whole number, or cannot be held, is a bug', () => {
    expect(() => share(1.5, 1000)).toThrow(RangeError);
    expect(() => share(1, Number.NaN)).toThrow(RangeError);
    expect(() => share(9007199254740991, 10_001)).toThrow(RangeError);
  });
});

describe('money is shown', () => {
  test.each([
    [1200, 'EUR', 'en', '€12.00', '12.00'],
    [-1200, 'EUR', 'en', '-€12.00', '-12.00'],
    [0, 'EUR', 'en', '€0.00', '0.00'],
    [-0, 'EUR', 'en', '€0.00', '0.00'],
    [5, 'USD', 'en', '$0.05', '0.05'],
    [-5, 'USD', 'en', '-$0.05', '-0.05'],
    [1200, 'JPY', 'en', '¥1,200', '1200'],
    [1200, 'KWD', 'en', 'KWD\u00A01.200', '1.200'],
    [1200, 'HUF', 'en', 'HUF\u00A012.00', '12.00'],
    [1, 'CLF', 'en', 'CLF\u00A00.0001', '0.0001'],
    [1234567, 'EUR', 'de', '12.345,67\u00A0€', '12345.67'],
    [1234567, 'BRL', 'pt', 'R$\u00A012.345,67', '12345.67'],
    [9007199254740991, 'EUR', 'en', '€90,071,992,547,409.91', '90071992547409.91'],
    [-9007199254740991, 'GBP', 'en', '-£90,071,992,547,409.91', '-90071992547409.91'],
  ])('%i %s in %s is %s', (amountMinor, currency, locale, shown, plain) => {
    expect(formatMinor(amountMinor, currency, locale)).toBe(shown);
    expect(plainMinor(amountMinor, currency)).toBe(plain);
  });

  test('in English where nothing else is said', () => {
    expect(formatMinor(1200, 'EUR')).toBe('€12.00');
  });

  test('a currency that is none is a bug', () => {
    expect(() => plainMinor(1, 'XXX')).toThrow(RangeError);
    expect(() => formatMinor(1, 'eur')).toThrow(RangeError);
  });
});

describe('currencies', () => {
  test('are the 165 of ISO 4217 that have a minor unit, each once, in order', () => {
    expect(currencies).toHaveLength(165);
    expect(currencies).toEqual([...new Set(currencies)].sort());
    expect(currencies.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
  });

  test('all but 26 have two decimals', () => {
    const odd = currencies.filter((code) => minorDigits(code) !== 2).map((code) => `${code} ${minorDigits(code)}`);
    expect(odd.join(', ')).toBe(
      'BHD 3, BIF 0, CLF 4, CLP 0, DJF 0, GNF 0, IQD 3, ISK 0, JOD 3, JPY 0, KMF 0, KRW 0, KWD 3, LYD 3, OMR 3, ' +
        'PYG 0, RWF 0, TND 3, UGX 0, UYI 0, UYW 4, VND 0, VUV 0, XAF 0, XOF 0, XPF 0',
    );
  });

  test('among them are those for which the CLDR counts otherwise, and the newest', () => {
    for (const code of ['AFN', 'ALL', 'COP', 'HUF', 'IDR', 'IRR', 'LAK', 'LBP', 'MGA', 'MMK', 'PKR', 'RSD', 'SOS'])
      expect([code, minorDigits(code)]).toEqual([code, 2]);
    for (const code of ['XCG', 'ZWG', 'XAD', 'VED', 'SLE']) expect([code, minorDigits(code)]).toEqual([code, 2]);
  });

  test('metals, test codes and what was withdrawn are none', () => {
    for (const code of ['XAU', 'XAG', 'XDR', 'XTS', 'XXX', 'DEM', 'HRK', 'BGN', 'ANG', 'ZWL', 'CUC', '', 'EURO'])
      expect([code, minorDigits(code)]).toEqual([code, undefined]);
  });
});

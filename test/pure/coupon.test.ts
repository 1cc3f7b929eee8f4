import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CodeError, couponKey, dayOf, expiresAt, isTimeZone } from '../../ledger/coupon.ts';

describe('a code is compared by', () => {
  test.each([
    ['SUMMER20', 'summer20'],
    ['  Summer20\t', 'summer20'],
    ['summer 20', 'summer 20'],
    ['MARIA-10%', 'maria-10%'],
    ['São João', 'são joão'],
    ['SA\u0303O JOA\u0303O', 'são joão'], // typed with combining marks
    ['ΚΑΛΟΚΑΊΡΙΣ', 'καλοκαίρισ'],
    ['καλοκαίρις', 'καλοκαίρισ'], // final sigma
    ['GROẞ', 'groß'],
    ['groß', 'groß'],
    ['GROSS', 'gross'], // simple folding: not the same code
    ['İndirim', 'i\u0307ndirim'],
    ['INDIRIM', 'indirim'],
    ['ındırım', 'indirim'], // dotless i, whose upper case is I
    ['ЛЕТО', 'лето'],
    ['ǅ', 'ǆ'],
    ['\u212A', 'k'], // the Kelvin sign
    ['ſale', 'sale'],
    ['\u00B5', 'μ'], // the micro sign is a mu
    ['夏セール', '夏セール'],
    ['𐐀', '𐐨'], // Deseret, beyond 16 bits
    ['😀', '😀'],
    ['...', '...'],
    ['x'.repeat(100), 'x'.repeat(100)],
    ['😀'.repeat(100), '😀'.repeat(100)], // 400 bytes
    ["'; DROP TABLE coupons", "'; drop table coupons"],
  ])('%j: %j', (code, value) => {
    expect(couponKey(code)).toEqual({ value });
  });
});

describe('a code is refused', () => {
  test.each<[string, CodeError]>([
    ['', 'empty'],
    [' \n ', 'empty'],
    ['[COUPON]', 'empty'],
    ['{{ coupon }}', 'empty'],
    ['%X%', 'empty'],
    ['%%X%%', 'empty'],
    ['null', 'empty'],
    ['NULL', 'empty'], // as any other code, it is one with its lower case
    ['undefined', 'empty'],
    ['undefıned', 'empty'],
    ['NaN', 'empty'],
    ['x'.repeat(101), 'too long'],
    ['😀'.repeat(101), 'too long'],
    ['İ'.repeat(51), 'too long'], // 51 as typed, 102 as compared
    ['x'.repeat(20_000), 'too long'],
    ['SUM\u0000MER', 'control character'],
    ['SUM\nMER', 'control character'],
    ['SUM\u009FMER', 'control character'],
    ['SUM\u200BMER', 'control character'], // zero-width space
    ['SUM\u200DMER', 'control character'], // zero-width joiner
    ['SUM\u00ADMER', 'control character'], // soft hyphen
    ['SUM\uFEFFMER', 'control character'], // byte order mark
    ['SUM\u202EMER', 'control character'], // right-to-left override
    ['SUM\u2067MER', 'control character'],
    ['SUM\u3164MER', 'control character'], // Hangul filler, shown as nothing
    ['SUM\uFE0FMER', 'control character'], // variation selector
    ['SUM\u{E0041}MER', 'control character'], // tag letter
    ['SUM\u2028MER', 'control character'],
    ['SUM\uFFFDMER', 'control character'],
    ['SUM\uD83DMER', 'control character'],
    ['SUM\uDE00MER', 'control character'],
    ['.', 'not a code'],
    ['..', 'not a code'],
    [' .. ', 'not a code'],
  ])('%j: %s', (code, error) => {
    expect(couponKey(code)).toEqual({ error });
  });
});

describe('the key', () => {
  const every = Array.from({ length: 0x110000 }, (_, point) => String.fromCodePoint(point));
  const keyed = every.flatMap((character) => {
    const key = couponKey(`x${character}`);
    return 'value' in key ? [[character, key.value.slice(1)] as const] : [];
  });
  const keys = new Map(keyed);
  /** What changes its case, is changed by NFC or joins with what stands before it: where two rules could meet. */
  const delicate = keyed.filter(([character, key]) => character !== key || /\p{M}|\p{Cased}/u.test(character));

  test('of a key is itself, for every character', () => {
    const restless = keyed.filter(([, key]) => keys.get(key) !== key && couponKeyOf(`x${key}`) !== `x${key}`);
    expect(restless).toEqual([]);
  });

  test('is the same for a character and its upper and lower case, where those are single characters', () => {
    const apart = keyed.filter(([character, key]) =>
      [character.toUpperCase(), character.toLowerCase()].some(
        (other) => [...other].length === 1 && keys.get(other) !== key,
      ),
    );
    expect(apart).toEqual([]);
  });

  test('is what Unicode calls a simple case-insensitive match, for every character', () => {
    // The i and u flags of a regular expression compare by Unicode's simple case folding (ECMA-262, Canonicalize).
    // The dotless i is the one that goes further here: its upper case is the plain I.
    const missed = delicate.filter(
      ([character, key]) =>
        [...key].length === 1 &&
        character.normalize('NFC') === character &&
        character !== 'ı' &&
        !new RegExp(`^\\u{${character.codePointAt(0)!.toString(16)}}$`, 'iu').test(key),
    );
    expect(missed).toEqual([]);
  });

  test('of a key is itself, for any text, and no longer than KV allows', () => {
    const unit = fc.oneof(
      fc.constantFrom(...delicate.map(([character]) => character)),
      fc.constantFrom('\u0307', '\u0345', '\u0301', '\u0323', 'ı', 'İ', 'i', 'ſ', 'ς', 'ß', '[', ']', '%', '.', ' '),
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 110 }), (code) => {
        const key = couponKey(code);
        if ('error' in key) return;
        expect(couponKey(key.value)).toEqual(key);
        expect(couponKey(code.normalize('NFD'))).toEqual(key);
        expect(new TextEncoder().encode(key.value).length).toBeLessThanOrEqual(400);
      }),
      { numRuns: 2000 },
    );
  });

  test('does not mind how an ASCII code is typed', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{1,100}$/), (code) => {
        expect(couponKey(code.toUpperCase())).toEqual(couponKey(code.toLowerCase()));
        expect(couponKey(`  ${code} `)).toEqual(couponKey(code));
      }),
    );
  });
});

describe('a coupon ends', () => {
  // Expected instants were counted second by second with Python's zoneinfo.
  test.each([
    ['2026-12-31', 'UTC', '2027-01-01T00:00:00.000Z'],
    ['2026-03-28', 'Europe/Lisbon', '2026-03-29T00:00:00.000Z'],
    ['2026-10-24', 'Europe/Lisbon', '2026-10-24T23:00:00.000Z'],
    ['2026-10-25', 'Europe/Lisbon', '2026-10-26T00:00:00.000Z'],
    ['2028-02-28', 'America/New_York', '2028-02-29T05:00:00.000Z'],
    ['2026-02-28', 'America/New_York', '2026-03-01T05:00:00.000Z'],
    // Midnight that the clock jumped over.
    ['2018-11-03', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-05T02:00:00.000Z'],
    ['2022-03-26', 'Asia/Beirut', '2022-03-26T22:00:00.000Z'],
    ['2026-03-28', 'Asia/Beirut', '2026-03-28T22:00:00.000Z'],
    ['2026-04-23', 'Africa/Cairo', '2026-04-23T22:00:00.000Z'],
    ['2026-09-05', 'America/Santiago', '2026-09-06T04:00:00.000Z'],
    // Midnight to which the clock went back.
    ['2018-02-17', 'America/Sao_Paulo', '2018-02-18T03:00:00.000Z'],
    ['2026-10-24', 'Asia/Beirut', '2026-10-24T22:00:00.000Z'],
    ['2026-04-04', 'America/Santiago', '2026-04-05T04:00:00.000Z'],
    ['2026-10-24', 'America/Nuuk', '2026-10-25T02:00:00.000Z'],
    // The ends of the world, and clocks off the hour.
    ['2026-12-31', 'Pacific/Kiritimati', '2026-12-31T10:00:00.000Z'],
    ['2026-12-31', 'Pacific/Pago_Pago', '2027-01-01T11:00:00.000Z'],
    ['2026-06-30', 'Asia/Kathmandu', '2026-06-30T18:15:00.000Z'],
    ['2026-06-30', 'Australia/Lord_Howe', '2026-06-30T13:30:00.000Z'],
    ['2026-06-30', 'Pacific/Chatham', '2026-06-30T11:15:00.000Z'],
    // Samoa went from the 29th to the 31st.
    ['2011-12-28', 'Pacific/Apia', '2011-12-29T10:00:00.000Z'],
    ['2011-12-29', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['2011-12-31', 'Pacific/Apia', '2011-12-31T10:00:00.000Z'],
    // Clocks by the sun, to the second.
    ['1900-01-01', 'Africa/Monrovia', '1900-01-02T00:43:08.000Z'],
    ['9999-12-31', 'UTC', '+010000-01-01T00:00:00.000Z'],
  ])('after %s in %s at %s', (lastDay, timeZone, instant) => {
    expect(expiresAt(lastDay, timeZone)).toEqual({ value: Date.parse(instant) });
  });

  test.each(['', '2026-02-29', '2026-02-30', '2026-13-01', '2026-00-10', '2026-1-1', '0000-01-01', ' 2026-01-01'])(
    'never after %j, which is no day',
    (lastDay) => expect(expiresAt(lastDay, 'UTC')).toEqual({ error: 'not a day' }),
  );

  test.each(['2026-01-01T00:00', '+002026-01-01', '20260101', '01/02/2026', 'tomorrow', '２０２６-01-01'])(
    'never after %j, which is a day in another hand',
    (lastDay) => expect(expiresAt(lastDay, 'UTC')).toEqual({ error: 'not a day' }),
  );

  test.each(['', 'Europe/Atlantis', '+05:00', 'UTC+1', 'Europe/Lisbon '])('never in %j, which is no zone', (zone) => {
    expect(expiresAt('2026-01-01', zone)).toEqual({ error: 'unknown time zone' });
    expect(isTimeZone(zone)).toBe(false);
  });

  test('with the last millisecond of its day, in every zone', () => {
    const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    const day = fc.date({ min: new Date('1970-01-02'), max: new Date('2045-12-30'), noInvalidDate: true });
    fc.assert(
      fc.property(zone, day, (timeZone, date) => {
        const lastDay = date.toISOString().slice(0, 10);
        const end = expiresAt(lastDay, timeZone);
        if ('error' in end) throw new Error(end.error);
        expect(wallDay(end.value - 1, timeZone) <= lastDay).toBe(true);
        expect(wallDay(end.value, timeZone) > lastDay).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the day on the wall', () => {
  test.each([
    ['2026-07-01T00:00:00Z', 'UTC', '2026-07-01'],
    ['2026-06-30T23:30:00Z', 'Europe/Lisbon', '2026-07-01'],
    ['2026-12-31T23:59:59.999Z', 'Europe/Lisbon', '2026-12-31'],
    ['2026-12-31T10:00:00Z', 'Pacific/Kiritimati', '2027-01-01'],
    ['2026-12-31T10:59:59.999Z', 'Pacific/Pago_Pago', '2026-12-30'],
    ['2011-12-30T09:59:59.999Z', 'Pacific/Apia', '2011-12-29'],
    ['2011-12-30T10:00:00Z', 'Pacific/Apia', '2011-12-31'],
    ['1969-12-31T23:59:59.999Z', 'UTC', '1969-12-31'],
  ])('at %s in %s is %s', (instant, timeZone, day) => {
    expect(dayOf(Date.parse(instant), timeZone)).toBe(day);
  });
});

function couponKeyOf(code: string): string | undefined {
  const key = couponKey(code);
  return 'value' in key ? key.value : undefined;
}

/** The day by another way: Swedish writes its dates as ISO does. */
function wallDay(atMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(atMs);
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isUnfilled } from '../../ledger/blank.ts';
import { type OrderError, orderKey } from '../../ledger/order.ts';

describe('an order is known by', () => {
  test.each<[unknown, string]>([
    ['1001', '1001'],
    ['  #1001\n', '#1001'],
    ['1001.0', '1001.0'],
    ['0001001', '0001001'],
    ['A-1b', 'A-1b'], // Letter case is kept.
    ['a-1B', 'a-1B'],
    ['Cafe\u0301 7', 'Café 7'], // NFC
    ['gid://shopify/Order/5678901234567890123', 'gid://shopify/Order/5678901234567890123'],
    ['{6F9619FF-8B86-D011-B42D-00CF4FC964FF}', '{6F9619FF-8B86-D011-B42D-00CF4FC964FF}'],
    ['50%', '50%'],
    ['1E5', '1E5'],
    ['12.3E+4', '12.3E+4'], // No spreadsheet writes it so.
    ['A1E+05', 'A1E+05'],
    ['nullable', 'nullable'],
    ['注文１００１', '注文１００１'],
    ['🎟', '🎟'],
    ['x'.repeat(200), 'x'.repeat(200)],
    ['😀'.repeat(200), '😀'.repeat(200)],
    [1001, '1001'],
    [0, '0'],
    [-0, '0'],
    [9007199254740991, '9007199254740991'],
    [9007199254740993n, '9007199254740993'],
  ])('%o: %o', (id, value) => {
    expect(orderKey(id)).toEqual({ value });
  });
});

describe('an order id is refused', () => {
  test.each<[unknown, OrderError]>([
    ['', 'empty'],
    [' \t\n', 'empty'],
    [null, 'empty'],
    [undefined, 'empty'],
    ['[ORDER]', 'empty'],
    ['null', 'empty'],
    ['x'.repeat(201), 'too long'],
    ['x'.repeat(20_000), 'too long'],
    ['10\u000001', 'control character'],
    ['10\n01', 'control character'],
    ['10\u007F01', 'control character'],
    ['10\u008501', 'control character'],
    ['\u202E1001', 'control character'], // right-to-left override
    ['10\u200F01', 'control character'],
    ['\u20661001\u2069', 'control character'],
    ['10\u200B01', 'control character'], // zero width: it looks like 1001
    ['10\uFFFD01', 'control character'],
    ['10\uD80001', 'control character'],
    ['\uDC001001', 'control character'],
    ['10\u202801', 'control character'],
    ['1,0E+05', 'shortened'], // 100000 to 104999, as Excel shows them in a narrow column
    ['1.23457E+11', 'shortened'],
    ['9e+7', 'shortened'],
    [9007199254740992, 'not text'],
    [1.5, 'not text'],
    [Number.NaN, 'not text'],
    [Number.POSITIVE_INFINITY, 'not text'],
    [true, 'not text'],
    [{}, 'not text'],
    [['1001'], 'not text'],
    [Symbol('1001'), 'not text'],
  ])('%o: %s', (id, error) => {
    expect(orderKey(id)).toEqual({ error });
  });
});

describe('nobody filled in', () => {
  test.each([
    '[ORDER]',
    '[order id]',
    '[]',
    '[object Object]',
    '{{x}}',
    '{{ order.id }}',
    '%X%',
    '%%ORDER_ID%%',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shop's page sent it as it stands.
    '${order.id}',
    '{$order}',
    'null',
    'undefined',
    'NaN',
    'NULL',
    ' [ORDER] ',
    '',
    '  ',
  ])('%j', (text) => expect(isUnfilled(text)).toBe(true));

  test.each(['1001', 'NANCY', 'null-1', '[A]1', '{x}', '10%', '%', '%%', '5%-10%', 'None', '0', 'false'])(
    'but this says something: %j',
    (text) => expect(isUnfilled(text)).toBe(false),
  );
});

test('the key of a key is itself, and at most 200 characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (id) => {
      const key = orderKey(id);
      if ('error' in key) return;
      expect(orderKey(key.value)).toEqual(key);
      expect([...key.value].length).toBeLessThanOrEqual(200);
    }),
  );
});

test('a bigint and its digits are one order, whatever the size', () => {
  fc.assert(
    fc.property(fc.bigInt(), (id) => {
      expect(orderKey(id)).toEqual(orderKey(id.toString()));
    }),
  );
});

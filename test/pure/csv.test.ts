import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dateOrderOf, decimalOf, plainAmount, readDay } from '../../admin/csv/cells.ts';
import { formatOf, isRow } from '../../admin/csv/format.ts';
import { type Cutting, cutRecords, NotUtf8 } from '../../admin/csv/records.ts';

const PLAIN: Cutting = { encoding: 'utf-8', delimiter: ',', newline: '\n' };
const bytes = (text: string) => new TextEncoder().encode(text);

/** Reads a file piece by piece, as imports do. */
function readIn(size: number, file: Uint8Array, format: Cutting) {
  const rows: string[][] = [];
  let broken = 0;
  let tail: Uint8Array = new Uint8Array();
  for (let from = 0; from === 0 || from < file.length; from += size) {
    const place = { first: from === 0, last: from + size >= file.length };
    const cut = cutRecords(file.subarray(from, from + size), tail, format, place);
    rows.push(...cut.rows);
    broken += cut.broken.size;
    tail = cut.tail;
  }
  expect(tail).toHaveLength(0);
  return { rows: rows.filter(isRow), broken };
}

describe('csv-spectrum', () => {
  const suite = 'node_modules/csv-spectrum';
  const names = readdirSync(`${suite}/csvs`).map((file) => file.replace('.csv', ''));
  test('has its twelve files', () => expect(names).toHaveLength(12));

  test.each(names)('%s, whole and cut anywhere', (name) => {
    const file = readFileSync(`${suite}/csvs/${name}.csv`);
    const json = readFileSync(`${suite}/json/${name}.json`, 'utf8');
    // Version 2.0.0 has one file whose JSON is of another telephone than its CSV, and no list.
    const expected = [JSON.parse(json.replace('1234567890', '2095257564'))].flat();
    for (const size of [1, 2, 3, 5, 7, 11, 64, 1_000_000]) {
      const [head = [], ...rows] = readIn(size, file, PLAIN).rows;
      const objects = rows.map((row) => Object.fromEntries(head.map((column, index) => [column, row[index]])));
      expect(objects).toEqual(expected);
    }
  });
});

describe('a file is cut at its rows, wherever its pieces end', () => {
  const text = 'coupon,note\r\nMARIA10,"two\r\nlines, ""quoted"""\r\n\r\nJOÃO10,ação 🎟️\r\nLAST,x';
  const expected = [
    ['coupon', 'note'],
    ['MARIA10', 'two\r\nlines, "quoted"'],
    ['JOÃO10', 'ação 🎟️'],
    ['LAST', 'x'],
  ];
  test.each(Array.from({ length: 20 }, (_, i) => i + 1))('pieces of %i bytes', (size) => {
    expect(readIn(size, bytes(text), PLAIN).rows).toEqual(expected);
    // The mark is three bytes, and pieces are half a megabyte: it is never cut.
    expect(readIn(size + 2, bytes(`\uFEFF${text}`), PLAIN).rows).toEqual(expected);
  });

  test('Windows-1252 has the euro sign where ISO 8859-1 has a control character', () => {
    const file = Uint8Array.of(0x4a, 0x4f, 0xc3, 0x4f, 0x2c, 0x80, 0x35, 0x0a, 0x41, 0x2c, 0x42);
    for (const size of [1, 2, 3, 100])
      expect(readIn(size, file, { ...PLAIN, encoding: 'windows-1252' }).rows).toEqual([
        ['JOÃO', '€5'],
        ['A', 'B'],
      ]);
    expect(() => readIn(100, file, PLAIN)).toThrow(NotUtf8);
  });

  test('old line ends', () => {
    expect(readIn(4, bytes('a,b\rc,d\r'), { ...PLAIN, newline: '\r' }).rows).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  test('a quotation mark that nobody closes costs its own row, not the rest of the file', () => {
    const file = bytes(`A,1\n"B,2\n${'C,3\n'.repeat(60_000)}D,4`);
    for (const size of [file.length, 50_000]) {
      const { rows, broken } = readIn(size, file, PLAIN);
      expect(rows).toHaveLength(60_003);
      expect(rows.slice(0, 3)).toEqual([['A', '1'], ['"B,2'], ['C', '3']]);
      expect(rows.at(-1)).toEqual(['D', '4']);
      expect(broken).toBe(1);
    }
  });

  test('a quotation mark within a cell is only a character', () => {
    expect(readIn(3, bytes('5" tile,2\nx,y\n'), PLAIN)).toEqual({
      rows: [
        ['5" tile', '2'],
        ['x', 'y'],
      ],
      broken: 0,
    });
  });
});

describe('how a file is written is found out', () => {
  const of = (text: string, kind: 'coupons' | 'sales' = 'sales') => formatOf(bytes(text), kind, true);

  test('the manual’s file, stray spaces and all', () => {
    const manual = readFileSync('test/pure/offline-sales.csv');
    expect(formatOf(manual, 'sales', true)).toEqual({
      encoding: 'utf-8',
      newline: '\n',
      delimiter: ',',
      header: true,
      names: ['Coupon', 'sales amount', 'order ID', 'date'],
      width: 4,
      columns: { coupon: 0, amount: 1, order: 2, date: 3 },
      dates: 'ymd',
      decimal: '.',
      thousands: false,
    });
  });

  test('its relatives: semicolon, decimal comma, day first', () => {
    const format = of('Bestellnummer;Gutschein;Betrag;Datum\r\n1001;MARIA10;1.234,50;24.12.2025\r\n');
    expect(format).toMatchObject({ delimiter: ';', decimal: ',', thousands: true, dates: 'dmy' });
    expect(format.columns).toEqual({ order: 0, coupon: 1, amount: 2, date: 3 });
  });

  test('its currency, where a column is called so', () => {
    const format = of('order,currency,amount,coupon\n1001,EUR,12.50,MARIA10\n');
    expect(format.columns).toEqual({ order: 0, currency: 1, amount: 2, coupon: 3 });
  });

  test('without a header, in the manual’s order', () => {
    expect(of('MARIA10,100.50,o1,2020-09-07,a note').columns).toEqual({ coupon: 0, amount: 1, order: 2, date: 3 });
    expect(of('MARIA10;100,50;o1;2020-09-07\nMARIA10;7;o2;2020-09-07')).toMatchObject({
      header: false,
      delimiter: ';',
      columns: { coupon: 0, amount: 1, order: 2, date: 3 },
    });
    expect(of('MARIA10\nJOAO10', 'coupons')).toMatchObject({ header: false, columns: { coupon: 0 } });
    expect(of('MARIA10;maria@azulejo.test', 'coupons')).toMatchObject({ columns: { coupon: 0, affiliate: 1 } });
  });

  test('with tabs, in another order, with columns that are not ours', () => {
    expect(of('reason\tExpiry Date\tCODE\nx\t2027-01-31\tMARIA10', 'coupons')).toMatchObject({
      delimiter: '\t',
      columns: { expires: 1, coupon: 2 },
    });
  });

  test('Windows-1252 is what no UTF-8 is', () => {
    expect(formatOf(Uint8Array.of(0x4a, 0x4f, 0xc3, 0x4f), 'coupons', true).encoding).toBe('windows-1252');
    expect(formatOf(bytes('JOÃO'), 'coupons', true).encoding).toBe('utf-8');
    // Cut in the middle of a character: the rest of it comes with the next piece.
    expect(formatOf(bytes('JOÃO').subarray(0, 3), 'coupons', false).encoding).toBe('utf-8');
  });
});

test.each([
  [['2020-09-07'], 'ymd'],
  [[], 'ymd'],
  [['03/04/2026', '24/12/2025'], 'dmy'],
  [['03/04/2026', '12/24/2025'], 'mdy'],
  [['03/04/2026', '05/06/2026'], null],
  [['24/12/2025', '12/24/2025'], null],
  [['05/05/2026'], 'ymd'],
] as const)('the dates %j are written %s', (texts, order) => {
  expect(dateOrderOf([...texts])).toBe(order);
});

test.each([
  ['2020-09-07', 'ymd', '2020-09-07'],
  ['2020/9/7', 'dmy', '2020-09-07'],
  ['2020-09-07 14:05:00', 'ymd', '2020-09-07'],
  ['7.9.2020', 'dmy', '2020-09-07'],
  ['9/7/2020', 'mdy', '2020-09-07'],
  ['9/7/2020', 'ymd', null],
  ['9/7/20', 'mdy', null],
  ['yesterday', 'dmy', null],
] as const)('%s, %s, is the day %s', (text, order, day) => {
  expect(readDay(text, order)).toBe(day);
});

test.each([
  [['100', '200'], { decimal: '.', thousands: false }],
  [['100.50', '1.234'], { decimal: '.', thousands: false }],
  [['100,50'], { decimal: ',', thousands: false }],
  [['1.234,56'], { decimal: ',', thousands: true }],
  [['1,234,567'], { decimal: '.', thousands: true }],
  [['1,234'], { decimal: null, thousands: false }],
  [['1.234'], { decimal: null, thousands: false }],
  [['100,50', '100.50'], { decimal: null, thousands: false }],
  [['100.0000'], { decimal: '.', thousands: false }],
] as const)('amounts as %j', (texts, expected) => {
  expect(decimalOf([...texts])).toEqual(expected);
});

test.each([
  ['100,50', ',', false, '100.50'],
  ['1.234,50', ',', true, '1234.50'],
  ['1 234,50', ',', true, '1234.50'],
  ['1.234', ',', true, '1234'],
  ['1,234.5', '.', true, '1234.5'],
  ['100.50', '.', false, '100.50'],
  // Left as they are, or spoiled, for the ledger to refuse:
  ['1.234', ',', false, '1 234'],
  ['1,234', '.', false, '1,234'],
  ['12,34,567', '.', true, '12,34,567'],
  ['1.23,4', ',', true, '1 23,4'],
] as const)('%s with decimal %s (thousands: %s) is %s', (text, decimal, thousands, plain) => {
  expect(plainAmount(text, decimal, thousands)).toBe(plain);
});

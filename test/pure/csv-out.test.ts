/** CSV as it leaves the office, byte for byte. */
import { expect, test } from 'vitest';
import { csvFile, csvLine } from '../../admin/csv-out.ts';

test.each([
  [['MARIA10', 2, null, ''], 'MARIA10,2,,\r\n'],
  [['a,b', 'a;b', 'say "x"', 'two\r\nlines', 'a\tb'], '"a,b","a;b","say ""x""","two\r\nlines","a\tb"\r\n'],
  [['=1+1', '+351', '-x', '@SUM(A1)'], "'=1+1,'+351,'-x,'@SUM(A1)\r\n"],
  [['\t=1', '\r=1', '\n=1', '＝1'], '"\'\t=1","\'\r=1","\'\n=1",\'＝1\r\n'],
  [['=HYPERLINK("http://x")'], '"\'=HYPERLINK(""http://x"")"\r\n'],
  [['-12.50', -12.5, '0', '-0', '12'], '-12.50,-12.5,0,-0,12\r\n'],
  [['-1-1', '-1e5', '-', "'=1"], "'-1-1,'-1e5,'-,'=1\r\n"],
])('%j', (cells, line) => {
  expect(csvLine(cells)).toBe(line);
});

test('a file begins with the mark by which spreadsheets know UTF-8, and is made batch by batch', async () => {
  async function* batches() {
    yield [['Ação', 1]];
    yield [['João', 2]];
  }
  const file = csvFile('coupons.csv', ['Coupon', 'Sales'], batches());
  expect(file.headers.get('content-disposition')).toBe('attachment; filename="coupons.csv"');
  const bytes = new Uint8Array(await file.arrayBuffer());
  expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  expect(new TextDecoder().decode(bytes)).toBe('Coupon,Sales\r\nAção,1\r\nJoão,2\r\n');
});

test('a batch that cannot be read breaks the file off', async () => {
  async function* batches() {
    yield [['one']];
    throw new Error('D1 is away');
  }
  await expect(csvFile('x.csv', ['x'], batches()).text()).rejects.toThrow('D1 is away');
});

/** Sales: the list, and why each was credited as it was. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { editCoupon } from '../../ledger/coupons/edit.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { azulejo, DAY, NOON, pixel, word } from '../people.ts';
import { asAdministrator, type Office, openOffice } from './office.ts';

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
let who: string;
beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
  who = (await office.db.prepare('SELECT id FROM users').first<string>('id'))!;
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-tracker')) as unknown as KVNamespace;
  const people = await azulejo({ db: office.db, kv });
  // Half an hour past midnight in Lisbon's summer, which in UTC is the day before.
  const night = Date.UTC(2026, 8, 30, 23, 30);
  await recordSales(office.db, [
    pixel({ orderId: '900', receivedAt: night }),
    pixel(),
    pixel({ orderId: '1002', code: 'JOAO5', receivedAt: NOON + 1 }),
    pixel({ source: 'server', amount: '100.00', receivedAt: NOON + 2 }),
    pixel({ code: 'JOAO10', amount: '99.00', receivedAt: NOON + 3 }),
  ]);
  await editCoupon(
    { db: office.db, kv },
    people.maria10,
    1,
    { code: 'MARIA10', campaignId: people.autumn, affiliateId: people.joao, expiresOn: null },
    { userId: null, now: NOON + DAY },
  );
});
afterAll(() => office.close());

const idOf = (orderId: string) =>
  office.db.prepare('SELECT id FROM sales WHERE order_id = ?').bind(orderId).first<number>('id');
const pageOf = async (orderId: string) => (await olivia.get(`/admin/sales/${await idOf(orderId)}`)).words;
const listed = async (query: string) => {
  const { words } = await olivia.get(`/admin/sales?${query}`);
  return ['900', '1001', '1002'].filter((order) => words.includes(` ${order} `));
};

test('the list says whose each sale is, what it earned, and who says so', async () => {
  const { words } = await olivia.get('/admin/sales');
  expect(words).toContain('3 sales');
  expect(words).toMatch(/1001 23 Nov 2026, 12:00 Azulejo MARIA10 Maria € ?100\.00 € ?10\.00 Confirmed/);
  expect(words).toMatch(/1002 23 Nov 2026, 12:00 Azulejo JOAO5 João € ?120\.00 € ?5\.00 Unconfirmed/);
});

test('filters: campaign, affiliate, evidence, and days by the clock of the shop', async () => {
  expect(await listed('campaign=2')).toEqual(['1002']);
  expect(await listed('affiliate=1')).toEqual(['900', '1001']);
  expect(await listed('evidence=unconfirmed')).toEqual(['900', '1002']);
  expect(await listed('evidence=confirmed')).toEqual(['1001']);
  expect(await listed('from=2026-10-01&until=2026-10-01')).toEqual(['900']);
  expect(await listed('until=2026-09-30')).toEqual([]);
  expect(await listed('from=2026-11-24')).toEqual([]);
  expect(await listed('from=yesterday&campaign=x&after=-1')).toEqual(['900', '1001', '1002']);
  expect((await olivia.get('/admin/sales?until=2026-09-30')).words).toContain('No such sale');
});

test('a sale says why it was credited: owner of that day, rate, evidence, lines, and each report with what became of it', async () => {
  const words = await pageOf('1001');
  expect(words).toContain('The customer spent the coupon MARIA10 on order 1001.');
  expect(words).toContain("MARIA10 was Maria's: theirs from its first day until 24 Nov 2026.");
  expect(words).toContain('The campaign Autumn paid 10 % of the sale then: of €100.00, that is €10.00.');
  expect(words).toContain("It is confirmed: the shop's server says so.");
  expect(words).toMatch(/€ ?10\.00 Maria Sale, 10 % Autumn Pending Approve/);
  expect(words).toMatch(
    /\+€12\.00 pending sale, by the pixel; at 10 % .* −€2\.00 pending correction, by the shop's server/,
  );
  expect(words).toContain('2 reports do not count in what stands here; look whether they should.');
  expect(words).toMatch(/The shop's server MARIA10 100\.00 Counts It says the coupon and the amount\./);
  expect(words).toMatch(/Pixel JOAO10 99\.00 Noted It says coupon JOAO10, amount 99\.00/);
});

test('what only the pixel says waits for a person, and the page says so', async () => {
  const words = await pageOf('1002');
  expect(words).toContain('The campaign Launch paid a fixed €5.00 for each sale then.');
  expect(words).toContain('It is unconfirmed: only the pixel says so');
  expect(words).toContain('its commission waits until a person approves it');
});

test('the first and the last day a browser can send are days like others', async () => {
  for (const query of ['from=0001-01-01', 'until=0001-01-01', 'from=9999-12-31', 'until=9999-12-31'])
    expect((await olivia.get(`/admin/sales?${query}`)).status).toBe(200);
});

test('a sale that does not exist is not found', async () => {
  for (const id of ['99', 'x', '-1']) expect((await olivia.get(`/admin/sales/${id}`)).status).toBe(404);
});

test('what came back is shown where it stood, and earns nothing', async () => {
  const server = { source: 'server' as const, orderId: '1003', codes: ['JOAO10'] };
  await recordSales(office.db, [
    pixel({ ...server, amount: '200.00' }),
    pixel({
      ...server,
      kind: 'refund',
      codes: null,
      amount: null,
      refunded: '50.00',
      more: { refundId: 'R-1' },
      receivedAt: NOON + 9,
    }),
  ]);
  const words = await pageOf('1003');
  expect(words).toMatch(/Amount € ?200\.00 - ?€ ?50\.00 refunded Commission € ?15\.00/);
  expect(words).toContain('of €150.00 that were not refunded, that is €15.00.');
  expect(words).toMatch(/−€5\.00 pending refund R-1, by the shop's server/);
  expect(words).toMatch(/Refund R-1, the shop's server – €50\.00 back Counts/);
});

test('a question is asked on the page and in the list, and leads to where it is answered', async () => {
  await recordSales(office.db, [
    pixel({ orderId: '1004', browsers: ['one'], amount: '10.00', code: 'JOAO10' }),
    pixel({ orderId: '1004', browsers: ['two'], amount: '20.00', code: 'JOAO10', receivedAt: NOON + 5 }),
  ]);
  const { html, words } = await olivia.get(`/admin/sales/${await idOf('1004')}`);
  expect(words).toContain(
    'Another amount is named: €20.00. Until a person has answered, it is not approved by itself.',
  );
  const [, path] = /href="(\/admin\/offline-sales\?settles=[^"]+)"/.exec(html)!;
  expect((await olivia.get(path!)).words).toContain('Settle a report');
  expect((await olivia.get('/admin/sales')).words).toMatch(/1004 .* € ?10\.00 € ?1\.00 Unconfirmed Disputed/);
  expect((await olivia.get('/admin/commissions?status=disputed')).words).toMatch(/€ ?1\.00 João Sale, 10 % 1004/);
});

describe('what was taken back', () => {
  beforeAll(async () => {
    await recordSales(office.db, [
      pixel({ orderId: '1005', amount: '300.00', code: 'JOAO10', receivedAt: NOON + 30 }),
      word('void', { order: '1005', userId: who, reason: 'A test order.', receivedAt: NOON + 60 }),
    ]);
    await office.db
      .prepare(
        `INSERT INTO imports (id, kind, file_name, status, created_at, moved_at) VALUES (7, 'sales', 'till.csv', 'done', 0, 0)`,
      )
      .run();
    await recordSales(office.db, [
      pixel({ source: 'import', importId: 7, orderId: '1006', amount: '40.00', code: 'JOAO10', receivedAt: NOON + 31 }),
    ]);
    await office.db.batch([
      office.db.prepare(`UPDATE imports SET status = 'undoing' WHERE id = 7`),
      office.db.prepare(
        `INSERT INTO to_decide (shop_id, order_key, kind, cause, cause_id, since) VALUES (1, '1006', 'undone', 'import', '7', 0)`,
      ),
    ]);
    const { decideAgain } = await import('../../ledger/sales/decide-again.ts');
    await decideAgain(office.db, 10, NOON + 90);
  });

  test('is listed as void or undone, and counted nowhere', async () => {
    const { words } = await olivia.get('/admin/sales?affiliate=2');
    expect(words).toMatch(/1005 23 Nov 2026, 12:00 Azulejo JOAO10 João € ?300\.00 € ?0\.00 Void/);
    expect(words).toMatch(/1006 23 Nov 2026, 12:00 Azulejo JOAO10 João € ?40\.00 € ?0\.00 Undone/);
    expect(words).toMatch(/ 3 sales ?, and 2 void or undone/);
    expect((await olivia.get('/admin/sales?affiliate=2&state=standing')).words).not.toMatch(/ 1005 | 1006 /);
    expect((await olivia.get('/admin/sales?state=void')).words).toContain(' 1005 ');
    expect((await olivia.get('/admin/sales?state=undone')).words).not.toContain(' 1005 ');
    expect((await olivia.get('/admin/affiliates')).words).toMatch(
      /João joao@azulejo\.test Active Not yet 3 3 € ?21\.00/,
    );
  });

  test('says so on its page, and who said what', async () => {
    const voided = await pageOf('1005');
    expect(voided).toContain('This order is voided: nobody is owed anything for it, and it counts nowhere.');
    expect(voided).toMatch(/€ ?0\.00 João Sale, 10 % Autumn Nothing owed Void/);
    expect(voided).toMatch(/−€30\.00 pending voided, by Olivia; “A test order\.”/);
    expect(voided).toMatch(/Void, by Olivia .* A person’s word\. “A test order\.”/);
    const undone = await pageOf('1006');
    expect(undone).toContain('What was said of this order was taken back: it counts nowhere.');
    expect(undone).toMatch(/−€4\.00 pending undone, by the file till\.csv/);
    expect(undone).toContain('Its import was undone.');
  });
});

test('orders that are one say so, each with a link to the other', async () => {
  const server = { source: 'server' as const, codes: ['JOAO10'], amount: '10.00' };
  await recordSales(office.db, [
    pixel({ ...server, orderId: 'A-1' }),
    pixel({ ...server, orderId: 'A-2', receivedAt: NOON + 1 }),
    pixel({ ...server, orderId: 'A-1', more: { names: [{ kind: 'number', name: 'A-2' }] }, receivedAt: NOON + 2 }),
  ]);
  const younger = await office.db.prepare("SELECT id FROM sales WHERE order_key = 'A-2'").first<number>('id');
  const elder = await office.db.prepare("SELECT id FROM sales WHERE order_key = 'A-1'").first<number>('id');
  const one = await olivia.get(`/admin/sales/${elder}`);
  expect(one.html).toContain(`href="/admin/sales/${younger}"`);
  expect(one.words).toContain('One with it are A-2 , which a witness has named as the same order.');
  const two = await olivia.get(`/admin/sales/${younger}`);
  expect(two.html).toContain(`href="/admin/sales/${elder}"`);
  expect(two.words).toContain('A witness has named it as the same order as A-1 : it is decided there.');
  expect((await olivia.get('/admin/sales?affiliate=2')).words).not.toContain(' A-2 ');
});

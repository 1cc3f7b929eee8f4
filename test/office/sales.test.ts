/** Sales: the list, and why each was credited as it was. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { editCoupon } from '../../ledger/coupons.ts';
import { recordSales } from '../../ledger/record-sales.ts';
import { azulejo, DAY, NOON, pixel } from '../people.ts';
import { asAdministrator, type Office, openOffice } from './office.ts';

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
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

test('a sale says why it was credited: owner of that day, rate, correction and evidence', async () => {
  const id = await office.db.prepare("SELECT id FROM sales WHERE order_id = '1001'").first<number>('id');
  const { words } = await olivia.get(`/admin/sales/${id}`);
  expect(words).toContain('The customer spent the coupon MARIA10 on order 1001.');
  expect(words).toContain("MARIA10 was Maria's: theirs from its first day until 24 Nov 2026.");
  expect(words).toContain('The campaign Autumn paid 10 % of the sale then: of €100.00, that is €10.00.');
  expect(words).toContain('A report that is believed more has corrected the first one');
  expect(words).toContain("It is confirmed: the shop's server says so.");
  expect(words).toMatch(/€ ?12\.00 Maria Sale, 10 % Autumn 23 Nov 2026 Declined corrected/);
  expect(words).toContain('One report says something else than what stands here.');
  expect(words).toContain('differs: coupon JOAO10, amount 99.00');
});

test('what only the pixel says waits for a person, and the page says so', async () => {
  const id = await office.db.prepare("SELECT id FROM sales WHERE order_id = '1002'").first<number>('id');
  const { words } = await olivia.get(`/admin/sales/${id}`);
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

/** The first page of the office: what to do first, and then what came of it. */
import { drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { soldByDay } from '../../admin/queries/dashboard.ts';
import * as schema from '../../drizzle/schema.ts';
import { createCampaign, createShop } from '../../ledger/campaigns.ts';
import { addCoupons } from '../../ledger/coupons/edit.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { azulejo, DAY, nobody, pixel, TEN_PERCENT } from '../people.ts';
import { cookieOf, type Office, openOffice } from './office.ts';
import { textOf } from './text.ts';

const OLIVIA = { email: 'olivia@azulejo.test', password: 'tickets and counterfoils' };

let office: Office;
let cookie: string;
beforeAll(async () => {
  office = await openOffice();
  await office.post('/setup', { token: office.setupToken, name: 'Olivia', ...OLIVIA });
  cookie = await cookieOf(office, OLIVIA);
});
afterAll(() => office.close());

const page = async (path = '/admin') => textOf(await (await office.get(path, { cookie })).text());

test('a fresh install says what to do first, each a link', async () => {
  const html = await (await office.get('/admin', { cookie })).text();
  expect(textOf(html)).toContain('Five steps to the first commission.');
  const links = [...html.matchAll(/<h2><a href="([^"]+)">([^<]+)</g)].map(([, href, words]) => `${words}: ${href}`);
  expect(links).toEqual([
    'Add your shop: /admin/settings/shops/new',
    'Add a campaign: /admin/campaigns/new',
    'Add an affiliate: /admin/affiliates/new',
    'Add a coupon: /admin/coupons/new',
    'Put the tracking code on your thank-you page: /admin/tracking-code',
  ]);
  for (const [, href] of html.matchAll(/<h2><a href="([^"]+)"/g))
    expect((await office.get(href!, { cookie })).status, href).toBe(200);
  expect(html).not.toContain('step-done');
});

describe('with Azulejo in Lisbon and a tea house in Tokyo', () => {
  beforeAll(async () => {
    const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-office')) as unknown as KVNamespace;
    const store = { db: office.db, kv };
    await azulejo(store);
    expect(await page()).toMatch(/Add your shop Done.*Add a coupon Done.*thank-you page(?! Done)/);

    const shop = (await createShop(
      office.db,
      { name: 'Kissaten', address: '', currency: 'JPY', timeZone: 'Asia/Tokyo' },
      nobody,
    )) as { id: number };
    const tea = (await createCampaign(office.db, shop.id, { ...TEN_PERCENT, name: 'Tea' }, nobody)) as { id: number };
    await addCoupons(store, ['TEA'], { campaignId: tea.id, affiliateId: 1, expiresOn: null }, nobody);
    const soon = new Date(Date.now() + 5 * DAY).toISOString().slice(0, 10);
    const past = new Date(Date.now() - 5 * DAY).toISOString().slice(0, 10);
    await addCoupons(store, ['SOON'], { campaignId: 1, affiliateId: null, expiresOn: soon }, nobody);
    await addCoupons(store, ['PAST'], { campaignId: 1, affiliateId: null, expiresOn: past }, nobody);

    const sold = (code: string, amount: string, orderId: string, daysAgo: number) =>
      pixel({ code, amount, orderId, receivedAt: Date.now() - daysAgo * DAY });
    await recordSales(office.db, [
      sold('MARIA10', '100.00', '1', 0),
      sold('MARIA10', '20.00', '2', 3),
      sold('JOAO10', '30.00', '3', 10),
      sold('JOAO10', '100.00', '4', 40),
      sold('JOAO10', '900.00', '5', 100),
      sold('TEA', '5000', '6', 2),
      sold('MARIA10', 'a lot', '7', 1),
    ]);
  });

  test('the last 30 days are compared with the 30 before', async () => {
    const text = await page();
    expect(text).toContain('Sold, EUR €150.00 50 % more than the 30 days before');
    expect(text).toContain('Sales 3 200 % more than the 30 days before');
    expect(text).toContain('Commission, EUR €15.00 50 % more than the 30 days before');
  });

  test('of 90 days all count', async () => {
    const text = await page('/admin?days=90');
    expect(text).toContain('Sold, EUR €250.00 72 % less than the 90 days before');
    expect(text).toContain('Commission, EUR €25.00');
  });

  test('two currencies stand beside each other, never added', async () => {
    const text = await page();
    expect(text).toContain('Sold, JPY ¥5,000 nothing in the 30 days before');
    expect(text).toContain('Pending commissions €115.00 ¥500 6 to approve or decline');
  });

  test('it names who earned most, and with which coupon', async () => {
    const text = await page();
    expect(text).toContain('Maria 2 sales €12.00 João 1 sale €3.00');
    expect(text).toContain('MARIA10 2 sales €12.00 JOAO10 1 sale €3.00');
    expect(text).toContain('TEA 1 sale ¥500');
  });

  test('it counts what waits for a person, and coupons: free, and ending soon', async () => {
    const text = await page();
    expect(text).toContain('Reports for a person 1');
    expect(text).toContain('Free coupons 2');
    expect(text).toContain('Coupons ending soon 1');
  });

  test('each figure leads to its lines', async () => {
    const html = await (await office.get('/admin', { cookie })).text();
    const hrefs = [...html.matchAll(/<a class="figure" href="([^"]+)"/g)].map(([, href]) =>
      href!.replaceAll('&amp;', '&'),
    );
    expect(hrefs).toHaveLength(10);
    for (const href of hrefs) expect((await office.get(href, { cookie })).status, href).toBe(200);
    const lines = await page(hrefs.find((href) => href.startsWith('/admin/sales?from=')));
    expect(lines).toContain('€100.00');
    expect(lines).not.toContain('€900.00');
  });
});

test('a sale counts on the day it was by the clock of its shop', async () => {
  // 23:30 of a day in Lisbon is the next day in Tokyo.
  const at = Date.UTC(2026, 0, 10, 23, 30);
  await recordSales(office.db, [
    pixel({ code: 'MARIA10', amount: '1.00', orderId: 'late', receivedAt: at }),
    pixel({ code: 'TEA', amount: '700', orderId: 'early', receivedAt: at }),
  ]);
  const byDay = await soldByDay(drizzle(office.db, { schema }), { from: '2026-01-10', until: '2026-01-11' });
  expect(byDay.map(({ day, currency, amountMinor }) => `${day} ${currency} ${amountMinor}`)).toEqual([
    '2026-01-10 EUR 100',
    '2026-01-11 JPY 700',
  ]);
});

/**
 * The whole main job, on real parts: a customer pays with Maria's coupon, the shop's thank-you page loads the tag exactly
 * as the office prints it, and however often the page is looked at, Maria earns once, to the cent, on both panels.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { invite } from '../../admin/invitations.ts';
import { type Office, openOffice } from '../office/office.ts';
import { azulejo, lines } from '../people.ts';
import { openChromium } from './browser.ts';

const PASSWORD = 'a password of the test';

let office: Office;
let browser: Browser;
let shop: Server;
let tag = '';

beforeAll(async () => {
  office = await openOffice();
  browser = await openChromium();
  // The shop fills the tag in as the office says: what stands in brackets, encoded for an address.
  const order = { COUPON: 'maria10', AMOUNT: '1234.56', ORDER: 'A/2026 #17' };
  shop = createServer((_, response) => {
    const filled = tag.replace(/\[(COUPON|AMOUNT|ORDER)\]/g, (_, name: keyof typeof order) =>
      encodeURIComponent(order[name]),
    );
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><title>Obrigado!</title><h1>Thank you for your order</h1>${filled}`);
  });
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await browser?.close();
  shop?.close();
  await office?.close();
});

async function signIn(email: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${office.served.officeUrl}/sign-in`);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  return page;
}

test('a sale made with a coupon pays its affiliate, once, to the cent', async () => {
  await office.post('/setup', {
    token: office.setupToken,
    name: 'Helena',
    email: 'helena@azulejo.test',
    password: PASSWORD,
  });
  const house = await azulejo({
    db: office.db,
    kv: (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-office')) as never,
  });
  const { id: helenaId } = (await office.db.prepare('SELECT id FROM users').first<{ id: string }>())!;
  const token = await invite(office.db, house.maria, helenaId, Date.now());
  await office.post(`/invitation/${token}`, { password: PASSWORD });

  const helena = await signIn('helena@azulejo.test');
  await helena.goto(`${office.served.officeUrl}/admin/tracking-code?campaign=${house.autumn}`);
  tag = await helena.getByLabel('Tracking code', { exact: true }).inputValue();
  expect(tag).toContain('&cc=[COUPON]');

  const thanks = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/thank-you`;
  const customer = await browser.newContext();
  const page = await customer.newPage();
  const pixels: number[] = [];
  customer.on('response', (response) => response.url().includes('/track.gif') && pixels.push(response.status()));
  await page.goto(thanks);
  expect(await page.locator('img').evaluate((img: HTMLImageElement) => [img.complete, img.naturalWidth])).toEqual([
    true,
    1,
  ]);
  await page.reload();
  await page.goto('about:blank');
  await page.goBack();
  await Promise.all([1, 2].map(async () => (await customer.newPage()).goto(thanks)));
  expect(pixels.length).toBeGreaterThanOrEqual(4);
  expect(new Set(pixels)).toEqual(new Set([200]));

  const { results: sales } = await office.db
    .prepare('SELECT order_id, amount_minor, currency, evidence, reports, reloads FROM sales')
    .all<{ reloads: number }>();
  expect(sales).toEqual([
    {
      order_id: 'A/2026 #17',
      amount_minor: 123456,
      currency: 'EUR',
      evidence: 'pixel',
      reports: 1,
      reloads: expect.any(Number),
    },
  ]);
  // Going back, a browser may show the page as it was, without asking for the picture again.
  expect(sales[0]!.reloads).toBeGreaterThanOrEqual(3);
  expect(await lines(office.db)).toEqual(['Maria sale +12346 pending']);

  await helena.goto(`${office.served.officeUrl}/admin/sales`);
  const sold = helena.getByRole('row').filter({ hasText: 'A/2026 #17' });
  expect(await sold.count()).toBe(1);
  expect(await sold.innerText()).toMatch(/Maria[\s\S]*1,234\.56[\s\S]*123\.46/);

  const maria = await signIn('maria@azulejo.test');
  await maria.goto(`${office.served.officeUrl}/affiliate/commissions`);
  const earned = maria.getByRole('row').filter({ hasText: '123.46' });
  expect(await earned.count()).toBe(1);
  await maria.goto(`${office.served.officeUrl}/affiliate/sales`);
  expect(await maria.getByRole('row').filter({ hasText: '1,234.56' }).count()).toBe(1);
});

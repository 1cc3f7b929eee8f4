/** A coupon's page: who owned it when, who changed what, its sales, and its old codes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { azulejo, DAY, pixel } from '../people.ts';
import { asAdministrator, type Office, openOffice } from './office.ts';

const NOW = Date.now();
const dayIn = (days: number) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Lisbon' }).format(NOW + days * DAY);
const said = (day: string) =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(day));

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
let people: Awaited<ReturnType<typeof azulejo>>;
beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-office')) as unknown as KVNamespace;
  people = await azulejo({ db: office.db, kv });
});
afterAll(() => office.close());

/** Saves the form of a coupon with some of its fields changed. */
async function edit(id: number, changed: Record<string, string>) {
  const path = `/admin/coupons/${id}`;
  const { html } = await olivia.get(path);
  const row = await office.db
    .prepare(
      'SELECT code, campaign_id AS campaign, affiliate_id AS affiliate, expires_on AS day FROM coupons WHERE id = ?',
    )
    .bind(id)
    .first<{ code: string; campaign: number; affiliate: number | null; day: string | null }>();
  const { code, campaign, affiliate, day } = row!;
  const stands = {
    code,
    campaign: String(campaign),
    affiliate: String(affiliate ?? ''),
    expiresOn: day ?? '',
    keepUntil: '',
  };
  return olivia.post(path, { ...stands, revision: /name="revision" value="(\d+)"/.exec(html)![1]!, ...changed });
}
const hit = async (code: string, order: string) => {
  await fetch(`${office.served.trackerUrl}/track.gif?cc=${code}&amount=10.00&order=${order}`);
  return office.db
    .prepare(
      `SELECT coalesce(v.outcome, s.state) AS became FROM reports r LEFT JOIN verdicts v ON v.report_id = r.id
       LEFT JOIN sales s ON s.shop_id = r.shop_id AND s.order_key = r.order_key WHERE r.order_id = ?`,
    )
    .bind(order)
    .first('became');
};

test('each change is told with who and from what to what; owners over time', async () => {
  await edit(people.maria10, { affiliate: String(people.joao), expiresOn: '2099-12-31' });
  await edit(people.maria10, { campaign: String(people.launch), affiliate: '' });
  const { words } = await olivia.get(`/admin/coupons/${people.maria10}`);
  expect(words).toMatch(/Owners .* João .* Maria The beginning/);
  const history = words.slice(words.lastIndexOf('History'));
  expect(history).toMatch(/Olivia Changed .*campaign: Autumn → Launch affiliate: João → nobody/);
  expect(history).toMatch(/Olivia Changed .*affiliate: Maria → João last day: never ends → 31 Dec 2099/);
  expect(history).toMatch(/Nobody in particular Added/);
});

test('a change of many stands in the history of each', async () => {
  const { html } = await olivia.get(`/admin/coupons/assign?id=${people.joao10}&id=${people.free1}`);
  expect(html).toContain('Assign 2 coupons');
  await olivia.post('/admin/coupons/assign', {
    id: [String(people.joao10), String(people.free1)],
    count: '2',
    list: '',
    affiliate: String(people.maria),
  });
  const { words } = await olivia.get(`/admin/coupons/${people.free1}`);
  expect(words.slice(words.lastIndexOf('History')).match(/Olivia Changed/g)).toHaveLength(1);
  expect(words).toMatch(/affiliate: nobody → Maria/);
});

test('one of a series tells who added the series', async () => {
  const fields = { prefix: 'row', kind: 'numbered', from: '1', to: '3', campaign: String(people.autumn) };
  await olivia.post('/admin/coupons/add-many/confirm', { ...fields, affiliate: '', expiresOn: '', known: 'refuse' });
  const id = await office.db.prepare("SELECT id FROM coupons WHERE code = 'row2'").first<number>('id');
  const { words } = await olivia.get(`/admin/coupons/${id}`);
  expect(words).toMatch(/History .* Olivia Added .*first: row1 last: row3/);
});

test('its sales are listed, and drawn for ninety days', async () => {
  const id = await people.coupon('CHART', people.autumn, people.maria);
  expect((await olivia.get(`/admin/coupons/${id}`)).words).not.toContain('Sales per day');
  await recordSales(office.db, [
    pixel({ code: 'CHART', orderId: 'c-1', receivedAt: NOW - 3 * DAY }),
    pixel({ code: 'CHART', orderId: 'c-2', receivedAt: NOW - 3 * DAY }),
    pixel({ code: 'CHART', orderId: 'c-3', receivedAt: NOW - 95 * DAY }),
  ]);
  const { html, words } = await olivia.get(`/admin/coupons/${id}`);
  expect(html).toContain(`<a href="/admin/sales?coupon=${id}">3 sales</a>`);
  expect(words).toContain('Sales per day, the last 90 days');
  expect(words).toContain(`90 days, 2 sales in all, most on ${said(dayIn(-3))}: 2 sales.`);
});

test('the old code works on through its last day, and is nobody else’s meanwhile', async () => {
  const id = await people.coupon('SUMMER', people.autumn, people.maria);
  const last = dayIn(7);
  const over = await edit(id, { code: 'WINTER', keepUntil: dayIn(-1) });
  expect(over.status).toBe(422);
  expect(over.html).toContain('id="error-keepUntil"');
  const saved = await edit(id, { code: 'WINTER', keepUntil: last });
  expect(saved.words).toContain(`WINTER saved. SUMMER works until ${said(last)} too.`);
  expect([await hit('summer', 'old'), await hit('winter', 'new')]).toEqual(['standing', 'standing']);

  const { words } = await olivia.get(`/admin/coupons/${id}`);
  expect(words).toContain(`Code Last day Status SUMMER ${said(last)} Active`);
  const taken = await olivia.post('/admin/coupons/new', {
    code: 'Summer',
    campaign: String(people.autumn),
    affiliate: '',
    expiresOn: '',
  });
  expect(taken.status).toBe(422);
  expect(taken.words).toContain(`Until ${said(last)} this still is an old code of WINTER.`);
  expect((await edit(people.joao5, { code: 'summer' })).words).toContain('this still is an old code of WINTER.');
});

test('without a day the old code stops at once', async () => {
  const id = await people.coupon('BRIEF', people.autumn, people.maria);
  expect((await edit(id, { code: 'SHORT' })).words).toContain('SHORT saved.');
  expect([await hit('BRIEF', 'brief'), await hit('SHORT', 'short')]).toEqual(['expired', 'standing']);
  expect((await olivia.get(`/admin/coupons/${id}`)).words).toMatch(/Old codes .* BRIEF \d+ \w+ \d{4} Expired/);
});

test('saving and deleting lead back to the list as it was', async () => {
  const list = 'q=J&sort=code';
  const page = await olivia.get(`/admin/coupons?${list}`);
  const path = `/admin/coupons/${people.joao5}?list=${encodeURIComponent(list)}`;
  expect(page.html).toContain(`href="${path}"`);
  const { html } = await olivia.get(path);
  expect(html).toContain(`action="${path}"`);
  const saved = await olivia.post(path, {
    code: 'JOAO5',
    campaign: String(people.launch),
    affiliate: '',
    expiresOn: '',
    keepUntil: '',
    revision: /name="revision" value="(\d+)"/.exec(html)![1]!,
  });
  expect(saved.path).toBe(`/admin/coupons?${list}`);
  const deleted = await olivia.post('/admin/coupons/delete', { id: String(people.joao5), list });
  expect([deleted.path, deleted.words]).toEqual([`/admin/coupons?${list}`, expect.stringContaining('JOAO5 deleted.')]);
});

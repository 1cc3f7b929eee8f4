/** Admin panel › Coupons › Actions on the checked rows, or on all that the filter matches. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCampaign, createShop } from '../../ledger/campaigns.ts';
import { addCouponSeries } from '../../ledger/coupons/many.ts';
import { azulejo, TEN_PERCENT } from '../people.ts';
import { asAdministrator, type Office, openOffice } from './office.ts';

const by = { userId: null, now: Date.now() };

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
let people: Awaited<ReturnType<typeof azulejo>>;
let snow: number;
beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-office')) as unknown as KVNamespace;
  const store = { db: office.db, kv };
  people = await azulejo(store);
  const shop = await createShop(office.db, { name: 'Kiosk', address: '', currency: 'JPY', timeZone: 'Asia/Tokyo' }, by);
  const made = await createCampaign(office.db, 'id' in shop ? shop.id : 0, { ...TEN_PERCENT, name: 'Snow' }, by);
  snow = 'id' in made ? made.id : 0;
  const codes = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`);
  const terms = { campaignId: people.autumn, affiliateId: null, expiresOn: null };
  await addCouponSeries(store, codes('fair-', 7_000), terms, 'refuse', by);
  await addCouponSeries(store, codes('kiosk-', 3), { ...terms, campaignId: snow }, 'refuse', by);
});
afterAll(() => office.close());

const number = async (where: string) =>
  (await office.db
    .prepare(`SELECT count(*) AS n FROM coupons WHERE archived_at IS NULL AND ${where}`)
    .first<number>('n'))!;
const idsOf = async (...codes: string[]) =>
  Promise.all(
    codes.map(async (code) =>
      String(await office.db.prepare('SELECT id FROM coupons WHERE code = ?').bind(code).first<number>('id')),
    ),
  );
/** The address that a deed's button leads to, with the rows checked. */
const checked = (deed: string, ids: string[], list = '') =>
  `/admin/coupons/${deed}?${new URLSearchParams([...ids.map((id) => ['id', id]), ['list', list]])}`;
const all = (deed: string, list: string) => `/admin/coupons/${deed}?${new URLSearchParams({ all: 'on', list })}`;
/** What the page that asks posts along. */
function carried(html: string): Record<string, string | string[]> {
  const form = html.slice(html.indexOf('<main'));
  const inputs = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  const fields: Record<string, string[]> = {};
  for (const [, name, value] of inputs) fields[name!] = [...(fields[name!] ?? []), value!.replaceAll('&amp;', '&')];
  return fields;
}
const lastAudit = async () =>
  (await office.db
    .prepare("SELECT action, before, after FROM audit_log WHERE subject_id = 'many' ORDER BY id DESC")
    .first<{ action: string; before: string; after: string }>())!;

describe('checked rows', () => {
  test('are assigned to João; the page says which, asks first, and leads back to the list as it was', async () => {
    const list = 'q=fair-1&sort=code';
    const ids = await idsOf('fair-1', 'fair-2');
    const asked = await olivia.get(checked('assign', ids, list));
    expect(asked.words).toMatch(/Assign 2 coupons fair-1 fair-2 Affiliate None João Maria/);
    expect(await number(`affiliate_id = ${people.joao}`)).toBe(2);
    const done = await olivia.post('/admin/coupons/assign', { ...carried(asked.html), affiliate: String(people.joao) });
    expect(done.words).toContain('2 coupons assigned to João.');
    expect(done.path).toBe('/admin/coupons?q=fair-1&sort=code');
    expect(await number(`affiliate_id = ${people.joao} AND code LIKE 'fair-%'`)).toBe(2);
    expect(await lastAudit()).toMatchObject({ action: 'changed', after: `{"affiliateId":${people.joao},"count":2}` });
    const again = await olivia.post('/admin/coupons/assign', {
      ...carried(asked.html),
      affiliate: String(people.joao),
    });
    expect(again.words).toContain('0 coupons assigned to João. 2 coupons were left as they are.');
  });

  test('get a last day, or none; a day that is over is refused', async () => {
    const [id] = await idsOf('fair-3');
    const asked = await olivia.get(checked('expire', [id!]));
    expect(asked.words).toContain('Set the expiration of fair-3');
    const over = await olivia.post('/admin/coupons/expire', { ...carried(asked.html), expiresOn: '2020-01-31' });
    expect([over.status, over.words]).toEqual([422, expect.stringContaining('31 Jan 2020 is over: in Azulejo it is')]);
    const done = await olivia.post('/admin/coupons/expire', { ...carried(over.html), expiresOn: '2099-12-31' });
    expect(done.words).toContain('fair-3 works until 31 Dec 2099.');
    const never = await olivia.post('/admin/coupons/expire', { ...carried(asked.html), expiresOn: '' });
    expect(never.words).toContain('fair-3 never expires.');
  });

  test('move to a campaign of their own shop only', async () => {
    const ids = await idsOf('fair-4', 'kiosk-1');
    const asked = await olivia.get(checked('move', ids));
    expect(asked.words).toContain('those of other shops than the campaign’s are left as they are');
    const none = await olivia.post('/admin/coupons/move', { ...carried(asked.html), campaign: '' });
    expect(none.words).toContain('Choose a campaign.');
    const done = await olivia.post('/admin/coupons/move', { ...carried(none.html), campaign: String(people.launch) });
    expect(done.words).toContain('1 coupon moved to Launch. 1 coupon was left as it is.');
    expect(await number(`campaign_id = ${people.launch} AND code = 'fair-4'`)).toBe(1);
    expect(await number(`campaign_id = ${snow}`)).toBe(3);
    const alone = await olivia.get(checked('move', await idsOf('fair-4')));
    expect(alone.words).not.toContain('Snow');
  });

  test('have to be checked', async () => {
    expect((await olivia.post('/admin/coupons/assign', { list: 'q=fair' })).words).toContain(
      'Check the coupons to assign first.',
    );
    expect((await olivia.post('/admin/coupons/expire', {})).words).toContain('Check the coupons to change first.');
  });

  test('the way back is a list of coupons, whatever the address says', async () => {
    const ids = await idsOf('fair-5');
    const asked = await olivia.get(checked('delete', ids, 'https://evil.test/?x'));
    expect(asked.html).toContain('href="/admin/coupons?https%3A%2F%2Fevil.test%2F%3Fx="');
  });
});

describe('all that the filter matches', () => {
  test('is offered where the list has more than a page', async () => {
    expect((await olivia.get('/admin/coupons?q=fair-')).words).toContain('Select all 7,000 that match');
    expect((await olivia.get('/admin/coupons?q=kiosk')).words).not.toContain('Select all');
  });

  test('is assigned in one go, counted when it is done, and noted with its filter', async () => {
    const list = `q=fair-&affiliate=none&campaign=${people.autumn}`;
    const asked = await olivia.get(all('assign', list));
    expect(asked.words).toMatch(
      /Assign 6,997 coupons All coupons that begin with fair-, of the campaign Autumn, of no affiliate: fair-3 .* and 6,977 more/,
    );
    const done = await olivia.post('/admin/coupons/assign', {
      ...carried(asked.html),
      affiliate: String(people.maria),
    });
    expect(done.words).toContain('6,997 coupons assigned to Maria.');
    expect(await number(`affiliate_id = ${people.maria} AND code LIKE 'fair-%'`)).toBe(6_997);
    expect(JSON.parse((await lastAudit()).before)).toMatchObject({
      chosen: 'that begin with fair-, of the campaign Autumn, of no affiliate',
    });
    await fetch(`${office.served.trackerUrl}/track.gif?cc=fair-6999&amount=10.00&order=bulk-1`);
    const sale = await office.db.prepare("SELECT affiliate_id AS id FROM sales WHERE order_id = 'bulk-1'").first('id');
    expect(sale).toBe(people.maria);
  });

  test('is asked for again where the number has changed meanwhile', async () => {
    const asked = await olivia.get(all('delete', `q=fair-&affiliate=${people.joao}`));
    expect(asked.words).toContain('Delete 2 coupons?');
    await people.coupon('fair-new', people.autumn, people.joao);
    const again = await olivia.post('/admin/coupons/delete', carried(asked.html));
    expect([again.status, await number("code = 'fair-new'")]).toEqual([422, 1]);
    expect(again.words).toContain('By now 3 match, so nothing was done yet. Look again.');
    expect((await olivia.post('/admin/coupons/delete', carried(again.html))).words).toContain('3 coupons deleted.');
  });

  test('is deleted by the thousands, and tracking has stopped', async () => {
    const asked = await olivia.get(all('delete', 'q=fair-'));
    expect(asked.words).toContain('Sales made with them and their commissions stay.');
    const done = await olivia.post('/admin/coupons/delete', carried(asked.html));
    expect(done.words).toContain('6,998 coupons deleted. Tracking has stopped; sales and commissions are kept.');
    expect(await number("code LIKE 'fair-%'")).toBe(0);
    await fetch(`${office.served.trackerUrl}/track.gif?cc=fair-6999&amount=10.00&order=bulk-2`);
    const outcome = await office.db
      .prepare("SELECT outcome FROM uncredited WHERE order_id = 'bulk-2'")
      .first('outcome');
    expect(outcome).toBe('unknown coupon');
  });
});

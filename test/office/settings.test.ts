/** Settings, and the shops in them: where a newcomer begins. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addCoupons } from '../../ledger/coupons/edit.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { pixel } from '../people.ts';
import { asAdministrator, type Office, openOffice } from './office.ts';

const AZULEJO = { name: 'Azulejo', address: 'https://azulejo.test', currency: 'EUR', timeZone: 'Europe/Lisbon' };

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
});
afterAll(() => office.close());

test('without a shop, campaigns lead to adding one', async () => {
  for (const path of ['/admin/campaigns', '/admin/campaigns/new']) {
    const page = await olivia.get(path);
    expect(page.words).toContain('Begin with your shop');
    expect(page.html).toContain('href="/admin/settings/shops/new"');
  }
});

test('settings lead to shops and to the account', async () => {
  const page = await olivia.get('/admin/settings');
  expect(page.html).toContain('href="/admin/settings/shops"');
  expect(page.html).toContain('href="/account"');
});

test('what is wrong with a shop is said beside each field, and what was typed stays', async () => {
  const page = await olivia.post('/admin/settings/shops/new', {
    name: '  ',
    address: 'Rua do Ouro 12',
    currency: 'XXX',
    timeZone: 'Europe/Atlantis',
  });
  expect(page.status).toBe(422);
  expect(page.html).toMatch(/id="error-name"[^>]*>Give the shop a name\./);
  expect(page.html).toMatch(/id="error-currency"[^>]*>This is no currency we know\./);
  expect(page.html).toMatch(/id="error-timeZone"[^>]*>This is no time zone we know\./);
  expect(page.html).toContain('value="Rua do Ouro 12"');
  expect(page.html).toContain('value="Europe/Atlantis"');
});

test('a shop is added, with its time zone as the world spells it, and noted with who did it', async () => {
  const page = await olivia.post('/admin/settings/shops/new', { ...AZULEJO, timeZone: 'europe/lisbon' });
  expect([page.status, page.path]).toEqual([200, '/admin/settings/shops']);
  expect(page.words).toContain('Azulejo added.');
  expect(page.words).toMatch(/Azulejo https:\/\/azulejo\.test EUR Europe\/Lisbon 0/);
  const noted = await office.db
    .prepare("SELECT u.name FROM audit_log l JOIN users u ON u.id = l.user_id WHERE l.subject = 'shops'")
    .first<{ name: string }>();
  expect(noted?.name).toBe('Olivia');
});

test('whose coupon counts of two affiliates is chosen, and noted', async () => {
  const page = await olivia.post('/admin/settings/shops/1', { ...AZULEJO, severalAffiliates: 'last' });
  expect(page.words).toContain('Azulejo saved.');
  expect((await olivia.get('/admin/settings/shops/1')).html).toMatch(
    /<option[^>]*value="last"[^>]*selected|<option[^>]*selected[^>]*value="last"/,
  );
  const rule = await office.db.prepare('SELECT several_affiliates AS rule FROM shops WHERE id = 1').first('rule');
  expect(rule).toBe('last');
  await olivia.post('/admin/settings/shops/1', { ...AZULEJO, severalAffiliates: 'a person' });
});

test('two shops cannot have one name', async () => {
  const page = await olivia.post('/admin/settings/shops/new', AZULEJO);
  expect(page.status).toBe(422);
  expect(page.html).toMatch(/id="error-name"[^>]*>You have a shop of this name already\./);
});

test('before its first sale a shop may change its currency; afterwards it keeps it', async () => {
  const dollars = await olivia.post('/admin/settings/shops/1', { ...AZULEJO, currency: 'USD' });
  expect(dollars.words).toContain('Azulejo saved.');
  await olivia.post('/admin/settings/shops/1', AZULEJO);

  await office.db
    .prepare(
      "INSERT INTO campaigns (shop_id, name, commission_kind, commission_value, created_at) VALUES (1, 'Autumn', 'percent', 1000, 0)",
    )
    .run();
  await office.db
    .prepare(
      "INSERT INTO affiliates (name, email, status, created_at) VALUES ('Maria', 'maria@azulejo.test', 'active', 0)",
    )
    .run();
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-tracker')) as unknown as KVNamespace;
  const store = { db: office.db, kv };
  await addCoupons(store, ['MARIA10'], { campaignId: 1, affiliateId: 1, expiresOn: null }, { userId: null, now: 0 });
  await recordSales(office.db, [pixel()]);

  const refused = await olivia.post('/admin/settings/shops/1', { ...AZULEJO, currency: 'USD' });
  expect(refused.status).toBe(422);
  expect(refused.html).toMatch(/id="error-currency"[^>]*>A shop with sales or fixed commissions keeps its currency\./);
  const shop = await office.db.prepare('SELECT currency FROM shops').first<{ currency: string }>();
  expect(shop?.currency).toBe('EUR');
  expect((await olivia.get('/admin/settings/shops/1')).words).toContain('This shop has sales, so its currency stands.');
});

test('a shop that does not exist is not found', async () => {
  for (const id of ['99', 'x', '0', '99999999999999999999'])
    expect((await olivia.get(`/admin/settings/shops/${id}`)).status).toBe(404);
});

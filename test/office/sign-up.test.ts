/** The public door for affiliates, and where they want their money. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addCoupons } from '../../ledger/coupons/edit.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { azulejo, pixel } from '../people.ts';
import { asAdministrator, cookieOf, type Office, openOffice } from './office.ts';

const TIAGO = { name: 'Tiago', email: 'Tiago@films.test', password: 'old houses being mended' };
const SHOP = { name: 'Azulejo', address: 'https://azulejo.test', currency: 'EUR', timeZone: 'Europe/Lisbon' };
const PAYOUT = '/affiliate/payout-details';

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
let store: { db: D1Database; kv: KVNamespace };
beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-tracker')) as unknown as KVNamespace;
  store = { db: office.db, kv };
  await azulejo(store);
});
afterAll(() => office.close());

const affiliates = async () =>
  (await office.db.prepare('SELECT count(*) AS n FROM affiliates').first<{ n: number }>())!.n;
const apply = (said: Record<string, string> = {}) =>
  office.post('/join/1', { ...TIAGO, about: '', website: '', ...said });
const idOf = (email: string) =>
  office.db.prepare('SELECT id FROM affiliates WHERE email = ?').bind(email).first<number>('id');

test('closed, the sign-up page is not there', async () => {
  expect((await office.get('/join/1')).status).toBe(404);
  expect((await apply()).status).toBe(404);
  expect((await office.get('/join/99')).status).toBe(404);
  expect(await affiliates()).toBe(2);
});

test('opened on the shop’s page, it greets by the shop’s name', async () => {
  await olivia.post('/admin/settings/shops/1', { ...SHOP, signUpOpen: 'on' });
  const shop = await olivia.get('/admin/settings/shops/1');
  expect(shop.html).toContain(`value="${office.served.officeUrl}/join/1"`);
  const page = await (await office.get('/join/1')).text();
  expect(page).toContain('Become an affiliate of Azulejo');
});

test('what is wrong is said beside the field, and what was typed stays', async () => {
  const answer = await apply({ name: '', email: 'tiago@', password: 'short' });
  expect(answer.status).toBe(422);
  const page = await answer.text();
  expect(page).toMatch(/id="error-name"[^>]*>Type the name\./);
  expect(page).toMatch(/id="error-email"[^>]*>This is not a whole e-mail address/);
  expect(page).toMatch(/id="error-password"[^>]*>Choose a password of at least 10 characters\./);
  expect(page).toContain('value="tiago@"');
});

test('who applies waits: the account is there, and does not open', async () => {
  const answer = await apply({ about: 'Films old houses.' });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/join/1/thanks']);
  expect(await (await office.get('/join/1/thanks')).text()).toContain('Azulejo reads your application now.');
  const refused = await office.post('/sign-in', TIAGO);
  expect([refused.status, (await refused.text()).includes('Your application waits for an answer.')]).toEqual([
    422,
    true,
  ]);

  expect((await olivia.get('/admin/affiliates?status=pending')).words).toContain('Tiago tiago@films.test Pending');
  const page = await olivia.get(`/admin/affiliates/${await idOf('tiago@films.test')}`);
  expect(page.words).toContain('Films old houses.');
  expect(page.words).toContain('Applied');
});

test('an address that is somebody’s already gets the same answer, and changes nothing', async () => {
  for (const email of ['tiago@films.test', 'maria@azulejo.test', 'olivia@shop.test']) {
    const answer = await apply({ email, name: 'Mallory', password: 'a password of my own' });
    expect([email, answer.status, answer.headers.get('location')]).toEqual([email, 303, '/join/1/thanks']);
  }
  expect(await affiliates()).toBe(3);
  const waiting = await office.post('/sign-in', TIAGO);
  expect(await waiting.text()).toContain('Your application waits');
});

test('a robot that fills in what people do not see is thanked, and forgotten', async () => {
  const answer = await apply({ email: 'robot@films.test', website: 'https://buy.test' });
  expect(answer.headers.get('location')).toBe('/join/1/thanks');
  expect(await affiliates()).toBe(3);
});

test('approved, they sign in and earn', async () => {
  const id = (await idOf('tiago@films.test'))!;
  const done = await olivia.post(`/admin/affiliates/${id}/status/active`, {});
  expect(done.words).toContain('Tiago is active now.');
  const cookie = await cookieOf(office, TIAGO);
  expect((await office.get('/affiliate', { cookie })).status).toBe(200);
  await addCoupons(store, ['TIAGO10'], { campaignId: 1, affiliateId: id, expiresOn: null }, { userId: null, now: 0 });
  const [sold] = await recordSales(office.db, [pixel({ orderId: '3001', code: 'TIAGO10', receivedAt: Date.now() })]);
  expect(sold!.outcome).toBe('recorded');
});

test('suspended, they keep what they earned and earn nothing from then on; declined, nobody gets in', async () => {
  const id = (await idOf('tiago@films.test'))!;
  await olivia.post(`/admin/affiliates/${id}/status/suspended`, {});
  const [sold] = await recordSales(office.db, [pixel({ orderId: '3002', code: 'TIAGO10', receivedAt: Date.now() })]);
  expect(sold!.outcome).toBe('affiliate not active');
  expect((await olivia.get(`/admin/affiliates/${id}`)).words).toMatch(/Pending € ?12\.00 waits for approval/);
  expect(await (await office.post('/sign-in', TIAGO)).text()).toContain('This account is not active.');
  await olivia.post(`/admin/affiliates/${id}/status/active`, {});

  await apply({ name: 'Paula', email: 'paula@films.test' });
  const paula = (await idOf('paula@films.test'))!;
  await olivia.post(`/admin/affiliates/${paula}/status/declined`, {});
  const refused = await office.post('/sign-in', { email: 'paula@films.test', password: TIAGO.password });
  expect(await refused.text()).toContain('This account is not active.');
});

test('from one address there is a limit to applications', async () => {
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 11; attempt++) statuses.push((await apply({ name: '' })).status);
  expect(statuses.at(-1)).toBe(429);
});

test('payout details are the affiliate’s own, and change with the password only', async () => {
  const cookie = await cookieOf(office, TIAGO);
  const bank = {
    method: 'bank transfer',
    iban: 'pt50 0002 0123 1234 5678 9015 4',
    paypal: '',
    other: '',
    minimum: '25',
    currency: 'EUR',
    password: TIAGO.password,
  };
  const send = (said: Record<string, string>) => office.post(PAYOUT, { ...bank, ...said }, { cookie });
  const mistyped = await send({ iban: 'PT50 0002 0123 1234 5678 9015 5' });
  expect([mistyped.status, (await mistyped.text()).includes('its check digits do not fit')]).toEqual([422, true]);
  const stranger = await send({ password: 'not it at all' });
  expect([stranger.status, (await stranger.text()).includes('This is not your password.')]).toEqual([422, true]);
  expect((await send({ minimum: '25,00' })).status).toBe(422);
  expect((await send({})).headers.get('location')).toBe('/account');
  const account = await (await office.get('/account', { cookie })).text();
  expect(account).toContain('Bank transfer to PT50 0002 0123 1234 5678 9015 4');
  expect(account).toContain('from €25.00 on');
  expect((await send({ method: 'PayPal', paypal: 'tiago@films.test', minimum: '' })).status).toBe(303);

  const id = await idOf('tiago@films.test');
  const page = await olivia.get(`/admin/affiliates/${id}`);
  expect(page.words).toContain('PayPal to tiago@films.test, any amount');
  expect(page.words).toContain('payout account: •••• 0154 → •••@films.test');
  const { results } = await office.db.prepare('SELECT before, after FROM audit_log').all();
  expect(JSON.stringify(results)).not.toContain('PT50');
  expect((await olivia.get(PAYOUT)).status).toBe(403);
});

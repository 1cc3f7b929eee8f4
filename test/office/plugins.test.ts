/** The plugin switch: off, nothing is recorded and its pages are gone; on again, everything is back. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { invite } from '../../admin/invitations.ts';
import { azulejo } from '../people.ts';
import { asAdministrator, cookieOf, type Office, openOffice } from './office.ts';

const MARIA = { email: 'maria@azulejo.test', password: 'ten percent of summer' };
const OFF = { switch: 'off' };
const ON = { switch: 'on' };
const SWITCH = '/admin/settings/plugins/coupons';

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
let maria: string;
beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-tracker')) as unknown as KVNamespace;
  const people = await azulejo({ db: office.db, kv });
  const owner = await office.db.prepare('SELECT id FROM users').first<{ id: string }>();
  const token = await invite(office.db, people.maria, owner!.id, Date.now());
  await office.post(`/invitation/${token}`, { password: MARIA.password });
  maria = await cookieOf(office, MARIA);
});
afterAll(() => office.close());

const spend = (order: string, code = 'MARIA10') =>
  fetch(`${office.served.trackerUrl}/track.gif?campaign=1&amount=120.00&order=${order}&cc=${code}`);
const counted = async (table: string) =>
  (await office.db.prepare(`SELECT count(*) AS n FROM ${table}`).first<{ n: number }>())!.n;

test('Settings › Plugins lists coupons & offline sales, switched on', async () => {
  expect((await olivia.get('/admin/settings')).html).toContain('href="/admin/settings/plugins"');
  const page = await olivia.get('/admin/settings/plugins');
  expect(page.words).toContain('Coupons & offline sales On');
  expect(page.words).toContain('It takes effect at once');
  expect((await spend('1001')).status).toBe(200);
  expect([await counted('reports'), await counted('sales'), await counted('commissions')]).toEqual([1, 1, 1]);
});

test('off, the tracker answers its GIF and records nothing, known code or not', async () => {
  expect((await olivia.post(SWITCH, OFF)).words).toContain('Coupons & offline sales are switched off.');
  for (const answer of [await spend('1002'), await spend('1003', 'NOBODYS'), await spend('1001')]) {
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/gif']);
    expect((await answer.arrayBuffer()).byteLength).toBe(43);
  }
  expect([await counted('reports'), await counted('sales'), await counted('commissions')]).toEqual([1, 1, 1]);
});

test('off, its pages and menu entries are gone for both, and what is recorded stays', async () => {
  const pages = ['/admin/coupons', '/admin/coupons/new', '/admin/offline-sales', '/admin/tracking-code'];
  for (const path of pages) {
    const page = await olivia.get(path);
    expect([path, page.status]).toEqual([path, 404]);
    expect(page.words).toContain('Coupons & offline sales are switched off');
    expect(page.html).toContain('href="/admin/settings/plugins"');
  }
  const form = { campaign: '1', code: 'LATE10', affiliate: '', expires: '' };
  expect((await olivia.post('/admin/coupons/new', form)).status).toBe(404);
  expect(await counted('coupons')).toBe(4);

  const dashboard = await olivia.get('/admin');
  for (const path of ['/admin/coupons', '/admin/offline-sales', '/admin/tracking-code'])
    expect(dashboard.html).not.toMatch(new RegExp(`href="${path}["?]`));
  expect((await olivia.get('/admin/sales')).words).toContain('1001');
  expect((await olivia.get('/admin/commissions')).words).toContain('12.00');

  const hers = await office.get('/affiliate/coupons', { cookie: maria });
  const words = await hers.text();
  expect([hers.status, words.includes('are switched off'), words.includes('/admin/settings')]).toEqual([
    404,
    true,
    false,
  ]);
  expect(await (await office.get('/affiliate', { cookie: maria })).text()).not.toContain('href="/affiliate/coupons');
});

test('on again, everything is back', async () => {
  expect((await olivia.post(SWITCH, ON)).words).toContain('switched on');
  expect((await olivia.get('/admin/coupons')).words).toContain('MARIA10');
  expect((await olivia.get('/admin')).html).toContain('href="/admin/coupons"');
  expect((await office.get('/affiliate/coupons', { cookie: maria })).status).toBe(200);
  expect((await spend('1002')).status).toBe(200);
  expect([await counted('reports'), await counted('sales'), await counted('commissions')]).toEqual([2, 2, 2]);
});

test('only on and off are positions of the switch, and an affiliate does not touch it', async () => {
  expect((await olivia.post(SWITCH, { switch: 'half' })).status).toBe(400);
  expect((await office.post(SWITCH, OFF, { cookie: maria })).status).toBe(403);
});

/** Two people who have the same record open: nobody's change is overwritten without a word. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { azulejo } from '../people.ts';
import { asAdministrator, type Office, openOffice, type Seen } from './office.ts';

/** The tracker makes its copies when the coupons are first spent. */
const NO_COPIES = { get: async () => new Map(), put: async () => {} } as unknown as KVNamespace;
let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
let people: Awaited<ReturnType<typeof azulejo>>;

beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
  people = await azulejo({ db: office.db, kv: NO_COPIES });
});
afterAll(() => office?.close());

/** What a page's form posts as it stands: its hidden fields, and what is filled in. */
function fields({ html }: Seen): Record<string, string> {
  const form = html.slice(html.indexOf('<main'));
  const found: Record<string, string> = {};
  for (const [, name, options] of form.matchAll(/<select[^>]*name="([^"]*)"[^>]*>(.*?)<\/select>/gs))
    found[name!] = /<option[^>]*value="([^"]*)"[^>]*selected/.exec(options!)?.[1] ?? '';
  for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(tag)?.[1];
    if (name === undefined || (/type="(checkbox|radio)"/.test(tag) && !/\bchecked\b/.test(tag))) continue;
    found[name] = /value="([^"]*)"/.exec(tag)?.[1] ?? (tag.includes('type="checkbox"') ? 'on' : '');
  }
  const note = /<textarea[^>]*name="([^"]*)"[^>]*>([^<]*)</.exec(form);
  if (note) found[note[1]!] = note[2]!;
  return found;
}

test.each([
  ['campaign', '/admin/campaigns/1', { percent: '20' }, { requestLimit: '7' }],
  ['shop', '/admin/settings/shops/1', { address: 'https://tiles.test' }, { timeZone: 'Europe/Madrid' }],
  ['affiliate', '/admin/affiliates/1/edit', { note: 'Writes about tiles' }, { name: 'Maria Sousa' }],
])('who has a %s open while somebody changes it is told, and may save again', async (what, path, one, other) => {
  const open = fields(await olivia.get(path));
  expect((await olivia.post(path, { ...open, ...one })).words).toContain('saved.');
  const late = await olivia.post(path, { ...open, ...other });
  expect(late.status).toBe(422);
  expect(late.words).toContain(`Somebody changed this ${what} while you had it open, so nothing was saved.`);
  expect((await olivia.post(path, fields(late))).words).toContain('saved.');
  expect(fields(await olivia.get(path))).toMatchObject(other);
});

test('a suspension is not taken back by a form that was open', async () => {
  const open = fields(await olivia.get('/admin/affiliates/2/edit'));
  await olivia.post('/admin/affiliates/2/status/suspended', {});
  const late = await olivia.post('/admin/affiliates/2/edit', { ...open, note: 'late' });
  await olivia.post('/admin/affiliates/2/edit', { ...fields(late), note: 'late' });
  const joao = await office.db.prepare('SELECT status, note FROM affiliates WHERE id = 2').first();
  expect(joao).toEqual({ status: 'suspended', note: 'late' });
});

test('of as many others that match by now nothing is done', async () => {
  await people.coupon('swap-1', people.autumn, null);
  await people.coupon('swap-2', people.autumn, null);
  const list = '/admin/coupons/delete?all=on&list=q%3Dswap-';
  const asked = await olivia.get(list);
  expect(asked.words).toContain('Delete 2 coupons?');
  await office.db.prepare(`UPDATE coupons SET archived_at = 1 WHERE code = 'swap-1'`).run();
  await people.coupon('swap-3', people.autumn, null);
  const again = await olivia.post('/admin/coupons/delete', { ...fields(asked), all: 'on' });
  expect(again.status).toBe(422);
  expect(again.words).toContain('By now it is other coupons that match, so nothing was done yet. Look again.');
  expect((await olivia.post('/admin/coupons/delete', { ...fields(again), all: 'on' })).words).toContain(
    '2 coupons deleted.',
  );
});

test('a free coupon’s first owner may have the orders that have named it', async () => {
  await fetch(`${office.served.trackerUrl}/track.gif?cc=FREE1&amount=50.00&order=early-1`);
  const path = `/admin/coupons/${people.free1}`;
  const free = await olivia.get(path);
  expect(free.words).toContain('1 order has named it while it was nobody’s.');
  const typed = { ...fields(free), affiliate: String(people.maria), alsoEarlier: 'on' };
  const asked = await olivia.post(path, typed);
  await olivia.post(path, { ...typed, reach: /name="reach" value="([^"]*)"/.exec(asked.html)![1]! });
  const stands = await office.db
    .prepare(`SELECT affiliate_id FROM standing WHERE order_key = 'early-1'`)
    .first('affiliate_id');
  expect(stands).toBe(people.maria);
});

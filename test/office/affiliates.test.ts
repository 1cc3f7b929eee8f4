/** Affiliates: adding them, letting them in by a link, and what becomes of them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { azulejo, NOON, pixel } from '../people.ts';
import { asAdministrator, cookieOf, type Office, openOffice } from './office.ts';

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-tracker')) as unknown as KVNamespace;
  await azulejo({ db: office.db, kv });
  await recordSales(office.db, [pixel(), pixel({ orderId: '1002', code: 'JOAO5', receivedAt: NOON + 1 })]);
});
afterAll(() => office.close());

const INES = { name: 'Inês', email: 'Ines@Azulejo.test', note: 'From the fair.' };
const linkIn = (html: string) => html.match(/value="http[^"]*(\/invitation\/[\w-]+)"/)?.[1];

test('the list has each with coupons, sales and earnings, and is searched by name or e-mail address', async () => {
  const all = await olivia.get('/admin/affiliates');
  expect(all.words).toMatch(/João joao@azulejo\.test Active Not yet 2 1 € ?5\.00/);
  expect(all.words).toMatch(/Maria maria@azulejo\.test Active Not yet 1 1 € ?12\.00/);
  expect(all.words).toContain('2 affiliates');
  const found = await olivia.get('/admin/affiliates?q=MARIA%40');
  expect(found.words).toContain('1 affiliate');
  expect(found.words).not.toContain('João');
  expect((await olivia.get('/admin/affiliates?status=suspended')).words).toContain('Nobody like that');
});

test('a long list pages by keys, forth and back', async () => {
  await office.db
    .prepare(
      `INSERT INTO affiliates (name, email, status, created_at)
       SELECT 'Page ' || printf('%03d', key + 1), 'page' || key || '@azulejo.test', 'pending', 0 FROM json_each(?)`,
    )
    .bind(JSON.stringify(Array(120).fill(0)))
    .run();
  const link = (html: string, word: string) =>
    html
      .match(new RegExp(`href="([^"]*)"[^>]*>(?:<svg[^>]*><path[^>]*>(?:</path>)?</svg>)?${word}`))?.[1]
      ?.replaceAll('&amp;', '&');
  const first = await olivia.get('/admin/affiliates?status=pending');
  expect(first.words).toContain('50 of 120 affiliates');
  const second = await olivia.get(link(first.html, 'Next')!);
  expect(second.words).toContain('Page 051');
  expect(second.words).not.toContain('Page 050');
  const third = await olivia.get(link(second.html, 'Next')!);
  expect(third.words).toContain('Page 120');
  expect(link(third.html, 'Next')).toBeUndefined();
  const back = await olivia.get(link(third.html, 'Previous')!);
  expect(back.words).toContain('Page 051');
  expect(back.words).toContain('Page 100');
  const top = await olivia.get(link(back.html, 'Previous')!);
  expect(top.words).toContain('Page 001');
  expect(link(top.html, 'Previous')).toBeUndefined();
});

test('somebody new gets a link that is shown once, sets a password by it, and is in', async () => {
  const page = await olivia.post('/admin/affiliates/new', INES);
  expect(page.words).toContain('Inês added.');
  const link = linkIn(page.html)!;
  expect(link).toBeTruthy();
  expect(linkIn((await olivia.get(page.path)).html)).toBeUndefined();

  const answer = await office.post(link, { password: 'azulejos are blue' });
  expect(answer.status).toBe(303);
  expect(await cookieOf(office, { email: 'ines@azulejo.test', password: 'azulejos are blue' })).toContain('session');
  expect((await olivia.get(page.path)).words).toContain('Signs in Yes');
});

test('a new link makes the one before useless', async () => {
  const first = linkIn((await olivia.post('/admin/affiliates/1/invitation', {})).html)!;
  const second = linkIn((await olivia.post('/admin/affiliates/1/invitation', {})).html)!;
  expect((await office.get(first)).status).toBe(404);
  expect((await office.get(second)).status).toBe(200);
});

test('what is wrong with an affiliate is said beside the field', async () => {
  const impossible = await olivia.post('/admin/affiliates/new', { ...INES, name: '', email: 'ines@' });
  expect(impossible.status).toBe(422);
  expect(impossible.html).toMatch(/id="error-name"[^>]*>Give the affiliate a name\./);
  expect(impossible.html).toMatch(/id="error-email"[^>]*>This is no e-mail address\./);
  expect(impossible.html).toContain('value="ines@"');
  const twice = await olivia.post('/admin/affiliates/new', { ...INES, email: 'MARIA@azulejo.test' });
  expect(twice.status).toBe(422);
  expect(twice.html).toMatch(/id="error-email"[^>]*>Somebody has this e-mail address already\./);
  const taken = await olivia.post('/admin/affiliates/1/edit', { ...INES, email: 'joao@azulejo.test' });
  expect(taken.status).toBe(422);
});

test('suspending asks first and says what it means; then sales earn nothing until they are activated again', async () => {
  const asked = await olivia.get('/admin/affiliates/1/status/suspended');
  expect(asked.words).toContain('sales with their coupons earn nothing until you activate them again');
  const done = await olivia.post('/admin/affiliates/1/status/suspended', {});
  expect(done.words).toContain('Maria is suspended now.');
  const [refused] = await recordSales(office.db, [pixel({ orderId: '2001', receivedAt: Date.now() })]);
  expect(refused!.outcome).toBe('affiliate not active');
  expect((await olivia.post('/admin/affiliates/1/invitation', {})).words).toContain('activate them first');
  expect((await olivia.get('/admin/affiliates/1/status/declined')).status).toBe(404);

  await olivia.post('/admin/affiliates/1/status/active', {});
  const [earned] = await recordSales(office.db, [pixel({ orderId: '2002', receivedAt: Date.now() })]);
  expect(earned!.outcome).toBe('recorded');
});

test("an affiliate's page has their coupons and sales, and sums that lead to their lines", async () => {
  const { words, html } = await olivia.get('/admin/affiliates/2');
  expect(words).toContain('JOAO5');
  expect(words).toContain('1002');
  expect(words).toMatch(/Pending € ?5\.00 waits for approval/);
  const href = html.match(/class="figure" href="([^"]*)"/)![1]!.replaceAll('&amp;', '&');
  const lines = await olivia.get(href);
  expect(lines.words).toContain('1 commission');
  expect(lines.words).toMatch(/€ ?5\.00 João Sale 1002 Launch/);
});

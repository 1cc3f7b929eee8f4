/** The audit log: who did what to which record, when, and from what to what. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { editCoupon } from '../../ledger/coupons/edit.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { declineCommissions } from '../../ledger/sales/settle.ts';
import { azulejo, DAY, NOON, pixel } from '../people.ts';
import { asAdministrator, type Office, openOffice } from './office.ts';

const PATH = '/admin/audit-log';

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-tracker')) as unknown as KVNamespace;
  const store = { db: office.db, kv };
  const people = await azulejo(store);
  const by = { userId: (await office.db.prepare('SELECT id FROM users').first<string>('id'))!, now: NOON + DAY };
  await recordSales(office.db, [pixel()]);
  await editCoupon(
    store,
    people.maria10,
    1,
    { code: 'MARIA10', campaignId: people.autumn, affiliateId: people.joao, expiresOn: '2026-12-31' },
    by,
  );
  await declineCommissions(office.db, [{ saleId: 1, affiliateId: 1, lines: 1 }], 'The order was returned.', by);
  await olivia.post('/admin/campaigns/2', {
    name: 'Launch',
    status: 'paused',
    commissionKind: 'fixed',
    percent: '',
    amount: '7.50',
    approval: 'manual',
    holdDays: '',
    requestMode: 'off',
    requestLimit: '',
  });
});
afterAll(() => office.close());

test('settings lead to it, and the newest line is at the top', async () => {
  expect((await olivia.get('/admin/settings')).html).toContain(`href="${PATH}"`);
  const page = await olivia.get(PATH);
  expect(page.words).toContain('Times in Europe/Lisbon.');
  expect(page.words.indexOf('Campaign Launch')).toBeLessThan(page.words.indexOf('Coupon MARIA10'));
});

test('says in plain words what became of what', async () => {
  const coupons = await olivia.get(`${PATH}?kind=coupons&action=changed`);
  expect(coupons.words).toMatch(
    /24 Nov 2026, 12:00 Olivia Changed Coupon MARIA10 affiliate: Maria → João last day: never ends → 31 Dec 2026/,
  );
  expect(coupons.words).toContain('1 line');
  const campaigns = await olivia.get(`${PATH}?kind=campaigns&action=changed`);
  expect(campaigns.words).toMatch(/status: active → paused commission: € ?5\.00 → € ?7\.50 requests: at once → off/);
  const commissions = await olivia.get(`${PATH}?kind=commissions`);
  expect(commissions.words).toMatch(/Declined Commission of Maria for order 1001 reason: The order was returned\./);
});

test('is searched by person, by what was changed and by the record’s name', async () => {
  expect((await olivia.get(`${PATH}?q=returned`)).words).toContain('1 line');
  expect((await olivia.get(`${PATH}?q=joao5`)).words).toContain('Coupon JOAO5');
  const nobody = await olivia.get(`${PATH}?person=nobody`);
  expect(nobody.words).toContain('Nobody in particular Added Shop Azulejo');
  expect(nobody.words).not.toContain('Olivia Changed');
  const hers = await office.db.prepare('SELECT id FROM users').first<string>('id');
  expect((await olivia.get(`${PATH}?person=${hers}`)).words).not.toContain('Nobody in particular Added');
  expect((await olivia.get(`${PATH}?q=no+such+thing`)).words).toContain('Nothing like that');
});

test('a record’s own page has its history', async () => {
  for (const [path, words] of [
    ['/admin/coupons/1', /History.*affiliate: Maria → João/],
    ['/admin/campaigns/2', /History.*status: active → paused/],
    ['/admin/sales/1', /History.*Olivia Declined reason: The order was returned\./],
    ['/admin/affiliates/1', /History.*Added/],
  ] as const)
    expect((await olivia.get(path)).words).toMatch(words);
});

test('pages by keys, and counts up to ten thousand', async () => {
  await office.db
    .prepare(
      `INSERT INTO audit_log (at, action, subject, subject_id)
       SELECT 0, 'undone', 'imports', key FROM json_each(?)`,
    )
    .bind(JSON.stringify(Array(120).fill(0)))
    .run();
  const next = (html: string) =>
    /href="([^"]*after=\d+)"/.exec(html.slice(html.indexOf('class="pager"')))?.[1]?.replaceAll('&amp;', '&');
  const first = await olivia.get(`${PATH}?action=undone`);
  expect(first.words).toContain('50 of 120 lines');
  const second = await olivia.get(next(first.html)!);
  const third = await olivia.get(next(second.html)!);
  expect(third.words).toContain('20 of 120 lines');
  expect(next(third.html)).toBeUndefined();
});

test('no line of it is changed or taken out', async () => {
  await expect(office.db.prepare('DELETE FROM audit_log').run()).rejects.toThrow('append-only');
  await expect(office.db.prepare("UPDATE audit_log SET action = 'nothing'").run()).rejects.toThrow('append-only');
});

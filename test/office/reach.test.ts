/** What reaches back to orders that are there shows how many, and how much, before it is done. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { auditClean } from '../books.ts';
import { azulejo, NOON, pixel, standing } from '../people.ts';
import { asAdministrator, type Office, openOffice } from './office.ts';

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
let house: Awaited<ReturnType<typeof azulejo>>;

beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-tracker')) as unknown as KVNamespace;
  house = await azulejo({ db: office.db, kv });
  await recordSales(office.db, [
    pixel({ code: 'LISBOA', orderId: 'L-1', amount: '100.00', receivedAt: NOON }),
    pixel({ code: 'LISBOA', orderId: 'L-2', amount: '50.00', receivedAt: NOON + 1 }),
    pixel({ code: 'RUA2', orderId: 'R-2', amount: '70.00', receivedAt: NOON + 3 }),
    pixel({ code: 'PORTO', orderId: 'P-1', amount: '30.00', receivedAt: NOON + 4 }),
    pixel({ code: 'FREE2', orderId: 'F-2', amount: '60.00', receivedAt: NOON + 5 }),
    pixel({ code: 'FREE1', orderId: 'F-1', amount: '80.00', receivedAt: NOON + 2 }),
  ]);
});
afterAll(async () => {
  await auditClean(office.db);
  await office.close();
});

test('a coupon whose code was heard before: two orders, fifteen euros', async () => {
  const typed = { code: 'LISBOA', campaign: String(house.autumn), affiliate: String(house.maria), expiresOn: '' };
  const asked = await olivia.post('/admin/coupons/new', typed);
  expect(asked.status).toBe(422);
  expect(asked.words).toMatch(/This reaches back: 2 orders, \+€ ?15\.00\./);
  expect(await standing(office.db, 'L-1')).toEqual([]);
  const reach = /name="reach" value="([^"]*)"/.exec(asked.html)![1]!;
  const added = await olivia.post('/admin/coupons/new', { ...typed, reach });
  expect(added.words).toContain('LISBOA added.');
  expect(await standing(office.db, 'L-1')).toEqual(['Maria 1000 pending']);
  expect(await standing(office.db, 'L-2')).toEqual(['Maria 500 pending']);
});

test('the first owner of a free coupon, for earlier sales too: one order, eight euros', async () => {
  const { revision } = (await office.db
    .prepare('SELECT revision FROM coupons WHERE id = ?')
    .bind(house.free1)
    .first<{ revision: number }>())!;
  const typed = {
    code: 'FREE1',
    campaign: String(house.autumn),
    affiliate: String(house.joao),
    expiresOn: '',
    keepUntil: '',
    revision: String(revision),
    alsoEarlier: 'on',
  };
  const asked = await olivia.post(`/admin/coupons/${house.free1}`, typed);
  expect(asked.status).toBe(422);
  expect(asked.words).toMatch(/This reaches back: 1 order, \+€ ?8\.00\./);
  const reach = /name="reach" value="([^"]*)"/.exec(asked.html)![1]!;
  await olivia.post(`/admin/coupons/${house.free1}`, { ...typed, reach });
  expect(await standing(office.db, 'F-1')).toEqual(['João 800 pending']);
});

test('a series of which one code was heard', async () => {
  const typed = { prefix: 'RUA', kind: 'numbered', from: '1', to: '3', length: '8', count: '1' };
  const terms = { campaign: String(house.autumn), affiliate: String(house.maria), expiresOn: '' };
  const preview = await olivia.post('/admin/coupons/add-many', { ...typed, ...terms });
  expect(preview.words).toMatch(/They are decided again: 1 order, \+€ ?7\.00\./);
  expect(await standing(office.db, 'R-2')).toEqual([]);
  await olivia.post('/admin/coupons/add-many/confirm', { ...typed, ...terms, known: 'refuse' });
  expect(await standing(office.db, 'R-2')).toEqual(['Maria 700 pending']);
});

test('many coupons that get their first owner at once, for earlier sales too', async () => {
  const free2 = await house.coupon('FREE2', house.autumn, null);
  const chosen = { id: [String(free2)], all: '', list: '', affiliate: String(house.joao), alsoEarlier: 'on' };
  const asked = await olivia.post('/admin/coupons/assign', chosen);
  expect([asked.status, asked.words]).toEqual([422, expect.stringMatching(/This reaches back: 1 order, \+€ ?6\.00\./)]);
  const reach = /name="reach" value="([^"]*)"/.exec(asked.html)![1]!;
  await olivia.post('/admin/coupons/assign', { ...chosen, reach });
  expect(await standing(office.db, 'F-2')).toEqual(['João 600 pending']);
});

test('a file of coupons', async () => {
  const body = new FormData();
  body.set(
    'file',
    new File(['coupon,campaign,affiliate\nPORTO,Autumn,maria@azulejo.test\n'], 'codes.csv', { type: 'text/csv' }),
  );
  const headers = { cookie: olivia.session, origin: office.served.officeUrl };
  const sent = await fetch(`${office.served.officeUrl}/admin/coupons/import`, {
    method: 'POST',
    headers,
    body,
    redirect: 'manual',
  });
  const preview = await olivia.get(sent.headers.get('location')!);
  expect(preview.words).toMatch(/They are decided again: 1 order, \+€ ?3\.00\./);
  await olivia.post(`${preview.path}/start`, { pass: /name="pass" value="(\d+)"/.exec(preview.html)![1]! });
  await (await office.served.mf.getWorker('counterfoil-office')).scheduled({ cron: '*/5 * * * *' });
  expect(await standing(office.db, 'P-1')).toEqual(['Maria 300 pending']);
});

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

/** Lists as CSV files: the filters of the page, the rows of the page, and nothing that a spreadsheet would run. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invite } from '../../admin/invitations.ts';
import { createCampaign, createShop } from '../../ledger/campaigns.ts';
import { addCouponSeries } from '../../ledger/coupons/many.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { declineCommissions } from '../../ledger/sales/settle.ts';
import { azulejo, nobody, pixel, TEN_PERCENT } from '../people.ts';
import { cookieOf, type Office, openOffice } from './office.ts';

const OLIVIA = { email: 'olivia@azulejo.test', password: 'tickets and counterfoils' };
const MARIA = { email: 'maria@azulejo.test', password: 'ten percent of summer' };

let office: Office;
let olivia: string;
let maria: string;
let people: Awaited<ReturnType<typeof azulejo>>;
beforeAll(async () => {
  office = await openOffice();
  await office.post('/setup', { token: office.setupToken, name: 'Olivia', ...OLIVIA });
  olivia = await cookieOf(office, OLIVIA);
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-office')) as unknown as KVNamespace;
  const store = { db: office.db, kv };
  people = await azulejo(store);
  const who = await office.db.prepare('SELECT id FROM users').first<string>('id');
  const token = await invite(office.db, people.maria, who!, Date.now());
  await office.post(`/invitation/${token}`, { password: MARIA.password });
  maria = await cookieOf(office, MARIA);

  await people.coupon('=SUM(A1)', people.autumn, people.maria, '2099-12-31');
  await people.coupon('a "b", c', people.launch, null, '2020-01-31');
  const kiosk = await createShop(
    office.db,
    { name: 'Kiosk', address: '', currency: 'JPY', timeZone: 'Asia/Tokyo' },
    nobody,
  );
  const snow = await createCampaign(office.db, 'id' in kiosk ? kiosk.id : 0, { ...TEN_PERCENT, name: 'Snow' }, nobody);
  await people.coupon('YUKI', 'id' in snow ? snow.id : 0, people.joao);
  // 20:00 in Lisbon and in UTC on 10 January is 05:00 of the 11th in Tokyo.
  const receivedAt = Date.UTC(2026, 0, 10, 20);
  await recordSales(office.db, [
    pixel({ receivedAt }),
    pixel({ receivedAt: receivedAt + 1, orderId: '-1+1', code: 'JOAO10', amount: '3.50' }),
    pixel({ receivedAt: receivedAt + 2, orderId: 'Y-1', code: 'YUKI', amount: '1000' }),
  ]);
  const seen = { saleId: 1, affiliateId: people.maria, lines: 1 };
  await declineCommissions(office.db, [seen], '@home, "sent back"', { userId: who, now: Date.UTC(2026, 0, 12) });
});
afterAll(() => office.close());

/** The lines of a file, without the mark at its beginning. */
async function lines(path: string, cookie = olivia): Promise<string[]> {
  const answer = await office.get(path, { cookie });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
  expect(answer.headers.get('content-disposition')).toBe(
    `attachment; filename="${path.split(/[/?]/).find((part) => part.endsWith('.csv'))}"`,
  );
  const bytes = new Uint8Array(await answer.arrayBuffer());
  expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const text = new TextDecoder().decode(bytes);
  expect(text.endsWith('\r\n')).toBe(true);
  return text.slice(0, -2).split('\r\n');
}

test('coupons, the newest first', async () => {
  const added = '2026-08-15';
  expect(await lines('/admin/coupons.csv')).toEqual([
    'Coupon,Shop,Campaign,Affiliate,Affiliate e-mail,Expiration,Added,Status,Sales,Earned,Currency',
    `YUKI,Kiosk,Snow,João,joao@azulejo.test,,${added},active,1,100,JPY`,
    `"a ""b"", c",Azulejo,Launch,,,2020-01-31,${added},expired,0,0.00,EUR`,
    `'=SUM(A1),Azulejo,Autumn,Maria,maria@azulejo.test,2099-12-31,${added},active,0,0.00,EUR`,
    `FREE1,Azulejo,Autumn,,,,${added},free,0,0.00,EUR`,
    `JOAO5,Azulejo,Launch,João,joao@azulejo.test,,${added},active,0,0.00,EUR`,
    `JOAO10,Azulejo,Autumn,João,joao@azulejo.test,,${added},active,1,0.35,EUR`,
    `MARIA10,Azulejo,Autumn,Maria,maria@azulejo.test,,${added},active,1,0.00,EUR`,
  ]);
});

test('coupons of the page’s filter, to which its menu leads', async () => {
  const page = await (await office.get('/admin/coupons?q=JOAO&status=active&sort=code', { cookie: olivia })).text();
  expect(page).toContain('href="/admin/coupons.csv?q=JOAO&amp;status=active">Export</a>');
  const found = await lines('/admin/coupons.csv?q=JOAO&status=active');
  expect(found.map((line) => line.split(',')[0])).toEqual(['Coupon', 'JOAO5', 'JOAO10']);
});

test('sales, with days by the clock of the shop that sold', async () => {
  const head =
    'Order ID,Sold on,Shop,Coupon,Affiliate,Campaign,Amount,Refunded,Commission,Currency,Evidence,Status,Question';
  const yuki = 'Y-1,2026-01-11,Kiosk,YUKI,João,Snow,1000,,100,JPY,unconfirmed,standing,';
  const joao = "'-1+1,2026-01-10,Azulejo,JOAO10,João,Autumn,3.50,,0.35,EUR,unconfirmed,standing,";
  expect(await lines('/admin/sales.csv')).toEqual([
    head,
    yuki,
    joao,
    '1001,2026-01-10,Azulejo,MARIA10,Maria,Autumn,120.00,,,EUR,unconfirmed,standing,',
  ]);
  expect(await lines('/admin/sales.csv?from=2026-01-11')).toEqual([head, yuki]);
  expect(await lines(`/admin/sales.csv?affiliate=${people.joao}&until=2026-01-10`)).toEqual([head, joao]);
  const page = await (await office.get('/admin/sales?from=2026-01-11', { cookie: olivia })).text();
  expect(page).toContain('href="/admin/sales.csv?from=2026-01-11"');
});

test('commissions', async () => {
  const found = await lines('/admin/commissions.csv?status=declined');
  expect(found[0]).toBe(
    'Sold on,Affiliate,Order ID,Campaign,For,Rate %,Earned,Pending,Approved,Paid,Currency,Status,Reason',
  );
  expect(found.slice(1)).toEqual([
    `2026-01-10,Maria,1001,Autumn,sale,10,0.00,0.00,0.00,0.00,EUR,declined,"'@home, ""sent back"""`,
  ]);
  expect(await lines('/admin/commissions.csv?currency=JPY')).toHaveLength(2);
});

describe('an affiliate', () => {
  test('exports their own, and nobody else’s', async () => {
    expect(await lines('/affiliate/sales.csv', maria)).toEqual([
      'Order ID,Sold on,Coupon,Campaign,Amount,Earned,Currency,Status',
      '1001,2026-01-10,MARIA10,Autumn,120.00,,EUR,unconfirmed',
    ]);
    expect(await lines('/affiliate/commissions.csv', maria)).toEqual([
      'Sold on,Order ID,Coupon,Campaign,For,Earned,Currency,Status,Note',
      `2026-01-10,1001,MARIA10,Autumn,sale,0.00,EUR,declined,"'@home, ""sent back"""`,
    ]);
    expect(await lines('/affiliate/commissions.csv?status=paid', maria)).toHaveLength(1);
    const page = await (await office.get('/affiliate/sales?status=unconfirmed', { cookie: maria })).text();
    expect(page).toContain('href="/affiliate/sales.csv?status=unconfirmed"');
  });

  test('does not get the administrators’', async () => {
    for (const list of ['coupons', 'sales', 'commissions'])
      expect((await office.get(`/admin/${list}.csv`, { cookie: maria })).status).toBe(403);
    expect((await office.get('/affiliate/sales.csv', { cookie: olivia })).status).toBe(403);
    expect((await office.get('/admin/sales.csv')).status).toBe(303);
  });
});

test('fifty thousand coupons come in batches, each once', async () => {
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-office')) as unknown as KVNamespace;
  const codes = Array.from({ length: 50_000 }, (_, i) => `many-${i + 1}`);
  const terms = { campaignId: people.launch, affiliateId: null, expiresOn: null };
  await addCouponSeries({ db: office.db, kv }, codes, terms, 'refuse', nobody);
  const began = performance.now();
  const found = await lines('/admin/coupons.csv?q=many-');
  console.info(`50,000 coupons exported in ${Math.round(performance.now() - began)} ms`);
  expect(found.slice(1).map((line) => line.split(',')[0])).toEqual(codes.toReversed());
});

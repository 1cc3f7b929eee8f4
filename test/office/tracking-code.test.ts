/** Admin panel › Tools › Tracking code. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { azulejo, pixel } from '../people.ts';
import { asAdministrator, type Office, openOffice } from './office.ts';

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
});
afterAll(() => office.close());

const textOf = (html: string) => html.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&');

test('begins with a campaign', async () => {
  expect((await olivia.get('/admin/tracking-code')).words).toContain('Begin with a campaign');
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-office')) as unknown as KVNamespace;
  await azulejo({ db: office.db, kv });
});

test('prints the tag of a campaign as a shop pastes it, and the one shops have from before', async () => {
  const { trackerUrl } = office.served;
  const page = textOf((await olivia.get('/admin/tracking-code?campaign=2')).html);
  expect(page).toContain(
    `<img src="${trackerUrl}/track.gif?campaign=2&amount=[AMOUNT]&order=[ORDER]&currency=EUR&cc=[COUPON]" width="1" height="1" alt="">`,
  );
  expect(page).toContain(`${trackerUrl}/script/track.php?cid=2&cost=[AMOUNT]&orderid=[ORDER]&cc=[COUPON]`);
});

test('a test hit takes the whole way through the tracker, is told, and earns nothing', async () => {
  const sent = await olivia.post('/admin/tracking-code?campaign=1', { coupon: 'maria10', amount: '120.00' });
  expect(sent.status).toBe(200);
  const [, src] = /<img src="([^"]+)"/.exec(sent.html)!;
  const hit = await fetch(textOf(src!));
  expect([hit.status, hit.headers.get('content-type')]).toEqual([200, 'image/gif']);
  const { words } = await olivia.get('/admin/tracking-code');
  expect(words).toMatch(
    /Pixel maria10 test-[0-9a-f]{8} € ?120\.00 Test A test: it went the whole way and earns nothing\. Would earn €12\.00\./,
  );
  expect(await office.db.prepare("SELECT count(*) AS n FROM sales WHERE state = 'standing'").first('n')).toBe(0);
});

test('a test hit needs a coupon', async () => {
  const answer = await olivia.post('/admin/tracking-code?campaign=1', { coupon: ' ', amount: '10.00' });
  expect(answer.status).toBe(422);
  expect(answer.words).toContain('Type the code of the coupon.');
});

test('tells of each report what became of it and why; those that wait can be settled', async () => {
  const receivedAt = Date.now();
  const unreadable = pixel({ orderId: '3', amount: '12,50', receivedAt });
  await recordSales(office.db, [
    pixel({ orderId: '1', receivedAt }),
    pixel({ orderId: '2', code: 'NOPE', receivedAt }),
    unreadable,
    pixel({ orderId: '4', doubt: 'prefetch', receivedAt }),
  ]);
  const all = await olivia.get('/admin/tracking-code/reports?show=all');
  expect(all.html).not.toContain('<html');
  const words = all.html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  expect(words).toContain('Recorded A new sale; its affiliate earns.');
  expect(words).toContain('Unknown coupon No coupon has this code.');
  expect(words).toContain('Unreadable Something in it cannot be read. The amount cannot be read: not a number. Settle');
  expect(words).toContain('Suspicious It does not look like a customer’s browser. Prefetch.');

  const waiting = await olivia.get('/admin/tracking-code?show=waiting');
  expect(waiting.html).toContain(`/admin/offline-sales?settles=${unreadable.id}`);
  expect(waiting.words).not.toContain('NOPE');
});

/** A customer who leaves the thank-you page before the pixel has loaded has bought all the same. */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Office, openOffice } from '../office/office.ts';
import { azulejo } from '../people.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

test('work goes on when the browser hangs up', async () => {
  const kv = (await office.served.mf.getKVNamespace('COUPONS', 'counterfoil-office')) as unknown as KVNamespace;
  await azulejo({ db: office.db, kv });
  const { port, hostname } = new URL(office.served.trackerUrl);
  const orders = Array.from({ length: 20 }, (_, i) => `hung-up-${i}`);
  for (const order of orders) {
    const socket = connect(Number(port), hostname);
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    const request = `GET /track.gif?cc=MARIA10&amount=10&order=${order} HTTP/1.1\r\nHost: ${hostname}\r\nUser-Agent: Mozilla/5.0\r\n\r\n`;
    await new Promise<void>((resolve) => socket.write(request, () => resolve()));
    socket.destroy();
  }
  const kept = async () => {
    const { results } = await office.db
      .prepare('SELECT order_key FROM sales ORDER BY order_key')
      .all<{ order_key: string }>();
    return results.map((sale) => sale.order_key);
  };
  await vi.waitUntil(async () => (await kept()).length === orders.length, { timeout: 20_000, interval: 50 });
  expect(await kept()).toEqual(orders.toSorted());
});

/** What D1 does not take, and what cannot be decided: one report only, never its list (DESIGN §3.4; trials/ledger.md, 1). */
import { env } from 'cloudflare:test';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { decideAgain } from '../../ledger/sales/decide-again.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { books } from '../books.ts';
import { d1Through, isAppend, mentions } from '../d1.ts';
import { azulejo, count, NOON, pixel, standing } from '../people.ts';

let house: Awaited<ReturnType<typeof azulejo>>;
beforeAll(async () => {
  house = await azulejo({ db: env.DB, kv: env.COUPONS });
});
const logged: unknown[] = [];
beforeEach(() => {
  logged.length = 0;
  vi.spyOn(console, 'error').mockImplementation((...said) => logged.push(said.join(' ')));
});
afterEach(async () => {
  expect(await books(env.DB)).toEqual([]);
});

/** D1 that refuses whatever of `what` has a text in it. */
const refusing = (text: string, what = /INSERT INTO/) => {
  let calls = 0;
  const db = d1Through(env.DB, (asked, call) => {
    calls++;
    if (
      mentions(
        asked.filter(({ query }) => what.test(query)),
        text,
      )
    )
      throw new Error('D1_ERROR: poison');
    return call();
  });
  return { db, calls: () => calls };
};
const list = (name: string) =>
  Array.from({ length: 40 }, (_, i) => pixel({ orderId: `${name}-${i === 17 ? 'poison' : i}` }));
const told = async (db: D1Database, name: string) => (await recordSales(db, list(name))).map(({ outcome }) => outcome);
const all = (outcome: string) => list('').map((_, i) => (i === 17 ? outcome : 'recorded'));
const kept = (order: string) => count(env.DB, `SELECT count(*) FROM reports WHERE order_key = '${order}'`);

test('a report that D1 does not take in any way is not written, and its list is', async () => {
  const { db, calls } = refusing('gone-poison');
  expect(await told(db, 'gone')).toEqual(all('not written'));
  expect([await kept('gone-poison'), await kept('gone-39')]).toEqual([0, 1]);
  // A list of 40 is halved six times at most.
  expect(calls()).toBeLessThan(25);
  expect(logged.join()).toContain('D1 refuses report');
});

test('what it came to may be refused where itself it is not: then it is kept, and waits', async () => {
  const { db } = refusing('half-poison', /INSERT INTO commissions/);
  expect(await told(db, 'half')).toEqual(all('could not be decided'));
  expect(await kept('half-poison')).toBe(1);
  expect(
    await env.DB.prepare(
      `SELECT outcome, waits FROM uncredited v JOIN reports r ON r.id = v.report_id WHERE r.order_key = 'half-poison'`,
    ).first(),
  ).toEqual({ outcome: 'could not be decided', waits: 1 });
  expect(await env.DB.prepare(`SELECT state FROM sales WHERE order_key = 'half-poison'`).first('state')).toBe(
    'nothing',
  );
});

test('it is decided again once D1 takes it', async () => {
  expect(await decideAgain(refusing('half-poison', /INSERT INTO commissions/).db, 100, NOON)).toBe(1);
  expect(await decideAgain(env.DB, 100, NOON)).toBe(0);
  expect(await standing(env.DB, 'half-poison')).toEqual(['Maria 1200 pending']);
  expect(await count(env.DB, `SELECT count(*) FROM uncredited WHERE outcome = 'could not be decided'`)).toBe(0);
});

test('an order that is known keeps what stands of it, until it can be decided', async () => {
  await recordSales(env.DB, [pixel({ orderId: 'known-poison' })]);
  const webhook = pixel({ orderId: 'known-poison', source: 'webhook', shopId: house.shop, amount: '60' });
  const { db } = refusing('known-poison', /INSERT INTO lines/);
  expect((await recordSales(db, [webhook]))[0]!.outcome).toBe('could not be decided');
  expect(await standing(env.DB, 'known-poison')).toEqual(['Maria 1200 pending']);
  // Delivered again, it is there already.
  expect((await recordSales(env.DB, [webhook]))[0]!.outcome).toBe('corrected');
  expect(await decideAgain(env.DB, 100, NOON)).toBe(0);
  expect(await standing(env.DB, 'known-poison')).toEqual(['Maria 600 pending']);
  expect(await kept('known-poison')).toBe(2);
});

test('of orders that are to be decided again, one that D1 refuses does not keep those behind it', async () => {
  await recordSales(env.DB, list('again'));
  await env.DB.prepare(
    `INSERT INTO to_decide (shop_id, order_key, kind, cause, since)
     SELECT shop_id, order_key, 'undone', 'import', 0 FROM sales WHERE order_key LIKE 'again-%'`,
  ).run();
  expect(await decideAgain(refusing('again-poison').db, 100, NOON)).toBe(1);
  expect(await env.DB.prepare('SELECT order_key FROM to_decide').first('order_key')).toBe('again-poison');
  expect(await decideAgain(env.DB, 100, NOON)).toBe(0);
});

test('a foreign key that holds nothing is one report’s', async () => {
  const reports = [
    pixel({ orderId: 'key-1' }),
    pixel({ orderId: 'key-2', importId: 999 }),
    pixel({ orderId: 'key-3' }),
  ];
  expect((await recordSales(env.DB, reports)).map(({ outcome }) => outcome)).toEqual([
    'recorded',
    'not written',
    'recorded',
  ]);
});

test('a decision that throws is the bug of one report: it is kept, and waits', async () => {
  const broken = pixel({ orderId: 'bug-1', source: 'office', shopId: house.shop, soldOn: '2026-11-23' });
  // No clock in the world has this zone, as if the calendar had changed since.
  await env.DB.prepare(`UPDATE shops SET time_zone = 'Atlantis/Center', updated_at = ${NOON + 1} WHERE id = 1`).run();
  const later = { receivedAt: NOON + 2 };
  const told = await recordSales(env.DB, [{ ...broken, ...later }]);
  expect(told[0]!.outcome).toBe('could not be decided');
  await env.DB.prepare(`UPDATE shops SET time_zone = 'Europe/Lisbon', updated_at = ${NOON + 1} WHERE id = 1`).run();
  expect(await decideAgain(env.DB, 100, NOON)).toBe(0);
  expect(await standing(env.DB, 'bug-1')).toEqual(['Maria 1200 pending']);
});

test('who has lost every race waits for a person, and is written', async () => {
  let raced = 0;
  const db = d1Through(env.DB, async (asked, call) => {
    if (isAppend(asked) && raced < 100)
      await recordSales(env.DB, [
        pixel({ orderId: 'busy', source: 'webhook', shopId: house.shop, amount: `${1000 + raced++}` }),
      ]);
    return call();
  });
  const [told] = await recordSales(db, [pixel({ orderId: 'busy' })]);
  expect(told!.outcome).toBe('could not be decided');
  expect(raced).toBeGreaterThan(20);
  expect(await decideAgain(env.DB, 100, NOON)).toBe(0);
  expect(await count(env.DB, `SELECT count(*) FROM reports WHERE order_key = 'busy' AND source = 'pixel'`)).toBe(1);
});

test('with D1 gone it throws, and whoever sent it sends it again', async () => {
  const gone = d1Through(env.DB, () => Promise.reject(new Error('D1 is down')));
  await expect(recordSales(gone, list('down'))).rejects.toThrow('D1 is down');
  const goneInBetween = d1Through(env.DB, (asked, call) =>
    isAppend(asked) || asked[0]!.query === 'SELECT 1' ? Promise.reject(new Error('D1 is down')) : call(),
  );
  await expect(recordSales(goneInBetween, list('down'))).rejects.toThrow('D1 is down');
  expect(await count(env.DB, `SELECT count(*) FROM reports WHERE order_key LIKE 'down-%'`)).toBe(0);
});

test('a batch whose answer is lost has been written: it is known by its ids', async () => {
  let lost = false;
  const db = d1Through(env.DB, async (asked, call) => {
    const answer = await call();
    if (isAppend(asked) && !lost) {
      lost = true;
      throw new Error('Network connection lost');
    }
    return answer;
  });
  expect(await told(db, 'lost')).toEqual(all('recorded'));
  expect(await count(env.DB, `SELECT count(*) FROM sales WHERE order_key LIKE 'lost-%'`)).toBe(40);
});

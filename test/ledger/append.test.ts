/** The append: what lost a race is decided again, what D1 refuses takes nothing with it (DESIGN §3.4). */
import { env } from 'cloudflare:test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { editAffiliate } from '../../ledger/affiliates.ts';
import { editCampaign } from '../../ledger/campaigns.ts';
import { addCoupons, editCoupon } from '../../ledger/coupons/edit.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { switchCoupons } from '../../ledger/settings.ts';
import { books } from '../books.ts';
import { d1Through, isAppend } from '../d1.ts';
import { azulejo, count, DAY, deleteCoupons, lines, NOON, pixel, standing, TEN_PERCENT } from '../people.ts';

const store = { db: env.DB, kv: env.COUPONS };
let house: Awaited<ReturnType<typeof azulejo>>;

beforeAll(async () => {
  house = await azulejo(store);
});
afterAll(async () => {
  expect(await books(env.DB)).toEqual([]);
});

const said = (told: { outcome: string }[]) => told.map(({ outcome }) => outcome);
const at = (now: number) => ({ userId: null, now });
const salesOf = (prefix: string) =>
  count(env.DB, `SELECT count(*) FROM sales WHERE order_key LIKE '${prefix}-%' AND state = 'standing'`);

/** D1 in which something happens just before the first list of decisions is written. */
function meanwhile(deed: () => Promise<unknown>): D1Database {
  let happened = false;
  return d1Through(env.DB, async (asked, call) => {
    if (isAppend(asked) && !happened) {
      happened = true;
      await deed();
    }
    return call();
  });
}

describe('a list', () => {
  test('delivered eight times at once is written once', async () => {
    const list = Array.from({ length: 64 }, (_, i) => pixel({ orderId: `eight-${i}`, amount: '33.33' }));
    const told = await Promise.all(Array.from({ length: 8 }, () => recordSales(env.DB, list)));
    expect(said(told.flat())).toEqual(Array.from({ length: 512 }, () => 'recorded'));
    expect([
      await salesOf('eight'),
      await count(env.DB, `SELECT count(*) FROM reports WHERE order_key LIKE 'eight-%'`),
    ]).toEqual([64, 64]);
    expect((await lines(env.DB)).slice(-64)).toEqual(Array.from({ length: 64 }, () => 'Maria sale +333 pending'));
  });

  test('by which the same orders are told as by four others writes each order once', async () => {
    const list = (caller: number) =>
      Array.from({ length: 40 }, (_, i) =>
        pixel({ orderId: `five-${caller * 15 + i}`, source: 'office', shopId: house.shop }),
      );
    const told = (await Promise.all([0, 1, 2, 3, 4].map((caller) => recordSales(env.DB, list(caller))))).flat();
    expect(told.filter(({ outcome }) => outcome === 'recorded')).toHaveLength(100);
    expect(told.filter(({ outcome }) => outcome === 'already known')).toHaveLength(100);
    expect(await salesOf('five')).toBe(100);
  });

  test('of two thousand and one reports, half of them twins, earns once an order', async () => {
    const list = Array.from({ length: 2_001 }, (_, i) => pixel({ orderId: `long-${i % 1001}`, amount: '10' }));
    const told = said(await recordSales(env.DB, list));
    expect(told.filter((outcome) => outcome === 'recorded')).toHaveLength(1001);
    expect(told.slice(1001).every((outcome) => outcome === 'already known')).toBe(true);
    expect(await count(env.DB, `SELECT sum(reloads) AS n FROM sales WHERE order_key LIKE 'long-%'`)).toBe(1000);
  });

  test('is cut where D1 would not take it: no parameter has 2 MB', async () => {
    let longest = 0;
    const db = d1Through(env.DB, (asked, call) => {
      for (const value of asked.flatMap(({ values }) => values))
        if (typeof value === 'string') longest = Math.max(longest, new TextEncoder().encode(value).length);
      return call();
    });
    const list = Array.from({ length: 1_000 }, (_, i) =>
      pixel({ orderId: `${'訂'.repeat(190)}-${i}`, code: 'MARIA10' }),
    );
    expect(new Set(said(await recordSales(db, list)))).toEqual(new Set(['recorded']));
    expect(longest).toBeLessThan(2_000_000);
    expect(longest).toBeGreaterThan(200_000);
  });

  test('of reports that say what one of them named is decided in as many rounds as it takes', async () => {
    const list = Array.from({ length: 12 }, (_, i) =>
      pixel({ orderId: 'twelve-1', amount: `${100 + i}`, source: 'webhook', shopId: house.shop }),
    );
    expect(said(await recordSales(env.DB, list))).toEqual([
      'recorded',
      ...Array.from({ length: 11 }, () => 'corrected'),
    ]);
    expect(await standing(env.DB, 'twelve-1')).toEqual(['Maria 1110 pending']);
  });
});

describe('what changes between the decision and the write', () => {
  /** Each on a day of its own, for a change holds for all that is sold from then on. */
  let days = 0;
  async function race(affiliateId = house.maria) {
    const code = `RACE${++days}`;
    const changedAt = NOON + days * 10 * DAY;
    const id = await house.coupon(code, house.autumn, affiliateId);
    const sale = (orderId: string) => pixel({ orderId, code, receivedAt: changedAt + DAY });
    return { code, id, by: at(changedAt), sale };
  }

  test('is the owner: the new one earns', async () => {
    const { code, id, by, sale } = await race();
    const terms = { code, campaignId: house.autumn, affiliateId: house.joao, expiresOn: null };
    const db = meanwhile(() => editCoupon(store, id, 1, terms, by));
    expect(said(await recordSales(db, [sale('race-owner')]))).toEqual(['recorded']);
    expect(await standing(env.DB, 'race-owner')).toEqual(['João 1200 pending']);
  });

  test('is the code: it is another coupon’s', async () => {
    const { code, id, by, sale } = await race();
    const terms = { campaignId: house.autumn, affiliateId: house.maria, expiresOn: null };
    const db = meanwhile(async () => {
      await editCoupon(store, id, 1, { ...terms, code: `${code}NEW` }, by);
      await addCoupons(store, [code], { ...terms, affiliateId: house.joao }, by);
    });
    await recordSales(db, [sale('race-code')]);
    expect(await standing(env.DB, 'race-code')).toEqual(['João 1200 pending']);
  });

  test('is that the code becomes a coupon', async () => {
    const db = meanwhile(() => house.coupon('LATER1', house.autumn, house.joao));
    expect(said(await recordSales(db, [pixel({ orderId: 'race-new', code: 'LATER1' })]))).toEqual(['recorded']);
    expect(await standing(env.DB, 'race-new')).toEqual(['João 1200 pending']);
  });

  test('is the coupon: a deleted one earns nothing', async () => {
    const { id, by, sale } = await race();
    const db = meanwhile(() => deleteCoupons(store, [id], by));
    expect(said(await recordSales(db, [sale('race-gone')]))).toEqual(['unknown coupon']);
  });

  test('are the terms', async () => {
    const { by, sale } = await race();
    const terms = { ...TEN_PERCENT, commissionValue: 1_500 };
    const db = meanwhile(() => editCampaign(env.DB, house.autumn, terms, by));
    await recordSales(db, [sale('race-terms')]);
    await editCampaign(env.DB, house.autumn, TEN_PERCENT, at(by.now + 2 * DAY));
    expect(await standing(env.DB, 'race-terms')).toEqual(['Maria 1800 pending']);
  });

  test('is the affiliate', async () => {
    const { by, sale } = await race();
    const maria = { name: 'Maria', email: 'maria@azulejo.test', note: '' };
    const db = meanwhile(() => editAffiliate(env.DB, house.maria, { ...maria, status: 'suspended' }, by));
    expect(said(await recordSales(db, [sale('race-suspended')]))).toEqual(['affiliate not active']);
    await editAffiliate(env.DB, house.maria, { ...maria, status: 'active' }, at(by.now + 2 * DAY));
  });

  test('is that coupons are switched off: nothing is written', async () => {
    const db = meanwhile(() => switchCoupons(env.DB, false, at(NOON)));
    expect(said(await recordSales(db, [pixel({ orderId: 'race-off' })]))).toEqual(['switched off']);
    await switchCoupons(env.DB, true, at(NOON));
    expect(await count(env.DB, `SELECT count(*) FROM reports WHERE order_key = 'race-off'`)).toBe(0);
  });

  test('is the order: only what has changed is decided again', async () => {
    const list = Array.from({ length: 10 }, (_, i) => pixel({ orderId: `race-order-${i}` }));
    let appends = 0;
    const counting = d1Through(
      meanwhile(() =>
        recordSales(env.DB, [pixel({ orderId: 'race-order-3', source: 'webhook', amount: '60', shopId: house.shop })]),
      ),
      (asked, call) => {
        if (isAppend(asked)) appends++;
        return call();
      },
    );
    expect(said(await recordSales(counting, list))).toEqual(
      list.map((_, i) => (i === 3 ? 'already known' : 'recorded')),
    );
    expect([appends, await standing(env.DB, 'race-order-3')]).toEqual([2, ['Maria 600 pending']]);
  });

  test('is that the order has to be decided again: both are done at once', async () => {
    await recordSales(env.DB, [pixel({ orderId: 'race-again' })]);
    const db = meanwhile(() =>
      env.DB.prepare(
        `INSERT INTO to_decide (shop_id, order_key, kind, cause, since) VALUES (1, 'race-again', 'undone', 'import', 0)`,
      ).run(),
    );
    await recordSales(db, [pixel({ orderId: 'race-again', source: 'webhook', amount: '60', shopId: house.shop })]);
    expect(await count(env.DB, `SELECT count(*) FROM to_decide`)).toBe(0);
    expect(await standing(env.DB, 'race-again')).toEqual(['Maria 600 pending']);
  });

  test('by the clock of now: what was written before the change is the old owner’s, what comes after it the new one’s', async () => {
    const [code, now] = ['NOW10', () => at(Date.now())];
    const id = await house.coupon(code, house.autumn, house.maria);
    const terms = { code, campaignId: house.autumn, affiliateId: house.joao, expiresOn: null };
    const hit = (i: number) => recordSales(env.DB, [pixel({ orderId: `now-${i}`, code, receivedAt: Date.now() })]);
    const crowd = Array.from({ length: 40 }, (_, i) => i);
    await Promise.all([
      ...crowd.slice(0, 20).map(hit),
      editCoupon(store, id, 1, terms, now()),
      ...crowd.slice(20).map(hit),
    ]);
    expect(await salesOf('now')).toBe(40);
    await hit(40);
    expect(await standing(env.DB, 'now-40')).toEqual(['João 1200 pending']);
  });
});

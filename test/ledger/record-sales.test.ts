import { env } from 'cloudflare:test';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { editAffiliate } from '../../ledger/affiliates.ts';
import { editCampaign } from '../../ledger/campaigns.ts';
import { settleCommissions } from '../../ledger/commissions.ts';
import { editCoupon } from '../../ledger/coupons.ts';
import { recordSales } from '../../ledger/record-sales.ts';
import { azulejo, count, DAY, deleteCoupons, lines, NOON, nobody, pixel, TEN_PERCENT } from '../people.ts';

const store = { db: env.DB, kv: env.COUPONS };
let house: Awaited<ReturnType<typeof azulejo>>;
let order = 5000;
const fresh = () => String(order++);

beforeAll(async () => {
  house = await azulejo(store);
});

/** What stands when a test starts is left out of what it looks at. */
let before = 0;
beforeEach(async () => {
  before = (await lines(env.DB)).length;
});
const newLines = async () => (await lines(env.DB)).slice(before);
const outcomes = async (...reports: Parameters<typeof recordSales>[1]) =>
  (await recordSales(env.DB, reports)).map((each) => each.outcome);

describe('a sale', () => {
  test('made with Maria’s coupon earns her ten percent', async () => {
    const [recorded] = await recordSales(env.DB, [pixel({ orderId: fresh() })]);
    expect(recorded).toMatchObject({
      outcome: 'recorded',
      commissionMinor: 1200,
      currency: 'EUR',
      affiliateId: house.maria,
    });
    expect(await newLines()).toEqual(['Maria sale 1200 pending']);
  });

  test('of a fixed campaign earns the fixed amount, with or without an amount', async () => {
    expect(
      await outcomes(
        pixel({ orderId: fresh(), code: 'joao5', amount: null }),
        pixel({ orderId: fresh(), code: ' JOAO5 ', amount: '7' }),
      ),
    ).toEqual(['recorded', 'recorded']);
    expect(await newLines()).toEqual(['João sale 500 pending', 'João sale 500 pending']);
  });

  test('reported again is known', async () => {
    const orderId = fresh();
    expect(await outcomes(pixel({ orderId }))).toEqual(['recorded']);
    expect(await outcomes(pixel({ orderId }), pixel({ orderId, amount: '999' }))).toEqual([
      'already known',
      'already known',
    ]);
    expect(await newLines()).toEqual(['Maria sale 1200 pending']);
  });

  test('delivered twice with the same report has one outcome', async () => {
    const report = pixel({ orderId: fresh() });
    expect(await outcomes(report)).toEqual(['recorded']);
    expect(await outcomes(report)).toEqual(['recorded']);
    expect((await recordSales(env.DB, [report]))[0]!.commissionMinor).toBe(null);
    expect(await newLines()).toEqual(['Maria sale 1200 pending']);
    expect(await count(env.DB, `SELECT count(*) FROM reports WHERE id = '${report.id}'`)).toBe(1);
  });

  test('without an order id is the same for the same visitor within half an hour, and not after', async () => {
    const visit = (minutes: number, visitor = 'v1') =>
      pixel({ orderId: null, visitorKeys: [visitor], receivedAt: NOON + minutes * 60_000 });
    expect(await outcomes(visit(0), visit(29), visit(10, 'v2'), visit(30))).toEqual([
      'recorded',
      'already known',
      'recorded',
      'recorded',
    ]);
    expect(await newLines()).toHaveLength(3);
  });

  test('of the same order number in another campaign of the shop is the same order', async () => {
    const orderId = fresh();
    expect(
      await outcomes(pixel({ orderId, campaign: String(house.launch) }), pixel({ orderId, code: 'JOAO10' })),
    ).toEqual(['recorded', 'already known']);
    expect(await newLines()).toEqual(['Maria sale 1200 pending']);
  });
});

describe('a list', () => {
  test('answers in its order, twins and all', async () => {
    const [a, b] = [fresh(), fresh()];
    expect(
      await outcomes(
        pixel({ orderId: a }),
        pixel({ orderId: a }),
        pixel({ orderId: b, code: 'NOSUCH' }),
        pixel({ orderId: b, code: 'FREE1' }),
        pixel({ orderId: b, amount: 'twelve' }),
        pixel({ orderId: b, amount: null }),
        pixel({ orderId: b, currency: 'USD' }),
        pixel({ orderId: b, amount: '0.05' }),
      ),
    ).toEqual([
      'recorded',
      'already known',
      'unknown coupon',
      'free coupon',
      'unreadable',
      'no amount',
      'other currency',
      'recorded',
    ]);
    // 10 % of five cents is half a cent, which goes to the affiliate.
    expect(await newLines()).toEqual(['Maria sale 1200 pending', 'Maria sale 1 pending']);
  });

  test('of two thousand and one rows, half of them twins, earns once an order', async () => {
    const rows = Array.from({ length: 2001 }, (_, i) => pixel({ orderId: `list-${i % 1001}`, amount: '10' }));
    const recorded = await recordSales(env.DB, rows);
    expect(recorded.filter((each) => each.outcome === 'recorded')).toHaveLength(1001);
    expect(recorded.slice(1001).every((each) => each.outcome === 'already known')).toBe(true);
    expect(await newLines()).toHaveLength(1001);
  });

  test('sent by eight callers at once is recorded once', async () => {
    const orders = Array.from({ length: 40 }, fresh);
    const send = () =>
      recordSales(
        env.DB,
        orders.map((orderId) => pixel({ orderId, amount: '33.33' })),
      );
    const all = (await Promise.all(Array.from({ length: 8 }, send))).flat();
    expect(all.filter((each) => each.outcome === 'recorded')).toHaveLength(40);
    expect(all.filter((each) => each.outcome === 'already known')).toHaveLength(280);
    expect(await newLines()).toEqual(orders.map(() => 'Maria sale 333 pending'));
  });
});

describe('authority', () => {
  test('a pixel’s sale is confirmed by the office, in the same amount', async () => {
    const orderId = fresh();
    expect(await outcomes(pixel({ orderId }), pixel({ orderId, source: 'office' }), pixel({ orderId }))).toEqual([
      'recorded',
      'confirmed',
      'already known',
    ]);
    expect(await newLines()).toEqual(['Maria sale 1200 pending']);
  });

  test('a webhook sets amount and coupon; differences are never summed', async () => {
    const orderId = fresh();
    expect(
      await outcomes(
        pixel({ orderId }),
        pixel({ orderId, source: 'server', amount: '100' }),
        pixel({ orderId, source: 'webhook', amount: '80', code: 'JOAO10' }),
        pixel({ orderId, source: 'server', amount: '1' }),
      ),
    ).toEqual(['recorded', 'corrected', 'corrected', 'already known']);
    expect(await newLines()).toEqual(['Maria sale 1200 declined', 'Maria sale 1000 declined', 'João sale 800 pending']);
  });

  test('what was approved is reversed to the cent', async () => {
    const orderId = fresh();
    await outcomes(pixel({ orderId }));
    const id = (await env.DB.prepare('SELECT max(id) AS id FROM commissions').first<number>('id'))!;
    expect(await settleCommissions(env.DB, [id], 'approved', null, nobody)).toBe(1);
    await outcomes(pixel({ orderId, source: 'webhook', amount: '60' }));
    expect(await newLines()).toEqual([
      'Maria sale 1200 approved',
      'Maria reversal -1200 approved',
      'Maria sale 600 pending',
    ]);
    // A reversed line can be settled no more: declining it would take its money twice.
    expect(await settleCommissions(env.DB, [id], 'declined', null, nobody)).toBe(0);
  });

  test('a commission that a person has declined is not raised again by a correction', async () => {
    const orderId = fresh();
    await outcomes(pixel({ orderId }));
    const id = (await env.DB.prepare('SELECT max(id) AS id FROM commissions').first<number>('id'))!;
    await settleCommissions(env.DB, [id], 'declined', 'own purchase', nobody);
    expect(await outcomes(pixel({ orderId, source: 'webhook', amount: '60' }))).toEqual(['corrected']);
    expect(await newLines()).toEqual(['Maria sale 1200 declined', 'Maria sale 600 declined']);
  });

  test('a correction to a coupon that cannot earn waits for a person', async () => {
    const orderId = fresh();
    expect(await outcomes(pixel({ orderId }), pixel({ orderId, source: 'webhook', code: 'NOSUCH' }))).toEqual([
      'recorded',
      'disputed',
    ]);
    expect(await newLines()).toEqual(['Maria sale 1200 pending']);
  });

  test('a correction keeps the rate of the day of the sale', async () => {
    const orderId = fresh();
    await outcomes(pixel({ orderId }));
    await editCampaign(env.DB, house.autumn, { ...TEN_PERCENT, commissionValue: 2_000 }, nobody);
    await outcomes(pixel({ orderId, source: 'webhook', amount: '100' }));
    await editCampaign(env.DB, house.autumn, TEN_PERCENT, nobody);
    expect(await newLines()).toEqual(['Maria sale 1200 declined', 'Maria sale 1000 pending']);
  });

  test('doubtful hits and test hits go the whole way and earn nothing', async () => {
    const orderId = fresh();
    const recorded = await recordSales(env.DB, [
      pixel({ orderId, doubt: 'asked with HEAD' }),
      pixel({ orderId, test: true }),
      pixel({ orderId, test: true, code: 'NOSUCH' }),
    ]);
    expect(recorded.map((each) => [each.outcome, each.detail])).toEqual([
      ['suspicious', 'asked with HEAD'],
      ['test', 'would earn €12.00'],
      ['unknown coupon', null],
    ]);
    expect(await newLines()).toEqual([]);
    expect(await outcomes(pixel({ orderId }))).toEqual(['recorded']);
  });
});

describe('who earned', () => {
  test('a sale of last week is the owner’s of last week', async () => {
    const coupon = await house.coupon('SHARED', house.autumn, house.maria);
    const terms = { code: 'SHARED', campaignId: house.autumn, affiliateId: house.joao, expiresOn: null };
    await editCoupon(store, coupon, 1, terms, { userId: null, now: NOON - 7 * DAY });
    const sold = (orderId: string, days: number) =>
      pixel({ orderId, source: 'office', code: 'SHARED', soldAt: NOON - days * DAY });
    expect(await outcomes(sold(fresh(), 8), sold(fresh(), 7), sold(fresh(), 0))).toEqual([
      'recorded',
      'recorded',
      'recorded',
    ]);
    expect(await newLines()).toEqual(['Maria sale 1200 pending', 'João sale 1200 pending', 'João sale 1200 pending']);
  });

  test('a code that was deleted and added again is its new owner’s from the deletion on', async () => {
    const first = await house.coupon('AGAIN', house.autumn, house.maria);
    await deleteCoupons(store, [first], { userId: null, now: NOON - 2 * DAY });
    await house.coupon('AGAIN', house.autumn, house.joao);
    const sold = (days: number) =>
      pixel({ orderId: fresh(), source: 'office', code: 'AGAIN', soldAt: NOON - days * DAY });
    expect(await outcomes(sold(3), sold(2), sold(0))).toEqual(['free coupon', 'recorded', 'recorded']);
    expect(await newLines()).toEqual(['João sale 1200 pending', 'João sale 1200 pending']);
  });

  test('a coupon works through its last day in Lisbon', async () => {
    await house.coupon('TILL23', house.autumn, house.maria, '2026-11-23');
    const at = (receivedAt: number) => pixel({ orderId: fresh(), code: 'TILL23', receivedAt });
    const midnight = Date.UTC(2026, 10, 24);
    expect(await outcomes(at(midnight - 1), at(midnight))).toEqual(['recorded', 'expired']);
  });

  test('a deleted coupon earns nothing more, and keeps what it earned', async () => {
    const coupon = await house.coupon('GONE', house.autumn, house.maria);
    await outcomes(pixel({ orderId: fresh(), code: 'GONE' }));
    expect(await deleteCoupons(store, [coupon], nobody)).toBe(1);
    expect(await outcomes(pixel({ orderId: fresh(), code: 'GONE' }))).toEqual(['unknown coupon']);
    expect(await newLines()).toEqual(['Maria sale 1200 pending']);
  });

  test('a suspended affiliate earns nothing from then on', async () => {
    const joao = { name: 'João', email: 'joao@azulejo.test', note: '' };
    await editAffiliate(env.DB, house.joao, { ...joao, status: 'suspended' }, nobody);
    expect(await outcomes(pixel({ orderId: fresh(), code: 'JOAO10' }))).toEqual(['affiliate not active']);
    await editAffiliate(env.DB, house.joao, { ...joao, status: 'active' }, nobody);
    expect(await outcomes(pixel({ orderId: fresh(), code: 'JOAO10' }))).toEqual(['recorded']);
  });

  test('a paused campaign earns nothing', async () => {
    await editCampaign(env.DB, house.autumn, { ...TEN_PERCENT, status: 'paused' }, nobody);
    expect(await outcomes(pixel({ orderId: fresh() }))).toEqual(['campaign paused']);
    await editCampaign(env.DB, house.autumn, TEN_PERCENT, nobody);
  });
});

test('no sale stands without a commission, and no commission without its report', async () => {
  expect(await count(env.DB, 'SELECT count(*) FROM sales WHERE id NOT IN (SELECT sale_id FROM commissions)')).toBe(0);
  expect(await count(env.DB, 'SELECT count(*) FROM commissions WHERE report_id NOT IN (SELECT id FROM reports)')).toBe(
    0,
  );
});

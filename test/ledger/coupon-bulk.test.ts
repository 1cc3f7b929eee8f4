import { env } from 'cloudflare:test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCampaign, createShop } from '../../ledger/campaigns.ts';
import { numberedCodes } from '../../ledger/coupon-series.ts';
import { editCoupon } from '../../ledger/coupons/edit.ts';
import { addCouponSeries, changeCoupons } from '../../ledger/coupons/many.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { auditClean } from '../books.ts';
import { azulejo, count, DAY, NOON, pixel, TEN_PERCENT } from '../people.ts';

const store = { db: env.DB, kv: env.COUPONS };
const now = { userId: null, now: NOON };
/** What is changed at an instant holds from it on: what was sold at noon was sold before. */
const later = { userId: null, now: NOON + 1 };
let house: Awaited<ReturnType<typeof azulejo>>;
let terms: { campaignId: number; affiliateId: number | null; expiresOn: string | null };

beforeAll(async () => {
  house = await azulejo(store);
  terms = { campaignId: house.autumn, affiliateId: house.maria, expiresOn: '2026-12-31' };
});
afterAll(() => auditClean(env.DB));

const series = (prefix: string, from: string, to: string) => {
  const made = numberedCodes(prefix, from, to);
  if ('error' in made) throw new Error(made.error);
  return made.value;
};
const idsLike = async (pattern: string) => {
  const found = await env.DB.prepare('SELECT id FROM coupons WHERE code LIKE ? ORDER BY id').bind(pattern).all();
  return found.results.map((row) => row.id as number);
};

describe('a series', () => {
  test('is added whole, works at once, and leaves one line in the audit log', async () => {
    expect(await addCouponSeries(store, series('test-coupon', '1', '10'), terms, 'refuse', now)).toEqual({ added: 10 });
    const [sold] = await recordSales(env.DB, [pixel({ code: 'TEST-COUPON7', orderId: 'series' })]);
    expect(sold).toMatchObject({ outcome: 'recorded', affiliateId: house.maria });
    const log = await env.DB.prepare("SELECT action, after FROM audit_log WHERE subject_id = 'many'").first();
    expect(log!.action).toBe('added');
    expect(JSON.parse(log!.after as string)).toEqual({
      first: 'test-coupon1',
      last: 'test-coupon10',
      campaignId: house.autumn,
      affiliateId: house.maria,
      expiresOn: '2026-12-31',
      count: 10,
    });
  });

  test('skips the codes that are there, or is refused whole and writes nothing', async () => {
    const codes = series('TEST-coupon', '9', '12');
    const was = await count(env.DB, 'SELECT count(*) FROM coupons');
    expect(await addCouponSeries(store, codes, terms, 'refuse', now)).toEqual({ error: 'duplicate' });
    expect(await count(env.DB, 'SELECT count(*) FROM coupons')).toBe(was);
    expect(await addCouponSeries(store, codes, terms, 'skip', now)).toEqual({ added: 2 });
    expect(await addCouponSeries(store, codes, terms, 'skip', now)).toEqual({ added: 0 });
  });

  test('keeps clear of an old code that still works', async () => {
    const id = await house.coupon('grace-1', house.autumn, house.joao);
    const changed = { code: 'graceful', campaignId: house.autumn, affiliateId: house.joao, expiresOn: null };
    await editCoupon(store, id, 1, changed, now, NOON + DAY);
    const codes = series('grace-', '1', '3');
    expect(await addCouponSeries(store, codes, terms, 'refuse', now)).toEqual({ error: 'duplicate' });
    expect(await addCouponSeries(store, codes, terms, 'skip', now)).toEqual({ added: 2 });
  });

  test('two administrators who add the same series at once add it once', { timeout: 30_000 }, async () => {
    const codes = series('race-', '1', '6000');
    const both = await Promise.all([1, 2].map(() => addCouponSeries(store, codes, terms, 'refuse', now)));
    expect(both.map((one) => JSON.stringify(one)).sort()).toEqual(['{"added":6000}', '{"error":"duplicate"}']);
    expect(await count(env.DB, "SELECT count(*) FROM coupons WHERE code LIKE 'race-%'")).toBe(6000);
  });

  test('of a hundred thousand goes in', { timeout: 30_000 }, async () => {
    const codes = series('h', '000001', '100000');
    const began = performance.now();
    expect(await addCouponSeries(store, codes, { ...terms, affiliateId: null }, 'skip', now)).toEqual({
      added: 100_000,
    });
    console.info(`100,000 coupons: ${Math.round(performance.now() - began)} ms`);
    expect(await count(env.DB, "SELECT count(*) FROM coupons WHERE code LIKE 'h%'")).toBe(100_000);
  });
});

describe('a change of many', () => {
  test('gives them to another affiliate, with its history, and says how many it changed', async () => {
    const ids = await idsLike('race-1%');
    const change = { what: 'affiliate', affiliateId: house.joao } as const;
    expect(await changeCoupons(store, [ids.slice(0, 20)], change, 'checked', now)).toBe(20);
    expect(await changeCoupons(store, [ids.slice(10, 30)], change, 'checked', now)).toBe(10);
    const were = await env.DB.prepare(
      'SELECT affiliate_id AS affiliateId, from_at AS fromAt, until_at AS untilAt FROM coupons_were WHERE coupon_id = ?',
    )
      .bind(ids[0])
      .all();
    expect(were.results).toEqual([{ affiliateId: house.maria, fromAt: 0, untilAt: NOON }]);
    const [sold] = await recordSales(env.DB, [pixel({ code: 'race-1', orderId: 'bulk' })]);
    expect(sold).toMatchObject({ affiliateId: house.joao });
    expect(
      await count(env.DB, `SELECT count(*) FROM audit_log WHERE action = 'changed' AND subject_id = ${ids[0]}`),
    ).toBe(1);
    const said = await env.DB.prepare("SELECT after FROM audit_log WHERE subject_id = 'many' ORDER BY id DESC").first();
    expect(JSON.parse(said!.after as string)).toEqual({ affiliateId: house.joao, count: 10 });
  });

  test('of more than a thousand is one line in the audit log', { timeout: 30_000 }, async () => {
    const ids = await idsLike('race-%');
    const was = await count(env.DB, 'SELECT count(*) FROM audit_log');
    const change = { what: 'expiry', expiresOn: '2027-01-31' } as const;
    expect(await changeCoupons(store, [ids.slice(0, 5000)], change, 'race-', now)).toBe(5000);
    expect(await count(env.DB, 'SELECT count(*) FROM audit_log')).toBe(was + 1);
    await expect(changeCoupons(store, [ids], change, 'race-', now)).rejects.toThrow('too many');
  });

  test('moves only those of the campaign’s own shop', async () => {
    const shop = await createShop(env.DB, { name: 'Kiosk', address: '', currency: 'JPY', timeZone: 'Asia/Tokyo' }, now);
    const snow = await createCampaign(env.DB, 'id' in shop ? shop.id : 0, { ...TEN_PERCENT, name: 'Snow' }, now);
    const snowId = 'id' in snow ? snow.id : 0;
    await addCouponSeries(store, ['snow-1'], { ...terms, campaignId: snowId }, 'refuse', now);
    const ids = await idsLike('%-1');
    expect(ids).toHaveLength(2); // race-1 of Azulejo, snow-1 of the kiosk
    expect(await changeCoupons(store, [ids], { what: 'campaign', campaignId: house.launch }, 'checked', later)).toBe(1);
    const moved = await env.DB.prepare("SELECT code FROM coupons WHERE campaign_id = ? AND code LIKE '%-1'")
      .bind(house.launch)
      .all();
    expect(moved.results.map(({ code }) => code)).toEqual(['race-1']);
  });

  test('deletes, once', async () => {
    const ids = await idsLike('test-coupon%');
    expect(await changeCoupons(store, [ids], { what: 'deleted' }, 'checked', later)).toBe(12);
    expect(await changeCoupons(store, [ids], { what: 'deleted' }, 'checked', later)).toBe(0);
    const [sold] = await recordSales(env.DB, [pixel({ code: 'test-coupon7', orderId: 'gone', receivedAt: NOON + 2 })]);
    expect(sold).toMatchObject({ outcome: 'unknown coupon' });
  });
});

/** What the database refuses by itself, whatever the code above it does. */
import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, test } from 'vitest';
import { changeStatus } from '../../ledger/affiliates.ts';
import { editCampaign, editShop } from '../../ledger/campaigns.ts';
import { editCoupon } from '../../ledger/coupons/edit.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { azulejo, DAY, NOON, pixel, TEN_PERCENT } from '../people.ts';

const store = { db: env.DB, kv: env.COUPONS };
const by = { userId: null, now: NOON };

beforeAll(async () => {
  const { shop, autumn, joao } = await azulejo(store);
  await recordSales(env.DB, [pixel(), pixel({ orderId: '1002', source: 'webhook' })]);
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO shops (id, name, currency, time_zone, created_at) VALUES (77, 'Chiado', 'GBP', 'Europe/London', 0)`,
    ),
    env.DB.prepare(
      `INSERT INTO campaigns (id, shop_id, name, commission_kind, commission_value, created_at) VALUES (77, 77, 'Tea', 'fixed', 1, 0)`,
    ),
  ]);
  // A row in each history: João's coupon is Maria's, under a new code whose old one works on for a day.
  const changed = { code: 'JOAO20', campaignId: autumn, affiliateId: 1, expiresOn: null };
  await editCoupon(store, 2, 1, changed, by, NOON + DAY);
  await editCampaign(env.DB, autumn, { ...TEN_PERCENT, commissionValue: 500 }, by);
  await changeStatus(env.DB, joao, { from: 'active', to: 'suspended' }, by);
  const azulejos = { name: 'Azulejo', address: 'https://azulejo.test', currency: 'EUR', timeZone: 'Europe/Lisbon' };
  await editShop(env.DB, shop, { ...azulejos, severalAffiliates: 'first' }, by);
});

const SALE =
  '(shop_id, order_key, state, evidence, sold_at, day, recorded_at, reports, append, amount_minor, refunded_minor)';
const COUPON = '(shop_id, campaign_id, code, code_key, created_at, updated_at, expires_on)';
const REPORT = '(shop_id, order_key, place, id, source, kind, witness, received_at, code, amount_minor)';
const LINE = '(sale_id, affiliate_id, n, at, kind, pending_minor, approved_minor, cause)';
const COMMISSION =
  '(sale_id, affiliate_id, campaign_id, shop_id, currency, pending_minor, approved_minor, lines, confirmed, sold_at)';

test.each([
  // Orders.
  [
    'an order twice in a shop',
    `INSERT INTO sales ${SALE} VALUES (1, '1001', 'nothing', 'pixel', 0, '', 0, 1, 9, 1, 0)`,
    'UNIQUE',
  ],
  [
    'a sale without an order key',
    `INSERT INTO sales ${SALE} VALUES (1, '', 'nothing', 'pixel', 0, '', 0, 1, 9, 1, 0)`,
    'sales_order_key',
  ],
  [
    'a sale of 19.99',
    `INSERT INTO sales ${SALE} VALUES (1, 'r', 'nothing', 'pixel', 0, '', 0, 1, 9, 19.99, 0)`,
    'cannot store REAL',
  ],
  [
    'a sale larger than sums can hold',
    `INSERT INTO sales ${SALE} VALUES (1, 'l', 'nothing', 'pixel', 0, '', 0, 1, 9, 1000000000001, 0)`,
    'sales_amount',
  ],
  [
    'more taken back than nothing',
    `INSERT INTO sales ${SALE} VALUES (1, 'b', 'nothing', 'pixel', 0, '', 0, 1, 9, 1, -1)`,
    'sales_refunded',
  ],
  [
    'a sale that stands by nobody’s coupon',
    `INSERT INTO sales ${SALE} VALUES (1, 'n', 'standing', 'pixel', 0, '', 0, 1, 9, 1, 0)`,
    'sales_standing',
  ],
  ['a question that nobody asks', `UPDATE sales SET questions = 1, append = append + 1`, 'sales_question_by'],
  ['a sale to vanish', 'DELETE FROM sales', 'sales are kept'],
  [
    'an order to be renamed',
    `UPDATE sales SET order_key = 'other' WHERE order_key = '1001'`,
    'keeps its shop and order',
  ],
  ['an order to change its shop', `UPDATE sales SET shop_id = 77 WHERE order_key = '1001'`, 'keeps its shop and order'],
  [
    'a sale decided under an old number',
    `UPDATE sales SET amount_minor = 1 WHERE order_key = '1001'`,
    'a number of its own',
  ],
  // Money.
  ['a commission to be raised', 'UPDATE commissions SET pending_minor = pending_minor + 1', 'moves by a line'],
  [
    'a commission to be approved in passing',
    'UPDATE commissions SET approved_minor = 1, pending_minor = 0',
    'moves by a line',
  ],
  ['lines to be forgotten', 'UPDATE commissions SET lines = lines - 1', 'moves by a line'],
  ['a commission to change hands', 'UPDATE commissions SET affiliate_id = 2', 'keeps its sale, affiliate and currency'],
  ['a commission in other money', `UPDATE commissions SET currency = 'USD'`, 'keeps its sale, affiliate and currency'],
  ['a commission to vanish', 'DELETE FROM commissions', 'commissions are kept'],
  [
    'a commission without a line',
    `INSERT INTO commissions ${COMMISSION} VALUES (1, 2, 1, 1, 'EUR', 0, 0, 0, 0, 0)`,
    'commissions_lines',
  ],
  [
    'a commission of no sale',
    `INSERT INTO commissions ${COMMISSION} VALUES (999, 2, 1, 1, 'EUR', 1, 0, 1, 0, 0)`,
    'FOREIGN KEY',
  ],
  ['a line to be rewritten', 'UPDATE lines SET pending_minor = 1', 'append-only'],
  ['a line to vanish', 'DELETE FROM lines', 'append-only'],
  [
    'a line twice',
    `INSERT INTO lines ${LINE} SELECT sale_id, affiliate_id, n, 0, kind, 1, 0, cause FROM lines LIMIT 1`,
    'UNIQUE',
  ],
  ['a line that moves nothing', `INSERT INTO lines ${LINE} VALUES (1, 1, 9, 0, 'sale', 0, 0, 'report')`, 'lines_move'],
  ['a line of no cause', `INSERT INTO lines ${LINE} VALUES (1, 1, 9, 0, 'sale', 1, 0, 'whim')`, 'lines_cause'],
  // What was said.
  ['a report to be rewritten', `UPDATE reports SET code = 'JOAO10'`, 'append-only'],
  ['a report to vanish', 'DELETE FROM reports', 'append-only'],
  [
    'a report twice',
    `INSERT INTO reports ${REPORT} SELECT 1, 'other', 1, id, source, kind, witness, 0, '', 0 FROM reports LIMIT 1`,
    'UNIQUE',
  ],
  [
    'two reports in one place',
    `INSERT INTO reports ${REPORT} VALUES (1, '1001', 1, 'x', 'pixel', 'sale', '', 0, '', 0)`,
    'UNIQUE',
  ],
  [
    'a report of nobody we know',
    `INSERT INTO reports ${REPORT} VALUES (1, 'q', 1, 'y', 'rumour', 'sale', '', 0, '', 0)`,
    'reports_source',
  ],
  [
    'an amount larger than sums can hold',
    `INSERT INTO reports ${REPORT} VALUES (1, 'q', 1, 'z', 'pixel', 'sale', '', 0, '', 1000000000001)`,
    'reports_amount',
  ],
  ['the audit log to be rewritten', `UPDATE audit_log SET action = ''`, 'append-only'],
  ['the audit log to shrink', 'DELETE FROM audit_log', 'append-only'],
  // Histories.
  ['a code’s past to vanish', 'DELETE FROM coupon_codes', 'history of codes is kept'],
  [
    'a code to have been another’s',
    'UPDATE coupon_codes SET coupon_id = 1 WHERE coupon_id = 2',
    'history of codes is kept',
  ],
  ['a code to have been one’s for longer', 'UPDATE coupon_codes SET from_at = 5', 'history of codes is kept'],
  ['a code that ends before it begins', `UPDATE coupon_codes SET until_at = -1`, 'coupon_codes_span'],
  ['an owner’s past to vanish', 'DELETE FROM coupons_were', 'history of coupons is kept'],
  ['an owner’s past to be another’s', 'UPDATE coupons_were SET affiliate_id = 1', 'history of coupons is kept'],
  ['an owner’s past to be nobody’s', 'UPDATE coupons_were SET affiliate_id = NULL', 'history of coupons is kept'],
  ['terms of the past to change', 'UPDATE campaigns_were SET commission_value = 1', 'history of terms is kept'],
  ['terms of the past to vanish', 'DELETE FROM campaigns_were', 'history of terms is kept'],
  [
    'a suspension to have been before',
    'UPDATE affiliates_were SET until_at = until_at - 1',
    'history of affiliates is kept',
  ],
  ['an affiliate’s past to vanish', 'DELETE FROM affiliates_were', 'history of affiliates is kept'],
  ['a shop’s clock to have been another', `UPDATE shops_were SET time_zone = 'UTC'`, 'history of shops is kept'],
  ['a shop’s past to vanish', 'DELETE FROM shops_were', 'history of shops is kept'],
  // Coupons and terms.
  [
    'a code twice in a shop',
    `INSERT INTO coupons ${COUPON} VALUES (1, 1, 'x', 'maria10', ${NOON}, ${NOON}, NULL)`,
    'UNIQUE',
  ],
  [
    'a code that works on for another',
    `UPDATE coupons SET code_key = 'joao10', updated_at = ${NOON} WHERE id = 1`,
    'still another coupon',
  ],
  [
    'a coupon of another shop’s campaign',
    `INSERT INTO coupons ${COUPON} VALUES (1, 77, 'x', 'x', 0, 0, NULL)`,
    'campaign of its own shop',
  ],
  ['a coupon to move to another shop’s campaign', 'UPDATE coupons SET campaign_id = 77', 'campaign of its own shop'],
  [
    'a day that is none',
    `INSERT INTO coupons ${COUPON} VALUES (1, 1, 'y', 'y', 0, 0, '2026-02-30')`,
    'coupons_expires_on',
  ],
  ['a living coupon that never was', 'UPDATE coupons SET never_was = 1', 'coupons_never_was'],
  [
    'a rate above all of it',
    `UPDATE campaigns SET commission_kind = 'percent', commission_value = 10001`,
    'campaigns_commission',
  ],
  ['a hold of a year', 'UPDATE campaigns SET hold_days = 365', 'campaigns_hold_days'],
  ['a shop with sales to change its currency', `UPDATE shops SET currency = 'USD' WHERE id = 1`, 'keeps its currency'],
  [
    'two affiliates of one address',
    `INSERT INTO affiliates (name, email, status, created_at) VALUES ('M', 'maria@azulejo.test', 'active', 0)`,
    'UNIQUE',
  ],
])('refuses %s', async (_, statement, reason) => {
  await expect(env.DB.prepare(statement).run()).rejects.toThrow(reason);
});

test('every table is STRICT, and none cascades', async () => {
  const { results } = await env.DB.prepare(
    `SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%' AND name <> 'd1_migrations'`,
  ).all<{ name: string; sql: string }>();
  expect(results.length).toBeGreaterThan(30);
  expect(results.filter(({ sql }) => !/\) STRICT(, WITHOUT ROWID)?$/.test(sql.trim())).map(({ name }) => name)).toEqual(
    [],
  );
  expect(results.filter(({ sql }) => /CASCADE/i.test(sql)).map(({ name }) => name)).toEqual([]);
});

describe('a code of whom another coupon still has the grace', () => {
  const add = (now: number) =>
    env.DB.prepare(`INSERT INTO coupons ${COUPON} VALUES (1, 1, 'JOAO10', 'joao10', ?1, ?1, NULL) RETURNING id`)
      .bind(now)
      .all();
  test('is not given to a new one, and is free from the instant on at which it ends', async () => {
    expect((await add(NOON + DAY - 1)).results).toEqual([]);
    expect((await add(NOON + DAY)).results).toHaveLength(1);
    const { results } = await env.DB.prepare(
      `SELECT from_at AS f, until_at AS u FROM coupon_codes WHERE code_key = 'joao10' ORDER BY from_at`,
    ).all();
    expect(results).toEqual([
      { f: 0, u: NOON + DAY },
      { f: NOON + DAY, u: null },
    ]);
  });
});

test('a currency may change before the first sale, and while nothing has a price in it', async () => {
  const change = () => env.DB.prepare(`UPDATE shops SET currency = 'EUR' WHERE id = 77`).run();
  await expect(change()).rejects.toThrow('keeps its currency');
  await env.DB.prepare(`UPDATE campaigns SET commission_kind = 'percent' WHERE id = 77`).run();
  await change();
  expect(await env.DB.prepare('SELECT revision FROM shops WHERE id = 77').first('revision')).toBe(2);
});

test('the revision goes up with all that a sale is decided on, and with nothing else', async () => {
  const revisions = async () => {
    const { results } = await env.DB.prepare(
      `SELECT (SELECT revision FROM coupons WHERE id = 1) AS coupon, (SELECT revision FROM campaigns WHERE id = 1) AS campaign,
         (SELECT revision FROM affiliates WHERE id = 1) AS affiliate, (SELECT revision FROM shops WHERE id = 1) AS shop`,
    ).all<{ coupon: number; campaign: number; affiliate: number; shop: number }>();
    return results[0]!;
  };
  const raises = async (statement: string) => {
    const before = await revisions();
    await env.DB.prepare(statement).run();
    const after = await revisions();
    return (Object.keys(before) as (keyof typeof before)[]).filter((name) => after[name] > before[name]);
  };
  expect(await raises(`UPDATE coupons SET expires_on = '2027-01-01', updated_at = ${NOON + 1} WHERE id = 1`)).toEqual([
    'coupon',
  ]);
  expect(await raises(`UPDATE coupons SET import_id = NULL WHERE id = 1`)).toEqual([]);
  expect(await raises(`UPDATE campaigns SET hold_days = 3, updated_at = ${NOON + 1} WHERE id = 1`)).toEqual([
    'campaign',
  ]);
  expect(await raises(`UPDATE campaigns SET name = 'Winter', request_limit = 3 WHERE id = 1`)).toEqual([]);
  expect(await raises(`UPDATE affiliates SET status = 'suspended', updated_at = ${NOON + 1} WHERE id = 1`)).toEqual([
    'affiliate',
  ]);
  expect(await raises(`UPDATE affiliates SET note = 'x' WHERE id = 1`)).toEqual([]);
  expect(await raises(`UPDATE shops SET time_zone = 'UTC', updated_at = ${NOON + 1} WHERE id = 1`)).toEqual(['shop']);
  expect(await raises(`UPDATE shops SET address = 'x', sign_up_open = 1 WHERE id = 1`)).toEqual([]);
});

test('what a coupon of whom nobody was the owner was may be said afterwards, once', async () => {
  const free = await env.DB.prepare(`SELECT id FROM coupons WHERE code = 'FREE1'`).first<number>('id');
  await env.DB.prepare(`UPDATE coupons SET affiliate_id = 1, updated_at = ${NOON} WHERE id = ?`).bind(free).run();
  const say = (affiliateId: number) =>
    env.DB.prepare('UPDATE coupons_were SET affiliate_id = ? WHERE coupon_id = ?').bind(affiliateId, free).run();
  const before = await env.DB.prepare('SELECT revision AS n FROM coupons WHERE id = ?').bind(free).first<number>('n');
  await say(1);
  expect(await env.DB.prepare('SELECT revision AS n FROM coupons WHERE id = ?').bind(free).first('n')).toBe(
    before! + 1,
  );
  await expect(say(2)).rejects.toThrow('history of coupons is kept');
});

test('the first word of a shop’s own system is remembered once', async () => {
  const since = () => env.DB.prepare('SELECT endpoint_at AS n FROM shops WHERE id = 1').first('n');
  expect(await since()).toBe(NOON); // Order 1002.
  await recordSales(env.DB, [pixel({ orderId: '1003', source: 'server', receivedAt: NOON + 5 })]);
  expect(await since()).toBe(NOON);
});

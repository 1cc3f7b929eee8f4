/** What the database refuses by itself, whatever the code above it does. */
import { env } from 'cloudflare:test';
import { beforeAll, expect, test } from 'vitest';
import { recordSales } from '../../ledger/record-sales.ts';
import { azulejo, NOON, pixel } from '../people.ts';

const store = { db: env.DB, kv: env.COUPONS };

beforeAll(async () => {
  await azulejo(store);
  await recordSales(env.DB, [pixel(), pixel({ orderId: '1002', source: 'webhook' })]);
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO shops (id, name, currency, time_zone, created_at) VALUES (77, 'Chiado', 'GBP', 'Europe/London', 0)`,
    ),
    env.DB.prepare(
      `INSERT INTO campaigns (id, shop_id, name, commission_kind, commission_value, created_at) VALUES (77, 77, 'Tea', 'fixed', 1, 0)`,
    ),
  ]);
});

const SALE =
  '(shop_id, order_key, coupon_id, affiliate_id, campaign_id, amount_minor, currency, evidence, decided_by, sold_at, recorded_at)';
const LINE = '(sale_id, report_id, affiliate_id, campaign_id, kind, amount_minor, currency, status, created_at)';
const COUPON = '(shop_id, campaign_id, code, code_key, created_at, updated_at, expires_on)';

test.each([
  [
    'an order twice in a shop',
    `INSERT INTO sales ${SALE} VALUES (1, '1001', 1, 1, 1, 1, 'EUR', 'pixel', 'x', 0, 0)`,
    'UNIQUE',
  ],
  [
    'a sale without an order key',
    `INSERT INTO sales ${SALE} VALUES (1, NULL, 1, 1, 1, 1, 'EUR', 'pixel', 'x', 0, 0)`,
    'NOT NULL',
  ],
  [
    'a negative sale',
    `INSERT INTO sales ${SALE} VALUES (1, 'n', 1, 1, 1, -1, 'EUR', 'pixel', 'x', 0, 0)`,
    'sales_amount',
  ],
  [
    'a sale of 19.99',
    `INSERT INTO sales ${SALE} VALUES (1, 'r', 1, 1, 1, 19.99, 'EUR', 'pixel', 'x', 0, 0)`,
    'cannot store REAL',
  ],
  [
    'a sale of nobody',
    `INSERT INTO sales ${SALE} VALUES (1, 'f', 1, 999, 1, 1, 'EUR', 'pixel', 'x', 0, 0)`,
    'FOREIGN KEY',
  ],
  ['a sale to vanish', 'DELETE FROM sales', 'sales are kept'],
  [
    'an order to be renamed',
    `UPDATE sales SET order_key = 'other' WHERE order_key = '1001'`,
    'keeps its shop, order and currency',
  ],
  [
    'evidence to shrink',
    `UPDATE sales SET evidence = 'office' WHERE order_key = '1002'`,
    'evidence for a sale only grows',
  ],
  ['a commission to be raised', 'UPDATE commissions SET amount_minor = amount_minor + 1', 'money never changes'],
  ['a commission to change hands', 'UPDATE commissions SET affiliate_id = 2', 'money never changes'],
  ['a commission to vanish', 'DELETE FROM commissions', 'commissions are kept'],
  [
    'a line in other money',
    `INSERT INTO commissions ${LINE} VALUES (1, 'x', 1, 1, 'sale', 1, 'USD', 'pending', 0)`,
    'currency of its sale',
  ],
  [
    'a line twice',
    `INSERT INTO commissions ${LINE} SELECT sale_id, report_id, affiliate_id, campaign_id, kind, amount_minor, currency, status, 0 FROM commissions LIMIT 1`,
    'UNIQUE',
  ],
  [
    'a negative commission',
    `INSERT INTO commissions ${LINE} VALUES (1, 'x', 1, 1, 'sale', -1, 'EUR', 'pending', 0)`,
    'commissions_sign',
  ],
  [
    'a positive reversal',
    `INSERT INTO commissions ${LINE} VALUES (1, 'x', 1, 1, 'reversal', 1, 'EUR', 'pending', 0)`,
    'commissions_sign',
  ],
  ['paid without a payout', `UPDATE commissions SET status = 'paid'`, 'commissions_paid'],
  ['a report to be rewritten', `UPDATE reports SET outcome = 'test'`, 'append-only'],
  ['a report to vanish', 'DELETE FROM reports', 'append-only'],
  ['the audit log to be rewritten', `UPDATE audit_log SET action = ''`, 'append-only'],
  ['the audit log to shrink', 'DELETE FROM audit_log', 'append-only'],
  ['ownership to be rewritten', 'UPDATE coupon_owners SET affiliate_id = 2', 'history is kept'],
  ['ownership to vanish', 'DELETE FROM coupon_owners', 'history is kept'],
  ['a code twice in a shop', `INSERT INTO coupons ${COUPON} VALUES (1, 1, 'x', 'maria10', 0, 0, NULL)`, 'UNIQUE'],
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
  expect(results).toHaveLength(23);
  expect(results.filter(({ sql }) => !/\) STRICT(, WITHOUT ROWID)?$/.test(sql.trim())).map(({ name }) => name)).toEqual(
    [],
  );
  expect(results.filter(({ sql }) => /CASCADE/i.test(sql)).map(({ name }) => name)).toEqual([]);
});

test('a currency may change before the first sale, and while nothing has a price in it', async () => {
  const change = () => env.DB.prepare(`UPDATE shops SET currency = 'EUR' WHERE id = 77`).run();
  await expect(change()).rejects.toThrow('keeps its currency');
  await env.DB.prepare(`UPDATE campaigns SET commission_kind = 'percent' WHERE id = 77`).run();
  await change();
  expect(await env.DB.prepare('SELECT revision FROM campaigns WHERE id = 77').first('revision')).toBe(3);
});

test('ownership has no gap and no overlap when a coupon changes hands', async () => {
  const hand = (affiliate: number | null, at: number) =>
    env.DB.prepare('UPDATE coupons SET affiliate_id = ?, updated_at = ? WHERE id = 1').bind(affiliate, at).run();
  await hand(2, NOON);
  await hand(1, NOON - 5); // A clock that went back moves nothing before what is written.
  await hand(null, NOON + 10);
  await hand(2, NOON + 20);
  const { results } = await env.DB.prepare(
    'SELECT affiliate_id AS a, from_at AS f, until_at AS u FROM coupon_owners WHERE coupon_id = 1 ORDER BY id',
  ).all();
  expect(results).toEqual([
    { a: 1, f: 0, u: NOON },
    { a: 2, f: NOON, u: NOON },
    { a: 1, f: NOON, u: NOON + 10 },
    { a: 2, f: NOON + 20, u: null },
  ]);
});

/** The demo tells the same story on every machine, and nothing in it contradicts the ledger. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyPassword } from '../../admin/password.ts';
import { DEMO_PASSWORD, DEMO_SIGN_INS, demoPixel } from '../../scripts/demo.ts';
import { type Served, serve } from '../../scripts/serve.ts';
import { count, DAY, NOON } from '../people.ts';
import { auditState } from './audit-state.ts';

const place = mkdtempSync(join(tmpdir(), 'counterfoil-demo-'));
const opened: Served[] = [];
afterAll(async () => {
  await Promise.all(opened.map((served) => served.stop()));
  rmSync(place, { recursive: true, force: true });
});

/** As `npm start` makes it. */
async function seeded(now: number): Promise<Served> {
  const served = await serve({ stateDir: join(place, String(opened.length)), trackerPort: 0, adminPort: 0 });
  opened.push(served);
  await served.seedDemo(now);
  return served;
}

let db: D1Database;
beforeAll(async () => {
  ({ db } = await seeded(NOON));
});

/** Rows as text, a row a line. */
async function rows(from: D1Database, query: string): Promise<string[]> {
  const [, ...found] = await from.prepare(query).raw({ columnNames: true });
  return found.map((row) => row.join(' '));
}

describe('who and what there is', () => {
  test('an on-line shop and a store, in two currencies, with a fixed campaign and two of percent', async () => {
    expect(await rows(db, 'SELECT name, currency, time_zone FROM shops')).toEqual([
      'Azulejo EUR Europe/Lisbon',
      'Azulejo London GBP Europe/London',
    ]);
    expect(
      await rows(db, 'SELECT shop_id, name, commission_kind, commission_value, approval, hold_days FROM campaigns'),
    ).toEqual([
      '1 Makers percent 1000 manual 0',
      '1 New customer fixed 500 automatic 14',
      '2 In store percent 800 manual 0',
    ]);
  });

  test('six affiliates: Rui is suspended, Tiago waits', async () => {
    expect(await rows(db, 'SELECT name, status FROM affiliates')).toEqual([
      'Maria Sousa active',
      'João Pires active',
      'Inês Carvalho active',
      'Beatriz Lopes active',
      'Rui Matos suspended',
      'Tiago Nunes pending',
    ]);
  });

  test('forty coupons: owned, free to request, expired, and soon to expire', async () => {
    const coupons = (where: string) => count(db, `SELECT count(*) FROM coupons WHERE ${where}`);
    expect(await coupons('archived_at IS NULL')).toBe(40);
    expect(await coupons('affiliate_id IS NOT NULL')).toBe(21);
    expect(await coupons("affiliate_id IS NULL AND (expires_on IS NULL OR expires_on >= '2026-11-23')")).toBe(17);
    expect(await coupons("expires_on < '2026-11-23'")).toBe(5);
    expect(
      await rows(db, "SELECT code, expires_on FROM coupons WHERE expires_on BETWEEN '2026-11-23' AND '2026-12-03'"),
    ).toEqual(['MARIA-KITCHEN 2026-12-02', 'ATELIER 2026-11-26']);
  });

  test('Helena, Maria and João sign in with the password that is printed', async () => {
    expect(DEMO_SIGN_INS).toEqual(['owner@demo.test', 'maria@demo.test', 'joao@demo.test']);
    expect(
      await rows(
        db,
        'SELECT u.email, u.role, a.name FROM users u LEFT JOIN affiliates a ON a.user_id = u.id ORDER BY a.id',
      ),
    ).toEqual([
      'owner@demo.test administrator ',
      'maria@demo.test affiliate Maria Sousa',
      'joao@demo.test affiliate João Pires',
    ]);
    const hashes = await rows(
      db,
      "SELECT password FROM accounts WHERE provider_id = 'credential' AND account_id = user_id",
    );
    expect(hashes).toHaveLength(3);
    expect(DEMO_PASSWORD).toBe('counterfoil-demo');
    for (const hash of hashes) expect(await verifyPassword({ hash, password: 'counterfoil-demo' })).toBe(true);
  });
});

describe('ninety days of sales', () => {
  test('some eight hundred, in each week and today, none before and none to come', async () => {
    const sold = "SELECT count(*) FROM sales WHERE state = 'standing'";
    const sales = await count(db, sold);
    expect(sales).toBeGreaterThan(600);
    expect(sales).toBeLessThan(900);
    for (let week = 0; week < 12; week++) {
      const [from, until] = [NOON - (week + 1) * 7 * DAY, NOON - week * 7 * DAY];
      const inWeek = await count(db, `${sold} AND sold_at > ${from} AND sold_at <= ${until}`);
      expect(inWeek, `${week} weeks ago`).toBeGreaterThan(30);
    }
    expect(await count(db, `${sold} AND sold_at > ${NOON - DAY / 2}`)).toBeGreaterThan(2);
    for (const [table, column] of [
      ['sales', 'sold_at'],
      ['sales', 'recorded_at'],
      ['reports', 'received_at'],
      ['commissions', 'sold_at'],
      ['lines', 'at'],
      ['audit_log', 'at'],
      ['users', 'created_at'],
    ])
      expect(
        await count(db, `SELECT count(*) FROM ${table} WHERE ${column} NOT BETWEEN ${NOON - 91 * DAY} AND ${NOON}`),
        `${table}.${column}`,
      ).toBe(0);
  });

  test('each sale has a commission of its campaign, in its currency, whose lines follow each other in time', async () => {
    const query = `SELECT count(*) FROM sales s WHERE s.state = 'standing' AND NOT EXISTS (SELECT 1 FROM commissions m
      WHERE m.sale_id = s.id AND m.currency = s.currency AND m.affiliate_id = s.affiliate_id AND m.campaign_id = s.campaign_id)`;
    expect(await count(db, query)).toBe(0);
    const before = `SELECT count(*) FROM lines l JOIN lines p
      ON p.sale_id = l.sale_id AND p.affiliate_id = l.affiliate_id AND p.n = l.n - 1 WHERE p.at > l.at`;
    expect(await count(db, before)).toBe(0);
  });

  test('a few that can be reckoned by hand', async () => {
    const earned = `SELECT v.order_id, a.name, v.evidence, v.amount_minor, v.refunded_minor, v.earned_minor, v.currency, v.status
      FROM standing v JOIN affiliates a ON a.id = v.affiliate_id
      WHERE v.order_key BETWEEN 'AZ-51196' AND 'AZ-51212' ORDER BY v.order_key, v.earned_minor`;
    expect(await rows(db, earned)).toEqual([
      'AZ-51196 João Pires webhook 4990 4990 0 EUR nothing owed',
      'AZ-51197 Maria Sousa webhook 7000 7000 0 EUR nothing owed',
      'AZ-51198 Inês Carvalho webhook 64000 0 6400 EUR held',
      'AZ-51199 Inês Carvalho webhook 100 0 0 EUR disputed',
      'AZ-51200 Maria Sousa office 13200 0 0 EUR nothing owed',
      'AZ-51200 João Pires office 13200 0 1320 EUR pending',
      'AZ-51201 Maria Sousa webhook 8800 0 0 EUR nothing owed',
      'AZ-51201 João Pires webhook 8800 0 880 EUR pending',
      'AZ-51204 Inês Carvalho webhook 9500 0 0 EUR nothing owed',
      'AZ-51209 Maria Sousa pixel 5400 0 540 EUR disputed',
      'AZ-51210 Maria Sousa pixel 12900 0 500 EUR pending',
      'AZ-51211 João Pires webhook 4790 0 479 EUR pending',
      'AZ-51212 Maria Sousa pixel 8640 0 864 EUR pending',
    ]);
  });

  test('the coupon that went from Rui to Inês earned for each in their own time', async () => {
    const found = await rows(
      db,
      `SELECT DISTINCT a.name, s.sold_at > ${NOON - 28 * DAY} FROM sales s JOIN affiliates a ON a.id = s.affiliate_id
       JOIN coupons c ON c.id = s.coupon_id WHERE c.code = 'CERAMICA10' ORDER BY a.name`,
    );
    expect(found).toEqual(['Inês Carvalho 1', 'Rui Matos 0']);
  });

  test('every page has something to show', async () => {
    expect(await rows(db, 'SELECT DISTINCT outcome, waits FROM uncredited ORDER BY outcome')).toEqual([
      'affiliate not active 0',
      'disputed 1',
      'expired 0',
      'free coupon 0',
      'no amount 1',
      'no coupon 0',
      'other currency 1',
      'suspicious 1',
      'test 0',
      'two affiliates 1',
      'unknown coupon 0',
      'unreadable 1',
    ]);
    expect(await rows(db, 'SELECT DISTINCT source FROM reports ORDER BY source')).toEqual([
      'import',
      'office',
      'pixel',
      'server',
      'webhook',
    ]);
    expect(await rows(db, 'SELECT DISTINCT kind FROM reports ORDER BY kind')).toEqual([
      'correction',
      'decline',
      'hold',
      'refund',
      'sale',
      'void',
    ]);
    expect(await rows(db, 'SELECT DISTINCT kind FROM lines ORDER BY kind')).toEqual([
      'approved',
      'correction',
      'declined',
      'failed',
      'in payment',
      'paid',
      'refund',
      'sale',
      'voided',
    ]);
    expect(await rows(db, 'SELECT DISTINCT status FROM standing ORDER BY status')).toEqual([
      'approved',
      'declined',
      'disputed',
      'held',
      'nothing owed',
      'paid',
      'pending',
    ]);
    const statuses = `SELECT DISTINCT k.name, v.status FROM standing v JOIN campaigns k ON k.id = v.campaign_id
      WHERE v.status IN ('approved', 'declined', 'paid', 'pending') ORDER BY 1, 2`;
    expect(await rows(db, statuses)).toEqual(
      ['In store', 'Makers', 'New customer'].flatMap((name) =>
        ['approved', 'declined', 'paid', 'pending'].map((status) => `${name} ${status}`),
      ),
    );
  });
});

test('all of it adds up', () => auditState(join(place, '0')));

test('at any hour of any day it is as whole, and the same each time it is told', async () => {
  const newYear = Date.UTC(2027, 0, 1, 0, 3);
  const story = `SELECT s.order_key, s.coupon_id, s.amount_minor, s.refunded_minor, s.evidence, s.sold_at, l.affiliate_id, l.n,
    l.kind, l.at, l.pending_minor, l.approved_minor, l.in_payment_minor, l.paid_minor
    FROM sales s JOIN lines l ON l.sale_id = s.id WHERE s.order_id IS NOT NULL ORDER BY s.id, l.affiliate_id, l.n`;
  const [once, again] = [await seeded(newYear), await seeded(newYear)];
  const told = await rows(once.db, story);
  expect(told.length).toBeGreaterThan(600);
  expect(await rows(again.db, story)).toEqual(told);
  await auditState(join(place, '1'));
});

test('the pixel it prints is Maria’s coupon on the first campaign', () => {
  expect(demoPixel('http://127.0.0.1:8787')).toMatch(
    /^http:\/\/127\.0\.0\.1:8787\/track\.gif\?campaign=1&amount=49\.90&order=\d+&currency=EUR&cc=MARIA10$/,
  );
});

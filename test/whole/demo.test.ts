/** The demo tells the same story on every machine, and nothing in it contradicts the ledger. */
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyPassword } from '../../admin/password.ts';
import { DEMO_PASSWORD, DEMO_SIGN_INS, demoPixel, seedDemo } from '../../scripts/demo.ts';
import { migrate } from '../../scripts/migrate.ts';
import { count, DAY, NOON } from '../people.ts';

const opened: Miniflare[] = [];
afterAll(() => Promise.all(opened.map((mf) => mf.dispose())));

async function seeded(now: number): Promise<D1Database> {
  const worker = { name: 'demo', modules: true, script: 'export default {}', d1Databases: ['DB'] };
  const mf = new Miniflare(convertV4MiniflareOptions({ workers: [worker], cf: false, telemetry: { enabled: false } }));
  opened.push(mf);
  const db = (await mf.getD1Database('DB')) as unknown as D1Database;
  await migrate(db);
  await seedDemo(db, now);
  return db;
}

let db: D1Database;
beforeAll(async () => {
  db = await seeded(NOON);
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
    const sales = await count(db, 'SELECT count(*) FROM sales');
    expect(sales).toBeGreaterThan(600);
    expect(sales).toBeLessThan(900);
    for (let week = 0; week < 12; week++) {
      const [from, until] = [NOON - (week + 1) * 7 * DAY, NOON - week * 7 * DAY];
      const sold = await count(db, `SELECT count(*) FROM sales WHERE sold_at > ${from} AND sold_at <= ${until}`);
      expect(sold, `${week} weeks ago`).toBeGreaterThan(30);
    }
    expect(await count(db, `SELECT count(*) FROM sales WHERE sold_at > ${NOON - DAY / 2}`)).toBeGreaterThan(2);
    for (const [table, column] of [
      ['sales', 'sold_at'],
      ['sales', 'recorded_at'],
      ['reports', 'received_at'],
      ['commissions', 'created_at'],
      ['commissions', 'coalesce(settled_at, created_at)'],
      ['audit_log', 'at'],
      ['users', 'created_at'],
    ])
      expect(
        await count(db, `SELECT count(*) FROM ${table} WHERE ${column} NOT BETWEEN ${NOON - 91 * DAY} AND ${NOON}`),
        `${table}.${column}`,
      ).toBe(0);
  });

  test('each sale has one commission that stands, of its campaign, in its currency', async () => {
    const query = `SELECT count(*) FROM sales s WHERE 1 <> (SELECT count(*) FROM commissions m
      WHERE m.sale_id = s.id AND m.reason IS NOT 'corrected' AND m.kind = 'sale' AND m.currency = s.currency
        AND m.affiliate_id = s.affiliate_id AND m.campaign_id = s.campaign_id)`;
    expect(await count(db, query)).toBe(0);
  });

  test('a few that can be reckoned by hand', async () => {
    const earned = `SELECT s.order_id, a.name, s.evidence, s.amount_minor, m.amount_minor, m.currency, m.status
      FROM sales s JOIN affiliates a ON a.id = s.affiliate_id JOIN commissions m ON m.sale_id = s.id
      WHERE s.order_id LIKE 'AZ-512%' AND m.reason IS NOT 'corrected' ORDER BY s.order_id`;
    expect(await rows(db, earned)).toEqual([
      'AZ-51201 João Pires webhook 8800 880 EUR pending',
      'AZ-51204 Inês Carvalho pixel 9500 950 EUR pending',
      'AZ-51210 Maria Sousa pixel 12900 500 EUR pending',
      'AZ-51211 João Pires webhook 4790 479 EUR pending',
      'AZ-51212 Maria Sousa pixel 8640 864 EUR pending',
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
    expect(await rows(db, 'SELECT DISTINCT outcome FROM reports ORDER BY outcome')).toEqual([
      'affiliate not active',
      'already known',
      'confirmed',
      'corrected',
      'disputed',
      'expired',
      'free coupon',
      'no amount',
      'other currency',
      'recorded',
      'suspicious',
      'test',
      'unknown coupon',
      'unreadable',
    ]);
    expect(await rows(db, 'SELECT DISTINCT source FROM reports ORDER BY source')).toEqual([
      'office',
      'pixel',
      'server',
      'webhook',
    ]);
    expect(
      await rows(
        db,
        'SELECT DISTINCT k.name, m.status FROM commissions m JOIN campaigns k ON k.id = m.campaign_id ORDER BY 1, 2',
      ),
    ).toEqual(
      ['In store', 'Makers', 'New customer'].flatMap((name) =>
        ['approved', 'declined', 'pending'].map((status) => `${name} ${status}`),
      ),
    );
  });
});

test('at any hour of any day it is as whole, and the same each time it is told', async () => {
  const newYear = Date.UTC(2027, 0, 1, 0, 3);
  const story = `SELECT s.id, s.order_key, s.coupon_id, s.amount_minor, s.evidence, s.sold_at, m.id, m.amount_minor, m.status,
    m.reason, m.settled_at FROM sales s JOIN commissions m ON m.sale_id = s.id ORDER BY m.id`;
  const [once, again] = [await seeded(newYear), await seeded(newYear)];
  const told = await rows(once, story);
  expect(told.length).toBeGreaterThan(600);
  expect(await rows(again, story)).toEqual(told);
});

test('the pixel it prints is Maria’s coupon on the first campaign', () => {
  expect(demoPixel('http://127.0.0.1:8787')).toMatch(
    /^http:\/\/127\.0\.0\.1:8787\/track\.gif\?campaign=1&amount=49\.90&order=\d+&currency=EUR&cc=MARIA10$/,
  );
});

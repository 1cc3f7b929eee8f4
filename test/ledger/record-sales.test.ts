/** The one door: what is said of orders, and what became of it (DESIGN §3.1, §3.2). */
import { env } from 'cloudflare:test';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { reportOf } from '../../ledger/report.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { switchCoupons } from '../../ledger/settings.ts';
import { books } from '../books.ts';
import { azulejo, count, DAY, lines, NOON, nobody, pixel, word } from '../people.ts';

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
afterEach(async () => {
  expect(await books(env.DB)).toEqual([]);
});
const newLines = async () => (await lines(env.DB)).slice(before);
const outcomes = async (...reports: Parameters<typeof recordSales>[1]) =>
  (await recordSales(env.DB, reports)).map(({ outcome, detail }) =>
    detail === null ? outcome : `${outcome}: ${detail}`,
  );
const kept = (orderKey: string) => count(env.DB, `SELECT count(*) FROM reports WHERE order_key = '${orderKey}'`);
const saleOf = (orderKey: string) => env.DB.prepare('SELECT * FROM sales WHERE order_key = ?').bind(orderKey).first();
const verdicts = async (orderKey: string) =>
  (
    await env.DB.prepare(
      'SELECT v.outcome, v.detail, v.waits FROM verdicts v JOIN reports r ON r.id = v.report_id WHERE v.order_key = ? ORDER BY r.place',
    )
      .bind(orderKey)
      .all<{
        outcome: string;
        detail: string | null;
        waits: number;
      }>()
  ).results.map(({ outcome, detail, waits }) => `${waits ? 'waits: ' : ''}${outcome}${detail ? `: ${detail}` : ''}`);
const noise = async (cause: string) =>
  (await env.DB.prepare('SELECT coalesce(sum(hits), 0) AS n FROM noise WHERE cause = ?')
    .bind(cause)
    .first<number>('n'))!;

describe('a sale', () => {
  test('made with Maria’s coupon earns her ten percent', async () => {
    const orderKey = fresh();
    const [recorded] = await recordSales(env.DB, [pixel({ orderId: orderKey })]);
    expect(recorded).toEqual({
      reportId: expect.any(String),
      outcome: 'recorded',
      detail: null,
      shopId: house.shop,
      orderKey,
      saleId: expect.any(Number),
      couponId: house.maria10,
      affiliateId: house.maria,
      amountMinor: 12_000,
      currency: 'EUR',
      commissionMinor: 1_200,
    });
    expect(await newLines()).toEqual(['Maria sale +1200 pending']);
    expect(await saleOf(orderKey)).toMatchObject({ state: 'standing', code: 'MARIA10', evidence: 'pixel', reports: 1 });
  });

  test('of a fixed campaign earns the fixed amount, with or without an amount', async () => {
    expect(
      await outcomes(
        pixel({ orderId: fresh(), code: 'joao5', amount: null }),
        pixel({ orderId: fresh(), code: ' JOAO5 ', amount: '7' }),
      ),
    ).toEqual(['recorded', 'recorded']);
    expect(await newLines()).toEqual(['João sale +500 pending', 'João sale +500 pending']);
  });

  test('of the same order number in another campaign of the shop is the same order', async () => {
    const orderId = fresh();
    expect(
      await outcomes(
        pixel({ orderId, campaign: String(house.launch) }),
        pixel({ orderId, campaign: String(house.autumn) }),
      ),
    ).toEqual(['recorded', 'already known']);
    expect(await newLines()).toEqual(['Maria sale +1200 pending']);
  });

  test('of amounts up to 10^12 is exact, above it waits', async () => {
    const orderId = fresh();
    expect(await outcomes(pixel({ orderId, amount: '10000000000.00' }))).toEqual(['recorded']);
    expect(await newLines()).toEqual(['Maria sale +100000000000 pending']);
    expect(await outcomes(pixel({ orderId: fresh(), amount: '10000000000.01' }))).toEqual([
      'unreadable: the amount cannot be read: too large',
    ]);
  });
});

describe('the same report again', () => {
  test('has one outcome, and nothing is written twice', async () => {
    const report = pixel({ orderId: fresh() });
    expect(await outcomes(report, report)).toEqual(['recorded', 'recorded']);
    expect(await outcomes(report)).toEqual(['recorded']);
    expect((await recordSales(env.DB, [report]))[0]!.commissionMinor).toBe(null);
    expect(await newLines()).toEqual(['Maria sale +1200 pending']);
    expect(await count(env.DB, `SELECT count(*) FROM reports WHERE id = '${report.id}'`)).toBe(1);
  });

  test('still says what it came to when others have spoken since', async () => {
    const orderId = fresh();
    const first = pixel({ orderId });
    await outcomes(first, pixel({ orderId, source: 'webhook', amount: '60' }));
    expect(await outcomes(first)).toEqual(['recorded']);
    expect(await newLines()).toEqual(['Maria sale +1200 pending', 'Maria correction -600 pending']);
  });

  test('with other contents is refused, said, and leaves a trace', async () => {
    const [orderId, was] = [fresh(), await noise('the same name with other contents')];
    const id = `form-${orderId}`;
    expect(await outcomes(pixel({ id, orderId, source: 'office' }))).toEqual(['recorded']);
    expect(await outcomes(pixel({ id, orderId, source: 'office', amount: '250' }))).toEqual(['other contents']);
    expect(await outcomes(pixel({ id, orderId: fresh(), source: 'office' }))).toEqual(['other contents']);
    expect(await outcomes(pixel({ id, orderId, source: 'office', amount: '120.00' }))).toEqual(['recorded']);
    expect(await newLines()).toEqual(['Maria sale +1200 pending']);
    expect(await noise('the same name with other contents')).toBe(was + 2);
    expect(
      JSON.parse((await env.DB.prepare(`SELECT sample FROM noise WHERE cause LIKE 'the same name%'`).first('sample'))!),
    ).toMatchObject({ code: 'MARIA10', amount: '250' });
  });

  test('twice in a list with two contents: the first is written', async () => {
    const [orderId, id] = [fresh(), `twins-${order}`];
    const told = await recordSales(env.DB, [pixel({ id, orderId }), pixel({ id, orderId })]);
    expect(told.map(({ outcome }) => outcome)).toEqual(['recorded', 'recorded']);
    expect(await kept(orderId)).toBe(1);
  });
});

describe('a reload', () => {
  test('is counted, not kept', async () => {
    const orderId = fresh();
    expect(await outcomes(pixel({ orderId }))).toEqual(['recorded']);
    expect(await outcomes(pixel({ orderId }), pixel({ orderId, amount: '120.0', browsers: ['tiago'] }))).toEqual([
      'already known',
      'already known',
    ]);
    expect([await kept(orderId), (await saleOf(orderId))!.reloads]).toEqual([1, 2]);
  });

  test('by a bot of what a customer has said is one too', async () => {
    const orderId = fresh();
    expect(await outcomes(pixel({ orderId }), pixel({ orderId, doubt: 'sent by a bot' }))).toEqual([
      'recorded',
      'already known',
    ]);
    expect(await kept(orderId)).toBe(1);
  });

  test('that says otherwise is kept: 20 of them, and then it is a question', async () => {
    const orderId = fresh();
    const hit = (n: number) => pixel({ orderId, amount: `100.${10 + n}`, browsers: [`browser-${n}`] });
    for (let n = 0; n < 20; n++) await outcomes(hit(n));
    expect([await kept(orderId), (await saleOf(orderId))!.question]).toEqual([20, null]);
    expect(await outcomes(hit(20))).toEqual(['counted: browsers have said too many different things of this order']);
    expect(await outcomes(hit(21))).toEqual(await outcomes(hit(22)));
    expect(await kept(orderId)).toBe(20);
    expect(await saleOf(orderId)).toMatchObject({
      unkept: 3,
      reports: 20,
      question: 'Browsers have said too many different things of it.',
    });
    expect(await newLines()).toEqual(['Maria sale +1001 pending']);
  });

  test('crowds of bots, or of codes that are not ours, do not keep the customer from being heard', async () => {
    const orderId = fresh();
    const was = await noise('too many hits on one order');
    for (let n = 0; n < 22; n++)
      await outcomes(
        pixel({ orderId, amount: `${n + 1}`, doubt: 'asked with HEAD' }),
        pixel({ orderId, code: `NOSUCH${n}`, browsers: [`browser-${n}`] }),
      );
    expect([await kept(orderId), await noise('too many hits on one order')]).toEqual([40, was + 4]);
    expect(await outcomes(pixel({ orderId, browsers: ['rita'] }))).toEqual(['recorded']);
    expect(await newLines()).toEqual(['Maria sale +1200 pending']);
    expect(await saleOf(orderId)).toMatchObject({ question: null });
  });
});

describe('noise', () => {
  test('is what cannot be read and repeats another of that hour; the first is kept, and waits', async () => {
    const was = await noise('unreadable');
    const unreadable = (browser: string, minutes = 0, amount = 'twelve') =>
      pixel({ orderId: null, amount, browsers: [browser], receivedAt: NOON + 100 * DAY + minutes * 60_000 });
    const told = await recordSales(env.DB, [unreadable('a'), unreadable('b')]);
    expect(told.map(({ outcome }) => outcome)).toEqual(['unreadable', 'counted']);
    const later = await recordSales(env.DB, [
      unreadable('c', 40),
      unreadable('d', 41, 'thirteen'),
      unreadable('e', 70),
    ]);
    expect(later.map(({ outcome }) => outcome)).toEqual(['counted', 'unreadable', 'unreadable']);
    expect(await noise('unreadable')).toBe(was + 5);
  });

  const cause = (...reports: Parameters<typeof recordSales>[1]) => outcomes(...reports);

  test('is a hit without a coupon, with or without an order', async () => {
    const was = await noise('no coupon');
    expect(await cause(pixel({ codes: [] }), pixel({ codes: ['[COUPON]'], orderId: null }))).toEqual([
      'counted: no coupon',
      'counted: no coupon',
    ]);
    expect(await noise('no coupon')).toBe(was + 2);
  });

  test('is a hit with neither an order nor a coupon of ours', async () => {
    const was = await noise('unknown coupon');
    expect(await cause(pixel({ code: 'NOSUCH', orderId: null, browsers: ['rita'] }))).toEqual([
      'counted: unknown coupon',
    ]);
    expect(await noise('unknown coupon')).toBe(was + 1);
    expect(await cause(pixel({ code: 'NOSUCH', orderId: fresh() }))).toEqual(['unknown coupon']);
  });

  test('is counted by the hour, with one sample', async () => {
    const hour = Math.floor(NOON / 3_600_000);
    for (const receivedAt of [NOON, NOON + 1, NOON + 3_600_000])
      await cause(pixel({ code: 'GUESS', orderId: null, amount: '9', receivedAt }));
    const { results } = await env.DB.prepare(
      `SELECT hour - ${hour} AS hour, hits, sample FROM noise WHERE code = 'GUESS' ORDER BY hour`,
    ).all();
    const sample = '{"code":"GUESS","orderId":null,"amount":"9","currency":null,"campaign":null}';
    expect(results).toEqual([
      { hour: 0, hits: 2, sample },
      { hour: 1, hits: 1, sample },
    ]);
  });

  test('is no shop’s state without a coupon: that is kept, and is nothing that went uncredited', async () => {
    const orderKey = fresh();
    expect(await cause(pixel({ orderId: orderKey, source: 'server', codes: [], shopId: house.shop }))).toEqual([
      'noted',
    ]);
    expect([await kept(orderKey), await verdicts(orderKey)]).toEqual([1, []]);
  });
});

describe('what earns nobody anything', () => {
  test('says why, and waits where a person has to say something', async () => {
    const keys = Array.from({ length: 6 }, fresh);
    const told = await outcomes(
      pixel({ orderId: keys[0]!, code: 'NOSUCH' }),
      pixel({ orderId: keys[1]!, code: 'FREE1' }),
      pixel({ orderId: keys[2]!, amount: 'twelve' }),
      pixel({ orderId: keys[3]!, amount: null }),
      pixel({ orderId: keys[4]!, currency: 'USD' }),
      pixel({ orderId: keys[5]!, doubt: 'asked with HEAD' }),
    );
    expect(told).toEqual([
      'unknown coupon',
      'free coupon',
      'unreadable: the amount cannot be read: not a number',
      'no amount',
      'other currency: 120.00 USD, where EUR is due',
      'suspicious: asked with HEAD',
    ]);
    const said = await Promise.all(keys.map(verdicts));
    expect(said.flat()).toEqual([
      'unknown coupon',
      'free coupon',
      'waits: unreadable: the amount cannot be read: not a number',
      'waits: no amount',
      'waits: other currency: 120.00 USD, where EUR is due',
      'waits: suspicious: asked with HEAD',
    ]);
    expect(await newLines()).toEqual([]);
  });

  test('says it no more once the order earns, and again when it does not', async () => {
    const orderId = fresh();
    await outcomes(pixel({ orderId, amount: null }));
    expect(await verdicts(orderId)).toEqual(['waits: no amount']);
    const typed = pixel({ id: `typed-${orderId}`, orderId, source: 'office', amount: '50' });
    expect(await outcomes(typed)).toEqual(['recorded']);
    expect(await verdicts(orderId)).toEqual([]);
    expect(await outcomes(word('withdrawal', { order: orderId, about: typed.id }))).toEqual(['corrected: was €50.00']);
    expect(await verdicts(orderId)).toEqual(['waits: no amount']);
    expect(await newLines()).toEqual(['Maria sale +500 pending', 'Maria undone -500 pending']);
  });

  test('waits no more once a person has answered it with another order, until the answer is taken back', async () => {
    const [waits, answered] = [pixel({ orderId: null, amount: null, browsers: ['rita'] }), fresh()];
    const { orderKey } = (await recordSales(env.DB, [waits]))[0]!;
    const open = () => count(env.DB, `SELECT count(*) FROM uncredited WHERE report_id = '${waits.id}' AND waits`);
    expect(await open()).toBe(1);
    const answer = reportOf({
      ...{
        id: `answer-${answered}`,
        source: 'office',
        shopId: house.shop,
        codes: ['MARIA10'],
        amount: '80',
        orderId: answered,
      },
      about: waits.id,
      receivedAt: NOON,
    });
    expect(await outcomes(answer)).toEqual(['recorded']);
    expect([await open(), await verdicts(orderKey)]).toEqual([0, ['waits: no amount']]);
    await outcomes(word('withdrawal', { order: answered, about: answer.id }));
    expect(await open()).toBe(1);
  });

  test('test hits go the whole way and say what they would come to', async () => {
    const orderId = fresh();
    expect(
      await outcomes(
        pixel({ orderId, test: true }),
        pixel({ orderId, test: true, code: 'NOSUCH' }),
        pixel({ orderId }),
      ),
    ).toEqual(['test: would earn €12.00', 'test: unknown coupon', 'recorded']);
    expect(await verdicts(orderId)).toEqual(['test: would earn €12.00', 'test: unknown coupon']);
    expect(await newLines()).toEqual(['Maria sale +1200 pending']);
  });

  test('switched off, nothing new is recorded; a person’s word about what is there is', async () => {
    const orderId = fresh();
    await outcomes(pixel({ orderId }));
    await switchCoupons(env.DB, false, nobody);
    expect(await outcomes(pixel({ orderId: fresh() }), pixel({ orderId, source: 'webhook', amount: '1' }))).toEqual([
      'switched off',
      'switched off',
    ]);
    expect(await outcomes(word('decline', { order: orderId, affiliateId: house.maria }))).toEqual(['corrected']);
    await switchCoupons(env.DB, true, nobody);
    expect(await newLines()).toEqual(['Maria sale +1200 pending', 'Maria declined -1200 pending']);
  });
});

import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Spooled, TrackerEnv } from '../../worker/env.ts';
import tracker from '../../worker/index.ts';
import { azulejo, count, fateOf, lines } from '../people.ts';

const store = { db: env.DB, kv: env.COUPONS };
let house: Awaited<ReturnType<typeof azulejo>>;

beforeAll(async () => {
  house = await azulejo(store);
});

/** A hit as a browser sends it, in an environment that a test may have broken. */
async function hit(path: string, init: RequestInit = {}, broken: Partial<TrackerEnv> = {}) {
  const context = createExecutionContext();
  const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0', ...(init.headers as object) };
  const request = new Request(`https://t.test${path}`, { ...init, headers });
  const response = await tracker.fetch(request, { ...env, ...broken }, context);
  await waitOnExecutionContext(context);
  return response;
}

const lastReport = () => fateOf(env.DB, 'true ORDER BY r.id DESC LIMIT 1');
const reports = () => count(env.DB, 'SELECT count(*) FROM reports');

describe('the answer', () => {
  test('is the same 43 bytes whatever became of the hit', async () => {
    await house.coupon('PAST', house.autumn, house.maria, '2020-01-01');
    const answers = [];
    for (const query of [
      'cc=MARIA10&amount=10&order=same-1',
      'cc=MARIA10&amount=10&order=same-1',
      'cc=NOSUCH&amount=10&order=same-2',
      'cc=PAST&amount=10&order=same-3',
      'cc=FREE1&amount=10&order=same-4',
      'cc=&amount=10&order=same-5',
      'cc=MARIA10&amount=ten&order=same-6',
      '',
    ]) {
      const response = await hit(`/track.gif?${query}`);
      expect(response.status).toBe(200);
      answers.push(JSON.stringify([[...response.headers], [...new Uint8Array(await response.arrayBuffer())]]));
    }
    expect(new Set(answers).size).toBe(1);
    const [headers, bytes] = JSON.parse(answers[0]!);
    expect(bytes).toHaveLength(43);
    expect(String.fromCharCode(...bytes.slice(0, 6))).toBe('GIF89a');
    expect(Object.fromEntries(headers)).toEqual({
      'access-control-allow-methods': 'GET, HEAD, OPTIONS',
      'access-control-allow-origin': '*',
      'cache-control': 'no-store',
      'content-length': '43',
      'content-type': 'image/gif',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    });
  });

  test('to the tag of the product that shops have now is the same, and its sale earns', async () => {
    await hit(`/script/track.php?cid=${house.autumn}&cost=100.0000&orderid=php-1&cc=maria10`);
    expect(await lastReport()).toMatchObject({
      outcome: 'recorded',
      amount_minor: 10000,
      order_id: 'php-1',
      campaign: String(house.autumn),
    });
  });
});

test('a hit without a coupon touches neither KV nor D1 nor the limit', async () => {
  const untouchable = new Proxy({}, { get: () => expect.unreachable('storage was asked') });
  const broken = {
    DB: untouchable,
    COUPONS: untouchable,
    SPOOL: untouchable,
    UNKNOWN_CODES: untouchable,
  } as Partial<TrackerEnv>;
  for (const cc of ['', '+', '[COUPON]', '%7B%7B+coupon+%7D%7D', 'null', 'undefined', '%25COUPON%25'])
    expect((await hit(`/track.gif?amount=10&order=1&cc=${cc}`, {}, broken)).status).toBe(200);
});

test('a known coupon costs one D1 round trip', async () => {
  await hit('/track.gif?cc=JOAO10&amount=10&order=trip-0');
  let trips = 0;
  const counted = new Proxy(env.DB, {
    get(db, name: keyof D1Database) {
      if (name === 'batch') trips++;
      const value = db[name];
      return typeof value === 'function' ? value.bind(db) : value;
    },
  });
  await hit('/track.gif?cc=JOAO10&amount=10&order=trip-1', {}, { DB: counted });
  expect(await lastReport()).toMatchObject({ outcome: 'recorded', order_id: 'trip-1' });
  expect(trips).toBe(1);
});

describe('input', () => {
  test.each([
    ['twice the same', 'cc=MARIA10&amount=10&amount=10&order=in-1', 'recorded', null],
    [
      'twice, differing',
      'cc=MARIA10&amount=10&amount=20&order=in-2',
      'unreadable',
      '"amount" was sent with different values: 10, 20',
    ],
    ['no amount', 'cc=MARIA10&order=in-3', 'no amount', null],
    ['a comma', 'cc=MARIA10&amount=10,50&order=in-4', 'unreadable', 'the amount cannot be read: not a number'],
    [
      'three decimals',
      'cc=MARIA10&amount=10.505&order=in-5',
      'unreadable',
      'the amount cannot be read: too many decimals',
    ],
    ['a negative amount', 'cc=MARIA10&amount=-10&order=in-6', 'unreadable', 'the amount cannot be read: negative'],
    ['an exponent', 'cc=MARIA10&amount=1e3&order=in-7', 'unreadable', 'the amount cannot be read: not a number'],
    ['other money', 'cc=MARIA10&amount=10&order=in-8&currency=usd', 'other currency', '10 USD, where EUR is due'],
    ['no money', 'cc=MARIA10&amount=10&order=in-9&currency=XXQ', 'unreadable', 'the currency cannot be read: XXQ'],
    ['its own money, small', 'cc=MARIA10&amount=10&order=in-10&currency=eur', 'recorded', null],
    [
      'a control character in the order',
      'cc=MARIA10&amount=10&order=in%0011',
      'unreadable',
      'the order ID cannot be read: control character',
    ],
    [
      'a long code',
      `cc=${'x'.repeat(101)}&amount=10&order=in-12`,
      'unreadable',
      'the coupon code cannot be read: too long',
    ],
    ['Latin-1', 'cc=CAF%C9&amount=10&order=in-13', 'unreadable', 'the coupon code cannot be read: control character'],
    ['20 KB', `cc=MARIA10&amount=10&order=in-14&x=${'y'.repeat(20_000)}`, 'recorded', null],
    [
      'a 20 KB order',
      `cc=MARIA10&amount=10&order=${'y'.repeat(20_000)}`,
      'unreadable',
      'the order ID cannot be read: too long',
    ],
    ['a campaign that is none', 'cc=MARIA10&amount=10&order=in-16&campaign=9999', 'recorded', null],
    ['a campaign that is no number', 'cc=MARIA10&amount=10&order=in-17&campaign=%27;--', 'recorded', null],
    ['a broken escape', 'cc=MARIA10&amount=10&order=in-18%ZZ', 'recorded', null],
    ['an id beyond 2^53', 'cc=MARIA10&amount=10&order=90071992547409931', 'recorded', null],
  ])('%s', async (_, query, outcome, detail) => {
    const response = await hit(`/track.gif?${query}`);
    expect(response.status).toBe(200);
    expect(await lastReport()).toMatchObject({ outcome, detail });
  });

  test('an order id stays the text it was', async () => {
    await hit('/track.gif?cc=MARIA10&amount=10&order=1001.0');
    await hit('/track.gif?cc=MARIA10&amount=10&order=1001');
    await hit('/track.gif?cc=MARIA10&amount=10&order=01001');
    const { results } = await env.DB.prepare(
      `SELECT order_key FROM sales WHERE order_key LIKE '%1001%' ORDER BY id`,
    ).all();
    expect(results).toEqual([{ order_key: '1001.0' }, { order_key: '1001' }, { order_key: '01001' }]);
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s is refused, and nothing is kept', async (method) => {
    const was = await reports();
    expect((await hit('/track.gif?cc=MARIA10&amount=10&order=method', { method })).status).toBe(405);
    expect(await reports()).toBe(was);
  });
});

describe('doubt', () => {
  test.each([
    ['HEAD', { method: 'HEAD' }, 'asked with HEAD'],
    ['a prefetch', { headers: { 'sec-purpose': 'prefetch;prerender' } }, 'loaded ahead of time by a browser'],
    ['a bot', { headers: { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1)' } }, 'sent by a bot (bot)'],
  ])('%s is kept and earns nothing; the real hit after it earns', async (name, init, detail) => {
    const order = `doubt-${name.replaceAll(' ', '-')}`;
    const was = (await lines(env.DB)).length;
    expect((await hit(`/track.gif?cc=MARIA10&amount=10&order=${order}`, init)).status).toBe(200);
    expect(await lastReport()).toMatchObject({ outcome: 'suspicious', detail });
    expect(await lines(env.DB)).toHaveLength(was);
    await hit(`/track.gif?cc=MARIA10&amount=10&order=${order}`);
    expect(await lines(env.DB)).toHaveLength(was + 1);
  });
});

test('what is only a test waits for nobody; a bot’s with an order and a coupon of ours waits for a look', async () => {
  await hit('/track.gif?cc=MARIA10&amount=ten&order=nobody-1&test=1');
  expect(await lastReport()).toMatchObject({
    outcome: 'test',
    detail: 'unreadable; the amount cannot be read: not a number',
    waits: 0,
  });
  await hit('/track.gif?cc=MARIA10&order=nobody-2', { method: 'HEAD' });
  expect(await lastReport()).toMatchObject({ outcome: 'suspicious', detail: 'asked with HEAD', waits: 1 });
  await hit('/track.gif?cc=NOSUCH&order=nobody-3', { method: 'HEAD' });
  expect(await lastReport()).toMatchObject({ outcome: 'suspicious', waits: 0 });
});

describe('a receipt', () => {
  const failing = {
    prepare: () => failing,
    bind: () => failing,
    batch: async () => {
      throw new Error('D1 is down');
    },
  } as unknown as D1Database;

  test('with D1 down is given for the spool, which brings the sale in later, once', async () => {
    const spool: Spooled[] = [];
    const SPOOL = {
      send: async (message: Spooled) => spool.push(structuredClone(message)),
    } as unknown as Queue<Spooled>;
    expect((await hit('/track.gif?cc=MARIA10&amount=77&order=spool-1', {}, { DB: failing, SPOOL })).status).toBe(200);
    expect(spool).toHaveLength(1);
    const batch = { messages: [...spool, ...spool].map((body) => ({ body })) } as unknown as MessageBatch<Spooled>;
    await tracker.queue(batch, env);
    await tracker.queue(batch, env);
    expect(await count(env.DB, `SELECT count(*) FROM sales WHERE order_key = 'spool-1'`)).toBe(1);
    expect((await lines(env.DB)).at(-1)).toBe('Maria sale +770 pending');
  });

  test('with D1 down for a moment, the real queue brings the sale in', async () => {
    const response = await hit('/track.gif?cc=MARIA10&amount=78&order=spool-real', {}, { DB: failing });
    expect(response.status).toBe(200);
    const arrived = () => count(env.DB, `SELECT count(*) FROM sales WHERE order_key = 'spool-real'`);
    await vi.waitUntil(async () => (await arrived()) === 1, { timeout: 20_000, interval: 100 });
    expect((await lines(env.DB)).at(-1)).toBe('Maria sale +780 pending');
  }, 30_000);

  test('is refused where the spool fails too', async () => {
    const SPOOL = {
      send: async () => {
        throw new Error('the queue is down');
      },
    } as unknown as Queue<Spooled>;
    expect((await hit('/track.gif?cc=MARIA10&amount=77&order=spool-2', {}, { DB: failing, SPOOL })).status).toBe(503);
  });

  test('with KV down costs nothing but a second question to D1', async () => {
    const broken = async () => {
      throw new Error('KV is down');
    };
    const COUPONS = { get: broken, put: broken } as unknown as KVNamespace;
    expect((await hit('/track.gif?cc=MARIA10&amount=77&order=kv-down', {}, { COUPONS })).status).toBe(200);
    expect(await count(env.DB, `SELECT count(*) FROM sales WHERE order_key = 'kv-down'`)).toBe(1);
    expect((await hit('/health', {}, { COUPONS })).status).toBe(503);
  });

  test('health says that both answer', async () => {
    const response = await hit('/health');
    expect([response.status, await response.json()]).toEqual([200, { d1: true, kv: true }]);
  });
});

describe('guessing', () => {
  test('above the limit is not written down; a code of ours is recorded all the same, by the time the GIF is there', async () => {
    const headers = { 'cf-connecting-ip': '198.51.100.7' };
    // The limit counts by the minute of the clock: all hits have to fall into one.
    await vi.waitUntil(() => Date.now() % 60_000 < 50_000, { timeout: 15_000 });
    const was = await reports();
    for (let i = 0; i < 100; i++) await hit(`/track.gif?cc=GUESS${i}&amount=1&order=guess-${i}`, { headers });
    expect((await reports()) - was).toBe(60);

    await hit('/track.gif?cc=MARIA10&amount=50&order=guess-known', { headers });
    expect(await lastReport()).toMatchObject({ outcome: 'recorded', order_id: 'guess-known' });
    await env.COUPONS.delete('code1:joao10');
    await hit('/track.gif?cc=JOAO10&amount=50&order=guess-ours', { headers });
    expect(await lastReport()).toMatchObject({ outcome: 'recorded', order_id: 'guess-ours' });
    expect((await reports()) - was).toBe(62);
  }, 40_000);
});

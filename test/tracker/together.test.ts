import { env } from 'cloudflare:test';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Spooled } from '../../worker/env.ts';
import { receive, receiveSpooled } from '../../worker/receive.ts';
import { d1Through, mentions } from '../d1.ts';
import { azulejo, count, pixel } from '../people.ts';

beforeAll(async () => {
  await azulejo({ db: env.DB, kv: env.COUPONS });
});
afterEach(() => {
  vi.useRealTimers();
});

/** D1 as it is, with `batch` done in another way. */
const d1With = (batch: (statements: D1PreparedStatement[]) => Promise<unknown>) =>
  new Proxy(env.DB, {
    get(db, name: keyof D1Database) {
      if (name === 'batch') return batch;
      const value = db[name];
      return typeof value === 'function' ? value.bind(db) : value;
    },
  });

const spoolTo = (spool: Spooled[]) =>
  ({ send: async (message: Spooled) => spool.push(message) }) as unknown as Queue<Spooled>;
const hit = (orderId: string, given: Partial<typeof env>) =>
  receive({ ...env, ...given }, pixel({ orderId, amount: '40' }), '192.0.2.9', () => {});
const soldBy = (prefix: string) => count(env.DB, `SELECT count(*) FROM sales WHERE order_key LIKE '${prefix}-%'`);

test('a crowd of hits goes to D1 in a few lists, and each is recorded', async () => {
  let lists = 0;
  const DB = d1With((statements) => {
    lists++;
    return env.DB.batch(statements);
  });
  await Promise.all(Array.from({ length: 150 }, (_, i) => hit(`crowd-${i}`, { DB })));
  expect(await soldBy('crowd')).toBe(150);
  expect(lists).toBeLessThan(50);
});

test('where the list of a crowd fails, each of them goes to the spool', async () => {
  const spool: Spooled[] = [];
  const DB = d1With(() => Promise.reject(new Error('D1 is down')));
  await Promise.all(Array.from({ length: 30 }, (_, i) => hit(`down-${i}`, { DB, SPOOL: spoolTo(spool) })));
  expect(spool).toHaveLength(30);
  expect(await soldBy('down')).toBe(0);
});

test('what D1 refuses of a crowd goes to the spool by itself, and waits there by itself', async () => {
  const refused = vi.spyOn(console, 'error').mockImplementation(() => {});
  const spool: Spooled[] = [];
  const DB = d1Through(env.DB, (asked, call) => {
    if (asked.some(({ query }) => /INSERT/.test(query)) && mentions(asked, 'poison-7"'))
      throw new Error('D1_ERROR: poison');
    return call();
  });
  await Promise.all(Array.from({ length: 30 }, (_, i) => hit(`poison-${i}`, { DB, SPOOL: spoolTo(spool) })));
  expect(spool.map(({ report }) => report.orderId)).toEqual(['poison-7']);
  expect(await soldBy('poison')).toBe(29);

  const retried: unknown[] = [];
  const bodies = [...spool, { report: pixel({ orderId: 'poison-after' }), guess: false }];
  const messages = bodies.map((body) => ({ body, retry: () => retried.push(body.report.orderId) }));
  await receiveSpooled({ ...env, DB }, messages as unknown as Message<Spooled>[]);
  expect(retried).toEqual(['poison-7']);
  expect(await soldBy('poison')).toBe(30);
  refused.mockRestore();
});

test('one hit that D1 never answers holds up the others for seconds, and none for ever', async () => {
  const spool: Spooled[] = [];
  const SPOOL = spoolTo(spool);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  const stuck = hit('stuck-1', { SPOOL, DB: d1With(() => new Promise(() => {})) });
  await vi.waitUntil(() => vi.getTimerCount() === 1, { interval: 1 });
  const behind = hit('stuck-2', { SPOOL });
  await vi.waitUntil(() => vi.getTimerCount() === 2, { interval: 1 });
  await vi.advanceTimersByTimeAsync(8_000);
  await Promise.all([stuck, behind]);
  expect(spool.map(({ report }) => report.orderId)).toEqual(['stuck-1', 'stuck-2']);
  await vi.advanceTimersByTimeAsync(2_000);
  await hit('stuck-3', { SPOOL });
  expect(spool).toHaveLength(2);
  expect(await soldBy('stuck')).toBe(1);
});

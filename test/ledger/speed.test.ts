/** No timing here: that no statement of the ledger reads a whole table, so that the millionth sale costs what the first did. */
import { env } from 'cloudflare:test';
import { beforeAll, expect, test } from 'vitest';
import { recordSales } from '../../ledger/record-sales.ts';
import { azulejo, pixel } from '../people.ts';

beforeAll(async () => {
  await azulejo({ db: env.DB, kv: env.COUPONS });
});

test('recording, confirming and correcting read no more rows in a full house than in an empty one', async () => {
  let rowsRead = 0;
  const counted = new Proxy(env.DB, {
    get(db, name: keyof D1Database) {
      const value = db[name];
      if (name !== 'batch') return typeof value === 'function' ? value.bind(db) : value;
      return async (statements: D1PreparedStatement[]) => {
        const results = await db.batch(statements);
        rowsRead += results.reduce((sum, result) => sum + result.meta.rows_read, 0);
        return results;
      };
    },
  });
  const cost = async (name: string) => {
    rowsRead = 0;
    const orders = ['1', '2', '3'].map((n) => `${name}-${n}`);
    const say = (source: 'pixel' | 'server' | 'webhook', amount: string) =>
      recordSales(
        counted,
        orders.map((orderId) => pixel({ orderId, source, amount })),
      );
    for (const each of [await say('pixel', '10'), await say('server', '10'), await say('webhook', '12')])
      expect(new Set(each.map(({ outcome }) => outcome)).size).toBe(1);
    return rowsRead;
  };
  const empty = await cost('first');
  await recordSales(
    env.DB,
    Array.from({ length: 2000 }, (_, i) => pixel({ orderId: `full-${i}` })),
  );
  expect(await cost('last')).toBeLessThan(empty * 1.2);
});

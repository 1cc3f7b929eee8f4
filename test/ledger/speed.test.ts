/** No timing here: that no statement of the ledger reads a whole table, so that the millionth sale costs what the first did. */
import { env } from 'cloudflare:test';
import { beforeAll, expect, test } from 'vitest';
import { decideAgain } from '../../ledger/sales/decide-again.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { approveCommissions, approveDue, declineCommissions } from '../../ledger/sales/settle.ts';
import { azulejo, NOON, pixel, type Said } from '../people.ts';

let rowsRead = 0;

/** D1, with the rows counted that its statements read. */
const counted = new Proxy(env.DB, {
  get(db, name: keyof D1Database) {
    const value = db[name];
    if (name === 'batch')
      return async (statements: D1PreparedStatement[]) => {
        const results = await db.batch(statements);
        rowsRead += results.reduce((sum, result) => sum + result.meta.rows_read, 0);
        return results;
      };
    if (name === 'prepare') return (query: string) => countedStatement(db.prepare(query));
    return typeof value === 'function' ? value.bind(db) : value;
  },
});

function countedStatement(statement: D1PreparedStatement): D1PreparedStatement {
  return new Proxy(statement, {
    get(target, name: keyof D1PreparedStatement) {
      if (name === 'bind') return (...values: unknown[]) => countedStatement(target.bind(...values));
      if (name === 'all' || name === 'run')
        return async () => {
          const result = await target[name]();
          rowsRead += result.meta.rows_read;
          return result;
        };
      const value = target[name];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

let house: Awaited<ReturnType<typeof azulejo>>;
beforeAll(async () => {
  house = await azulejo({ db: env.DB, kv: env.COUPONS });
});

const by = { userId: null, now: NOON };
const three = (name: string) => [1, 2, 3].map((n) => `${name}-${n}`);
const seenOf = async (orders: string[], lines: number) => {
  const { results } = await env.DB.prepare('SELECT id FROM sales WHERE order_key IN (SELECT value FROM json_each(?))')
    .bind(JSON.stringify(orders))
    .all<{ id: number }>();
  return results.map(({ id }) => ({ saleId: id, affiliateId: house.maria, lines }));
};

/** What is done to three orders, and the rows that each deed reads. */
async function deeds(name: string): Promise<Record<string, number>> {
  const orders = three(name);
  const cost: Record<string, number> = {};
  const measure = async <Result>(deed: string, work: () => Promise<Result>): Promise<Result> => {
    rowsRead = 0;
    const result = await work();
    cost[deed] = rowsRead;
    return result;
  };
  const say = (said: Said) =>
    recordSales(
      counted,
      orders.map((orderId) => pixel({ orderId, ...said })),
    );
  const outcomes = async (deed: string, said: Said) =>
    (await measure(deed, () => say(said))).map(({ outcome }) => outcome);
  expect(await outcomes('record', { amount: '10' })).toEqual(['recorded', 'recorded', 'recorded']);
  expect(await outcomes('reload', { amount: '10' })).toEqual(['already known', 'already known', 'already known']);
  const webhook = { source: 'webhook', shopId: house.shop, amount: '12' } as const;
  expect(await outcomes('correct', webhook)).toEqual(['corrected', 'corrected', 'corrected']);
  expect(await outcomes('without a number', { orderId: null, browsers: [name] })).toContain('recorded');
  const unknown = ['unknown coupon', 'unknown coupon', 'unknown coupon'];
  const others = orders.map((order) => pixel({ orderId: `${order}-no`, code: 'NOSUCH' }));
  expect((await measure('unknown', () => recordSales(counted, others))).map(({ outcome }) => outcome)).toEqual(unknown);
  const seen = await seenOf(orders, 2);
  expect(await measure('approve', () => approveCommissions(counted, seen, by))).toEqual({ done: 3, changed: [] });
  const approved = seen.map((each) => ({ ...each, lines: 3 }));
  expect(await measure('decline', () => declineCommissions(counted, approved, 'no', by))).toEqual({
    done: 3,
    changed: [],
  });
  await env.DB.prepare(
    `INSERT INTO to_decide (shop_id, order_key, kind, cause, since) SELECT 1, value, 'undone', 'import', 0 FROM json_each(?)`,
  )
    .bind(JSON.stringify(orders))
    .run();
  expect(await measure('decide again', () => decideAgain(counted, 100, NOON))).toBe(0);
  expect(await measure('end of holds', () => approveDue(counted, NOON))).toBe(0);
  return cost;
}

test('no deed reads more rows in a full house than in an empty one', async () => {
  const empty = await deeds('first');
  await recordSales(
    env.DB,
    Array.from({ length: 2_000 }, (_, i) => pixel({ orderId: `full-${i}`, browsers: [`browser-${i}`] })),
  );
  const full = await deeds('last');
  for (const [deed, rows] of Object.entries(full)) expect(rows, deed).toBeLessThan(empty[deed]! * 1.2 + 10);
});

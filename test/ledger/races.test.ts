/** Callers who speak of the same orders at once, with every order of their calls to D1 (trials/ledger.md, 2). */
import { env } from 'cloudflare:test';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { editCoupon } from '../../ledger/coupons/edit.ts';
import { type Kind, type Report, reportOf, type Source } from '../../ledger/report.ts';
import { decideAgain } from '../../ledger/sales/decide-again.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { approveCommissions, declineCommissions } from '../../ledger/sales/settle.ts';
import { books } from '../books.ts';
import { d1Through, inTurns, isAppend } from '../d1.ts';
import { azulejo, count, lines, NOON, nobody, pixel, type Said, standing } from '../people.ts';

const store = { db: env.DB, kv: env.COUPONS };
let house: Awaited<ReturnType<typeof azulejo>>;
let stories = 0;
beforeAll(async () => {
  house = await azulejo(store);
});

const row = (orderId: string, said: Said = {}) => pixel({ orderId, source: 'import', shopId: house.shop, ...said });

test('a row that is delivered twice, with the customer’s hit in between, earns once', async () => {
  const report = row('D1', { id: 'row-1', amount: '100' });
  const slow = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const second = d1Through(env.DB, async (asked, call) => {
    if (isAppend(asked)) {
      held.resolve();
      await slow.promise;
    }
    return call();
  });
  const late = recordSales(second, [report]);
  await held.promise;
  await recordSales(env.DB, [pixel({ orderId: 'D1', amount: '100' })]);
  expect((await recordSales(env.DB, [report]))[0]!.outcome).toBe('confirmed');
  slow.resolve();
  expect((await late)[0]!.outcome).toBe('confirmed');
  expect(await lines(env.DB)).toEqual(['Maria sale +1000 pending']);
  expect(await books(env.DB)).toEqual([]);
});

const seed = fc.integer({ min: 0, max: 2 ** 31 });
const message = fc.record({
  source: fc.constantFrom('pixel', 'office', 'server', 'webhook'),
  kind: fc.constantFrom<Kind>('sale', 'sale', 'sale', 'refund', 'correction', 'decline', 'void', 'restore'),
  order: fc.constantFrom('a', 'b'),
  code: fc.constantFrom('MARIA10', 'JOAO10', 'NOSUCH'),
  amount: fc.constantFrom('100', '60', '9.99'),
});

interface Told {
  source: Source;
  kind: Kind;
  order: string;
  code: string;
  amount: string;
}

function reportsOf(story: string, messages: Told[]): Report[] {
  return messages.map(({ source, kind, order, code, amount }, index) => {
    const personal = kind !== 'sale' && kind !== 'refund';
    return reportOf({
      id: `${story}-${index}`,
      source: personal ? 'office' : source,
      kind,
      shopId: source === 'pixel' && !personal ? null : house.shop,
      ...(personal ? { order: `${story}-${order}` } : { orderId: `${story}-${order}` }),
      codes: kind === 'sale' || kind === 'correction' ? [code] : null,
      amount: kind === 'sale' || kind === 'correction' ? amount : null,
      refunded: kind === 'refund' ? amount : null,
      affiliateId: kind === 'decline' || (kind === 'restore' && amount === '100') ? house.maria : null,
      browsers: [`browser ${amount}`],
      receivedAt: NOON + index,
    });
  });
}

describe('three callers at once', () => {
  test('with the same reports in any order write each once, and the books are in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        seed,
        fc.array(message, { minLength: 2, maxLength: 7 }),
        fc.array(fc.array(fc.nat({ max: 6 }), { maxLength: 6 }), { minLength: 3, maxLength: 3 }),
        async (draw, messages, picks) => {
          const story = `story${stories++}`;
          const reports = reportsOf(story, messages);
          const lists = picks.map((pick) => pick.flatMap((index) => reports[index] ?? []));
          const told = await inTurns(
            env.DB,
            draw,
            lists.map((list) => (db) => recordSales(db, list)),
          );
          expect(told.flat().map(({ outcome }) => outcome)).not.toContain('could not be decided');
          const ids = new Set(lists.flat().map(({ id }) => id));
          const kept = await env.DB.prepare(
            `SELECT count(*) AS n, count(DISTINCT id) AS ids, total(reloads) AS reloads FROM reports
             LEFT JOIN (SELECT sum(reloads) AS reloads FROM sales WHERE order_key LIKE ?1) WHERE order_key LIKE ?1`,
          )
            .bind(`${story}-%`)
            .first<{ n: number; ids: number; reloads: number }>();
          expect(kept!.n).toBe(kept!.ids);
          expect(kept!.n).toBeLessThanOrEqual(ids.size);
          expect(await books(env.DB)).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);

  test('one tells, one changes the owner, one approves and declines: every sum is of what stands', async () => {
    await fc.assert(
      fc.asyncProperty(seed, fc.array(message, { minLength: 2, maxLength: 6 }), async (draw, messages) => {
        const story = `story${stories++}`;
        const code = `CODE${stories}`;
        const coupon = await house.coupon(code, house.autumn, house.maria);
        const reports = reportsOf(
          story,
          messages.map((each) => ({ ...each, code: each.code === 'MARIA10' ? code : each.code })),
        );
        await recordSales(env.DB, reports.slice(0, 1));
        const owner = { code, campaignId: house.autumn, affiliateId: house.joao, expiresOn: null };
        const seen = async (db: D1Database) =>
          (
            await db
              .prepare(
                `SELECT m.sale_id AS saleId, m.affiliate_id AS affiliateId, m.lines FROM commissions m
                 JOIN sales s ON s.id = m.sale_id WHERE s.order_key LIKE ?`,
              )
              .bind(`${story}-%`)
              .all<{ saleId: number; affiliateId: number; lines: number }>()
          ).results;
        await inTurns<unknown>(env.DB, draw, [
          (db) => recordSales(db, reports.slice(1)),
          (db) => editCoupon({ db, kv: env.COUPONS }, coupon, 1, owner, { userId: null, now: NOON + 100 }),
          async (db) => {
            await approveCommissions(db, await seen(db), nobody);
            await declineCommissions(db, (await seen(db)).slice(0, 1), 'no', nobody);
          },
          (db) => decideAgain(db, 10, NOON),
        ]);
        await decideAgain(env.DB, 100, NOON);
        expect(await books(env.DB)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

test('eight who decide the same orders again at once write the same lines once', async () => {
  const orders = Array.from({ length: 30 }, (_, i) => `again-${i}`);
  await recordSales(
    env.DB,
    orders.map((orderId) => row(orderId, { importId: null })),
  );
  await recordSales(
    env.DB,
    orders.map((orderId) => pixel({ orderId, source: 'webhook', shopId: house.shop, amount: '60' })),
  );
  const was = (await lines(env.DB)).length;
  await env.DB.prepare(
    `INSERT INTO to_decide (shop_id, order_key, kind, cause, since) SELECT 1, value, 'undone', 'import', 0 FROM json_each(?)`,
  )
    .bind(JSON.stringify(orders))
    .run();
  await inTurns(
    env.DB,
    7,
    Array.from({ length: 8 }, () => (db: D1Database) => decideAgain(db, 100, NOON)),
  );
  expect(await count(env.DB, 'SELECT count(*) FROM to_decide')).toBe(0);
  expect((await lines(env.DB)).length).toBe(was);
  expect(await standing(env.DB, 'again-7')).toEqual(['Maria 600 pending']);
});

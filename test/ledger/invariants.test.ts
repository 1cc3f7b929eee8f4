/** Whatever is sent, by whatever doors, in whatever order and at the same time: an order earns what it is worth, once. */
import { env } from 'cloudflare:test';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { settleCommissions } from '../../ledger/commissions.ts';
import { recordSales } from '../../ledger/record-sales.ts';
import { rank } from '../../ledger/report.ts';
import { azulejo, nobody, pixel } from '../people.ts';

let house: Awaited<ReturnType<typeof azulejo>>;
beforeAll(async () => {
  house = await azulejo({ db: env.DB, kv: env.COUPONS });
});

const said = fc.record({
  source: fc.constantFrom('pixel', 'office', 'server', 'webhook'),
  order: fc.integer({ min: 1, max: 3 }),
  code: fc.constantFrom('MARIA10', 'JOAO10', 'maria10 ', 'NOSUCH'),
  amount: fc.constantFrom('10', '10.00', '99.95', '0', '0.05', 'ten'),
});

/** Reports are sent in lists; lists of one step are sent at once. Between steps a person may approve what waits. */
const story = fc.array(
  fc.record({
    lists: fc.array(fc.array(said, { maxLength: 5 }), { minLength: 1, maxLength: 3 }),
    approve: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4 },
);

test('every sale’s lines add up to its commission, for its affiliate and for nobody else', {
  timeout: 120_000,
}, async () => {
  let told = 0;
  await fc.assert(
    fc.asyncProperty(story, async (steps) => {
      const prefix = `story-${told++}-`;
      const sent: { order: string; source: (typeof steps)[0]['lists'][0][0]['source'] }[] = [];
      for (const { lists, approve } of steps) {
        const reports = lists.map((list) =>
          list.map(({ order, ...message }) => {
            sent.push({ order: `${prefix}${order}`, source: message.source });
            return pixel({ ...message, orderId: `${prefix}${order}` });
          }),
        );
        const outcomes = await Promise.all(reports.map((list) => recordSales(env.DB, list)));
        expect(outcomes.map((list) => list.map((each) => each.reportId))).toEqual(
          reports.map((list) => list.map((report) => report.id)),
        );
        if (approve) {
          const waiting = await env.DB.prepare(`SELECT id FROM commissions WHERE status = 'pending'`).all<{
            id: number;
          }>();
          await settleCommissions(
            env.DB,
            waiting.results.map(({ id }) => id),
            'approved',
            null,
            nobody,
          );
        }
      }
      const { results } = await env.DB.prepare(
        `SELECT s.order_key AS orderKey, s.amount_minor AS amount, s.evidence, s.affiliate_id AS affiliate,
           sum(CASE WHEN m.status <> 'declined' AND m.affiliate_id = s.affiliate_id THEN m.amount_minor ELSE 0 END) AS theirs,
           sum(CASE WHEN m.status <> 'declined' AND m.affiliate_id <> s.affiliate_id THEN m.amount_minor ELSE 0 END) AS others
         FROM sales s JOIN commissions m ON m.sale_id = s.id WHERE s.order_key LIKE ? GROUP BY s.id`,
      )
        .bind(`${prefix}%`)
        .all<{
          orderKey: string;
          amount: number;
          evidence: 'pixel';
          affiliate: number;
          theirs: number;
          others: number;
        }>();
      const worth: Record<number, number> = { 0: 0, 5: 1, 1000: 100, 9995: 1000 };
      for (const sale of results) {
        expect(sale).toMatchObject({ theirs: worth[sale.amount], others: 0 });
        expect([house.maria, house.joao]).toContain(sale.affiliate);
        const ranks = sent.filter(({ order }) => order === sale.orderKey).map(({ source }) => rank(source));
        expect(rank(sale.evidence)).toBeLessThanOrEqual(Math.max(...ranks));
      }
      expect(new Set(results.map((sale) => sale.orderKey)).size).toBe(results.length);
    }),
    { numRuns: 60 },
  );
});

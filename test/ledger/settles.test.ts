/**
 * A decision on facts just gathered passes its own guard: whatever is said of whatever order, it is settled in one round, and
 * what is to be kept is in the database afterwards (issue 13, 8; trials/ledger.md, 1).
 */
import { env } from 'cloudflare:test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAffiliate, editAffiliate } from '../../ledger/affiliates.ts';
import { createCampaign } from '../../ledger/campaigns.ts';
import { editCoupon } from '../../ledger/coupons/edit.ts';
import { openImport } from '../../ledger/imports/file.ts';
import { type OrderName, type Report, reportOf } from '../../ledger/report.ts';
import { type MoveKind, moveMoney } from '../../ledger/sales/move-money.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { books } from '../books.ts';
import { d1Through, isAppend } from '../d1.ts';
import { azulejo, DAY, NOON, nobody, pixel, type Said, TEN_PERCENT, word } from '../people.ts';

const store = { db: env.DB, kv: env.COUPONS };
let house: Awaited<ReturnType<typeof azulejo>>;
let importId: number;
const idOf = (made: { id: number } | { error: string }) => ('id' in made ? made.id : expect.unreachable(made.error));

beforeAll(async () => {
  house = await azulejo(store);
  const paused = await createCampaign(env.DB, house.shop, { ...TEN_PERCENT, name: 'Summer', status: 'paused' }, nobody);
  await house.coupon('SUMMER10', idOf(paused), house.maria);
  await house.coupon('PAST10', house.autumn, house.maria, '2020-01-01');
  const ines = { name: 'Inês', email: 'ines@azulejo.test', note: '' };
  const id = idOf(await createAffiliate(env.DB, ines, nobody));
  await editAffiliate(env.DB, id, { ...ines, status: 'suspended' }, nobody);
  await house.coupon('INES10', house.autumn, id);
  const handed = await house.coupon('HANDED10', house.autumn, house.maria);
  const toJoao = { code: 'HANDED10', campaignId: house.autumn, affiliateId: house.joao, expiresOn: null };
  await editCoupon(store, handed, 1, toJoao, { userId: null, now: NOON - DAY });
  importId = await openImport(env.DB, { kind: 'sales', fileName: 'undone.csv', bytesTotal: 1 }, nobody);
  await env.DB.prepare(`UPDATE imports SET status = 'undone' WHERE id = ?`).bind(importId).run();
});
afterAll(async () => {
  expect(await books(env.DB)).toEqual([]);
});

const server = (order: string, said: Said = {}) =>
  pixel({ orderId: order, source: 'server', shopId: house.shop, ...said });
const webhook = (order: string, said: Said = {}) => server(order, { source: 'webhook', ...said });
const office = (order: string, said: Said = {}) => server(order, { source: 'office', ...said });
const named = (order: string, ...names: OrderName[]) => webhook(order, { more: { names } });

/** What may be said of an order: each kind, and each outcome. */
const SAID: Record<string, (order: string) => Report> = {
  'a customer’s hit': (order) => pixel({ orderId: order }),
  'another browser’s other coupon': (order) => pixel({ orderId: order, code: 'JOAO10', browsers: ['tiago'] }),
  'an unknown coupon': (order) => pixel({ orderId: order, code: 'NOSUCH' }),
  'a free coupon': (order) => pixel({ orderId: order, code: 'FREE1' }),
  'an expired coupon': (order) => pixel({ orderId: order, code: 'PAST10' }),
  'a paused campaign': (order) => pixel({ orderId: order, code: 'SUMMER10' }),
  'a suspended affiliate': (order) => pixel({ orderId: order, code: 'INES10' }),
  'something unreadable': (order) => pixel({ orderId: order, amount: 'twelve' }),
  'an amount above 10^12': (order) => webhook(order, { amount: '10000000000.01' }),
  'no amount': (order) => pixel({ orderId: order, amount: null }),
  'another currency': (order) => webhook(order, { currency: 'USD' }),
  'a test hit': (order) => pixel({ orderId: order, test: true }),
  'a bot’s hit': (order) => pixel({ orderId: order, doubt: 'asked with HEAD' }),
  'coupons of two affiliates': (order) => webhook(order, { codes: ['MARIA10', 'JOAO10'] }),
  'a day with two results': (order) => office(order, { code: 'HANDED10', soldOn: '2026-11-22' }),
  'a person’s sale': (order) => office(order, { amount: '60' }),
  'a fixed commission': (order) => office(order, { code: 'JOAO5' }),
  'a row of an undone import': (order) => office(order, { source: 'import', importId }),
  'a shop’s state': (order) => webhook(order, { amount: '80' }),
  'a state without a coupon': (order) => server(order, { codes: [] }),
  'a cancelled state': (order) => webhook(order, { codes: null, amount: null, cancelled: true }),
  'a refund': (order) =>
    webhook(order, { kind: 'refund', codes: null, amount: null, refunded: '20', more: { refundId: 'r' } }),
  'a refund in dollars': (order) =>
    webhook(order, { kind: 'refund', codes: null, amount: null, refunded: '20', currency: 'USD' }),
  'names of it': (order) => named(order, { kind: 'id', name: `id of ${order}` }, { kind: 'number', name: `#${order}` }),
  'the name of another order': (order) => named(order, { kind: 'number', name: `other ${order}` }),
  'a correction': (order) => word('correction', { order, codes: ['JOAO10'], amount: '50' }),
  'a correction to nobody': (order) => word('correction', { order, codes: [] }),
  'a void': (order) => word('void', { order }),
  'a restored order': (order) => word('restore', { order }),
  'a decline': (order) => word('decline', { order, affiliateId: house.maria, reason: 'no' }),
  'a restored commission': (order) => word('restore', { order, affiliateId: house.maria }),
  'a hold': (order) => word('hold', { order, affiliateId: house.maria }),
  'a hold on all': (order) => word('hold', { order }),
  'a release': (order) => word('release', { order }),
  'a withdrawal': (order) => word('withdrawal', { order, about: `first of ${order}` }),
  'an adjustment': (order) =>
    reportOf({ ...ADJUSTMENT, order, affiliateId: house.joao, more: { campaignId: house.autumn } }),
};
const ADJUSTMENT = {
  source: 'office',
  kind: 'adjustment',
  shopId: 1,
  codes: null,
  amount: '-5',
  receivedAt: NOON,
} as const;

const first = (order: string, report: Report) => ({ ...report, id: `first of ${order}` });
const move = async (orders: string[], kind: MoveKind) => {
  const { results } = await env.DB.prepare(
    `SELECT m.sale_id AS saleId, m.affiliate_id AS affiliateId, m.lines FROM commissions m JOIN sales s ON s.id = m.sale_id
     WHERE s.order_key IN (SELECT value FROM json_each(?))`,
  )
    .bind(JSON.stringify(orders))
    .all<{ saleId: number; affiliateId: number; lines: number }>();
  await moveMoney(env.DB, results, {
    kind,
    cause: { cause: 'person', causeId: null },
    by: { userId: null, now: NOON },
  });
};
const toDecide = (orders: string[]) =>
  env.DB.prepare(
    `INSERT INTO to_decide (shop_id, order_key, kind, cause, since) SELECT 1, value, 'undone', 'import', 0 FROM json_each(?)`,
  )
    .bind(JSON.stringify(orders))
    .run();

/** How an order may stand: what was said of it before, and what was done. */
const STANDS: Record<string, { said: (order: string) => Report[]; done?: (orders: string[]) => Promise<unknown> }> = {
  unknown: { said: () => [] },
  nothing: { said: (order) => [pixel({ orderId: order, code: 'NOSUCH' })] },
  'a browser’s sale': { said: (order) => [pixel({ orderId: order })] },
  'a shop’s sale': { said: (order) => [webhook(order)] },
  undone: { said: (order) => [office(order, { source: 'import', importId })] },
  'taken back': { said: (order) => [office(order), word('withdrawal', { order, about: `first of ${order}` })] },
  void: { said: (order) => [pixel({ orderId: order }), word('void', { order })] },
  'only void': { said: (order) => [word('void', { order })] },
  disputed: { said: (order) => [office(order), office(order, { amount: '90', witness: 'person:rui' })] },
  declined: { said: (order) => [pixel({ orderId: order }), word('decline', { order, affiliateId: house.maria })] },
  held: { said: (order) => [pixel({ orderId: order }), word('hold', { order })] },
  approved: { said: (order) => [pixel({ orderId: order })], done: (orders) => move(orders, 'approved') },
  paid: {
    said: (order) => [webhook(order)],
    done: async (orders) => {
      for (const kind of ['approved', 'in payment', 'paid'] as const) await move(orders, kind);
    },
  },
  'in another currency': { said: (order) => [pixel({ orderId: order, currency: 'USD' })] },
  'waiting for an amount': { said: (order) => [pixel({ orderId: order, amount: null })] },
  'waiting for a day': { said: (order) => [office(order, { code: 'HANDED10', soldOn: '2026-11-22' })] },
  'of two affiliates': { said: (order) => [webhook(order, { codes: ['MARIA10', 'JOAO10'] })] },
  'full of hits': {
    said: (order) => Array.from({ length: 20 }, (_, i) => pixel({ orderId: order, amount: `1.${10 + i}` })),
  },
  'one with another': {
    said: (order) => [
      pixel({ orderId: order }),
      server(`${order} too`),
      named(order, { kind: 'number', name: `${order} too` }),
    ],
  },
  'on the list of those to be decided again': { said: (order) => [pixel({ orderId: order })], done: toDecide },
  'an adjustment': { said: (order) => [SAID['an adjustment']!(order)] },
};

const countHits = (order: string) =>
  env.DB.prepare('SELECT total(reloads) + total(unkept) AS n FROM sales WHERE order_key = ?')
    .bind(order)
    .first<number>('n');

test.each(Object.keys(STANDS))(
  'of an order that is %s, whatever is said is settled in one round',
  async (standing) => {
    const orders = Object.fromEntries(Object.keys(SAID).map((what) => [what, `${standing}: ${what}`]));
    const { said, done } = STANDS[standing]!;
    const lists = Object.values(orders).map((order) =>
      said(order).map((report, index) => (index === 0 ? first(order, report) : report)),
    );
    for (let step = 0; lists.some((list) => step < list.length); step++)
      await recordSales(
        env.DB,
        lists.flatMap((list) => list[step] ?? []),
      );
    await recordSales(env.DB, [server(`other ${orders['the name of another order']}`)]);
    await done?.(Object.values(orders));

    let appends = 0;
    const db = d1Through(env.DB, (asked, call) => {
      if (isAppend(asked)) appends++;
      return call();
    });
    const reports: Report[] = [];
    const outcomes: string[] = [];
    for (const [what, say] of Object.entries(SAID)) {
      const order = orders[what]!;
      const [report, hits] = [say(order), await countHits(order)];
      appends = 0;
      const [told] = await recordSales(db, [report]);
      const kept = await env.DB.prepare('SELECT 1 AS n FROM reports WHERE id = ?').bind(report.id).first('n');
      expect(told!.outcome, what).not.toBe('could not be decided');
      if (kept !== null) expect(appends, what).toBe(1);
      else {
        expect(
          [report.source, appends <= 1, told!.outcome === 'counted' || (await countHits(order)) === hits! + 1],
          what,
        ).toEqual(['pixel', true, true]);
        continue;
      }
      reports.push(report);
      outcomes.push(`${what}: ${told!.outcome}`);
    }
    // Told again they are known, and nothing is written.
    appends = 0;
    const again = await recordSales(db, reports);
    expect(
      again.map(
        ({ orderKey, outcome }) => `${orderKey.replace(`${standing}: `, '').replace(/^other /, '')}: ${outcome}`,
      ),
    ).toEqual(outcomes);
    expect(appends).toBe(0);
  },
  30_000,
);

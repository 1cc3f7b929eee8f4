/** What holds whatever was said: by random histories of reports, told to orders of their own beside each other. */
import { env } from 'cloudflare:test';
import { beforeAll, expect, test } from 'vitest';
import { changeStatus } from '../../ledger/affiliates.ts';
import { editCampaign } from '../../ledger/campaigns.ts';
import { addCoupons, editCoupon } from '../../ledger/coupons/edit.ts';
import { type Report, reportOf } from '../../ledger/report.ts';
import { decideAgain } from '../../ledger/sales/decide-again.ts';
import { moveMoney } from '../../ledger/sales/move-money.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { approveCommissions } from '../../ledger/sales/settle.ts';
import { books } from '../books.ts';
import { azulejo, DAY, deleteCoupons, NOON, TEN_PERCENT } from '../people.ts';

const store = { db: env.DB, kv: env.COUPONS };
let house: Awaited<ReturnType<typeof azulejo>>;
beforeAll(async () => {
  house = await azulejo(store);
});

/** Numbers below `n`, the same for the same seed (mulberry32). */
function chance(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    below: (n: number) => Math.floor(next() * n),
    one: <T>(list: readonly T[]) => list[Math.floor(next() * list.length)]!,
  };
}
type Chance = ReturnType<typeof chance>;

const CODES = ['MARIA10', 'JOAO10', 'JOAO5'];
const AMOUNTS = ['120.00', '100.00', '60.00', '99.95'];

/** A report of somebody, by its place in time. `from` narrows who speaks. */
function said(random: Chance, order: string, at: number, from: readonly string[]): Report {
  const source = random.one(from);
  const said = { codes: [random.one(CODES)], amount: random.one(AMOUNTS), orderId: order, receivedAt: at };
  switch (source) {
    case 'pixel':
      return reportOf({ ...said, source, browsers: [`browser ${random.below(3)} of ${order}`] });
    case 'webhook':
      return reportOf({ ...said, source, shopId: house.shop, refunded: random.one([null, '10.00', '60.00']) });
    case 'refund':
      return reportOf({
        source: 'webhook',
        kind: 'refund',
        codes: null,
        orderId: order,
        shopId: house.shop,
        receivedAt: at,
        refunded: random.one(['5.00', '20.00']),
        more: { refundId: `r-${random.below(3)}` },
      });
    default:
      return reportOf({ ...said, source: 'office', shopId: house.shop, witness: `person:${random.below(2)}` });
  }
}

const EVERYBODY = ['pixel', 'pixel', 'webhook', 'office', 'refund'] as const;

/** What each affiliate is owed for an order, and whether it is asked about. */
async function owedFor(order: string) {
  const { results } = await env.DB.prepare(
    'SELECT affiliate_id AS affiliate, earned_minor AS earned FROM standing WHERE order_key = ? AND earned_minor <> 0 ORDER BY 1',
  )
    .bind(order)
    .all<{ affiliate: number; earned: number }>();
  const sale = await env.DB.prepare(
    'SELECT state, coupon_id AS coupon, amount_minor AS amount, refunded_minor AS refunded, question IS NOT NULL AS asked FROM sales WHERE order_key = ?',
  )
    .bind(order)
    .first<{ state: string; coupon: number | null; amount: number | null; refunded: number; asked: number }>();
  return { owed: results, sale };
}

/** What a person does meanwhile: approves, pays, or declines whatever there is. */
async function settle(random: Chance, order: string, at: number) {
  const { results } = await env.DB.prepare(
    'SELECT m.sale_id AS saleId, m.affiliate_id AS affiliateId, m.lines FROM commissions m JOIN sales s ON s.id = m.sale_id WHERE s.order_key = ?',
  )
    .bind(order)
    .all<{ saleId: number; affiliateId: number; lines: number }>();
  const by = { userId: null, now: at };
  const cause = { cause: 'payout' as const, causeId: '1' };
  switch (random.below(3)) {
    case 0:
      return approveCommissions(env.DB, results, by);
    case 1:
      return moveMoney(env.DB, results, { kind: random.one(['in payment', 'paid', 'failed', 'returned']), cause, by });
  }
}

test('undo and withdrawal are as if these reports had never come, whatever was approved or paid between', {
  timeout: 60_000,
}, async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = chance(seed);
    const [order, shadow] = [`undone-${seed}`, `never-${seed}`];
    const importId = 1_000 + seed;
    await env.DB.prepare(
      `INSERT INTO imports (id, kind, file_name, status, created_at, moved_at) VALUES (?, 'sales', 'a.csv', 'done', 0, 0)`,
    )
      .bind(importId)
      .run();
    // What browsers say after a person has approved counts no more: so either browsers speak, or a person settles.
    const settled = seed % 2 === 0;
    const speakers = settled ? EVERYBODY.slice(2) : EVERYBODY;
    const withdrawn: string[] = [];
    for (let step = 0; step < 8; step++) {
      const at = NOON + seed * DAY + step * 60_000;
      const report = said(random, order, at, speakers);
      const kind = random.below(3);
      const goes = kind < 2 && report.kind === 'sale' && report.source === 'office';
      const own =
        goes && kind === 0 ? { ...report, source: 'import' as const, witness: `file:${importId}`, importId } : report;
      await recordSales(env.DB, [own]);
      if (goes && kind === 1) withdrawn.push(own.id);
      // The shadow has the same, but for what will be taken back.
      if (!goes)
        await recordSales(env.DB, [
          {
            ...report,
            id: `${report.id}s`,
            orderId: shadow,
            orderKey: shadow,
            browsers: report.browsers.map((one) => `${one}s`),
          },
        ]);
      if (settled && random.below(2) === 0) await settle(random, order, at + 1);
    }
    const later = NOON + seed * DAY + DAY / 2;
    await env.DB.batch([
      env.DB.prepare(`UPDATE imports SET status = 'undoing' WHERE id = ?`).bind(importId),
      env.DB.prepare(
        `INSERT INTO to_decide (shop_id, order_key, kind, cause, cause_id, since)
         SELECT DISTINCT shop_id, order_key, 'undone', 'import', ?2, 0 FROM reports WHERE import_id = ?1`,
      ).bind(importId, String(importId)),
    ]);
    expect(await decideAgain(env.DB, 100, later)).toBe(0);
    for (const about of withdrawn)
      await recordSales(env.DB, [
        reportOf({
          source: 'office',
          kind: 'withdrawal',
          shopId: house.shop,
          order,
          codes: null,
          about,
          receivedAt: later,
        }),
      ]);
    const [is, would] = [await owedFor(order), await owedFor(shadow)];
    expect(is.owed, `seed ${seed}`).toEqual(would.owed);
    if (would.sale?.state === 'standing') expect(is.sale, `seed ${seed}`).toEqual(would.sale);
  }
  expect(await books(env.DB)).toEqual([]);
});

test('who forges hits takes nothing from what a better witness said or a person approved, and never wins without a question', {
  timeout: 60_000,
}, async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = chance(10_000 + seed);
    const [order, honest] = [`forged-${seed}`, `honest-${seed}`];
    const approves = random.below(2) === 0;
    const forge = async (at: number) => {
      const [hit] = [said(random, order, at, ['pixel'])];
      await recordSales(env.DB, [{ ...hit, browsers: [`forger ${at}`], witness: `forger ${at}` }]);
    };
    for (let step = 0; step < 5; step++) {
      const at = NOON + seed * DAY + step * 60_000;
      const first = step === 0;
      const report = said(random, order, at, first && approves ? ['pixel'] : first ? ['webhook', 'office'] : EVERYBODY);
      for (const [name, suffix] of [
        [order, ''],
        [honest, 'h'],
      ] as const)
        await recordSales(env.DB, [
          { ...report, id: report.id + suffix, orderId: name, orderKey: name, witness: report.witness + suffix },
        ]);
      if (first && approves) {
        await settleBoth([order, honest], at + 1);
      }
      if (random.below(2) === 0) await forge(at + 2);
    }
    const [is, would] = [await owedFor(order), await owedFor(honest)];
    expect(is.owed, `seed ${seed}`).toEqual(would.owed);
    expect(is.sale?.coupon, `seed ${seed}`).toBe(would.sale?.coupon);
  }
  // Where only browsers speak, who comes first stands; whoever is contradicted is asked about.
  for (let seed = 1; seed <= 30; seed++) {
    const order = `raced-${seed}`;
    const hit = (code: string, browser: string, at: number) =>
      reportOf({
        source: 'pixel',
        codes: [code],
        amount: '50.00',
        orderId: order,
        browsers: [browser],
        receivedAt: at,
      });
    const at = NOON + seed * DAY;
    const both = [hit('JOAO10', `forger ${seed}`, at), hit('MARIA10', `customer ${seed}`, at + 1)];
    await recordSales(env.DB, both);
    expect((await owedFor(order)).sale, order).toMatchObject({ state: 'standing', coupon: house.joao10, asked: 1 });
  }
  expect(await books(env.DB)).toEqual([]);
});

async function settleBoth(orders: string[], at: number) {
  for (const order of orders) {
    const { results } = await env.DB.prepare(
      'SELECT m.sale_id AS saleId, m.affiliate_id AS affiliateId, m.lines FROM commissions m JOIN sales s ON s.id = m.sale_id WHERE s.order_key = ?',
    )
      .bind(order)
      .all<{ saleId: number; affiliateId: number; lines: number }>();
    await approveCommissions(env.DB, results, { userId: null, now: at });
  }
}

test('a void owes nothing until it is restored or answered', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = chance(20_000 + seed);
    const order = `void-${seed}`;
    const at = NOON + seed * DAY;
    const word = (kind: 'void' | 'restore' | 'correction', minutes: number, codes: string[] | null = null) =>
      reportOf({
        source: 'office',
        kind,
        shopId: house.shop,
        order,
        codes,
        amount: codes ? '60.00' : null,
        receivedAt: at + minutes * 60_000,
      });
    for (let step = 0; step < 3; step++)
      await recordSales(env.DB, [said(random, order, at + step, EVERYBODY.slice(0, 4))]);
    const before = await owedFor(order);
    await recordSales(env.DB, [word('void', 10)]);
    expect((await owedFor(order)).owed, order).toEqual([]);
    await recordSales(env.DB, [said(random, order, at + 20 * 60_000, ['webhook'])]);
    expect(await owedFor(order), order).toMatchObject({ owed: [], sale: { state: 'void', asked: 1 } });
    if (random.below(2) === 0) {
      await recordSales(env.DB, [word('correction', 30, ['MARIA10'])]);
      const { owed } = await owedFor(order);
      expect(
        owed.map(({ affiliate }) => affiliate),
        order,
      ).toEqual(owed.length > 0 ? [house.maria] : []);
    } else {
      await recordSales(env.DB, [word('restore', 30)]);
      expect((await owedFor(order)).sale?.state, order).toBe(
        before.sale?.state === 'standing' ? 'standing' : (await owedFor(order)).sale?.state,
      );
    }
  }
  expect(await books(env.DB)).toEqual([]);
});

test('later changes of codes, owners, terms and states move nothing', async () => {
  const orders: string[] = [];
  for (let seed = 1; seed <= 40; seed++) {
    const random = chance(30_000 + seed);
    const order = `kept-${seed}`;
    orders.push(order);
    for (let step = 0; step < 4; step++)
      await recordSales(env.DB, [said(random, order, NOON + seed * 60_000 + step, EVERYBODY)]);
  }
  const before = await Promise.all(orders.map(owedFor));
  const by = (days: number) => ({ userId: null, now: NOON + (100 + days) * DAY });
  const revisionOf = async (id: number) =>
    (await env.DB.prepare('SELECT revision FROM coupons WHERE id = ?').bind(id).first<number>('revision'))!;
  const terms = { campaignId: house.autumn, affiliateId: house.maria, expiresOn: null };
  await editCoupon(store, house.maria10, await revisionOf(house.maria10), { code: 'MARIA20', ...terms }, by(0));
  await addCoupons(store, ['MARIA10'], { ...terms, affiliateId: house.joao }, by(1));
  await editCoupon(store, house.joao10, await revisionOf(house.joao10), { code: 'JOAO10', ...terms }, by(2));
  await editCampaign(env.DB, house.autumn, { ...TEN_PERCENT, commissionValue: 5_000, status: 'paused' }, by(3));
  await changeStatus(env.DB, house.joao, { from: 'active', to: 'suspended' }, by(4));
  await deleteCoupons(store, [house.joao5], by(5));
  await env.DB.prepare(
    `INSERT INTO to_decide (shop_id, order_key, kind, cause, since) SELECT shop_id, order_key, 'correction', 'person', 0 FROM sales WHERE true ON CONFLICT DO NOTHING`,
  ).run();
  const was = await env.DB.prepare('SELECT count(*) AS n FROM lines').first<number>('n');
  for (let left = 1; left > 0; ) left = await decideAgain(env.DB, 1_000, NOON + 200 * DAY);
  expect(await Promise.all(orders.map(owedFor))).toEqual(before);
  expect(await env.DB.prepare('SELECT count(*) AS n FROM lines').first<number>('n')).toBe(was);
  expect(await books(env.DB)).toEqual([]);
});

/** Money between the sums of a commission: a person's word, the end of a hold, and payouts (DESIGN §3.3). */
import { env } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { editAffiliate } from '../../ledger/affiliates.ts';
import { editCampaign } from '../../ledger/campaigns.ts';
import { type Report, reportOf } from '../../ledger/report.ts';
import { type MoveKind, moveMoney, type Seen } from '../../ledger/sales/move-money.ts';
import { recordSales } from '../../ledger/sales/record-sales.ts';
import { approveCommissions, approveDue, declineCommissions, restoreCommissions } from '../../ledger/sales/settle.ts';
import { books } from '../books.ts';
import { importSales } from '../files.ts';
import { azulejo, count, DAY, lines, NOON, nobody, pixel, type Said, standing, TEN_PERCENT, word } from '../people.ts';

let house: Awaited<ReturnType<typeof azulejo>>;
let order = 9000;
const fresh = () => String(order++);
const at = (days: number) => ({ userId: null, now: NOON + days * DAY });

beforeAll(async () => {
  house = await azulejo({ db: env.DB, kv: env.COUPONS });
});
afterEach(async () => {
  expect(await books(env.DB)).toEqual([]);
});

const record = (...reports: Report[]) => recordSales(env.DB, reports);
const webhook = (orderId: string, said: Said = {}) =>
  pixel({ orderId, source: 'webhook', shopId: house.shop, ...said });

/** The commissions of orders, as a person sees them now. */
async function seen(...orders: string[]): Promise<Seen[]> {
  const { results } = await env.DB.prepare(
    `SELECT m.sale_id AS saleId, m.affiliate_id AS affiliateId, m.lines FROM commissions m JOIN sales s ON s.id = m.sale_id
     WHERE s.order_key IN (SELECT value FROM json_each(?)) ORDER BY s.id, m.affiliate_id`,
  )
    .bind(JSON.stringify(orders))
    .all<Seen>();
  return results;
}
/** "600 pending, 200 approved" */
async function sums(orderKey: string, affiliateId = house.maria) {
  const row = await env.DB.prepare(
    `SELECT m.pending_minor AS pending, m.approved_minor AS approved, m.in_payment_minor AS "in payment", m.paid_minor AS paid
     FROM commissions m JOIN sales s ON s.id = m.sale_id WHERE s.order_key = ? AND m.affiliate_id = ?`,
  )
    .bind(orderKey, affiliateId)
    .first<Record<string, number>>();
  const there = Object.entries(row!).filter(([, minor]) => minor !== 0);
  return there.map(([sum, minor]) => `${minor} ${sum}`).join(', ') || 'nothing';
}
const move = async (kind: MoveKind, ...orders: string[]) =>
  (await moveMoney(env.DB, await seen(...orders), { kind, cause: { cause: 'payout', causeId: '7' }, by: at(0) }))
    .length;
const approve = async (...orders: string[]) => approveCommissions(env.DB, await seen(...orders), at(0));
const log = async (orderKey: string) => {
  const [{ saleId, affiliateId }] = (await seen(orderKey)) as [Seen];
  const { results } = await env.DB.prepare(
    `SELECT action, after ->> 'reason' AS reason FROM audit_log WHERE subject = 'commissions' AND subject_id = ? ORDER BY id`,
  )
    .bind(`${saleId}-${affiliateId}`)
    .all<{ action: string; reason: string | null }>();
  return results.map(({ action, reason }) => (reason === null ? action : `${action}: ${reason}`));
};

describe('a person', () => {
  test('approves what is pending, whole, and it is in the log', async () => {
    const orderKey = fresh();
    await record(pixel({ orderId: orderKey }));
    expect(await approve(orderKey)).toEqual({ done: 1, changed: [] });
    expect(await sums(orderKey)).toBe('1200 approved');
    expect(await log(orderKey)).toEqual(['approved']);
    expect(
      await env.DB.prepare('SELECT approved_at FROM sales WHERE order_key = ?').bind(orderKey).first('approved_at'),
    ).toBe(NOON);
  });

  test('approves once: what is approved already falls out, and is shown again', async () => {
    const orderKey = fresh();
    await record(pixel({ orderId: orderKey }));
    const before = await seen(orderKey);
    await approve(orderKey);
    const { saleId, affiliateId } = before[0]!;
    expect(await approveCommissions(env.DB, before, at(0))).toEqual({
      done: 0,
      changed: [{ saleId, affiliateId, lines: 1 }],
    });
    expect(await approve(orderKey)).toMatchObject({ done: 0 });
    expect(await log(orderKey)).toEqual(['approved']);
  });

  test('approves nothing whose sums have changed since they were seen', async () => {
    const [same, changed] = [fresh(), fresh()];
    await record(pixel({ orderId: same }), pixel({ orderId: changed }));
    const before = await seen(same, changed);
    await record(webhook(changed, { amount: '60' }));
    expect(await approveCommissions(env.DB, before, at(0))).toMatchObject({
      done: 1,
      changed: [{ saleId: before[1]!.saleId }],
    });
    expect([await sums(same), await sums(changed)]).toEqual(['1200 approved', '600 pending']);
  });

  test('approves what is disputed: they are who is asked', async () => {
    const orderKey = fresh();
    await record(webhook(orderKey), webhook(orderKey, { amount: '90', witness: 'stripe' }));
    expect(await standing(env.DB, orderKey)).toEqual(['Maria 1200 disputed']);
    expect(await approve(orderKey)).toEqual({ done: 1, changed: [] });
    // What two webhooks disagree about is asked still, and goes out to nobody.
    expect(await standing(env.DB, orderKey)).toEqual(['Maria 1200 disputed']);
    expect(await move('in payment', orderKey)).toBe(0);
  });

  test('approves neither what is held nor what is declined', async () => {
    const [held, declined] = [fresh(), fresh()];
    await record(pixel({ orderId: held }), pixel({ orderId: declined }), word('hold', { order: held }));
    await declineCommissions(env.DB, await seen(declined), 'no', at(0));
    expect(await approve(held, declined)).toMatchObject({ done: 0 });
    expect(await sums(held)).toBe('1200 pending');
  });

  test('declines with a reason, at any time, even what was paid; and thinks better of it', async () => {
    const orderKey = fresh();
    await record(pixel({ orderId: orderKey }));
    await approve(orderKey);
    await move('in payment', orderKey);
    await move('paid', orderKey);
    expect(await declineCommissions(env.DB, await seen(orderKey), 'own purchase', at(0))).toEqual({
      done: 1,
      changed: [],
    });
    expect(await sums(orderKey)).toBe('-1200 approved, 1200 paid');
    expect(await standing(env.DB, orderKey)).toEqual(['Maria 0 declined']);
    expect(await restoreCommissions(env.DB, await seen(orderKey), at(0))).toEqual({ done: 1, changed: [] });
    expect(await sums(orderKey)).toBe('1200 paid');
    expect(await log(orderKey)).toEqual(['approved', 'declined: own purchase', 'restored']);
  });

  test('declines nothing that is declined, or has other sums than they saw; restores nothing that stands', async () => {
    const orderKey = fresh();
    await record(pixel({ orderId: orderKey }));
    const before = await seen(orderKey);
    expect(await restoreCommissions(env.DB, before, at(0))).toMatchObject({ done: 0 });
    await approve(orderKey);
    expect(await declineCommissions(env.DB, before, 'no', at(0))).toMatchObject({ done: 0 });
    await declineCommissions(env.DB, await seen(orderKey), 'no', at(0));
    expect(await declineCommissions(env.DB, await seen(orderKey), 'again', at(0))).toMatchObject({ done: 0 });
    expect(await log(orderKey)).toEqual(['approved', 'declined: no']);
  });

  test('approves two thousand and five hundred in slices, and what has moved since falls out', async () => {
    const orders = Array.from({ length: 2_500 }, (_, i) => `bulk-${i}`);
    await record(...orders.map((orderId) => pixel({ orderId, amount: '10' })));
    const before = await seen(...orders);
    await record(...orders.slice(0, 10).map((orderId) => webhook(orderId, { amount: '20' })));
    const settled = await approveCommissions(env.DB, before, at(0));
    expect([settled.done, settled.changed.length]).toEqual([2_490, 10]);
    expect(await count(env.DB, `SELECT count(*) FROM lines WHERE kind = 'approved' AND approved_minor = 100`)).toBe(
      2_490,
    );
  }, 60_000);
});

describe('the end of a hold', () => {
  const terms = { ...TEN_PERCENT, approval: 'automatic', holdDays: 30 } as const;
  const due = (days: number) => approveDue(env.DB, NOON + days * DAY);
  beforeAll(async () => {
    await editCampaign(env.DB, house.autumn, terms, at(1));
  });
  const sold = { receivedAt: NOON + 2 * DAY };

  test('approves what is confirmed; what only a browser says waits for a person', async () => {
    const [said, sworn] = [fresh(), fresh()];
    await record(pixel({ orderId: said, ...sold }), pixel({ orderId: sworn, ...sold }), webhook(sworn, sold));
    expect(await due(32 - 1 / DAY)).toBe(0);
    expect(await due(32)).toBe(1);
    expect([await sums(said), await sums(sworn)]).toEqual(['1200 pending', '1200 approved']);
    expect(await due(900)).toBe(0);
  });

  test('runs from the confirmation where that came later', async () => {
    const orderKey = fresh();
    await record(pixel({ orderId: orderKey, ...sold }), webhook(orderKey, { receivedAt: NOON + 10 * DAY }));
    expect([await due(39), await due(40)]).toEqual([0, 1]);
  });

  test('does not approve what is asked about, held, declined, or of a suspended affiliate', async () => {
    const [asked, held, declined, free] = [fresh(), fresh(), fresh(), fresh()];
    await record(...[asked, held, declined, free].map((orderId) => webhook(orderId, sold)));
    await record(
      webhook(asked, { ...sold, amount: '90', witness: 'stripe' }),
      word('hold', { order: held, affiliateId: house.maria }),
    );
    await declineCommissions(env.DB, await seen(declined), 'no', at(2));
    const maria = { name: 'Maria', email: 'maria@azulejo.test', note: '' };
    await editAffiliate(env.DB, house.maria, { ...maria, status: 'suspended' }, at(3));
    expect(await due(900)).toBe(0);
    await editAffiliate(env.DB, house.maria, { ...maria, status: 'active' }, at(4));
    expect(await due(900)).toBe(1);
    await record(
      word('release', { order: held, affiliateId: house.maria }),
      word('correction', { order: asked, amount: '90', receivedAt: NOON + 5 * DAY }),
    );
    expect(await due(900)).toBe(2);
    expect([await sums(asked), await sums(held), await sums(free)]).toEqual([
      '900 approved',
      '1200 approved',
      '1200 approved',
    ]);
  });

  test('does not approve what has to be decided again', async () => {
    const orderKey = fresh();
    await record(webhook(orderKey, sold));
    const listed = env.DB.prepare(
      `INSERT INTO to_decide (shop_id, order_key, kind, cause, since) VALUES (1, ?, 'undone', 'import', 0)`,
    );
    await listed.bind(orderKey).run();
    expect(await due(900)).toBe(0);
    await env.DB.prepare('DELETE FROM to_decide').run();
    expect(await due(900)).toBe(1);
  });

  test('gives an import a day, in which it can be undone', async () => {
    await editCampaign(env.DB, house.autumn, { ...terms, holdDays: 0 }, at(50));
    const [typed, file] = [fresh(), fresh()];
    const row = { soldAt: NOON + 51 * DAY, receivedAt: NOON + 60 * DAY };
    await record(pixel({ orderId: typed, source: 'office', shopId: house.shop, ...row }));
    await importSales(env.DB, house.shop, [[file, '120', row]]);
    expect(await due(60)).toBe(1);
    expect([await sums(typed), await sums(file)]).toEqual(['1200 approved', '1200 pending']);
    expect([await due(60.99), await due(61)]).toEqual([0, 1]);
  });

  test('of a campaign that trusts its pixel needs no other witness; of one approved by hand it never comes', async () => {
    await editCampaign(env.DB, house.autumn, { ...terms, holdDays: 0, trustPixel: true }, at(70));
    const [trusted, byHand] = [fresh(), fresh()];
    await record(pixel({ orderId: trusted, receivedAt: NOON + 71 * DAY }));
    expect(await due(71)).toBe(1);
    await editCampaign(env.DB, house.autumn, TEN_PERCENT, at(80));
    await record(webhook(byHand, { receivedAt: NOON + 81 * DAY }));
    expect(await due(900)).toBe(0);
  });

  test('is noted as what it is: no person has approved it', async () => {
    const { results } = await env.DB.prepare(
      `SELECT DISTINCT cause, cause_id FROM lines WHERE kind = 'approved' AND at > ${NOON + DAY}`,
    ).all();
    expect(results).toEqual([{ cause: 'hold', cause_id: null }]);
  });
});

describe('a payout', () => {
  const approved = async (said: Said = {}) => {
    const orderKey = fresh();
    await record(pixel({ orderId: orderKey, ...said }));
    await approve(orderKey);
    return orderKey;
  };

  test('moves whole commissions there, and back where it failed or was returned', async () => {
    const orderKey = await approved();
    const steps: [MoveKind, string][] = [
      ['in payment', '1200 in payment'],
      ['failed', '1200 approved'],
      ['in payment', '1200 in payment'],
      ['paid', '1200 paid'],
      ['returned', '1200 approved'],
    ];
    for (const [kind, sum] of steps) {
      expect([kind, await move(kind, orderKey), await sums(orderKey)]).toEqual([kind, 1, sum]);
      expect(await books(env.DB)).toEqual([]);
    }
    expect((await lines(env.DB)).slice(-5)).toEqual([
      'Maria in payment -1200 approved +1200 in payment',
      'Maria failed +1200 approved -1200 in payment',
      'Maria in payment -1200 approved +1200 in payment',
      'Maria paid -1200 in payment +1200 paid',
      'Maria returned +1200 approved -1200 paid',
    ]);
  });

  test('moves nothing where there is nothing to move', async () => {
    const orderKey = await approved();
    for (const kind of ['approved', 'paid', 'failed', 'returned'] as const) expect(await move(kind, orderKey)).toBe(0);
    expect(await sums(orderKey)).toBe('1200 approved');
  });

  test('nets a debt: what came back after it was paid is taken from the next', async () => {
    const orderKey = await approved();
    await move('in payment', orderKey);
    await move('paid', orderKey);
    await record(webhook(orderKey, { amount: '20' }));
    expect(await sums(orderKey)).toBe('-1000 approved, 1200 paid');
    expect(await move('in payment', orderKey)).toBe(1);
    expect(await sums(orderKey)).toBe('-1000 in payment, 1200 paid');
    expect(await move('paid', orderKey)).toBe(1);
    expect(await sums(orderKey)).toBe('200 paid');
  });

  test('nets the debt of what was declined, and more that is owed fills it first', async () => {
    const orderKey = await approved();
    await move('in payment', orderKey);
    await declineCommissions(env.DB, await seen(orderKey), 'no', at(0));
    expect(await sums(orderKey)).toBe('-1200 approved, 1200 in payment');
    expect(await move('paid', orderKey)).toBe(1);
    await restoreCommissions(env.DB, await seen(orderKey), at(0));
    expect(await sums(orderKey)).toBe('1200 paid');
    await record(webhook(orderKey, { amount: '150' }));
    expect(await sums(orderKey)).toBe('300 pending, 1200 paid');
  });

  test('takes nothing out that is held, asked about, of a suspended affiliate, or to be decided again', async () => {
    const [held, asked, away, again] = [
      await approved(),
      await approved(),
      await approved({ code: 'JOAO10' }),
      await approved(),
    ];
    await record(word('hold', { order: held }), webhook(asked), webhook(asked, { amount: '90', witness: 'stripe' }));
    const joao = { name: 'João', email: 'joao@azulejo.test', note: '' };
    await editAffiliate(env.DB, house.joao, { ...joao, status: 'suspended' }, nobody);
    const listed = env.DB.prepare(
      `INSERT INTO to_decide (shop_id, order_key, kind, cause, since) VALUES (1, ?, 'undone', 'import', 0)`,
    );
    await listed.bind(again).run();
    expect(await move('in payment', held, asked, away, again)).toBe(0);
    await env.DB.prepare('DELETE FROM to_decide').run();
    await editAffiliate(env.DB, house.joao, { ...joao, status: 'active' }, nobody);
    expect(await move('in payment', held, asked, away, again)).toBe(2);
  });

  test('that is on its way comes to its end, whatever a person says of the sale meanwhile', async () => {
    const orderKey = await approved();
    await move('in payment', orderKey);
    await record(word('hold', { order: orderKey }));
    expect(await move('failed', orderKey)).toBe(1);
    expect(await sums(orderKey)).toBe('1200 approved');
  });

  test('asked for by eight at once is made once', async () => {
    const orders = [await approved(), await approved(), await approved()];
    const before = await seen(...orders);
    const pay = () =>
      moveMoney(env.DB, before, { kind: 'in payment', cause: { cause: 'payout', causeId: '8' }, by: at(0) });
    const moved = (await Promise.all(Array.from({ length: 8 }, pay))).flat();
    expect(moved).toHaveLength(3);
    expect(await Promise.all(orders.map((each) => sums(each)))).toEqual(orders.map(() => '1200 in payment'));
  });

  test('of both affiliates of a sale is one movement each', async () => {
    const orderKey = await approved();
    await move('in payment', orderKey);
    await record(webhook(orderKey, { code: 'JOAO10' }));
    await approve(orderKey);
    expect([await sums(orderKey), await sums(orderKey, house.joao)]).toEqual([
      '-1200 approved, 1200 in payment',
      '1200 approved',
    ]);
    expect(await move('in payment', orderKey)).toBe(2);
    expect([await sums(orderKey), await sums(orderKey, house.joao)]).toEqual(['nothing', '1200 in payment']);
  });

  test('of an adjustment is netted with the rest', async () => {
    const debt = reportOf({
      ...{
        source: 'office',
        kind: 'adjustment',
        shopId: house.shop,
        order: 'debt',
        codes: null,
        amount: '-5',
        receivedAt: NOON,
      },
      affiliateId: house.maria,
      more: { campaignId: house.autumn },
    });
    await record(debt);
    expect(await sums('debt')).toBe('-500 approved');
    expect(await move('in payment', 'debt')).toBe(1);
    expect(await sums('debt')).toBe('-500 in payment');
  });
});

test('lines are never changed and never go; a commission’s sums move by a line only', async () => {
  const refused = (statement: string) => expect(env.DB.prepare(statement).run()).rejects;
  await refused('UPDATE lines SET approved_minor = 0').toThrow('append-only');
  await refused('DELETE FROM lines').toThrow('append-only');
  await refused('DELETE FROM commissions').toThrow('commissions are kept');
  await refused('UPDATE commissions SET paid_minor = paid_minor + 1').toThrow('moves by a line');
  await refused('UPDATE commissions SET affiliate_id = 2 WHERE affiliate_id = 1').toThrow('keeps its sale');
});

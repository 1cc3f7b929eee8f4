import { env } from 'cloudflare:test';
import { beforeAll, expect, test } from 'vitest';
import { editCampaign } from '../../ledger/campaigns.ts';
import { approveDue, settleCommissions } from '../../ledger/commissions.ts';
import { recordSales } from '../../ledger/record-sales.ts';
import { azulejo, DAY, NOON, nobody, pixel, TEN_PERCENT } from '../people.ts';

const store = { db: env.DB, kv: env.COUPONS };
let house: Awaited<ReturnType<typeof azulejo>>;

beforeAll(async () => {
  house = await azulejo(store);
});

const statusOf = (order: string) =>
  env.DB.prepare(
    'SELECT m.status FROM commissions m JOIN sales s ON s.id = m.sale_id WHERE s.order_key = ? ORDER BY m.id DESC LIMIT 1',
  )
    .bind(order)
    .first<string>('status');

test('what only a pixel says waits for a person; confirmed, it is approved when its hold is over', async () => {
  await editCampaign(env.DB, house.autumn, { ...TEN_PERCENT, approval: 'automatic', holdDays: 30 }, nobody);
  await recordSales(env.DB, [
    pixel({ orderId: 'said' }),
    pixel({ orderId: 'sworn' }),
    pixel({ orderId: 'sworn', source: 'webhook' }),
  ]);
  expect(await approveDue(env.DB, NOON + 30 * DAY - 1)).toBe(0);
  expect(await approveDue(env.DB, NOON + 30 * DAY)).toBe(1);
  expect([await statusOf('said'), await statusOf('sworn')]).toEqual(['pending', 'approved']);
});

test('a campaign that trusts its pixel approves by it', async () => {
  await editCampaign(env.DB, house.autumn, { ...TEN_PERCENT, approval: 'automatic', trustPixel: true }, nobody);
  await recordSales(env.DB, [pixel({ orderId: 'trusted' })]);
  await approveDue(env.DB, NOON);
  expect(await statusOf('trusted')).toBe('approved');
});

test('a campaign approved by hand waits for the hand, also where a server confirms', async () => {
  await editCampaign(env.DB, house.autumn, TEN_PERCENT, nobody);
  await recordSales(env.DB, [pixel({ orderId: 'by hand', source: 'server' })]);
  await approveDue(env.DB, NOON + 1000 * DAY);
  expect(await statusOf('by hand')).toBe('pending');
});

test('a person approves, declines and thinks better of it; each change is in the audit log', async () => {
  const { results } = await env.DB.prepare('SELECT id FROM commissions ORDER BY id').all<{ id: number }>();
  const ids = results.map(({ id }) => id);
  expect(await settleCommissions(env.DB, ids, 'approved', null, nobody)).toBe(2);
  expect(await settleCommissions(env.DB, ids, 'approved', null, nobody)).toBe(0);
  expect(await settleCommissions(env.DB, ids.slice(0, 1), 'declined', 'own purchase', nobody)).toBe(1);
  expect(await settleCommissions(env.DB, ids.slice(0, 1), 'approved', null, nobody)).toBe(1);
  const { results: log } = await env.DB.prepare(
    `SELECT action, before ->> 'status' AS was, after ->> 'reason' AS reason FROM audit_log WHERE subject = 'commissions' AND subject_id = ? ORDER BY id`,
  )
    .bind(String(ids[0]))
    .all();
  expect(log).toEqual([
    { action: 'approved', was: 'pending', reason: null },
    { action: 'declined', was: 'approved', reason: 'own purchase' },
    { action: 'approved', was: 'declined', reason: null },
  ]);
});

test('what an undone import had brought is settled by nobody: with the sale made anew it would be paid twice', async () => {
  const { results } = await env.DB.prepare(`SELECT id FROM commissions WHERE status <> 'paid' LIMIT 1`).all<{
    id: number;
  }>();
  const id = results[0]!.id;
  await env.DB.prepare(`UPDATE commissions SET status = 'declined', reason = 'import undone' WHERE id = ?`)
    .bind(id)
    .run();
  expect(await settleCommissions(env.DB, [id], 'approved', null, nobody)).toBe(0);
});

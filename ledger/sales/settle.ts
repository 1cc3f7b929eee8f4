/** A person's word on commissions: approve, decline, restore; and the end of a hold, which approves by itself. */
import type { Actor } from '../audit.ts';
import { reportOf } from '../report.ts';
import { IS_DECIDED, MAY_APPROVE_ITSELF } from '../rules.ts';
import { decideAgain } from './decide-again.ts';
import { moveMoney, type Seen } from './move-money.ts';
import { type Outcome, recordSales } from './record-sales.ts';

export type { Seen } from './move-money.ts';

/** What became of what a person has chosen: how many were done, and which are others by now than those they saw. */
export interface Settled {
  done: number;
  changed: { saleId: number; affiliateId: number }[];
}

/** Orders that are decided again at once, because an approval answers what was asked; of more the cron takes care. */
const DECIDED_AT_ONCE = 1_000;

/** Approves what is pending of these commissions, each whole and as it was seen. */
export async function approveCommissions(db: D1Database, seen: Seen[], by: Actor): Promise<Settled> {
  const moved = await moveMoney(db, seen, { kind: 'approved', cause: { cause: 'person', causeId: by.userId }, by });
  await noteEach(db, moved, 'approved', null, by);
  if (moved.length > 0) await decideAgain(db, DECIDED_AT_ONCE, by.now);
  const done = new Set(moved.map(nameOf));
  return { done: moved.length, changed: seen.filter((each) => !done.has(nameOf(each))) };
}

/** Declines these commissions: nothing is owed to that affiliate for that order until it is restored. */
export function declineCommissions(db: D1Database, seen: Seen[], reason: string, by: Actor): Promise<Settled> {
  return say(db, seen, 'decline', reason, by);
}

/** Takes a refusal back: what the reports say is owed again. */
export function restoreCommissions(db: D1Database, seen: Seen[], by: Actor): Promise<Settled> {
  return say(db, seen, 'restore', null, by);
}

const nameOf = ({ saleId, affiliateId }: { saleId: number; affiliateId: number }) => `${saleId}-${affiliateId}`;

/** A person's word is a report of the order, with what they saw as its guard. */
async function say(
  db: D1Database,
  seen: Seen[],
  kind: 'decline' | 'restore',
  reason: string | null,
  by: Actor,
): Promise<Settled> {
  const { results } = await db
    .prepare(
      `SELECT s.id AS saleId, s.shop_id AS shopId, s.order_key AS orderKey, m.affiliate_id AS affiliateId
       FROM json_each(?1) j CROSS JOIN sales s ON s.id = j.value ->> 0
       CROSS JOIN commissions m ON m.sale_id = s.id AND m.affiliate_id = j.value ->> 1
       WHERE (m.declined IS NULL) = ?2`,
    )
    .bind(JSON.stringify(seen.map(({ saleId, affiliateId }) => [saleId, affiliateId])), kind === 'decline' ? 1 : 0)
    .all<{ saleId: number; shopId: number; orderKey: string; affiliateId: number }>();
  const orders = new Map(results.map((row) => [nameOf(row), row]));
  const spoken = seen.flatMap((each) => {
    const order = orders.get(nameOf(each));
    return order ? [{ each, order }] : [];
  });
  const told = await recordSales(
    db,
    spoken.map(({ each, order }) =>
      reportOf({
        source: 'office',
        kind,
        shopId: order.shopId,
        order: order.orderKey,
        codes: null,
        affiliateId: each.affiliateId,
        reason,
        more: { seen: { lines: each.lines } },
        userId: by.userId,
        receivedAt: by.now,
      }),
    ),
  );
  const done = spoken.filter((_, index) => !NOT_SAID.has(told[index]!.outcome)).map(({ each }) => each);
  await noteEach(db, done, kind === 'decline' ? 'declined' : 'restored', reason, by);
  const settled = new Set(done.map(nameOf));
  return { done: done.length, changed: seen.filter((each) => !settled.has(nameOf(each))) };
}

/** A word that nothing has come of. */
const NOT_SAID: ReadonlySet<Outcome> = new Set(['changed meanwhile', 'not written', 'could not be decided']);

/** As many rows of the log as one statement takes. */
const NOTED = 2_000;

/** One row of the log for each; the lines themselves say by whom, and are what counts. */
async function noteEach(db: D1Database, done: Seen[], action: string, reason: string | null, by: Actor): Promise<void> {
  for (let from = 0; from < done.length; from += NOTED)
    await db
      .prepare(
        `INSERT INTO audit_log (at, user_id, action, subject, subject_id, after)
         SELECT ?2, ?3, ?4, 'commissions', j.value, iif(?5 IS NULL, NULL, json_object('reason', ?5)) FROM json_each(?1) j`,
      )
      .bind(JSON.stringify(done.slice(from, from + NOTED).map(nameOf)), by.now, by.userId, action, reason)
      .run();
}

/** As many as are looked for at once. */
const DUE = 2_000;

/**
 * Approves what is due: pending commissions whose hold is over, that nobody is asked about, of active affiliates.
 * @param most where there are more, the next call goes on.
 * @returns how many.
 */
export async function approveDue(db: D1Database, now: number, most = 20_000): Promise<number> {
  let count = 0;
  while (count < most) {
    const { results } = await db.prepare(SELECT_DUE).bind(now, DUE).all<Seen>();
    const moved = await moveMoney(db, results, {
      kind: 'approved',
      cause: { cause: 'hold', causeId: null },
      by: { userId: null, now },
      byItself: true,
    });
    count += moved.length;
    if (moved.length === 0 || results.length < DUE) break;
  }
  return count;
}

const SELECT_DUE = `
  SELECT m.sale_id AS saleId, m.affiliate_id AS affiliateId, m.lines
  FROM campaigns k CROSS JOIN commissions m ON m.campaign_id = k.id AND m.available_at <= ?1 AND m.pending_minor <> 0
  CROSS JOIN sales s ON s.id = m.sale_id
  WHERE ${MAY_APPROVE_ITSELF} AND ${IS_DECIDED}
  LIMIT ?2`;

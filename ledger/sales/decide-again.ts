/**
 * What reaches back: an undo, a void of many, a code that was heard before it was a coupon. Whoever changes what stands of
 * the past puts the orders into `to_decide` in the same transaction; here they are decided again, some at a time, by the
 * caller and by the cron. Killed anywhere and driven by two at once, it comes to the same.
 */

import { append } from './append.ts';
import { readCodes } from './histories.ts';
import { nameOf, type OrderId, type OrderState, readOrders } from './orders.ts';
import { decidedOf, factsFor, readUndone, spansOf } from './prepare.ts';
import type { Trigger } from './write.ts';
import { drawAppend, type Write, writeOf } from './write.ts';

/** As many as one batch writes well below 200 ms. */
const SLICE = 1_000;

/**
 * Decides up to `limit` orders of the list again, the oldest first.
 * @param now epoch milliseconds, the time of the lines that come of it.
 * @returns how many are left on the list, those included that somebody else has changed meanwhile.
 */
export async function decideAgain(db: D1Database, limit: number, now: number): Promise<number> {
  for (let done = 0; done < limit; done += SLICE) {
    const { results } = await db
      .prepare(
        `SELECT shop_id AS shopId, order_key AS orderKey FROM to_decide ORDER BY since, shop_id, order_key LIMIT ?1`,
      )
      .bind(Math.min(SLICE, limit - done))
      .all<OrderId>();
    if (results.length === 0) break;
    if ((await decideSlice(db, results, now)) === 0) break;
  }
  return (await db.prepare('SELECT count(*) AS n FROM to_decide').first<number>('n'))!;
}

/** @returns how many of the orders were written. */
async function decideSlice(db: D1Database, wanted: OrderId[], now: number): Promise<number> {
  const orders = await readOrders(db, wanted);
  const states = [...new Set(orders.values())];
  const codes = await readCodes(
    db,
    states.flatMap(({ heard }) => heard.flatMap((report) => report.codes ?? [])),
  );
  const undone = await readUndone(db, orders);
  const writes: Write[] = [];
  const empty: OrderId[] = [];
  for (const [index, state] of states.entries()) {
    if (state.heard.length === 0) {
      empty.push(...state.members);
      continue;
    }
    try {
      const facts = factsFor(state, state.heard, { codes, undone });
      writes.push(
        writeOf(
          decidedOf(state, state.heard, facts, triggerOf(state, now), spansOf(state.heard, codes)),
          drawAppend(index),
        ),
      );
    } catch (error) {
      console.error(`order ${nameOf(state)} could not be decided again:`, error);
      await putLast(db, state, now);
    }
  }
  if (empty.length > 0) await takeOff(db, empty);
  return empty.length + (await appendOrHalves(db, writes, now));
}

/** A list that D1 refuses is halved, down to the order that it refuses: that one goes to the end of the list. */
async function appendOrHalves(db: D1Database, writes: Write[], now: number): Promise<number> {
  if (writes.length === 0) return 0;
  try {
    return (await append(db, writes)).size;
  } catch (error) {
    if (writes.length > 1) {
      // With a number of their own, for a list whose answer was lost has been written.
      const anew = writes.map((write, index) => ({ ...write, append: drawAppend(index) }));
      const half = Math.ceil(anew.length / 2);
      return (await appendOrHalves(db, anew.slice(0, half), now)) + (await appendOrHalves(db, anew.slice(half), now));
    }
    console.error(`D1 refuses what order ${nameOf(writes[0]!)} came to:`, error);
    await putLast(db, writes[0]!, now);
    return 0;
  }
}

/** Orders that cannot be decided do not stand in the way of those behind them. */
async function putLast(db: D1Database, { shopId, orderKey }: OrderId, now: number): Promise<void> {
  await db
    .prepare('UPDATE to_decide SET since = max(since + 1, ?3) WHERE shop_id = ?1 AND order_key = ?2')
    .bind(shopId, orderKey, now)
    .run();
}

/** Nothing was ever said of them. */
async function takeOff(db: D1Database, orders: OrderId[]): Promise<void> {
  await db
    .prepare(`DELETE FROM to_decide WHERE (shop_id, order_key) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1))`)
    .bind(JSON.stringify(orders.map(({ shopId, orderKey }) => [shopId, orderKey])))
    .run();
}

function triggerOf({ members }: OrderState, now: number): Trigger {
  const { kind, cause, causeId } = members.find(({ awaited }) => awaited !== null)?.awaited ?? {
    kind: 'correction',
    cause: 'hold',
    causeId: null,
  };
  return { kind, cause, causeId, at: now };
}

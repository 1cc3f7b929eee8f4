/**
 * Whether what stands is what the reports say, and whether every sum is what it adds up. It reads in slices, none of which
 * holds D1 for long, each slice a moment of its own: so it may run on a living database. What it finds different it looks
 * at once more, for a sale may have been written between two of its questions.
 */
import { type Difference, ordersThatDiffer } from './audit-orders.ts';
import { balancesThatDiffer, daysThatDiffer, monthsThatDiffer, orphansAmong, sumsThatDiffer } from './audit-sums.ts';

export type { Difference } from './audit-orders.ts';

/** What was looked at, counted as it goes on. */
export interface Looked {
  orders: number;
  reports: number;
  verdicts: number;
  commissions: number;
  lines: number;
  /** Days of a shop whose totals were added up. */
  days: number;
  affiliates: number;
  /** Orders that have still to be decided again: how they stand is not judged. */
  waiting: number;
}

export const NOTHING_LOOKED_AT: Looked = {
  orders: 0,
  reports: 0,
  verdicts: 0,
  commissions: 0,
  lines: 0,
  days: 0,
  affiliates: 0,
  waiting: 0,
};

/** Orders of a slice: to decide so many again reads some thousand reports. */
const ORDERS = 500;
/** Rows of a slice that are only looked up elsewhere. */
const ROWS = 5_000;
/** Affiliates whose balances are added up at once. */
const AFFILIATES = 50;

/**
 * Adds everything up and decides every order again; writes nothing.
 * @param looked is counted up.
 * @returns each difference, as it is found.
 */
export async function* audit(db: D1Database, looked: Looked = { ...NOTHING_LOOKED_AT }): AsyncGenerator<Difference> {
  const days = new Map<string, [shopId: number, day: string]>();
  for (let from = 1, last = await lastSale(db); from <= last; from += ORDERS) {
    const until = from + ORDERS - 1;
    yield* twice(() => ordersThatDiffer(db, from, until));
    yield* twice(() => sumsThatDiffer(db, from, until));
    await countSlice(db, from, until, looked);
    for (const each of await daysSold(db, from, until)) days.set(each.join(' '), each);
  }
  for (const table of ['reports', 'verdicts'] as const) yield* orphans(db, table, looked);
  for (const each of await periods(db)) if (each[1].length === DAY) days.set(each.join(' '), each);
  for (const [shopId, day] of days.values()) {
    yield* twice(() => daysThatDiffer(db, shopId, day));
    looked.days++;
  }
  for (const [shopId, month] of monthsOf([...days.values(), ...(await periods(db))]))
    yield* twice(() => monthsThatDiffer(db, shopId, month));
  for (let after = 0; ; ) {
    const ids = await affiliatesAfter(db, after);
    if (ids.length === 0) break;
    yield* twice(() => balancesThatDiffer(db, ids));
    looked.affiliates += ids.length;
    after = ids.at(-1)!;
  }
  looked.waiting = (await db.prepare('SELECT count(*) AS n FROM to_decide').first<number>('n'))!;
}

/** Only what is different both times: what was written between two questions of the first look is whole by the second. */
async function* twice(look: () => Promise<Difference[]>): AsyncGenerator<Difference> {
  const found = await look();
  if (found.length === 0) return;
  const again = new Set((await look()).map((difference) => JSON.stringify(difference)));
  yield* found.filter((difference) => again.has(JSON.stringify(difference)));
}

async function* orphans(db: D1Database, table: 'reports' | 'verdicts', looked: Looked): AsyncGenerator<Difference> {
  for (let from = ''; ; ) {
    let piece = await orphansAmong(db, table, from, ROWS);
    if (piece.found.length > 0)
      yield* twice(async () => {
        piece = await orphansAmong(db, table, from, ROWS);
        return piece.found;
      });
    // A piece begins with the row that the one before ended with, for its twin may come next.
    looked[table] += from === '' ? piece.rows : piece.rows - 1;
    if (piece.rows < ROWS) return;
    from = piece.last!;
  }
}

/** Lines and commissions may be of sales that are not there. */
async function lastSale(db: D1Database): Promise<number> {
  const last = await db
    .prepare(
      `SELECT max(coalesce((SELECT max(id) FROM sales), 0), coalesce((SELECT max(sale_id) FROM commissions), 0),
        coalesce((SELECT max(sale_id) FROM lines), 0)) AS n`,
    )
    .first<number>('n');
  return last!;
}

async function countSlice(db: D1Database, from: number, until: number, looked: Looked): Promise<void> {
  const counts = await db
    .prepare(
      `SELECT (SELECT count(*) FROM sales WHERE id BETWEEN ?1 AND ?2) AS orders,
        (SELECT count(*) FROM commissions WHERE sale_id BETWEEN ?1 AND ?2) AS commissions,
        (SELECT count(*) FROM lines WHERE sale_id BETWEEN ?1 AND ?2) AS lines`,
    )
    .bind(from, until)
    .first<Pick<Looked, 'orders' | 'commissions' | 'lines'>>();
  for (const name of ['orders', 'commissions', 'lines'] as const) looked[name] += counts![name];
}

async function daysSold(db: D1Database, from: number, until: number): Promise<[number, string][]> {
  const { results } = await db
    .prepare('SELECT DISTINCT shop_id AS shopId, day FROM sales WHERE id BETWEEN ?1 AND ?2')
    .bind(from, until)
    .all<{ shopId: number; day: string }>();
  return results.map(({ shopId, day }) => [shopId, day]);
}

/** `2026-11-25`. */
const DAY = 10;

/** The days and months that have totals; SQLite steps over the index from one to the next. */
async function periods(db: D1Database): Promise<[shopId: number, period: string][]> {
  const next = (where: string) =>
    `(SELECT json_array(t.grain, t.shop_id, t.period) FROM totals t ${where} ORDER BY t.grain, t.shop_id, t.period LIMIT 1)`;
  const { results } = await db
    .prepare(
      `WITH RECURSIVE steps(at) AS (SELECT ${next('')} UNION ALL
        SELECT ${next('WHERE (t.grain, t.shop_id, t.period) > (steps.at ->> 0, steps.at ->> 1, steps.at ->> 2)')}
        FROM steps WHERE steps.at IS NOT NULL)
       SELECT DISTINCT at ->> 1 AS shopId, at ->> 2 AS period FROM steps WHERE at IS NOT NULL`,
    )
    .all<{ shopId: number; period: string }>();
  return results.map(({ shopId, period }) => [shopId, period]);
}

function monthsOf(periods: [shopId: number, period: string][]): [number, string][] {
  const months = new Map(
    periods.map(([shopId, period]) => [`${shopId} ${period.slice(0, 7)}`, [shopId, period.slice(0, 7)] as const]),
  );
  return [...months.values()].map(([shopId, month]) => [shopId, month]);
}

async function affiliatesAfter(db: D1Database, after: number): Promise<number[]> {
  const { results } = await db
    .prepare('SELECT id FROM affiliates WHERE id > ?1 ORDER BY id LIMIT ?2')
    .bind(after, AFFILIATES)
    .all<{ id: number }>();
  return results.map(({ id }) => id);
}

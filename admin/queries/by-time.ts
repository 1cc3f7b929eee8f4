/**
 * Lists by the time of the sale, the newest first. Their indexes are led by shop and hour, for one by affiliate or coupon
 * would cost each sale a page more; so a list goes along each shop's hours, as far as a page needs, and puts the shops
 * together. Ordered by `sold_at` alone it would go through all that was ever sold.
 */
import { type SQL, sql } from 'drizzle-orm';
import { DAY_MS } from '../../ledger/clock.ts';
import { EARNED, PAID } from '../../ledger/rules.ts';
import type { Days } from './days.ts';
import { allOf, sumMinor } from './sums.ts';

/** Which rows go along: of sales `s`, that have a coupon, or of commissions `m`. */
type Along = 's' | 'm';

const ALONG = {
  s: { table: 'sales s INDEXED BY sales_hour', key: ['s.id'], has: 's.coupon_id IS NOT NULL' },
  m: { table: 'commissions m INDEXED BY commissions_hour', key: ['m.sale_id', 'm.affiliate_id'], has: 'true' },
};

/** What a list is asked for: which rows, from where on, and how many at most. */
export interface Asked {
  these: SQL;
  /** Tables that `these` or `columns` need beside, CROSS JOINed. */
  beside?: SQL;
  /** The key of the row that the list begins after or before; undefined: at the top. */
  from?: { key: number[]; backwards: boolean } | undefined;
  limit: number;
}

/** The keys of a list, as a table of `k0` and, for commissions, `k1`. */
export function keysAlong(along: Along, { these, beside = sql``, from, limit }: Asked): SQL {
  const { table, key, has } = ALONG[along];
  const columns = sql.raw(key.map((_, index) => `j.value ->> ${index} AS k${index}`).join(', '));
  return sql`
    SELECT ${columns} FROM shops h CROSS JOIN json_each((
      SELECT json_group_array(json_array(${sql.raw(key.map((_, index) => `k${index}`).join(', '))})) FROM (
        SELECT ${sql.raw(key.map((column, index) => `${column} AS k${index}`).join(', '))}
        FROM ${sql.raw(table)} ${beside}
        WHERE ${sql.raw(`${along}.shop_id = h.id AND ${has}`)} AND ${these} AND ${beyond(along, from)}
        ORDER BY ${orderOf(along, from?.backwards)} LIMIT ${limit}))) j`;
}

/** Up to `COUNTED` + 1 rows that match, to be counted. */
export const countAlong = (along: Along, { these, beside = sql``, limit }: Asked): SQL => sql`
  SELECT count(*) AS count FROM (
    SELECT 1 FROM shops h CROSS JOIN ${sql.raw(ALONG[along].table)} ${beside}
    WHERE ${sql.raw(`${along}.shop_id = h.id AND ${ALONG[along].has}`)} AND ${these} LIMIT ${limit})`;

/** The order of a list; backwards is the same walk in the other direction. */
export function orderOf(along: Along, backwards = false): SQL {
  const columns = [`${along}.sold_at / 3600000`, `${along}.sold_at`, ...ALONG[along].key];
  return sql.raw(columns.map((column) => `${column} ${backwards ? 'ASC' : 'DESC'}`).join(', '));
}

/** That a row comes after the one that a list begins after, or before it. */
export function beyond(along: Along, from: Asked['from']): SQL {
  if (!from) return sql`true`;
  const { key, backwards } = from;
  const [atMost, less] = backwards ? [sql`>=`, sql`>`] : [sql`<=`, sql`<`];
  const soldAt =
    along === 's'
      ? sql`(SELECT sold_at FROM sales WHERE id = ${key[0]})`
      : sql`(SELECT sold_at FROM commissions WHERE sale_id = ${key[0]} AND affiliate_id = ${key[1]})`;
  const row = sql.join(
    key.map((part) => sql`${part}`),
    sql`, `,
  );
  const columns = sql.raw([`${along}.sold_at`, ...ALONG[along].key].join(', '));
  // The hour first, for the index; then where in the hour.
  return sql`${sql.raw(`${along}.sold_at / 3600000`)} ${atMost} ${soldAt} / 3600000 AND (${columns}) ${less} (${soldAt}, ${row})`;
}

/** No clock is further ahead of UTC than 14 hours, none further behind than 12. */
const AHEAD_MS = 14 * 3_600_000;
const BEHIND_MS = 12 * 3_600_000;
/** That a sale counts under days, first and last included. The hours narrow the walk; the day on the sale `s` decides. */
export function soldWithin(along: Along, { from, until }: Days): SQL | undefined {
  if (!from && !until) return undefined;
  const hour = sql.raw(`${along}.sold_at / 3600000`);
  return allOf(
    from ? sql`${hour} >= ${hourOf(Date.parse(from) - AHEAD_MS)} AND s.day >= ${from}` : undefined,
    until ? sql`${hour} <= ${hourOf(Date.parse(until) + DAY_MS + BEHIND_MS)} AND s.day <= ${until}` : undefined,
  );
}

const hourOf = (at: number) => Math.floor(at / 3_600_000);

/** A stretch of one grain: a list of days is read as its whole months, and the days at its ends. */
interface Stretch {
  grain: 'day' | 'month';
  first: string;
  last: string;
}

/**
 * Days as stretches of `totals`, as few rows as there are: `FROM stretches x CROSS JOIN … totals t` with `t.grain = x.grain`
 * and `t.period BETWEEN x.first AND x.last`. By months alone where there is no end.
 */
export function stretchesOf({ from = '', until = '9999-12-31' }: Days): SQL {
  const first = from === '' || from.endsWith('-01') ? from.slice(0, 7) : monthAfter(from);
  const last = isLastOfMonth(until) ? until.slice(0, 7) : monthBefore(until);
  const stretches: Stretch[] =
    first > last
      ? [{ grain: 'day', first: from, last: until }]
      : [
          { grain: 'month', first, last },
          ...(from !== '' && !from.endsWith('-01') ? [{ grain: 'day' as const, first: from, last: endOf(from) }] : []),
          ...(isLastOfMonth(until) ? [] : [{ grain: 'day' as const, first: `${until.slice(0, 7)}-01`, last: until }]),
        ];
  return sql`(SELECT value ->> 'grain' AS grain, value ->> 'first' AS first, value ->> 'last' AS last
    FROM json_each(${JSON.stringify(stretches)}))`;
}

const monthOf = (day: string, months: number) => {
  const at = new Date(`${day.slice(0, 7)}-01T00:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() + months);
  return at.toISOString().slice(0, 7);
};
const monthAfter = (day: string) => monthOf(day, 1);
const monthBefore = (day: string) => monthOf(day, -1);
/** Good for comparing with: no month has a day after it. */
const endOf = (day: string) => `${day.slice(0, 7)}-31`;
const isLastOfMonth = (day: string) => new Date(Date.parse(day) + DAY_MS).getUTCDate() === 1;

/** What `totals t` add up to, as text: `minorIn` reads it. */
export const TOTALS = {
  earned: sumMinor(sql.raw(EARNED.replaceAll('m.', 't.'))),
  pending: sumMinor(sql.raw('t.pending_minor')),
  approved: sumMinor(sql.raw('t.approved_minor')),
  paid: sumMinor(sql.raw(PAID.replaceAll('m.', 't.'))),
};

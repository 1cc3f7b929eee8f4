/** Sums that are not what they add up, and rows that belong to nothing: found by SQL, a slice at a time. */
import type { Difference } from './audit-orders.ts';

const SUMS = ['pending', 'approved', 'in_payment', 'paid'] as const;
const WORDS = { pending: 'pending', approved: 'approved', in_payment: 'in payment', paid: 'paid' };

/** As text: a sum beyond 2^53 is no JavaScript number. */
type Figures = Record<string, string | null>;

/**
 * Of the sales from one id to another: commissions whose sums or number of lines are not those of their lines, sums that
 * cannot be, commissions without lines and lines without commissions, and sales that count other reports than there are.
 */
export async function sumsThatDiffer(db: D1Database, from: number, until: number): Promise<Difference[]> {
  const [money, said] = (await db.batch([db.prepare(MONEY).bind(from, until), db.prepare(SAID).bind(from, until)])) as [
    D1Result<Figures>,
    D1Result<Figures>,
  ];
  return [...money.results.flatMap(moneyDifferences), ...said.results.flatMap(saidDifferences)];
}

const MONEY = `
  WITH m AS (SELECT * FROM commissions WHERE sale_id BETWEEN ?1 AND ?2),
    l AS (SELECT sale_id, affiliate_id, count(*) AS lines, max(n) AS last, ${SUMS.map((sum) => `sum(${sum}_minor) AS ${sum}`).join(', ')}
      FROM lines WHERE sale_id BETWEEN ?1 AND ?2 GROUP BY sale_id, affiliate_id)
  SELECT coalesce(m.sale_id, l.sale_id) AS sale, coalesce(m.affiliate_id, l.affiliate_id) AS affiliate, s.id AS of_sale,
    m.sale_id AS commission, l.sale_id AS moved, CAST(m.lines AS TEXT) AS lines, CAST(l.lines AS TEXT) AS lines_there, CAST(l.last AS TEXT) AS last,
    ${SUMS.map((sum) => `CAST(m.${sum}_minor AS TEXT) AS ${sum}, CAST(l.${sum} AS TEXT) AS ${sum}_moved`).join(', ')},
    m.shop_id IS NOT s.shop_id OR m.sold_at IS NOT s.sold_at AS astray
  FROM m FULL JOIN l ON l.sale_id = m.sale_id AND l.affiliate_id = m.affiliate_id
  LEFT JOIN sales s ON s.id = coalesce(m.sale_id, l.sale_id)
  WHERE s.id IS NULL OR m.sale_id IS NULL OR l.sale_id IS NULL OR m.lines <> l.lines OR l.last <> l.lines
    OR ${SUMS.map((sum) => `m.${sum}_minor <> l.${sum}`).join(' OR ')}
    OR m.pending_minor < 0
    OR m.shop_id <> s.shop_id OR m.sold_at <> s.sold_at`;

function moneyDifferences(row: Figures): Difference[] {
  const where = `commission ${row.sale}-${row.affiliate}`;
  const found: string[] = [];
  if (row.of_sale === null) found.push('its sale is not there');
  if (row.commission === null) return [{ where, text: [...found, 'it has lines, and is not there itself'].join('; ') }];
  if (row.moved === null) return [{ where, text: [...found, 'it has no lines'].join('; ') }];
  if (row.lines !== row.lines_there) found.push(`it counts ${row.lines} lines, and has ${row.lines_there}`);
  if (row.last !== row.lines_there) found.push(`its ${row.lines_there} lines are numbered up to ${row.last}`);
  for (const sum of SUMS) {
    if (row[sum] !== row[`${sum}_moved`])
      found.push(`${WORDS[sum]} is ${row[sum]}, and its lines add up to ${row[`${sum}_moved`]}`);
  }
  // A debt is approved, and goes out below zero to be netted; what is only pending is never less than nothing.
  if (row.pending!.startsWith('-')) found.push(`pending is below zero: ${row.pending}`);
  if (row.of_sale !== null && row.astray) found.push('its shop or time is not that of its sale');
  return found.map((text) => ({ where, text }));
}

const SAID = `
  SELECT s.id AS sale, s.shop_id AS shop, s.order_key AS "order", CAST(s.reports AS TEXT) AS counted, CAST(count(r.place) AS TEXT) AS there,
    CAST(max(r.place) AS TEXT) AS last, s.sold_at / 3600000 NOT BETWEEN unixepoch(s.day) / 3600 - 14 AND unixepoch(s.day) / 3600 + 36 AS other_day
  FROM sales s LEFT JOIN reports r ON r.shop_id = s.shop_id AND r.order_key = s.order_key
  WHERE s.id BETWEEN ?1 AND ?2
  GROUP BY s.id
  HAVING count(r.place) = 0 OR s.reports <> count(r.place) OR max(r.place) <> count(r.place) OR other_day`;

function saidDifferences(row: Figures): Difference[] {
  const where = orderName(row.shop!, row.order!);
  const found: string[] = [];
  if (row.there === '0') found.push('nobody has reported it');
  else if (row.counted !== row.there) found.push(`it counts ${row.counted} reports, and has ${row.there}`);
  if (row.last !== null && row.last !== row.there)
    found.push(`its ${row.there} reports stand in places up to ${row.last}`);
  // No clock on earth is more than 14 hours before or 12 behind UTC.
  if (row.other_day) found.push('its day is not that of its time');
  return found.map((text) => ({ where, text }));
}

const orderName = (shop: string | number, key: string) => `order ${key} of shop ${shop}`;

/**
 * Reports of no sale and reports that are there twice, or verdicts on no report, in the order of their ids.
 * @param from the last id that was looked at before.
 */
export async function orphansAmong(
  db: D1Database,
  table: 'reports' | 'verdicts',
  from: string,
  limit: number,
): Promise<{ found: Difference[]; last: string | null; rows: number }> {
  const id = table === 'reports' ? 'id' : 'report_id';
  const piece = `WITH piece AS (SELECT ${id} AS id, shop_id, order_key FROM ${table} WHERE ${id} >= ?1 ORDER BY ${id} LIMIT ?2)`;
  const belongs =
    table === 'reports'
      ? 'SELECT 1 FROM sales s WHERE s.shop_id = p.shop_id AND s.order_key = p.order_key'
      : 'SELECT 1 FROM reports r WHERE r.id = p.id';
  const [all, orphans, twins] = (await db.batch(
    [
      `${piece} SELECT count(*) AS rows, max(id) AS last FROM piece`,
      `${piece} SELECT p.id, p.shop_id AS shop, p.order_key AS "order" FROM piece p WHERE NOT EXISTS (${belongs})`,
      `${piece} SELECT id, CAST(count(*) AS TEXT) AS times FROM piece GROUP BY id HAVING count(*) > 1`,
    ].map((statement) => db.prepare(statement).bind(from, limit)),
  )) as [D1Result<{ rows: number; last: string | null }>, D1Result<Figures>, D1Result<Figures>];
  const lost = table === 'reports' ? 'its sale is not there' : 'it is a verdict on a report that is not there';
  return {
    ...all.results[0]!,
    found: [
      ...orphans.results.map((row) => ({ where: `report ${row.id}, ${orderName(row.shop!, row.order!)}`, text: lost })),
      ...twins.results.map((row) => ({ where: `report ${row.id}`, text: `it is there ${row.times} times` })),
    ],
  };
}

const COUNTED = ['sales', 'sold', 'refunded', ...SUMS] as const;
const columnOf = (name: (typeof COUNTED)[number]) => (name === 'sales' ? name : `${name}_minor`);
const ADDED = COUNTED.map((name) => `sum(${columnOf(name)}) AS ${columnOf(name)}`).join(', ');

/** The groups of totals `t` that are not what `a` adds up; one that is not there is all zeros. */
const compared = (groups: readonly string[]) => `
  SELECT ${groups.map((group) => `coalesce(t.${group}, a.${group}) AS ${group}`).join(', ')},
    ${COUNTED.map(columnOf)
      .map(
        (column) =>
          `CAST(coalesce(t.${column}, 0) AS TEXT) AS ${column}, CAST(coalesce(a.${column}, 0) AS TEXT) AS ${column}_added`,
      )
      .join(', ')}
  FROM t FULL JOIN a ON ${groups.map((group) => `t.${group} = a.${group}`).join(' AND ')}
  WHERE ${COUNTED.map(columnOf)
    .map((column) => `coalesce(t.${column}, 0) <> coalesce(a.${column}, 0)`)
    .join(' OR ')}`;

const GROUP = ['campaign_id', 'affiliate_id', 'currency'] as const;
const PER_CAMPAIGN = ['campaign_id', 'currency'] as const;

// By the indexes that are led by shop and hour; their day may begin 14 hours before that of UTC, and end 12 after.
const DAYS = `
  WITH t AS (SELECT * FROM totals WHERE grain = 'day' AND shop_id = ?1 AND period = ?2),
    each AS (
      SELECT s.campaign_id, s.affiliate_id, s.currency, 1 AS sales, coalesce(s.amount_minor, 0) AS sold_minor, s.refunded_minor,
        0 AS pending_minor, 0 AS approved_minor, 0 AS in_payment_minor, 0 AS paid_minor
      FROM sales s
      WHERE s.shop_id = ?1 AND (s.sold_at / 3600000) BETWEEN ?3 AND ?4 AND s.coupon_id IS NOT NULL AND s.day = ?2 AND s.state = 'standing'
      UNION ALL
      SELECT m.campaign_id, m.affiliate_id, m.currency, 0, 0, 0, m.pending_minor, m.approved_minor, m.in_payment_minor, m.paid_minor
      FROM commissions m CROSS JOIN sales s ON s.id = m.sale_id
      WHERE m.shop_id = ?1 AND (m.sold_at / 3600000) BETWEEN ?3 AND ?4 AND s.day = ?2),
    a AS (SELECT ${GROUP.join(', ')}, ${ADDED} FROM each GROUP BY ${GROUP.join(', ')})
  ${compared(GROUP)}`;

const CAMPAIGN_DAYS = `
  WITH t AS (SELECT * FROM totals WHERE grain = 'campaign' AND shop_id = ?1 AND period = ?2),
    a AS (SELECT campaign_id, currency, ${ADDED} FROM totals
      WHERE grain = 'day' AND shop_id = ?1 AND period = ?2 GROUP BY campaign_id, currency)
  ${compared(PER_CAMPAIGN)}`;

const MONTHS = `
  WITH t AS (SELECT * FROM totals WHERE grain = 'month' AND shop_id = ?1 AND period = ?2),
    a AS (SELECT ${GROUP.join(', ')}, ${ADDED} FROM totals
      WHERE grain = 'day' AND shop_id = ?1 AND period BETWEEN ?2 || '-01' AND ?2 || '-31' GROUP BY ${GROUP.join(', ')})
  ${compared(GROUP)}`;

/** The totals of a day: of each campaign and affiliate from sales and commissions, and of each campaign from those. */
export async function daysThatDiffer(db: D1Database, shopId: number, day: string): Promise<Difference[]> {
  const midnight = Date.parse(day) / 3_600_000;
  const [days, campaigns] = (await db.batch([
    db.prepare(DAYS).bind(shopId, day, midnight - 14, midnight + 36),
    db.prepare(CAMPAIGN_DAYS).bind(shopId, day),
  ])) as [D1Result<Figures>, D1Result<Figures>];
  return [
    ...totalDifferences(days.results, `total of ${day}, shop ${shopId}`, 'sales and commissions add up to'),
    ...totalDifferences(campaigns.results, `total of ${day} by campaign, shop ${shopId}`, 'its affiliates add up to'),
  ];
}

/** The totals of a month are its days added up. */
export async function monthsThatDiffer(db: D1Database, shopId: number, month: string): Promise<Difference[]> {
  const { results } = await db.prepare(MONTHS).bind(shopId, month).all<Figures>();
  return totalDifferences(results, `total of ${month}, shop ${shopId}`, 'its days add up to');
}

function totalDifferences(rows: Figures[], period: string, added: string): Difference[] {
  return rows.flatMap((row) => {
    const whose = row.affiliate_id === undefined ? '' : `, affiliate ${row.affiliate_id}`;
    return COUNTED.filter((name) => row[columnOf(name)] !== row[`${columnOf(name)}_added`]).map((name) => ({
      where: `${period}, campaign ${row.campaign_id}${whose}, ${row.currency}`,
      text: `${name.replace('_', ' ')} is ${row[columnOf(name)]}, and ${added} ${row[`${columnOf(name)}_added`]}`,
    }));
  });
}

// Of one affiliate, so that SQLite looks into the view for that one only.
const BALANCES = `
  WITH t AS (SELECT currency, pending_minor, approved_minor, paid_minor FROM balances WHERE affiliate_id = ?1),
    a AS (SELECT currency, sum(pending_minor) AS pending_minor, sum(approved_minor) AS approved_minor,
        sum(in_payment_minor) + sum(paid_minor) AS paid_minor
      FROM totals WHERE affiliate_id = ?1 AND grain = 'day' GROUP BY currency)
  SELECT coalesce(t.currency, a.currency) AS currency, ?1 AS affiliate,
    ${['pending', 'approved', 'paid'].map((sum) => `CAST(coalesce(t.${sum}_minor, 0) AS TEXT) AS ${sum}, CAST(coalesce(a.${sum}_minor, 0) AS TEXT) AS ${sum}_added`).join(', ')}
  FROM t FULL JOIN a ON a.currency = t.currency
  WHERE ${['pending', 'approved', 'paid'].map((sum) => `coalesce(t.${sum}_minor, 0) <> coalesce(a.${sum}_minor, 0)`).join(' OR ')}`;

/** The balances of affiliates are their days added up. */
export async function balancesThatDiffer(db: D1Database, affiliateIds: number[]): Promise<Difference[]> {
  const balances = await db.batch<Figures>(affiliateIds.map((id) => db.prepare(BALANCES).bind(id)));
  return balances.flatMap(({ results }) =>
    results.flatMap((row) =>
      (['pending', 'approved', 'paid'] as const)
        .filter((sum) => row[sum] !== row[`${sum}_added`])
        .map((sum) => ({
          where: `balance of affiliate ${row.affiliate}, ${row.currency}`,
          text: `${sum} is ${row[sum]}, and their days add up to ${row[`${sum}_added`]}`,
        })),
    ),
  );
}

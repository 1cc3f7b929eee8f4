/**
 * Writes decisions: one batch, one JSON list a statement. The statement on `sales` holds all guards and writes the number of
 * the attempt; the others join on that number, so that what fails a guard writes nothing anywhere.
 */
import type { Heard } from '../report.ts';
import { IS_OFF } from '../settings.ts';
import { SAME_BROWSER_MS } from './place.ts';
import { addTotals } from './totals.ts';
import type { Write } from './write.ts';

/**
 * Writes what still holds. @returns the ids of the sales that were written, by the numbers of the attempts; the others have
 * to be decided again.
 * @throws what D1 throws: then nothing is written.
 */
export async function append(db: D1Database, writes: Write[]): Promise<Map<number, number>> {
  if (writes.length === 0) return new Map();
  const [sales, ...others] = listsOf(writes);
  const [written] = await db.batch<{ append: number; id: number }>([
    db.prepare(SALES).bind(JSON.stringify(sales)),
    ...others.flatMap((list, index) =>
      list!.length > 0 ? [db.prepare(OTHERS[index]!).bind(JSON.stringify(list))] : [],
    ),
  ]);
  // Orders that are one have one number; the eldest is written first.
  return new Map(written!.results.toReversed().map((row) => [row.append, row.id]));
}

/** The rows of each statement, in the order of the statements. */
function listsOf(writes: Write[]): unknown[][] {
  const lists: unknown[][] = [[], ...OTHERS.map(() => [])];
  for (const write of writes) {
    const [sales, reports, commissions, lines, totals, old, verdicts, answers, names, joins, codes, done] = lists;
    const place = (orderKey: string) => [write.shopId, orderKey, write.append] as const;
    const here = place(write.orderKey);
    for (const sale of write.sales) sales!.push(saleRow(write, sale));
    if (write.report) reports!.push([...here, ...reportRow(write.report)]);
    for (const each of write.commissions)
      commissions!.push([
        ...place(each.orderKey),
        ...[each.affiliateId, each.campaignId, each.couponId, each.currency, each.pendingMinor, each.approvedMinor],
        ...[
          each.inPaymentMinor,
          each.paidMinor,
          each.lines,
          each.rateBp,
          Number(each.confirmed),
          each.declined,
          each.held,
        ],
        ...[each.availableAt, each.soldAt],
      ]);
    for (const each of write.lines)
      lines!.push([
        ...place(each.orderKey),
        ...[each.affiliateId, each.n, each.at, each.kind, each.pendingMinor, each.approvedMinor, each.inPaymentMinor],
        ...[each.paidMinor, each.cause, each.causeId, each.rule, each.reason],
      ]);
    for (const [key, change] of write.totals) totals!.push([...here, ...(JSON.parse(key) as unknown[]), ...change]);
    // A new order has no verdicts yet.
    if (write.heard.length > 0) old!.push([...here, write.heard]);
    for (const [reportId, receivedAt, { outcome, detail, waits }] of write.verdicts)
      verdicts!.push([...here, reportId, receivedAt, outcome, detail, Number(waits)]);
    const { report } = write;
    if (report?.about) answers!.push([...here, report.about, report.id, Number(report.kind === 'withdrawal')]);
    for (const { kind, name } of write.names) names!.push([...here, kind, name]);
    for (const orderKey of write.joins) joins!.push([...here, orderKey, report!.id, report!.receivedAt]);
    for (const codeKey of write.uncredited) codes!.push([...here, codeKey]);
    for (const [orderKey, times] of write.guards.times) if (times !== null) done!.push(place(orderKey));
  }
  return lists;
}

const saleRow = ({ shopId, append, guards, report, names }: Write, sale: Write['sales'][number]) => [
  ...[shopId, sale.orderKey, sale.orderId, sale.state, sale.couponId, sale.affiliateId, sale.campaignId, sale.code],
  ...[sale.amountMinor, sale.refundedMinor, sale.currency, sale.evidence, sale.soldAt, sale.day, Number(sale.dayOnly)],
  ...[report?.receivedAt ?? 0, sale.question, sale.questionBy, sale.questions, sale.reports, sale.unkept, append],
  // The guards.
  ...[guards.appends, guards.times, report?.id ?? null, Number(report !== null && isNews(report))],
  ...[names.map(({ kind, name }) => [kind, name]), guards.coupons, guards.campaigns, guards.affiliates, guards.shops],
  ...[guards.codes, guards.hit, guards.importId],
];

/** What coupons that are switched off do not take: news of orders. A person's word about what is there they do. */
const isNews = ({ kind }: Heard) => kind === 'sale' || kind === 'refund';

const reportRow = (report: Heard) => [
  ...[
    report.place,
    report.id,
    report.source,
    report.kind,
    report.witness,
    report.receivedAt,
    report.saidAt,
    report.soldAt,
  ],
  ...[
    report.soldOn,
    report.code,
    report.codes === null ? null : JSON.stringify(report.codes),
    report.orderId,
    report.campaign,
  ],
  ...[report.amount, report.amountMinor, report.currency, report.cancelled === null ? null : Number(report.cancelled)],
  ...[report.refundedMinor, moreText(report), report.problem, report.doubt, Number(report.test), report.importId],
  ...[report.userId, report.affiliateId, report.about, report.reason],
];

const moreText = ({ more }: Heard) => (Object.keys(more).length === 0 ? null : JSON.stringify(more));

/** Where a row's value stands in its list. */
const at = (index: number) => `(j.value ->> ${index})`;

/** A run of values, from one place in the list on. */
const values = (from: number, columns: string) =>
  columns
    .split(',')
    .map((_, index) => at(from + index))
    .join(', ');

const SALE_COLUMNS = `shop_id, order_key, order_id, state, coupon_id, affiliate_id, campaign_id, code, amount_minor,
  refunded_minor, currency, evidence, sold_at, day, day_only, recorded_at, question, question_by, questions, reports, unkept, append`;

/** A parameter of the guards, which stand behind the columns. */
const G = (index: number) => at(SALE_COLUMNS.split(',').length + index);

/** Whether all records of a list have the revision that was seen. */
const asSeen = (table: string, index: number) => `
  AND NOT EXISTS (SELECT 1 FROM json_each(${G(index)}) g
    WHERE NOT EXISTS (SELECT 1 FROM ${table} c WHERE c.id = g.value ->> 0 AND c.revision = g.value ->> 1))`;

const SALES = `
  INSERT INTO sales (${SALE_COLUMNS})
  SELECT ${values(0, SALE_COLUMNS)} FROM json_each(?1) j
  WHERE NOT EXISTS (SELECT 1 FROM json_each(${G(0)}) g WHERE (SELECT s.append FROM sales s
      WHERE s.shop_id = ${at(0)} AND s.order_key = g.value ->> 0) IS NOT g.value ->> 1)
    AND NOT EXISTS (SELECT 1 FROM json_each(${G(1)}) g WHERE (SELECT t.times FROM to_decide t
      WHERE t.shop_id = ${at(0)} AND t.order_key = g.value ->> 0) IS NOT g.value ->> 1)
    AND NOT EXISTS (SELECT 1 FROM reports r WHERE r.id = ${G(2)})
    AND (${G(3)} = 0 OR NOT EXISTS (SELECT 1 FROM settings WHERE ${IS_OFF}))
    AND NOT EXISTS (SELECT 1 FROM order_names n WHERE n.shop_id = ${at(0)} AND n.kind = 'number' AND n.name = ${at(1)} AND n.order_key <> ${at(1)}
      AND n.order_key NOT IN (SELECT g.value ->> 0 FROM json_each(${G(0)}) g))
    AND NOT EXISTS (SELECT 1 FROM json_each(${G(4)}) g WHERE
      EXISTS (SELECT 1 FROM order_names n WHERE n.shop_id = ${at(0)} AND n.kind = g.value ->> 0 AND n.name = g.value ->> 1)
      OR EXISTS (SELECT 1 FROM sales o WHERE o.shop_id = ${at(0)} AND o.order_key = iif(g.value ->> 0 = 'id', 'id:', '') || (g.value ->> 1)
        AND o.order_key NOT IN (SELECT m.value ->> 0 FROM json_each(${G(0)}) m)))
    ${asSeen('coupons', 5)} ${asSeen('campaigns', 6)} ${asSeen('affiliates', 7)} ${asSeen('shops', 8)}
    AND NOT EXISTS (SELECT 1 FROM json_each(${G(9)}) g
      WHERE (SELECT count(*) FROM coupon_codes k WHERE k.code_key = g.value ->> 0) <> g.value ->> 1)
    AND (${G(10)} IS NULL OR NOT EXISTS (SELECT 1 FROM json_each(${G(10)}, '$.browsers') g CROSS JOIN reports r
      ON r.witness = g.value AND r.received_at > ${G(10)} ->> '$.from' AND r.received_at < ${G(10)} ->> '$.until'
        AND r.order_id IS NULL AND r.source = 'pixel' AND r.shop_id = ${at(0)} AND r.codes IS ${G(10)} ->> '$.codes'
        AND r.campaign IS ${G(10)} ->> '$.campaign' AND r.amount IS ${G(10)} ->> '$.amount'
        AND r.currency IS ${G(10)} ->> '$.currency'))
    AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.id = ${G(11)} AND i.status IN ('undoing', 'undone'))
  ON CONFLICT (shop_id, order_key) DO UPDATE SET order_id = coalesce(sales.order_id, excluded.order_id),
    ${[
      'state',
      'coupon_id',
      'affiliate_id',
      'campaign_id',
      'code',
      'amount_minor',
      'refunded_minor',
      'currency',
      'evidence',
    ]
      .concat(['sold_at', 'day', 'day_only', 'question', 'question_by', 'questions', 'reports', 'unkept', 'append'])
      .map((column) => `${column} = excluded.${column}`)
      .join(', ')}
  RETURNING append, id`;

/** The sale that this attempt has written; nothing where a guard stood against it. */
const WRITTEN = `CROSS JOIN sales s ON s.shop_id = ${at(0)} AND s.order_key = ${at(1)} AND s.append = ${at(2)}`;

const REPORT_COLUMNS = `place, id, source, kind, witness, received_at, said_at, sold_at, sold_on, code, codes, order_id, campaign,
  amount, amount_minor, currency, cancelled, refunded_minor, more, problem, doubt, test, import_id, user_id, affiliate_id, about, reason`;

const REPORTS = `
  INSERT INTO reports (shop_id, order_key, ${REPORT_COLUMNS})
  SELECT ${at(0)}, ${at(1)}, ${values(3, REPORT_COLUMNS)} FROM json_each(?1) j ${WRITTEN}`;

const COMMISSION_COLUMNS = `affiliate_id, campaign_id, coupon_id, currency, pending_minor, approved_minor, in_payment_minor,
  paid_minor, lines, rate_bp, confirmed, declined, held, available_at, sold_at`;

const COMMISSIONS = `
  INSERT INTO commissions (sale_id, shop_id, ${COMMISSION_COLUMNS})
  SELECT s.id, s.shop_id, ${values(3, COMMISSION_COLUMNS)} FROM json_each(?1) j ${WRITTEN}
  WHERE true
  ON CONFLICT (sale_id, affiliate_id) DO UPDATE SET ${COMMISSION_COLUMNS.split(',')
    .map((column) => column.trim())
    .filter((column) => column !== 'affiliate_id' && column !== 'currency')
    .map((column) => `${column} = excluded.${column}`)
    .join(', ')}`;

const LINE_COLUMNS = `affiliate_id, n, at, kind, pending_minor, approved_minor, in_payment_minor, paid_minor, cause, cause_id, rule, reason`;

const LINES = `
  INSERT INTO lines (sale_id, ${LINE_COLUMNS})
  SELECT s.id, ${values(3, LINE_COLUMNS)} FROM json_each(?1) j ${WRITTEN}`;

const TOTALS = addTotals(WRITTEN, 3);

const OLD_VERDICTS = `
  DELETE FROM verdicts WHERE answered_by IS NULL AND report_id IN (
    SELECT h.value FROM json_each(?1) j ${WRITTEN} CROSS JOIN json_each(j.value, '$[3]') h)`;

const VERDICTS = `
  INSERT INTO verdicts (shop_id, order_key, report_id, received_at, outcome, detail, waits)
  SELECT s.shop_id, s.order_key, ${values(3, 'report_id, received_at, outcome, detail, waits')} FROM json_each(?1) j ${WRITTEN}
  WHERE true
  ON CONFLICT DO UPDATE SET outcome = excluded.outcome, detail = excluded.detail, waits = excluded.waits`;

/** What a person's report answers waits no longer; where that report is taken back, it waits again. */
const ANSWERS = `
  UPDATE verdicts SET answered_by = iif(answer.back, NULL, answer.id)
  FROM (SELECT ${at(3)} AS about, ${at(4)} AS id, ${at(5)} AS back FROM json_each(?1) j ${WRITTEN}) answer
  WHERE iif(answer.back, verdicts.answered_by = answer.about, verdicts.report_id = answer.about)`;

const NAMES = `
  INSERT INTO order_names (shop_id, order_key, kind, name)
  SELECT s.shop_id, s.order_key, ${values(3, 'kind, name')} FROM json_each(?1) j ${WRITTEN}`;

const JOINS = `
  INSERT INTO order_joins (shop_id, into_key, order_key, report_id, joined_at)
  SELECT s.shop_id, s.order_key, ${values(3, 'order_key, report_id, joined_at')} FROM json_each(?1) j ${WRITTEN}
  WHERE true
  ON CONFLICT DO UPDATE SET into_key = excluded.into_key, report_id = excluded.report_id, joined_at = excluded.joined_at, parted_at = NULL`;

const CODES = `
  INSERT INTO codes_heard (shop_id, order_key, code_key)
  SELECT s.shop_id, s.order_key, ${at(3)} FROM json_each(?1) j ${WRITTEN} WHERE true ON CONFLICT DO NOTHING`;

const DONE = `
  DELETE FROM to_decide WHERE (shop_id, order_key) IN (SELECT s.shop_id, s.order_key FROM json_each(?1) j ${WRITTEN})`;

const OTHERS = [REPORTS, COMMISSIONS, LINES, TOTALS, OLD_VERDICTS, VERDICTS, ANSWERS, NAMES, JOINS, CODES, DONE];

/** Hits that are only counted: reloads, on their sale; and noise, by shop, hour, cause and code. */
export async function count(
  db: D1Database,
  reloads: { shopId: number; orderKey: string }[],
  noise: { shopId: number; hour: number; cause: string; code: string; sample: string }[],
): Promise<void> {
  const statements = [
    reloads.length > 0 &&
      db.prepare(RELOADS).bind(JSON.stringify(reloads.map(({ shopId, orderKey }) => [shopId, orderKey]))),
    noise.length > 0 &&
      db
        .prepare(NOISE)
        .bind(
          JSON.stringify(noise.map(({ shopId, hour, cause, code, sample }) => [shopId, hour, cause, code, sample])),
        ),
  ].filter((statement) => statement !== false);
  if (statements.length > 0) await db.batch(statements);
}

const RELOADS = `
  UPDATE sales SET reloads = reloads + again.hits
  FROM (SELECT ${at(0)} AS shop_id, ${at(1)} AS order_key, count(*) AS hits FROM json_each(?1) j GROUP BY 1, 2) again
  WHERE sales.shop_id = again.shop_id AND sales.order_key = again.order_key`;

const NOISE = `
  INSERT INTO noise (shop_id, hour, cause, code, hits, sample)
  SELECT ${values(0, 'shop_id, hour, cause, code')}, count(*), min(${at(4)}) FROM json_each(?1) j GROUP BY 1, 2, 3, 4
  ON CONFLICT DO UPDATE SET hits = hits + excluded.hits`;

/**
 * Writes a report that could not be decided, so that it is not lost: it waits for a person, and its order is on the list of
 * those to be decided again. @returns false where it is there already: nothing is written.
 */
export async function appendUndecided(
  db: D1Database,
  shopId: number,
  orderKey: string,
  report: Heard,
  append: number,
): Promise<boolean> {
  const row = JSON.stringify([[shopId, orderKey, append, ...reportRow(report)]]);
  const utcDay = new Date(report.receivedAt).toISOString().slice(0, 10);
  const [written] = await db.batch([
    db.prepare(UNDECIDED_SALE).bind(shopId, orderKey, report.orderId, report.receivedAt, utcDay, append, report.id),
    db
      .prepare(
        REPORTS.replace(
          at(3),
          '(SELECT coalesce(max(place), 0) + 1 FROM reports r WHERE r.shop_id = s.shop_id AND r.order_key = s.order_key)',
        ),
      )
      .bind(row),
    db
      .prepare(VERDICTS)
      .bind(
        JSON.stringify([[shopId, orderKey, append, report.id, report.receivedAt, 'could not be decided', null, 1]]),
      ),
    db.prepare(AGAIN).bind(shopId, orderKey, append, report.receivedAt, report.id),
  ]);
  return written!.results.length > 0;
}

const UNDECIDED_SALE = `
  INSERT INTO sales (shop_id, order_key, order_id, state, evidence, sold_at, day, recorded_at, reports, append)
  SELECT ?1, ?2, ?3, 'nothing', 'pixel', ?4, ?5, ?4, 1, ?6 WHERE NOT EXISTS (SELECT 1 FROM reports WHERE id = ?7)
  ON CONFLICT (shop_id, order_key) DO UPDATE SET reports = reports + 1, append = excluded.append RETURNING id`;

const AGAIN = `
  INSERT INTO to_decide (shop_id, order_key, kind, cause, cause_id, since)
  SELECT s.shop_id, s.order_key, 'sale', 'report', ?5, ?4 FROM sales s WHERE s.shop_id = ?1 AND s.order_key = ?2 AND s.append = ?3
  ON CONFLICT DO UPDATE SET times = times + 1`;

/** Within what time another hit of the same browser with the same words is the same sale. */
export const sameHitGuard = ({ receivedAt, campaign, amount, currency, codes }: Heard, browsers: string[]) => ({
  browsers,
  from: receivedAt - SAME_BROWSER_MS,
  until: receivedAt + SAME_BROWSER_MS,
  codes: JSON.stringify(codes),
  campaign,
  amount,
  currency,
});

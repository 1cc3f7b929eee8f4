/** The rows of a file of sales: each becomes a report, always the same one, and goes through the one door. */

import { importedReportId, type Report, reportOf } from '../report.ts';
import { foresee, type Outcome, recordSales } from '../sales/record-sales.ts';
import type { ImportJob } from './job.ts';

/** A row that was read. */
export interface SaleRow {
  line: number;
  /** The row as it stands in the file. */
  cells: string[];
  code: string;
  /** In decimal, with a dot; and in minor units of the shop's currency. */
  amount: string | null;
  amountMinor: number | null;
  orderId: string | null;
  /** A day where the shop is; null: the day on which this file was first started. */
  soldOn: string | null;
}

/**
 * What becomes of a row, or would. `other shop`: only another shop has the code. `another row`: one of this file has the
 * order with another coupon or amount; its line is the detail, where it is near.
 */
export interface RowOutcome {
  outcome: Outcome | 'other shop' | 'another row';
  detail: string | null;
}

export type RowVerdict = 'new' | 'known' | 'refused';

/** Rows that are foreseen together: as many as are decided together. */
const LIST_LENGTH = 1_000;

/** What an outcome means for the count. A sale that was known before is not paid again, whoever spoke of it. */
export function verdictOf(outcome: RowOutcome['outcome']): RowVerdict {
  if (outcome === 'recorded') return 'new';
  return outcome === 'already known' || outcome === 'confirmed' || outcome === 'corrected' ? 'known' : 'refused';
}

/**
 * Refused rows that are reports all the same, for what they say is to be answered by a person in the office. Any other is
 * for who has the file to mend: it is no report that would contradict the mended row, nor wait for somebody a second time.
 */
export const isAsked = ({ outcome }: RowOutcome) =>
  outcome === 'disputed' || outcome === 'void' || outcome === 'which day' || outcome === 'two affiliates';

/** What would become of the rows, in their order. Nothing is written. */
export async function foreseeSales(
  db: D1Database,
  job: ImportJob,
  shopId: number,
  rows: SaleRow[],
  now: number,
): Promise<RowOutcome[]> {
  const outcomes = await foreseen(db, job, shopId, rows, now);
  return outcomes.map(({ outcome }) => outcome);
}

/**
 * Records the rows. Sending the same rows again gives the same outcomes again, and pays nothing twice.
 * @returns what became of each, in their order; null where coupons are switched off, and nothing is recorded.
 */
export async function recordRows(
  db: D1Database,
  job: ImportJob,
  shopId: number,
  rows: SaleRow[],
  now: number,
): Promise<RowOutcome[] | null> {
  const outcomes = await foreseen(db, job, shopId, rows, now);
  const sent = outcomes.filter(({ outcome }) => isSent(outcome));
  const recorded = await recordSales(
    db,
    sent.map(({ report }) => report),
  );
  if (recorded.some(({ outcome }) => outcome === 'switched off')) return null;
  const byId = new Map(recorded.map(({ reportId, outcome, detail }) => [reportId, { outcome, detail }]));
  return outcomes.map(({ report, outcome }) => byId.get(report.id) ?? outcome);
}

interface Foreseen {
  report: Report;
  outcome: RowOutcome;
}

async function foreseen(
  db: D1Database,
  job: ImportJob,
  shopId: number,
  rows: SaleRow[],
  now: number,
): Promise<Foreseen[]> {
  const reports = rows.map((row) => reportIn(job, shopId, row, now));
  const foreign = await codesOfOthers(db, shopId, reports);
  const outcomes = new Map<string, RowOutcome>();
  for (const { id, codes } of reports)
    if (codes?.some((code) => foreign.has(code))) outcomes.set(id, { outcome: 'other shop', detail: null });
  const open = reports.filter(({ id }) => !outcomes.has(id));
  for (let from = 0; from < open.length; from += LIST_LENGTH)
    for (const { reportId, outcome, detail } of await foresee(db, open.slice(from, from + LIST_LENGTH)))
      outcomes.set(reportId, { outcome, detail });
  const all = reports.map((report) => ({ report, outcome: outcomes.get(report.id)! }));
  return saidOnce(all, rows, await saidInPieces(db, job, shopId, reports));
}

const isSent = (row: RowOutcome) => verdictOf(row.outcome) !== 'refused' || isAsked(row);

/** The codes among these that other shops have or had and this one never had. */
async function codesOfOthers(db: D1Database, shopId: number, reports: Report[]): Promise<Set<string>> {
  const codeKeys = [...new Set(reports.flatMap(({ codes }) => codes ?? []))];
  const { results } = await db
    .prepare(
      `SELECT DISTINCT k.code_key AS codeKey, k.shop_id AS shopId FROM json_each(?1) j
       CROSS JOIN coupon_codes k ON k.code_key = j.value AND (k.until_at IS NULL OR k.until_at > k.from_at)`,
    )
    .bind(JSON.stringify(codeKeys))
    .all<{ codeKey: string; shopId: number }>();
  const others = new Set(results.map(({ codeKey }) => codeKey));
  for (const each of results) if (each.shopId === shopId) others.delete(each.codeKey);
  return others;
}

/**
 * Refuses rows whose order an earlier row that counts has with another coupon or amount, as files have it that list an order
 * by its articles, or whose order numbers were made alike. Which row is right nobody can tell but who has the file.
 */
function saidOnce(
  foreseen: Foreseen[],
  rows: SaleRow[],
  before: Map<string, { id: string; words: string }[]>,
): Foreseen[] {
  const said = new Map<string, { line: number; words: string }>();
  return foreseen.map((each, index) => {
    if (!isSent(each.outcome)) return each;
    const { line, amountMinor } = rows[index]!;
    const { id, orderKey, codes } = each.report;
    const words = JSON.stringify([codes, amountMinor]);
    const first = said.get(orderKey!) ?? { line, words };
    said.set(orderKey!, first);
    const earlier = before.get(orderKey!)?.find((report) => report.id < id);
    if (earlier && earlier.words !== words) return { ...each, outcome: { outcome: 'another row', detail: null } };
    return first.words === words ? each : { ...each, outcome: { outcome: 'another row', detail: String(first.line) } };
  });
}

/** What earlier pieces of the file have said of these orders. */
async function saidInPieces(db: D1Database, job: ImportJob, shopId: number, reports: Report[]) {
  if (job.status !== 'running' || job.piecesDone === 0) return new Map<string, { id: string; words: string }[]>();
  const { results } = await db
    .prepare(
      `SELECT r.order_key AS orderKey, r.id, r.codes, r.amount_minor AS amountMinor FROM json_each(?1) j
       CROSS JOIN reports r ON r.shop_id = ?2 AND r.order_key = j.value AND r.import_id = ?3 ORDER BY r.place`,
    )
    .bind(JSON.stringify([...new Set(reports.map(({ orderKey }) => orderKey))]), shopId, job.id)
    .all<{ orderKey: string; id: string; codes: string; amountMinor: number | null }>();
  const told = results.map(({ orderKey, id, codes, amountMinor }) => ({
    orderKey,
    id,
    words: JSON.stringify([JSON.parse(codes), amountMinor]),
  }));
  return Map.groupBy(told, ({ orderKey }) => orderKey);
}

/**
 * A row without an order ID is an order of its own, known again by file, shop and line: twice in a file it is two sales,
 * and the same file sent again is the same ones.
 */
function reportIn(job: ImportJob, shopId: number, row: SaleRow, now: number): Report {
  const receivedAt = job.startedAt ?? now;
  return reportOf({
    id: importedReportId(receivedAt, job.id, row.line),
    source: 'import',
    witness: `file:${job.contentHash}`,
    codes: [row.code],
    amount: row.amount,
    orderId: row.orderId,
    order: row.orderId === null ? `file:${job.contentHash}:${shopId}:${row.line}` : null,
    shopId,
    soldOn: row.soldOn,
    soldAt: row.soldOn === null ? (job.firstStartedAt ?? receivedAt) : null,
    receivedAt,
    importId: job.id,
    userId: job.createdBy,
  });
}

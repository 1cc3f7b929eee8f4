/** The rows of a file of sales: each becomes a report, always the same one, and goes through the one door. */
import { decide, type Outcome } from './decide.ts';
import { factsOf, gather } from './facts.ts';
import type { ImportJob } from './imports.ts';
import { recordSales } from './record-sales.ts';
import { importedReportId, type Report, reportOf } from './report.ts';

/** A row that was read. The amount is in decimal, with a dot. */
export interface SaleRow {
  line: number;
  code: string;
  amount: string | null;
  orderId: string | null;
  soldAt: number;
}

/** What becomes of a row, or would; `other shop`: only another shop has the code. */
export interface RowOutcome {
  outcome: Outcome | 'other shop';
  detail: string | null;
}

export type Verdict = 'new' | 'known' | 'refused';

/** Rows that are decided together; as many as `recordSales` takes at once. */
const LIST_LENGTH = 1_000;

/** What an outcome means for the count. A sale that was known before is not paid again, whoever spoke of it. */
export function verdictOf(outcome: RowOutcome['outcome']): Verdict {
  if (outcome === 'recorded') return 'new';
  return outcome === 'already known' || outcome === 'confirmed' || outcome === 'corrected' ? 'known' : 'refused';
}

/** What would become of the rows, in their order. Nothing is written. */
export async function foreseeSales(
  db: D1Database,
  job: ImportJob,
  shopId: number,
  rows: SaleRow[],
  now: number,
): Promise<RowOutcome[]> {
  const outcomes: RowOutcome[] = [];
  const spoken = new Set<string>();
  const reports = rows.map((row) => reportIn(job, shopId, row, now));
  const foreign = await codesOfOthers(db, shopId, reports);
  for (const list of listsOfReports(reports)) outcomes.push(...(await foresee(db, list, foreign, spoken)));
  return outcomes;
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
  const outcomes = new Map<string, RowOutcome>();
  const reports = rows.map((row) => reportIn(job, shopId, row, now));
  const foreign = await codesOfOthers(db, shopId, reports);
  for (const list of listsOfReports(reports)) {
    for (const [id, outcome] of await refusedBeforehand(db, list, foreign)) outcomes.set(id, outcome);
    const sent = list.filter(({ id }) => !outcomes.has(id));
    for (const { reportId, outcome, detail } of await recordSales(db, sent)) {
      if (outcome === 'switched off') return null;
      outcomes.set(reportId, { outcome, detail });
    }
  }
  return reports.map(({ id }) => outcomes.get(id)!);
}

/**
 * What a person can mend in the file is refused there, and is no report that waits for them a second time: codes of
 * another shop only, and missing amounts where a percentage is paid.
 */
async function refusedBeforehand(
  db: D1Database,
  reports: Report[],
  foreign: Set<string>,
): Promise<[id: string, RowOutcome][]> {
  const others = reports.filter(({ codeKey }) => foreign.has(codeKey ?? ''));
  const bare = reports.filter(({ amount, codeKey }) => amount === null && !foreign.has(codeKey ?? ''));
  const foreseen = bare.length > 0 ? await foresee(db, bare, foreign, new Set()) : [];
  return [
    ...others.map(({ id }) => [id, OTHER_SHOP] satisfies [string, RowOutcome]),
    ...bare
      .map(({ id }, index) => [id, foreseen[index]!] satisfies [string, RowOutcome])
      .filter(([, { outcome }]) => outcome === 'no amount'),
  ];
}

const OTHER_SHOP: RowOutcome = { outcome: 'other shop', detail: null };

async function foresee(
  db: D1Database,
  reports: Report[],
  foreign: Set<string>,
  spoken: Set<string>,
): Promise<RowOutcome[]> {
  const known = await gather(db, reports);
  return reports.map((report) => {
    if (foreign.has(report.codeKey ?? '')) return OTHER_SHOP;
    const { outcome, detail, write } = decide(report, factsOf(report, known));
    const order = report.orderKey ?? report.visitorKeys[0]!;
    if (write && spoken.has(order)) return { outcome: 'already known', detail: null };
    if (write) spoken.add(order);
    return { outcome, detail };
  });
}

/** The codes among these that other shops have and this one has not. */
async function codesOfOthers(db: D1Database, shopId: number, reports: Report[]): Promise<Set<string>> {
  const codeKeys = [...new Set(reports.map(({ codeKey }) => codeKey).filter((key) => key !== null))];
  const { results } = await db
    .prepare(
      `SELECT c.code_key AS codeKey, c.shop_id AS shopId FROM json_each(?1) j
       CROSS JOIN coupons c ON c.code_key = j.value AND c.archived_at IS NULL
       UNION
       SELECT l.code_key, c.shop_id FROM json_each(?1) j CROSS JOIN coupon_aliases l ON l.code_key = j.value
       CROSS JOIN coupons c ON c.id = l.coupon_id AND c.archived_at IS NULL`,
    )
    .bind(JSON.stringify(codeKeys))
    .all<{ codeKey: string; shopId: number }>();
  const others = new Set(results.map(({ codeKey }) => codeKey));
  for (const each of results) if (each.shopId === shopId) others.delete(each.codeKey);
  return others;
}

/**
 * A row without an order ID is known again by file, shop and line: twice in a file it is two sales, and the same file
 * sent again is the same ones.
 */
function reportIn(job: ImportJob, shopId: number, row: SaleRow, now: number): Report {
  const receivedAt = job.startedAt ?? now;
  return reportOf({
    id: importedReportId(receivedAt, job.id, row.line),
    source: 'import',
    code: row.code,
    amount: row.amount,
    orderId: row.orderId,
    shopId,
    soldAt: row.soldAt,
    receivedAt,
    visitorKeys: [`file:${job.contentHash}:${shopId}:${row.line}`],
    importId: job.id,
    userId: job.createdBy,
  });
}

function listsOfReports(reports: Report[]): Report[][] {
  return Array.from({ length: Math.ceil(reports.length / LIST_LENGTH) }, (_, index) =>
    reports.slice(index * LIST_LENGTH, (index + 1) * LIST_LENGTH),
  );
}

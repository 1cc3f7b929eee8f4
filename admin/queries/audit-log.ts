import { type SQL, sql } from 'drizzle-orm';
import { type AuditLine, idsIn, type Names } from '../audit-words.ts';
import type { Db } from '../env.ts';
import { COUNTED, PAGE_ROWS, type Place, type Slice, sliceOf } from './keyset.ts';

export interface AuditFilter {
  /** A user's id. */
  person?: string | undefined;
  subject?: string | undefined;
  action?: string | undefined;
  /** Searched for in what was changed, in the record's name and in the person's. */
  search: string;
}

/** Of a commission, which is named by its sale and its affiliate: "12-3". */
const SALE_OF = sql`CAST(substr(l.subject_id, 1, instr(l.subject_id, '-') - 1) AS INTEGER)`;

/** The names of records. A key compared with the log's text is a look-up by that key: SQLite makes the text a number. */
const RECORD = sql`CASE l.subject
  WHEN 'coupons' THEN (SELECT code FROM coupons WHERE id = l.subject_id)
  WHEN 'campaigns' THEN (SELECT name FROM campaigns WHERE id = l.subject_id)
  WHEN 'affiliates' THEN (SELECT name FROM affiliates WHERE id = l.subject_id)
  WHEN 'shops' THEN (SELECT name FROM shops WHERE id = l.subject_id)
  WHEN 'users' THEN (SELECT name FROM users WHERE id = l.subject_id)
  WHEN 'imports' THEN (SELECT file_name FROM imports WHERE id = l.subject_id)
  WHEN 'sales' THEN (SELECT order_id FROM sales WHERE id = l.subject_id)
  WHEN 'invitations' THEN (SELECT email FROM invitations WHERE token_hash = l.subject_id)
  WHEN 'settings' THEN CASE l.subject_id WHEN 'coupons' THEN 'Coupons & offline sales' END
  WHEN 'coupon_requests' THEN (SELECT 'of ' || a.name FROM coupon_requests r JOIN affiliates a ON a.id = r.affiliate_id WHERE r.id = l.subject_id)
  WHEN 'payouts' THEN (SELECT 'to ' || a.name FROM payouts p JOIN affiliates a ON a.id = p.affiliate_id WHERE p.id = l.subject_id)
  WHEN 'commissions' THEN (SELECT 'of ' || a.name || coalesce(' for order ' || s.order_id, '') FROM sales s, affiliates a
    WHERE s.id = ${SALE_OF} AND a.id = CAST(substr(l.subject_id, instr(l.subject_id, '-') + 1) AS INTEGER))
  END`;

const LINES = sql`
  SELECT l.id, l.at, l.action, l.subject, l.subject_id AS subjectId, l.before, l.after, u.name AS who, ${RECORD} AS record,
    CASE l.subject WHEN 'commissions' THEN ${SALE_OF} END AS saleId,
    k.commission_kind AS commissionKind, h.currency
  FROM audit_log l LEFT JOIN users u ON u.id = l.user_id
    LEFT JOIN campaigns k ON l.subject = 'campaigns' AND k.id = l.subject_id LEFT JOIN shops h ON h.id = k.shop_id`;

export type AuditPage = Slice<AuditLine> & { count: number; names: Names };

/** A page of the log, the newest first; with `count`, COUNTED + 1 meaning more than COUNTED. */
export async function auditPage(db: Db, filter: AuditFilter, place: Place): Promise<AuditPage> {
  const these = whereOf(filter);
  const beyond = [
    ...(place.after === undefined ? [] : [sql`l.id < ${place.after}`]),
    ...(place.before === undefined ? [] : [sql`l.id > ${place.before}`]),
  ];
  const order = place.before === undefined ? sql`l.id DESC` : sql`l.id`;
  const [found, { n }] = await Promise.all([
    db.all<AuditLine>(sql`${LINES} WHERE ${all([...these, ...beyond])} ORDER BY ${order} LIMIT ${PAGE_ROWS + 1}`),
    db.get<{ n: number }>(sql`
      SELECT count(*) AS n FROM (
        SELECT 1 FROM audit_log l LEFT JOIN users u ON u.id = l.user_id WHERE ${all(these)} LIMIT ${COUNTED + 1})`),
  ]);
  const slice = sliceOf(found, place);
  return { ...slice, count: n, names: await namesIn(db, slice.rows) };
}

/** What has happened to one record, the newest first. */
export interface History {
  lines: AuditLine[];
  names: Names;
}

const HISTORY_ROWS = 50;

/** The history of a record, by its table's name and its id: at most the newest fifty lines. */
export async function historyOf(db: Db, subject: string, id: number): Promise<History> {
  return history(db, sql`l.subject = ${subject} AND l.subject_id = ${String(id)}`);
}

/**
 * The history of a coupon: its own lines, its import's, and those of many coupons at once where they stand for it. That a
 * change of many was this coupon's too is known by its instant, which its row or its history has kept: D1's at the commit,
 * of which the log's is a little before.
 */
export async function historyOfCoupon(db: Db, id: number): Promise<History> {
  return history(
    db,
    sql`(l.subject = 'coupons' AND l.subject_id = ${String(id)}) OR (l.subject = 'coupons' AND l.subject_id = 'many'
      AND (l.at = (SELECT created_at FROM coupons WHERE id = ${id})
        OR ${id} BETWEEN l.before ->> 'firstId' AND l.before ->> 'lastId' AND EXISTS (
          SELECT 1 FROM (SELECT updated_at AS at FROM coupons WHERE id = ${id} UNION ALL SELECT until_at FROM coupons_were WHERE coupon_id = ${id}) c
          WHERE c.at BETWEEN l.at - 5000 AND l.at + ${NOW_MS}))
      AND NOT EXISTS (SELECT 1 FROM audit_log o WHERE o.subject = 'coupons' AND o.subject_id = ${String(id)} AND o.at = l.at))
      OR (l.subject = 'imports' AND l.subject_id = (SELECT CAST(import_id AS TEXT) FROM coupons WHERE id = ${id}))`,
  );
}

/** A change of very many goes in steps, which hold from their own commits. */
const NOW_MS = 300_000;

/** The history of a sale: what people did to it, and to the commissions it earned. */
export async function historyOfSale(db: Db, saleId: number): Promise<History> {
  return history(
    db,
    sql`(l.subject = 'sales' AND l.subject_id = ${String(saleId)}) OR (l.subject = 'commissions'
      AND l.subject_id > ${`${saleId}-`} AND l.subject_id < ${`${saleId}.`})`,
  );
}

async function history(db: Db, these: SQL): Promise<History> {
  const lines = await db.all<AuditLine>(sql`${LINES} WHERE ${these} ORDER BY l.id DESC LIMIT ${HISTORY_ROWS}`);
  return { lines, names: await namesIn(db, lines) };
}

/** Who stands in the log: whoever has or had an account that could write there. */
export async function auditPeople(db: Db): Promise<{ id: string; name: string }[]> {
  return db.all(sql`
    SELECT id, name || CASE WHEN removed_at IS NOT NULL THEN ' (removed)' ELSE '' END AS name FROM users
    WHERE role = 'administrator' OR EXISTS (SELECT 1 FROM audit_log WHERE user_id = users.id)
    ORDER BY role, name COLLATE NOCASE LIMIT 500`);
}

function whereOf({ person, subject, action, search }: AuditFilter): SQL[] {
  return [
    ...(person ? [person === 'nobody' ? sql`l.user_id IS NULL` : sql`l.user_id = ${person}`] : []),
    ...(subject ? [sql`l.subject = ${subject}`] : []),
    ...(action ? [sql`l.action = ${action}`] : []),
    // Not LIKE: D1 takes patterns of 50 bytes at most.
    ...(search
      ? [
          sql`instr(lower(coalesce(l.before, '') || ' ' || coalesce(l.after, '') || ' ' || coalesce(u.name, '') || ' ' || coalesce(${RECORD}, '')), lower(${search}))`,
        ]
      : []),
  ];
}

const all = (conditions: SQL[]) => (conditions.length > 0 ? sql.join(conditions, sql` AND `) : sql`true`);

async function namesIn(db: Db, lines: AuditLine[]): Promise<Names> {
  const named = async (table: SQL, key: 'affiliateId' | 'campaignId' | 'shopId') => {
    const ids = [...new Set(lines.flatMap((line) => idsIn(line, key)))];
    if (ids.length === 0) return new Map<number, string>();
    const list = JSON.stringify(ids);
    const rows = await db.all<{ id: number; name: string }>(
      sql`SELECT id, name FROM ${table} WHERE id IN (SELECT value FROM json_each(${list}))`,
    );
    return new Map(rows.map(({ id, name }) => [id, name]));
  };
  const [affiliates, campaigns, shops] = await Promise.all([
    named(sql`affiliates`, 'affiliateId'),
    named(sql`campaigns`, 'campaignId'),
    named(sql`shops`, 'shopId'),
  ]);
  return { affiliates, campaigns, shops };
}

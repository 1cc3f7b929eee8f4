/** The rows of a file of coupons: whom and what they name, which codes are there already, and how they come in. */
import type { Store } from '../audit.ts';
import { couponKey } from '../coupon.ts';
import { PUSHED_COPIES, tellTracker } from '../coupons/publish.ts';
import { atCommit } from '../sql.ts';
import { AT_PIECE, type ImportJob, listsOf, pieceOf } from './job.ts';

/** A row that can come in. Days in the shop's zone. */
export interface CouponRow {
  line: number;
  code: string;
  codeKey: string;
  shopId: number;
  campaignId: number;
  affiliateId: number | null;
  expiresOn: string | null;
}

export interface NamedCampaign {
  id: number;
  shopId: number;
  name: string;
}

/** All campaigns, for rows to name. */
export async function campaignsToName(db: D1Database): Promise<NamedCampaign[]> {
  const { results } = await db.prepare('SELECT id, shop_id AS shopId, name FROM campaigns').all<NamedCampaign>();
  return results;
}

/** The affiliates that these texts name, by id or e-mail address. @returns ids by the text, lower case. */
export async function affiliatesNamed(db: D1Database, texts: Iterable<string>): Promise<Map<string, number>> {
  const wanted = [...new Set([...texts].map((text) => text.toLowerCase()))].filter(Boolean);
  const found = await Promise.all(
    listsOf(wanted).map((list) =>
      db
        .prepare(
          `SELECT j.value AS text, a.id FROM json_each(?1) j JOIN affiliates a ON a.email = j.value
           UNION ALL
           SELECT j.value, a.id FROM json_each(?1) j JOIN affiliates a ON a.id = CAST(j.value AS INTEGER)
           WHERE CAST(a.id AS TEXT) = j.value`,
        )
        .bind(list)
        .all<{ text: string; id: number }>(),
    ),
  );
  return new Map(found.flatMap(({ results }) => results.map(({ text, id }) => [text, id])));
}

/** The lines whose code an earlier line has, or a coupon of their shop: as its own, or as an old one that still works. */
export async function knownCoupons(db: D1Database, rows: CouponRow[], now: number): Promise<Set<number>> {
  const known = new Set<number>();
  const lines = new Map<string, number>();
  for (const { line, shopId, codeKey } of rows) {
    const code = `${shopId} ${codeKey}`;
    if (lines.has(code)) known.add(line);
    else lines.set(code, line);
  }
  const lists = listsOf(rows.map(({ shopId, codeKey }) => [shopId, codeKey]));
  for (const list of lists) {
    const { results } = await db
      .prepare(
        `SELECT DISTINCT k.shop_id AS shopId, k.code_key AS codeKey FROM json_each(?1) j
         CROSS JOIN coupon_codes k ON k.code_key = j.value ->> 1 AND k.shop_id = j.value ->> 0
           AND (k.until_at IS NULL OR k.until_at > ?2)`,
      )
      .bind(list, now)
      .all<{ shopId: number; codeKey: string }>();
    for (const { shopId, codeKey } of results) known.add(lines.get(`${shopId} ${codeKey}`)!);
  }
  return known;
}

/**
 * The statements that bring rows in, to stand in one batch before `pieceDone`. A code that the shop has is left as it is;
 * what comes in carries the import's id, by which it is counted, however often the piece is read.
 */
export function couponInserts(db: D1Database, job: ImportJob, rows: CouponRow[], now: number): D1PreparedStatement[] {
  const lists = listsOf(rows.map((row) => [row.code, row.codeKey, row.campaignId, row.affiliateId, row.expiresOn]));
  return lists.map((list) =>
    db
      .prepare(
        `INSERT INTO coupons (shop_id, campaign_id, code, code_key, affiliate_id, expires_on, import_id, created_at, updated_at)
         SELECT k.shop_id, k.id, j.value ->> 0, j.value ->> 1, j.value ->> 3, j.value ->> 4, ?1, ?5, ${atCommit('?5')}
         FROM json_each(?4) j CROSS JOIN campaigns k ON k.id = j.value ->> 2
         WHERE ${AT_PIECE} ON CONFLICT DO NOTHING`,
      )
      .bind(...pieceOf(job), list, now),
  );
}

/** Tells the tracker of the first of a file's coupons; of the others it learns as they are first used. */
export async function tellOfRows(store: Store, { rowsAdded, rowsKnown }: ImportJob, rows: CouponRow[]): Promise<void> {
  const most = Math.max(PUSHED_COPIES - rowsAdded - rowsKnown, 0);
  await tellTracker(
    store,
    rows.map(({ codeKey }) => codeKey),
    most,
  );
}

/** As it is shown, and its key. */
export function codeOf(text: string) {
  return { code: text.trim().normalize('NFC'), key: couponKey(text) };
}

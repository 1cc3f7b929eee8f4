import { sql } from 'drizzle-orm';
import { BULK_ROWS } from '../../ledger/coupon-bulk.ts';
import type { Db } from '../env.ts';

export interface KnownCodes {
  count: number;
  /** The first of them, as they are written on the coupons. */
  first: string[];
}

const NAMED = 50;

/** Which of the codes a shop has already, old ones that still work among them. @param keys `couponKey` of each. */
export async function knownCodes(db: Db, shopId: number, keys: string[], now: number): Promise<KnownCodes> {
  const known: KnownCodes = { count: 0, first: [] };
  for (let from = 0; from < keys.length; from += BULK_ROWS) {
    const list = JSON.stringify(keys.slice(from, from + BULK_ROWS));
    const codes = await db.all<{ code: string }>(sql`
      SELECT c.code FROM json_each(${list}) j
      CROSS JOIN coupons c ON c.shop_id = ${shopId} AND c.code_key = j.value AND c.archived_at IS NULL
      UNION ALL
      SELECT l.code FROM json_each(${list}) j
      CROSS JOIN coupon_aliases l ON l.code_key = j.value AND l.until_at > ${now}
      JOIN coupons o ON o.id = l.coupon_id AND o.shop_id = ${shopId} AND o.archived_at IS NULL
      WHERE NOT EXISTS (SELECT 1 FROM coupons c WHERE c.shop_id = ${shopId} AND c.code_key = l.code_key AND c.archived_at IS NULL)`);
    known.count += codes.length;
    known.first.push(...codes.slice(0, NAMED - known.first.length).map(({ code }) => code));
  }
  return known;
}

import { sql } from 'drizzle-orm';
import { BULK_ROWS } from '../../ledger/coupons/many.ts';
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
      SELECT k.code FROM json_each(${list}) j CROSS JOIN coupon_codes k ON k.code_key = j.value
      WHERE k.shop_id = ${shopId} AND (k.until_at IS NULL OR k.until_at > ${now})
      GROUP BY k.code_key ORDER BY j.key`);
    known.count += codes.length;
    known.first.push(...codes.slice(0, NAMED - known.first.length).map(({ code }) => code));
  }
  return known;
}

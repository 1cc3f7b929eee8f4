/** Whose coupons were when: what was, from `coupons_were`, and what is, from the coupon itself. */
import { sql } from 'drizzle-orm';
import type { Db } from '../env.ts';

export interface Owner {
  couponId: number;
  affiliateId: number;
  name: string;
  /** As it is today. */
  status: string;
  /** 0: from the beginning. Epoch milliseconds. */
  fromAt: number;
  /** The first instant at which they no longer owned it; null: they do. */
  untilAt: number | null;
}

/** The owners of some coupons, the earliest first. */
export async function ownersOf(db: Db, couponIds: number[]): Promise<Owner[]> {
  const spans = await db.all<Owner & { affiliateId: number | null }>(sql`
    WITH spans AS (
      SELECT w.coupon_id, w.affiliate_id, w.from_at, w.until_at
      FROM json_each(${JSON.stringify(couponIds)}) j CROSS JOIN coupons_were w ON w.coupon_id = j.value
      UNION ALL
      SELECT c.id, c.affiliate_id, c.since_at, NULL
      FROM json_each(${JSON.stringify(couponIds)}) j CROSS JOIN coupons c ON c.id = j.value)
    SELECT p.coupon_id AS couponId, p.affiliate_id AS affiliateId, a.name, a.status, p.from_at AS fromAt, p.until_at AS untilAt
    FROM spans p LEFT JOIN affiliates a ON a.id = p.affiliate_id ORDER BY p.coupon_id, p.from_at`);
  const owners: Owner[] = [];
  for (const span of spans) {
    const last = owners.at(-1);
    // A span ends with whatever changed, be it the campaign: the owner may have stayed.
    const goesOn =
      last?.couponId === span.couponId && last.affiliateId === span.affiliateId && last.untilAt === span.fromAt;
    if (goesOn) last.untilAt = span.untilAt;
    else if (span.affiliateId !== null) owners.push({ ...span });
  }
  return owners;
}

/** Who owned a coupon at an instant. */
export const ownerAt = (owners: Owner[], couponId: number | null, at: number): Owner | undefined =>
  owners.find(
    (owner) => owner.couponId === couponId && owner.fromAt <= at && (owner.untilAt === null || at < owner.untilAt),
  );

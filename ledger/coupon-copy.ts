/**
 * The copy of each coupon that the tracker reads from KV. It is a hint: it may be a minute old or missing, and D1
 * checks whatever is written on its word. So it can be emptied at any time, and nothing is lost.
 *
 * One key a code, with every living coupon that has the code (two shops may share one); an empty list is a tombstone.
 */
import { type CampaignRow, type CopyRow, type CouponCopy, copiesOf, SELECT_CAMPAIGNS, SELECT_COPIES } from './facts.ts';

/** "There is no such coupon" is forgotten after KV's shortest time, so that KV does not fill up with guesses. */
const UNKNOWN_TTL_S = 60;

/** KV's answers are cached where they are asked; 30 seconds is the shortest that KV allows. */
const CACHE_TTL_S = 30;

/** A code is at most 400 bytes, so that with this it stays below KV's 512. The prefix also keeps KV's forbidden names out. */
const keyOf = (codeKey: string) => `code:${codeKey}`;

/** @returns every living coupon with the code as the copy tells, `[]` where it tells of none, null where there is no copy. */
export async function readCopies(kv: KVNamespace, codeKey: string): Promise<CouponCopy[] | null> {
  return kv.get<CouponCopy[]>(keyOf(codeKey), { type: 'json', cacheTtl: CACHE_TTL_S });
}

export async function writeCopies(kv: KVNamespace, codeKey: string, copies: CouponCopy[]): Promise<void> {
  const options = copies.length === 0 ? { expirationTtl: UNKNOWN_TTL_S } : {};
  await kv.put(keyOf(codeKey), JSON.stringify(copies), options);
}

/**
 * Brings the copies of these codes up to what D1 says now. Called after every change of a coupon.
 * KV failing here is no failure of the change: an old copy is caught by D1 when a sale is written, and mended then.
 */
export async function publishCoupons(db: D1Database, kv: KVNamespace, codeKeys: string[]): Promise<void> {
  const [coupons, campaigns] = await db.batch([
    db.prepare(SELECT_COPIES).bind(JSON.stringify([...new Set(codeKeys)])),
    db.prepare(SELECT_CAMPAIGNS),
  ]);
  const copies = copiesOf(coupons!.results as CopyRow[], campaigns!.results as CampaignRow[]);
  const written = await Promise.allSettled(
    codeKeys.map((codeKey) => writeCopies(kv, codeKey, copies.get(codeKey) ?? [])),
  );
  for (const result of written)
    if (result.status === 'rejected')
      console.warn('a coupon was not copied to KV; its next sale will mend it:', result.reason);
}

/** Telling the tracker of codes that mean something else by now. */
import type { Store } from '../audit.ts';
import { forgetCodes, publishCodes } from '../sales/copies.ts';

/** More copies than this are not pushed to KV: the tracker fetches them when they are first used. */
export const PUSHED_COPIES = 500;

/**
 * Puts the copies of the first of these codes, `most` of them, and removes those of the others. Called once a change, with
 * all codes that it touches: the names that its coupons have had are among them.
 */
export async function tellTracker({ db, kv }: Store, codeKeys: Iterable<string>, most = PUSHED_COPIES): Promise<void> {
  const keys = [...new Set(codeKeys)];
  await publishCodes(db, kv, keys.slice(0, most));
  await forgetCodes(kv, keys.slice(most));
}

/** The codes that coupons have or had. `these` is a condition on `c`, their rows. */
export const codesOf = (these: string) =>
  `SELECT DISTINCT k.code_key AS codeKey FROM coupons c CROSS JOIN coupon_codes k ON k.coupon_id = c.id WHERE ${these}`;

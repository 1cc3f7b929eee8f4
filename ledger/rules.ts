/**
 * Rules that ledger, pages and exports share, each with its name: as text for SQL, and as a predicate. In SQL a sale's row
 * is `s`, a commission's `m`, a coupon's `c`.
 */
import type { State } from './decide.ts';
import { earnedOf, type Sums } from './owed.ts';

/** A sale's row may also be one of an order that is decided under another's. */
export type SaleState = State | 'joined';

/** What is void or undone is listed, and counts nowhere. */
export const COUNTS_AS_SOLD = `s.state = 'standing'`;

/** What people call a sale: one that stands, or that was taken back. */
export const IS_LISTED = `s.state IN ('standing', 'void', 'undone')`;

/** All that an affiliate has of a sale, wherever it stands. */
export const EARNED = 'm.pending_minor + m.approved_minor + m.in_payment_minor + m.paid_minor';

/** What has left the house, or is on its way. */
export const PAID = 'm.in_payment_minor + m.paid_minor';

export const COMMISSION_STATUSES = [
  'declined',
  'held',
  'disputed',
  'pending',
  'approved',
  'paid',
  'nothing owed',
] as const;
export type CommissionStatus = (typeof COMMISSION_STATUSES)[number];

/** The one word for a commission: the first that holds. */
export const STATUS = `CASE
  WHEN m.declined IS NOT NULL THEN 'declined'
  WHEN m.held IS NOT NULL THEN 'held'
  WHEN s.question IS NOT NULL THEN 'disputed'
  WHEN m.pending_minor <> 0 THEN 'pending'
  WHEN m.approved_minor <> 0 THEN 'approved'
  WHEN ${PAID} <> 0 THEN 'paid'
  ELSE 'nothing owed' END`;

/** What a person's word on a commission looks at. */
export interface Settleable extends Sums {
  /** Why it was declined or held; null where it was not. */
  declined: string | null;
  held: string | null;
}

/** By a person: a question does not stop them, they are who is asked. */
export const MAY_BE_APPROVED = 'm.pending_minor <> 0 AND m.held IS NULL AND m.declined IS NULL';
export const mayBeApproved = ({ pendingMinor, held, declined }: Settleable): boolean =>
  pendingMinor !== 0 && held === null && declined === null;

/** Whatever is owed, for it may be declined even after it was paid: the next payout nets it. */
export const mayBeDeclined = (commission: Settleable): boolean =>
  commission.declined === null && earnedOf(commission) !== 0;

export const mayBeRestored = ({ declined }: Settleable): boolean => declined !== null;

/** Whether a living coupon works on a day, an ISO date by its shop's clock; in SQL `day` is an expression. */
export const WORKS_ON = (day: string) => `c.archived_at IS NULL AND (c.expires_on IS NULL OR c.expires_on >= ${day})`;
export const worksOn = (coupon: { archivedAt: number | null; expiresOn: string | null }, day: string): boolean =>
  coupon.archivedAt === null && (coupon.expiresOn === null || coupon.expiresOn >= day);

/** Whether an affiliate could have it: it is nobody's, and works. */
export const FREE_ON = (day: string) => `c.affiliate_id IS NULL AND ${WORKS_ON(day)}`;

/** What only a person may decide about: somebody is asked, or the affiliate is not active. */
const UNDOUBTED = `s.question IS NULL AND EXISTS (SELECT 1 FROM affiliates a WHERE a.id = m.affiliate_id AND a.status = 'active')`;

/** By the end of its hold. */
export const MAY_APPROVE_ITSELF = `${MAY_BE_APPROVED} AND ${UNDOUBTED}`;

/** Into a payout: what is approved, not held and in no doubt. A debt is netted whoever asks about it. */
export const MAY_GO_OUT = `m.approved_minor <> 0 AND m.held IS NULL AND (m.approved_minor < 0 OR (m.declined IS NULL AND ${UNDOUBTED}))`;

/** Nothing that reaches back to the order has still to be looked at. */
export const IS_DECIDED = `NOT EXISTS (SELECT 1 FROM to_decide t WHERE t.shop_id = s.shop_id AND t.order_key = s.order_key)`;

/** What a commission can be asked for: one in which something is pending, though more of it may be approved. */
export const COMMISSION_FILTERS = ['pending', 'approved', 'paid', 'disputed', 'held', 'declined'] as const;
export type CommissionFilterStatus = (typeof COMMISSION_FILTERS)[number];

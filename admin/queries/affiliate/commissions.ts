/** An affiliate's own commissions. Each query here is about one affiliate, and there is none that is not. */
import { type SQL, sql } from 'drizzle-orm';
import { type CommissionStatus, EARNED, PAID, type SaleState, STATUS } from '../../../ledger/rules.ts';
import type { Db } from '../../env.ts';
import { batchesOf } from '../batches.ts';
import { beyond, countAlong, keysAlong, orderOf, soldWithin, TOTALS } from '../by-time.ts';
import { COUNTED, PAGE_ROWS, type Place, type Slice, sliceOf } from '../keyset.ts';
import { allOf, minorIn, type Sum, sumMinor } from '../sums.ts';

/** What an affiliate may ask for: one in which something is pending, though more of it may be approved. */
export const OWN_FILTERS = ['earned', 'pending', 'approved', 'paid', 'disputed', 'held', 'declined'] as const;

/** Which of them; what is undefined matters not. `earned` is all but the declined ones. */
export interface OwnCommissionFilter {
  status?: (typeof OWN_FILTERS)[number] | undefined;
  campaignId?: number | undefined;
  couponId?: number | undefined;
  saleId?: number | undefined;
  currency?: string | undefined;
  /** ISO dates by the shop's clock: of the day of the sale. */
  from?: string | undefined;
  until?: string | undefined;
}

export interface OwnCommission {
  /** Of its sale. */
  id: number;
  soldAt: number;
  day: string;
  timeZone: string;
  /** Of a sale that is theirs; null where it has turned out to be somebody else's. */
  saleState: SaleState | null;
  orderId: string | null;
  code: string | null;
  campaign: string;
  earnedMinor: number;
  pendingMinor: number;
  approvedMinor: number;
  /** What is in payment counts as paid. */
  paidMinor: number;
  currency: string;
  status: CommissionStatus;
  /** When what is pending becomes approved by itself; null: a person approves it. */
  availableAt: number | null;
  /** Why it was declined or is held; null for all others. */
  reason: string | null;
}

/** A page of the affiliate's commissions, the newest first, and how many there are: COUNTED + 1 means more than COUNTED. */
export async function ownCommissions(
  db: Db,
  affiliateId: number,
  filter: OwnCommissionFilter,
  place: Place,
): Promise<Slice<OwnCommission> & { count: number }> {
  const these = matching(affiliateId, filter);
  const [found, counted] = await Promise.all([
    commissionsAlong(db, affiliateId, filter, place, PAGE_ROWS + 1),
    db.get<{ count: number }>(
      filter.saleId === undefined
        ? countAlong('m', { these, beside: SALES, limit: COUNTED + 1 })
        : sql`SELECT count(*) AS count FROM commissions m ${SALES} WHERE ${these}`,
    ),
  ]);
  return { ...sliceOf(found, place), count: counted.count };
}

/** All of the affiliate's commissions that match, the newest first, in batches. */
export async function* ownCommissionBatches(
  db: Db,
  affiliateId: number,
  filter: OwnCommissionFilter,
): AsyncGenerator<OwnCommission[]> {
  yield* batchesOf<OwnCommission>((after, limit) => commissionsAlong(db, affiliateId, filter, { after }, limit));
}

/** What the commissions that match add up to, by currency: of what is asked for, such as all that is pending in them. */
export async function ownSums(db: Db, affiliateId: number, filter: OwnCommissionFilter): Promise<Sum[]> {
  const { status } = filter;
  const what = status === 'pending' || status === 'approved' || status === 'paid' ? SUMS[status] : EARNED;
  const found =
    filter.saleId === undefined
      ? sql`FROM shops h CROSS JOIN commissions m INDEXED BY commissions_hour ${SALES} WHERE m.shop_id = h.id`
      : sql`FROM commissions m ${SALES} WHERE true`;
  const rows = await db.all<{ currency: string; amount: string }>(sql`
    SELECT m.currency, ${sumMinor(sql.raw(what))} AS amount ${found} AND ${matching(affiliateId, filter)}
    GROUP BY m.currency ORDER BY m.currency`);
  return rows.map(({ currency, amount }) => ({ currency, amountMinor: minorIn(amount) }));
}

/** What an affiliate has in one currency. */
export interface Balance {
  currency: string;
  pendingMinor: bigint;
  approvedMinor: bigint;
  paidMinor: bigint;
}

/** What the affiliate's commissions add up to, all of them. */
export async function ownBalances(db: Db, affiliateId: number): Promise<Balance[]> {
  const rows = await db.all<{ currency: string; pending: string; approved: string; paid: string }>(sql`
    SELECT t.currency, ${TOTALS.pending} AS pending, ${TOTALS.approved} AS approved, ${TOTALS.paid} AS paid
    FROM totals t INDEXED BY totals_affiliate WHERE t.affiliate_id = ${affiliateId} AND t.grain = 'month'
    GROUP BY t.currency ORDER BY t.currency`);
  return rows.map(({ currency, pending, approved, paid }) => ({
    currency,
    pendingMinor: minorIn(pending),
    approvedMinor: minorIn(approved),
    paidMinor: minorIn(paid),
  }));
}

function commissionsAlong(
  db: Db,
  affiliateId: number,
  filter: OwnCommissionFilter,
  { after, before }: Place,
  limit: number,
): Promise<OwnCommission[]> {
  const key = before ?? after;
  const backwards = before !== undefined;
  const these = matching(affiliateId, filter);
  const from = key === undefined ? undefined : { key: [key, affiliateId], backwards };
  const keys =
    filter.saleId === undefined
      ? keysAlong('m', { these, beside: SALES, from, limit })
      : sql`SELECT m.sale_id AS k0, m.affiliate_id AS k1 FROM commissions m ${SALES} WHERE ${these} AND ${beyond('m', from)}`;
  const theirs = sql`s.affiliate_id IS ${affiliateId}`;
  return db.all<OwnCommission>(sql`
    WITH found AS MATERIALIZED (${keys})
    SELECT m.sale_id AS id, m.sold_at AS soldAt, s.day, h.time_zone AS timeZone, iif(${theirs}, s.state, NULL) AS saleState,
      iif(${theirs}, s.order_id, NULL) AS orderId, iif(${theirs}, coalesce(s.code, c.code), NULL) AS code, k.name AS campaign,
      ${sql.raw(EARNED)} AS earnedMinor, m.pending_minor AS pendingMinor, m.approved_minor AS approvedMinor,
      ${sql.raw(PAID)} AS paidMinor, m.currency, ${sql.raw(STATUS)} AS status, m.available_at AS availableAt,
      coalesce(m.declined, m.held) AS reason
    FROM found CROSS JOIN commissions m ${SALES} CROSS JOIN campaigns k ON k.id = m.campaign_id
      CROSS JOIN shops h ON h.id = m.shop_id LEFT JOIN coupons c ON c.id = m.coupon_id
    WHERE m.sale_id = found.k0 AND m.affiliate_id = found.k1 AND m.affiliate_id = ${affiliateId}
    ORDER BY ${orderOf('m', backwards)} LIMIT ${limit}`);
}

const SALES = sql`CROSS JOIN sales s ON s.id = m.sale_id`;

const SUMS = { pending: 'm.pending_minor', approved: 'm.approved_minor', paid: PAID };

const HAS = {
  earned: 'm.declined IS NULL',
  pending: 'm.pending_minor <> 0',
  approved: 'm.approved_minor <> 0',
  paid: `${PAID} <> 0`,
  disputed: `${STATUS} = 'disputed'`,
  held: `${STATUS} = 'held'`,
  declined: 'm.declined IS NOT NULL',
};

/** A sale is named only while it is theirs: an order that was corrected may have become another affiliate's. */
function matching(affiliateId: number, filter: OwnCommissionFilter): SQL {
  const { status, campaignId, couponId, saleId, currency, ...days } = filter;
  return allOf(
    sql`m.affiliate_id = ${affiliateId}`,
    saleId === undefined ? undefined : sql`m.sale_id = ${saleId} AND s.affiliate_id = ${affiliateId}`,
    soldWithin('m', days),
    status && sql.raw(HAS[status]),
    campaignId === undefined ? undefined : sql`m.campaign_id = ${campaignId}`,
    couponId === undefined ? undefined : sql`s.coupon_id = ${couponId} AND s.affiliate_id = ${affiliateId}`,
    currency ? sql`m.currency = ${currency}` : undefined,
  );
}

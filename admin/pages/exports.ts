/** The lists as CSV: the same rows as their pages, money as plain numbers with its currency, days by the shop's clock. */
import { plainMinor } from '../../ledger/money.ts';
import { plainRate } from '../../ledger/rate.ts';
import type { Cell } from '../csv-out.ts';
import type { OwnCommission } from '../queries/affiliate/commissions.ts';
import type { OwnSale } from '../queries/affiliate/sales.ts';
import type { CommissionRow } from '../queries/commissions.ts';
import type { CouponRow } from '../queries/coupons.ts';
import type { SaleRow } from '../queries/sales.ts';

/** A column's head, and its cell of a row. */
type Columns<Row> = [head: string, cell: (row: Row) => Cell][];

export interface Sheet<Row> {
  head: string[];
  cells: (row: Row) => Cell[];
}

const sheet = <Row>(columns: Columns<Row>): Sheet<Row> => ({
  head: columns.map(([head]) => head),
  cells: (row) => columns.map(([, cell]) => cell(row)),
});

const money = (minor: number | null, currency: string | null) =>
  minor === null || currency === null ? null : plainMinor(minor, currency);

/** A coupon's sales are all in its shop's currency, which stands once there is one. */
export const COUPONS_CSV = sheet<CouponRow>([
  ['Coupon', (row) => row.code],
  ['Shop', (row) => row.shopName],
  ['Campaign', (row) => row.campaignName],
  ['Affiliate', (row) => row.affiliateName],
  ['Affiliate e-mail', (row) => row.affiliateEmail],
  ['Expiration', (row) => row.expiresOn],
  ['Added', (row) => row.addedOn],
  ['Status', (row) => row.status],
  ['Sales', (row) => row.sales],
  ['Earned', (row) => plainMinor(row.earned[0]?.amountMinor ?? 0, row.earned[0]?.currency ?? row.currency)],
  ['Currency', (row) => row.earned[0]?.currency ?? row.currency],
]);

export const SALES_CSV = sheet<SaleRow>([
  ['Order ID', (row) => row.orderId],
  ['Sold on', (row) => row.day],
  ['Shop', (row) => row.shop],
  ['Coupon', (row) => row.code],
  ['Affiliate', (row) => row.affiliate],
  ['Campaign', (row) => row.campaign],
  ['Amount', (row) => money(row.amountMinor, row.currency)],
  ['Refunded', (row) => (row.refundedMinor === 0 ? null : money(row.refundedMinor, row.currency))],
  ['Commission', (row) => money(row.commissionMinor, row.currency)],
  ['Currency', (row) => row.currency],
  ['Evidence', (row) => (row.evidence === 'pixel' ? 'unconfirmed' : 'confirmed')],
  ['Status', (row) => row.state],
  ['Question', (row) => row.question],
]);

export const COMMISSIONS_CSV = sheet<CommissionRow>([
  ['Sold on', (row) => row.day],
  ['Affiliate', (row) => row.affiliate],
  ['Order ID', (row) => row.orderId],
  ['Campaign', (row) => row.campaign],
  ['For', (row) => (row.saleState === 'adjustment' ? 'adjustment' : 'sale')],
  ['Rate %', (row) => (row.rateBp === null ? null : plainRate(row.rateBp))],
  ['Earned', (row) => money(row.earnedMinor, row.currency)],
  ['Pending', (row) => money(row.pendingMinor, row.currency)],
  ['Approved', (row) => money(row.approvedMinor, row.currency)],
  ['Paid', (row) => money(row.inPaymentMinor + row.paidMinor, row.currency)],
  ['Currency', (row) => row.currency],
  ['Status', (row) => row.status],
  ['Reason', (row) => row.declined ?? row.held],
]);

export const OWN_SALES_CSV = sheet<OwnSale>([
  ['Order ID', (row) => row.orderId],
  ['Sold on', (row) => row.day],
  ['Coupon', (row) => row.code],
  ['Campaign', (row) => row.campaign],
  ['Amount', (row) => money(row.amountMinor, row.currency)],
  ['Earned', (row) => money(row.earnedMinor, row.currency)],
  ['Currency', (row) => row.currency],
  ['Status', (row) => (row.state !== 'standing' ? row.state : row.unconfirmed ? 'unconfirmed' : 'confirmed')],
]);

export const OWN_COMMISSIONS_CSV = sheet<OwnCommission>([
  ['Sold on', (row) => row.day],
  ['Order ID', (row) => row.orderId],
  ['Coupon', (row) => row.code],
  ['Campaign', (row) => row.campaign],
  ['For', (row) => (row.saleState === 'adjustment' ? 'adjustment' : 'sale')],
  ['Earned', (row) => money(row.earnedMinor, row.currency)],
  ['Currency', (row) => row.currency],
  ['Status', (row) => row.status],
  ['Note', (row) => row.reason],
]);

import type { AffiliateOption } from '../queries/affiliates.ts';
import type { CampaignOption } from '../queries/campaigns.ts';
import type { SaleRow, SalePage as Sales } from '../queries/sales.ts';
import { FilterSelect, Filters } from '../ui/actions.tsx';
import { ExportLink } from '../ui/export-link.tsx';
import { FilterDay } from '../ui/filter-day.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { ListPager } from '../ui/list-pager.tsx';
import { Money } from '../ui/money.tsx';
import { Status } from '../ui/status.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { Ticket } from '../ui/ticket.tsx';
import { When } from '../ui/when.tsx';

/** Whose word a sale rests on. */
export const WHO_SAID = {
  pixel: 'only the pixel says so',
  office: 'a person in the office says so',
  server: "the shop's server says so",
  webhook: 'a signed webhook says so',
};

export const SALE_COLUMNS: Column<SaleRow>[] = [
  { head: 'Order', lead: true, cell: (row) => <a href={`/admin/sales/${row.id}`}>{orderText(row)}</a> },
  { head: 'Sold', cell: (row) => <When at={row.soldAt} timeZone={row.timeZone} /> },
  { head: 'Shop', cell: (row) => row.shop },
  { head: 'Coupon', cell: (row) => <SaleTicket sale={row} /> },
  { head: 'Affiliate', cell: (row) => <SaleAffiliate sale={row} /> },
  { head: 'Amount', numeric: true, cell: (row) => <Amount sale={row} /> },
  {
    head: 'Commission',
    numeric: true,
    cell: (row) => (
      <a href={`/admin/commissions?sale=${row.id}`}>
        <MoneyOrDash minor={row.commissionMinor} currency={row.currency} />
      </a>
    ),
  },
  { head: 'Evidence', cell: (row) => <Standing sale={row} /> },
];

const orderText = (sale: { orderId: string | null }) => sale.orderId ?? 'No order ID';

const NONE = <span class="quiet">–</span>;

export const MoneyOrDash = ({ minor, currency }: { minor: number | null; currency: string | null }) =>
  minor === null || currency === null ? NONE : <Money amountMinor={minor} currency={currency} />;

/** What was paid, and what of it came back. */
export function Amount({ sale }: { sale: Pick<SaleRow, 'amountMinor' | 'refundedMinor' | 'currency'> }) {
  const { amountMinor, refundedMinor, currency } = sale;
  return (
    <span class="sums">
      <MoneyOrDash minor={amountMinor} currency={currency} />
      {refundedMinor !== 0 && currency && (
        <span class="quiet">
          <Money amountMinor={-refundedMinor} currency={currency} /> refunded
        </span>
      )}
    </span>
  );
}

export function SaleTicket({ sale }: { sale: Pick<SaleRow, 'code' | 'couponId' | 'couponDeleted'> }) {
  const { code, couponId, couponDeleted } = sale;
  if (code === null) return NONE;
  if (couponDeleted || couponId === null) return <Ticket code={code} state="over" />;
  return <Ticket code={code} href={`/admin/coupons/${couponId}`} label={`Edit ${code}`} />;
}

export const SaleAffiliate = ({ sale: { affiliate, affiliateId } }: { sale: SaleRow }) =>
  affiliateId === null ? NONE : <a href={`/admin/affiliates/${affiliateId}`}>{affiliate}</a>;

/** What is void or undone is said to be that; of the others, whose word they rest on. */
export function Standing({ sale }: { sale: Pick<SaleRow, 'state' | 'evidence' | 'question'> }) {
  const { state, evidence, question } = sale;
  if (state !== 'standing') return <Status word={STATE_WORDS[state]} look="plain" />;
  return (
    <span class="standing">
      <span title={WHO_SAID[evidence]}>
        <Status word={evidence === 'pixel' ? 'unconfirmed' : 'confirmed'} />
      </span>
      {question && (
        <span title={question}>
          <Status word="disputed" />
        </span>
      )}
    </span>
  );
}

const STATE_WORDS = {
  void: 'void',
  undone: 'undone',
  nothing: 'nobody’s',
  joined: 'part of another order',
  adjustment: 'adjustment',
};

export interface SaleQuery {
  campaign: string;
  affiliate: string;
  coupon: string;
  evidence: string;
  state: string;
  from: string;
  until: string;
}

type SalesPageProps = Frame & {
  sales: Sales;
  query: SaleQuery;
  campaigns: CampaignOption[];
  affiliates: AffiliateOption[];
};

export function SalesPage({ sales, query, campaigns, affiliates, ...frame }: SalesPageProps) {
  return (
    <Page
      {...frame}
      title="Sales"
      lead="What the reports of each order add up to, and who is credited with it."
      action={sales.rows.length > 0 && <ExportLink path="/admin/sales" query={{ ...query }} />}
    >
      <Filters action="/admin/sales">
        <FilterSelect
          name="campaign"
          label="Campaign"
          value={query.campaign}
          none="All campaigns"
          options={campaigns.map(({ id, name, shopName }) => ({ value: id, label: `${name} (${shopName})` }))}
        />
        <FilterSelect
          name="affiliate"
          label="Affiliate"
          value={query.affiliate}
          none="All affiliates"
          options={affiliates.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <FilterSelect
          name="evidence"
          label="Evidence"
          value={query.evidence}
          none="Any evidence"
          options={[
            { value: 'unconfirmed', label: 'Only the pixel says so' },
            { value: 'confirmed', label: 'Confirmed' },
          ]}
        />
        <FilterSelect
          name="state"
          label="Standing"
          value={query.state}
          none="All"
          options={[
            { value: 'standing', label: 'Those that count' },
            { value: 'void', label: 'Void' },
            { value: 'undone', label: 'Undone' },
          ]}
        />
        <FilterDay name="from" label="From" value={query.from} />
        <FilterDay name="until" label="Until" value={query.until} />
        {query.coupon && <input type="hidden" name="coupon" value={query.coupon} />}
      </Filters>
      <Table
        caption="Sales"
        columns={SALE_COLUMNS}
        rows={sales.rows}
        rowId={(row) => row.id}
        empty={
          Object.values(query).some(Boolean) ? (
            <>
              <h2>No such sale</h2>
              <p>
                No sale fits these filters. <a href="/admin/sales">Show all sales</a>.
              </p>
            </>
          ) : (
            <>
              <h2>No sales yet</h2>
              <p>
                They appear here as customers spend coupons: on line by the{' '}
                <a href="/admin/tracking-code">tracking code</a> on your thank-you page, in a store by{' '}
                <a href="/admin/offline-sales">Offline sales</a>.
              </p>
            </>
          )
        }
      />
      <ListPager
        path="/admin/sales"
        query={{ ...query }}
        page={sales}
        noun={['sale', 'sales']}
        {...besides(sales.rows)}
      />
    </Page>
  );
}

/** Void and undone sales are listed, and counted as what they are. */
export function besides(rows: Pick<SaleRow, 'state'>[]): { shown: number; beside: string | undefined } {
  const shown = rows.filter(({ state }) => state === 'standing').length;
  const others = rows.length - shown;
  return { shown, beside: others === 0 ? undefined : `${others} void or undone` };
}

import type { OwnSale } from '../../queries/affiliate/sales.ts';
import type { Slice } from '../../queries/keyset.ts';
import { FilterSelect, Filters } from '../../ui/actions.tsx';
import { ExportLink } from '../../ui/export-link.tsx';
import { FilterDay } from '../../ui/filter-day.tsx';
import { type Frame, Page } from '../../ui/layout.tsx';
import { ListPager } from '../../ui/list-pager.tsx';
import { Money } from '../../ui/money.tsx';
import { Status } from '../../ui/status.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Ticket } from '../../ui/ticket.tsx';
import { When } from '../../ui/when.tsx';

const PATH = '/affiliate/sales';

export const OWN_SALE_COLUMNS: Column<OwnSale>[] = [
  { head: 'Order', lead: true, cell: (sale) => sale.orderId ?? 'No order ID' },
  { head: 'Sold', cell: (sale) => <When at={sale.soldAt} timeZone={sale.timeZone} /> },
  { head: 'Coupon', cell: (sale) => <Ticket code={sale.code} /> },
  { head: 'Campaign', cell: (sale) => sale.campaign },
  { head: 'Amount', numeric: true, cell: (sale) => <MoneyOrDash minor={sale.amountMinor} currency={sale.currency} /> },
  {
    head: 'Earned',
    numeric: true,
    cell: (sale) => (
      <a href={`/affiliate/commissions?sale=${sale.id}`}>
        <MoneyOrDash minor={sale.earnedMinor} currency={sale.currency} />
      </a>
    ),
  },
  { head: 'Status', cell: (sale) => <Status word={wordFor(sale)} /> },
];

const wordFor = ({ state, unconfirmed }: OwnSale) =>
  state !== 'standing' ? state : unconfirmed ? 'unconfirmed' : 'confirmed';

const MoneyOrDash = ({ minor, currency }: { minor: number | null; currency: string }) =>
  minor === null ? <span class="quiet">–</span> : <Money amountMinor={minor} currency={currency} />;

type OwnSalesPageProps = Frame & {
  sales: Slice<OwnSale> & { count: number };
  query: Record<'campaign' | 'coupon' | 'status' | 'from' | 'until', string>;
  campaigns: { id: number; name: string }[];
};

export function OwnSalesPage({ sales, query, campaigns, ...frame }: OwnSalesPageProps) {
  const isFiltered = Object.values(query).some(Boolean);
  return (
    <Page
      {...frame}
      title="Sales"
      lead="What was bought with your coupons. A sale is unconfirmed until the shop itself has said that it was made."
      action={sales.count > 0 && <ExportLink path={PATH} query={query} />}
    >
      <Filters action={PATH}>
        <FilterSelect
          name="campaign"
          label="Campaign"
          value={query.campaign}
          none="All campaigns"
          options={campaigns.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <FilterSelect
          name="status"
          label="Status"
          value={query.status}
          none="Any status"
          options={[
            { value: 'confirmed', label: 'Confirmed' },
            { value: 'unconfirmed', label: 'Unconfirmed' },
          ]}
        />
        <FilterDay name="from" label="From" value={query.from} />
        <FilterDay name="until" label="Until" value={query.until} />
        {query.coupon && <input type="hidden" name="coupon" value={query.coupon} />}
      </Filters>
      {query.coupon && <OnlyCoupon code={sales.rows[0]?.code} allHref={PATH} />}
      <Table
        caption="Your sales"
        columns={OWN_SALE_COLUMNS}
        rows={sales.rows}
        rowId={(sale) => sale.id}
        empty={isFiltered ? <NoneOfThese allHref={PATH} /> : <NoSale />}
      />
      <ListPager path={PATH} query={query} page={sales} noun={['sale', 'sales']} />
    </Page>
  );
}

/** Says that the list is of one coupon, and leads back to all. */
export function OnlyCoupon({ code, allHref }: { code: string | null | undefined; allHref: string }) {
  return (
    <p class="row">
      <span>Only with {code ? <Ticket code={code} /> : 'one coupon'}</span>
      <a href={allHref}>Show all</a>
    </p>
  );
}

export function NoneOfThese({ allHref }: { allHref: string }) {
  return (
    <>
      <h2>None of yours is like that</h2>
      <p>
        Choose other filters, or <a href={allHref}>show all</a>.
      </p>
    </>
  );
}

export function NoSale() {
  return (
    <>
      <h2>No sale yet</h2>
      <p>Give your coupons away. As soon as somebody buys with one of them, the sale stands here.</p>
      <a class="button" href="/affiliate/coupons">
        See your coupons
      </a>
    </>
  );
}

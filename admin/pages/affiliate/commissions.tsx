import type { OwnCommission } from '../../queries/affiliate/commissions.ts';
import type { Slice } from '../../queries/keyset.ts';
import type { Sum } from '../../queries/sums.ts';
import { FilterSelect, Filters } from '../../ui/actions.tsx';
import { ExportLink } from '../../ui/export-link.tsx';
import { FilterDay } from '../../ui/filter-day.tsx';
import { type Frame, Page } from '../../ui/layout.tsx';
import { ListPager } from '../../ui/list-pager.tsx';
import { Money } from '../../ui/money.tsx';
import { Status } from '../../ui/status.tsx';
import { Sums } from '../../ui/sums.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { Ticket } from '../../ui/ticket.tsx';
import { Day } from '../../ui/when.tsx';
import { NoneOfThese, NoSale, OnlyCoupon } from './sales.tsx';

const PATH = '/affiliate/commissions';

const COLUMNS: Column<OwnCommission>[] = [
  { head: 'For', lead: true, cell: forText },
  { head: 'Sold on', cell: (row) => <Day on={row.day} /> },
  { head: 'Coupon', cell: (row) => row.code && <Ticket code={row.code} /> },
  { head: 'Campaign', cell: (row) => row.campaign },
  { head: 'Earned', numeric: true, cell: (row) => <Money amountMinor={row.earnedMinor} currency={row.currency} /> },
  { head: 'Status', cell: (row) => <Status word={row.status} /> },
  { head: 'Note', cell: noteOf },
];

/** A sale that has turned out to be another affiliate's is not theirs to see. */
function forText({ saleState, orderId }: OwnCommission): string {
  if (saleState === null) return 'A sale that was not yours';
  if (saleState === 'adjustment') return 'Adjustment';
  return orderId === null ? 'Sale without order ID' : `Order ${orderId}`;
}

/** Why it was declined or is held, or when a pending one is approved by itself. */
function noteOf({ status, availableAt, reason, timeZone, saleState }: OwnCommission) {
  if (reason) return <span class="quiet">{reason}</span>;
  if (saleState === 'void' || saleState === 'undone' || saleState === null)
    return <span class="quiet">The shop has taken it back.</span>;
  if (status !== 'pending' || availableAt === null) return null;
  const on = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone }).format(availableAt);
  return <span class="quiet">{`Approved by itself on ${on}`}</span>;
}

type OwnCommissionsPageProps = Frame & {
  commissions: Slice<OwnCommission> & { count: number };
  sums: Sum[];
  query: Record<'status' | 'campaign' | 'coupon' | 'sale' | 'currency' | 'from' | 'until', string>;
  campaigns: { id: number; name: string }[];
};

export function OwnCommissionsPage({ commissions, sums, query, campaigns, ...frame }: OwnCommissionsPageProps) {
  const isFiltered = Object.values(query).some(Boolean);
  return (
    <Page
      {...frame}
      title="Commissions"
      lead="What you earn, sale by sale. A pending one waits to be approved, an approved one to be paid."
      action={commissions.count > 0 && <ExportLink path={PATH} query={query} />}
    >
      <Filters action={PATH}>
        <FilterSelect
          name="status"
          label="Status"
          value={query.status}
          none="Any status"
          options={[
            { value: 'earned', label: 'All but declined' },
            { value: 'pending', label: 'Pending' },
            { value: 'approved', label: 'Approved' },
            { value: 'paid', label: 'Paid' },
            { value: 'disputed', label: 'Disputed' },
            { value: 'held', label: 'Held' },
            { value: 'declined', label: 'Declined' },
          ]}
        />
        <FilterSelect
          name="campaign"
          label="Campaign"
          value={query.campaign}
          none="All campaigns"
          options={campaigns.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <FilterDay name="from" label="From" value={query.from} />
        <FilterDay name="until" label="Until" value={query.until} />
        {(['coupon', 'sale', 'currency'] as const).map(
          (name) => query[name] && <input key={name} type="hidden" name={name} value={query[name]} />,
        )}
      </Filters>
      {query.coupon && <OnlyCoupon code={commissions.rows[0]?.code} allHref={PATH} />}
      {query.sale && (
        <p class="row">
          Only of one sale <a href={PATH}>Show all</a>
        </p>
      )}
      {commissions.count > 0 && (
        <p class="row">
          <span>{query.status === '' ? 'Without the declined ones, these add up to' : 'These add up to'}</span>
          <strong>
            <Sums sums={sums} />
          </strong>
        </p>
      )}
      <Table
        caption="Your commissions"
        columns={COLUMNS}
        rows={commissions.rows}
        rowId={(line) => line.id}
        empty={isFiltered ? <NoneOfThese allHref={PATH} /> : <NoSale />}
      />
      <ListPager path={PATH} query={query} page={commissions} noun={['commission', 'commissions']} />
    </Page>
  );
}

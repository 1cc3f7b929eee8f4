import { formatMinor } from '../../ledger/money.ts';
import { plainRate } from '../../ledger/rate.ts';
import type { AffiliateOption } from '../queries/affiliates.ts';
import type { History } from '../queries/audit-log.ts';
import type { CampaignOption } from '../queries/campaigns.ts';
import type { CommissionRow } from '../queries/commissions.ts';
import type { Slice } from '../queries/keyset.ts';
import type { SaleDetail, SaleReport, SaleRow } from '../queries/sales.ts';
import { FilterSelect, Filters } from '../ui/actions.tsx';
import { ExportLink } from '../ui/export-link.tsx';
import { Facts, Sheet } from '../ui/figure.tsx';
import { FilterDay } from '../ui/filter-day.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { ListPager } from '../ui/list-pager.tsx';
import { Money } from '../ui/money.tsx';
import { RecordHistory } from '../ui/record-history.tsx';
import { Status } from '../ui/status.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { Ticket } from '../ui/ticket.tsx';
import { Titled } from '../ui/titled.tsx';
import { When } from '../ui/when.tsx';
import { LINE_COLUMNS } from './commissions.tsx';

/** Whose word a sale rests on. */
const WHO_SAID = {
  pixel: 'only the pixel says so',
  office: 'a person in the office says so',
  server: "the shop's server says so",
  webhook: 'a signed webhook says so',
};

const SOURCES = {
  pixel: 'Pixel',
  office: 'Typed in the office',
  import: 'Imported from a file',
  server: "The shop's server",
  webhook: 'Signed webhook',
};

export const SALE_COLUMNS: Column<SaleRow>[] = [
  { head: 'Order', lead: true, cell: (row) => <a href={`/admin/sales/${row.id}`}>{orderText(row)}</a> },
  { head: 'Sold', cell: (row) => <When at={row.soldAt} timeZone={row.timeZone} /> },
  { head: 'Shop', cell: (row) => row.shop },
  { head: 'Coupon', cell: (row) => <SaleTicket sale={row} /> },
  { head: 'Affiliate', cell: (row) => <a href={`/admin/affiliates/${row.affiliateId}`}>{row.affiliate}</a> },
  { head: 'Amount', numeric: true, cell: (row) => <MoneyOrDash minor={row.amountMinor} currency={row.currency} /> },
  {
    head: 'Commission',
    numeric: true,
    cell: (row) => (
      <a href={`/admin/commissions?sale=${row.id}`}>
        <MoneyOrDash minor={row.commissionMinor} currency={row.currency} />
      </a>
    ),
  },
  { head: 'Evidence', cell: (row) => <Evidence evidence={row.evidence} /> },
];

const orderText = (sale: { orderId: string | null }) => sale.orderId ?? 'No order ID';

const MoneyOrDash = ({ minor, currency }: { minor: number | null; currency: string }) =>
  minor === null ? <span class="quiet">–</span> : <Money amountMinor={minor} currency={currency} />;

function SaleTicket({ sale }: { sale: SaleRow }) {
  if (sale.couponDeleted) return <Ticket code={sale.code} state="over" />;
  return <Ticket code={sale.code} href={`/admin/coupons/${sale.couponId}`} label={`Edit ${sale.code}`} />;
}

function Evidence({ evidence }: Pick<SaleRow, 'evidence'>) {
  const word = evidence === 'pixel' ? 'unconfirmed' : 'confirmed';
  return (
    <span title={WHO_SAID[evidence]}>
      <Status word={word} />
    </span>
  );
}

export interface SaleQuery {
  campaign: string;
  affiliate: string;
  coupon: string;
  evidence: string;
  from: string;
  until: string;
}

type SalesPageProps = Frame & {
  sales: Slice<SaleRow> & { count: number };
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
      action={sales.count > 0 && <ExportLink path="/admin/sales" query={{ ...query }} />}
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
      <ListPager path="/admin/sales" query={{ ...query }} page={sales} noun={['sale', 'sales']} />
    </Page>
  );
}

type SalePageProps = Frame & { sale: SaleDetail; reports: SaleReport[]; lines: CommissionRow[]; history: History };

export function SalePage({ sale, reports, lines, history, ...frame }: SalePageProps) {
  const differing = reports.filter(({ outcome, detail }) => outcome === 'disputed' || detail?.startsWith('differs'));
  return (
    <Page {...frame} title={sale.orderId ? `Order ${sale.orderId}` : `Sale ${sale.id}, without an order ID`}>
      <Sheet title="The sale">
        <Facts
          facts={[
            ['Sold', <When at={sale.soldAt} timeZone={sale.timeZone} />],
            ['Shop', <a href={`/admin/settings/shops/${sale.shopId}`}>{sale.shop}</a>],
            ['Coupon', <SaleTicket sale={sale} />],
            ['Affiliate', <a href={`/admin/affiliates/${sale.affiliateId}`}>{sale.affiliate}</a>],
            ['Campaign', <a href={`/admin/campaigns/${sale.campaignId}`}>{sale.campaign}</a>],
            ['Amount', <MoneyOrDash minor={sale.amountMinor} currency={sale.currency} />],
            ['Commission', <MoneyOrDash minor={sale.commissionMinor} currency={sale.currency} />],
            ['Evidence', <Evidence evidence={sale.evidence} />],
          ]}
        />
      </Sheet>
      <Sheet title="Why it was credited so">
        <ol class="reasons">
          {reasons(sale, reports, lines).map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ol>
      </Sheet>
      <Titled title="Commissions">
        <Table
          caption="Commissions"
          columns={LINE_COLUMNS.filter(({ head }) => head !== 'Order')}
          rows={lines}
          rowId={(row) => row.id}
          empty={<p>This sale has earned nothing.</p>}
        />
      </Titled>
      <Titled title="Reports">
        {differing.length > 0 && (
          <p class="note note-wait">
            {differing.length === 1
              ? 'One report says something else than what stands here. It changed nothing; look whether it should.'
              : `${differing.length} reports say something else than what stands here. They changed nothing; look whether they should.`}
          </p>
        )}
        <Table
          caption="Reports"
          columns={reportColumns(sale)}
          rows={reports}
          rowId={(row) => row.id}
          empty={<p>No report of this sale is left.</p>}
        />
      </Titled>
      <RecordHistory history={history} timeZone={sale.timeZone} />
    </Page>
  );
}

const reportColumns = (sale: SaleDetail): Column<SaleReport>[] => [
  { head: 'Arrived', lead: true, cell: (row) => <When at={row.receivedAt} timeZone={sale.timeZone} /> },
  { head: 'From', cell: (row) => (row.person ? `${SOURCES[row.source]}, by ${row.person}` : SOURCES[row.source]) },
  { head: 'Coupon', cell: (row) => <Ticket code={row.code} /> },
  { head: 'Amount', numeric: true, cell: (row) => [row.amount || '–', row.currency].filter(Boolean).join(' ') },
  { head: 'What became of it', cell: (row) => <Status word={row.outcome} /> },
  {
    head: 'Why',
    cell: ({ detail, otherCampaign }) =>
      [detail, otherCampaign && `named the campaign ${otherCampaign}`].filter(Boolean).join('; '),
  },
];

/** Why the affiliate is credited with this amount, in plain words, in the order a person would ask. */
function reasons(sale: SaleDetail, reports: SaleReport[], lines: CommissionRow[]): string[] {
  const standing = lines.filter(({ kind, status }) => kind === 'sale' && status !== 'declined').at(-1);
  const line = standing ?? lines.filter(({ kind }) => kind === 'sale').at(-1);
  return [
    `The customer spent the coupon ${sale.code}${sale.orderId ? ` on order ${sale.orderId}` : ''}.`,
    ownership(sale),
    line && earning(sale, line),
    reports.some(({ outcome }) => outcome === 'corrected') &&
      'A report that is believed more has corrected the first one: the lines below show what stood before, and what stands now.',
    evidence(sale, line),
    line?.status === 'declined' &&
      `The commission is declined${line.reason ? `: ${line.reason}` : ''}. It is not paid.`,
  ].filter((reason) => typeof reason === 'string');
}

function ownership({ affiliate, code, ownedFrom, ownedUntil, timeZone }: SaleDetail): string {
  const day = (at: number) => new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone }).format(at);
  if (ownedFrom === null) return `${affiliate} is credited with it.`;
  const since = ownedFrom === 0 ? 'from its first day' : `from ${day(ownedFrom)}`;
  const span = ownedUntil === null ? `${since} until today` : `${since} until ${day(ownedUntil)}`;
  return `When the sale was made, ${code} was ${affiliate}'s: theirs ${span}.`;
}

function earning(sale: SaleDetail, line: CommissionRow): string {
  const earned = formatMinor(line.amountMinor, line.currency);
  if (line.rateBp === null) return `The campaign ${line.campaign} paid a fixed ${earned} for each sale then.`;
  const amount = sale.amountMinor === null ? 'the amount' : formatMinor(sale.amountMinor, sale.currency);
  return `The campaign ${line.campaign} paid ${plainRate(line.rateBp)} % of the sale then: of ${amount}, that is ${earned}.`;
}

function evidence(sale: SaleDetail, line: CommissionRow | undefined): string {
  if (sale.evidence !== 'pixel') return `It is confirmed: ${WHO_SAID[sale.evidence]}.`;
  const waits = line?.status === 'pending' && line.availableAt === null;
  return `It is unconfirmed: only the pixel says so, and anybody can send what a pixel sends.${
    waits ? ' So its commission waits until a person approves it.' : ''
  }`;
}

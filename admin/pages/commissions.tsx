import { dayOf } from '../../ledger/coupon.ts';
import { plainRate } from '../../ledger/rate.ts';
import type { FormState } from '../form.ts';
import type { AffiliateOption } from '../queries/affiliates.ts';
import type { CampaignOption } from '../queries/campaigns.ts';
import type { CommissionRow, CommissionSum } from '../queries/commissions.ts';
import type { Slice } from '../queries/keyset.ts';
import { Actions, FilterSelect, Filters, Selection, TableEnd } from '../ui/actions.tsx';
import { ExportLink } from '../ui/export-link.tsx';
import { Form, TextareaField } from '../ui/field.tsx';
import { Figure, Figures, Sheet } from '../ui/figure.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { ListPager } from '../ui/list-pager.tsx';
import { Money } from '../ui/money.tsx';
import { Status } from '../ui/status.tsx';
import { type Column, Table, withQuery } from '../ui/table.tsx';
import { Day } from '../ui/when.tsx';

const KINDS = { sale: 'Sale', reversal: 'Reversal', adjustment: 'Adjustment', bonus: 'Bonus' };

/** A commission, to look at. */
export const LINE_COLUMNS: Column<CommissionRow>[] = [
  { head: 'Commission', lead: true, cell: (row) => <Money amountMinor={row.amountMinor} currency={row.currency} /> },
  { head: 'Affiliate', cell: (row) => <a href={`/admin/affiliates/${row.affiliateId}`}>{row.affiliate}</a> },
  {
    head: 'For',
    cell: (row) => (row.rateBp === null ? KINDS[row.kind] : `${KINDS[row.kind]},\u00a0${plainRate(row.rateBp)}\u00a0%`),
  },
  {
    head: 'Order',
    cell: (row) => row.saleId !== null && <a href={`/admin/sales/${row.saleId}`}>{row.orderId ?? 'No order ID'}</a>,
  },
  { head: 'Campaign', cell: (row) => row.campaign },
  { head: 'Earned on', cell: (row) => <Day on={dayOf(row.createdAt, row.timeZone)} /> },
  { head: 'Status', cell: (row) => <Standing line={row} /> },
];

function Standing({ line }: { line: CommissionRow }) {
  const { status, unconfirmed, availableAt, timeZone, reason } = line;
  return (
    <span class="standing">
      <Status word={status} />
      {unconfirmed && status !== 'declined' && (
        <span title="Only the pixel says that this sale was made.">
          <Status word="unconfirmed" />
        </span>
      )}
      {status === 'pending' && availableAt !== null && (
        <span class="quiet">
          by itself on <Day on={dayOf(availableAt, timeZone)} />
        </span>
      )}
      {reason && <span class="quiet">{reason}</span>}
    </span>
  );
}

/** Whether a person may still settle it: what is paid, reversed or replaced by a correction stands. */
export const mayBecome = (line: CommissionRow, status: 'approved' | 'declined') =>
  line.status !== 'paid' &&
  line.status !== status &&
  line.kind !== 'reversal' &&
  line.reason !== 'corrected' &&
  !line.reversed;

const TOOLS: Column<CommissionRow> = {
  head: 'Tools',
  tools: true,
  cell: (line) => (
    <>
      {mayBecome(line, 'approved') && (
        <button
          type="submit"
          class="button button-quiet button-small"
          name="only"
          value={line.id}
          formaction="/admin/commissions/approve"
          formmethod="post"
          aria-label={`Approve ${nameOf(line)}`}
        >
          Approve
        </button>
      )}{' '}
      {mayBecome(line, 'declined') && (
        <button
          type="submit"
          class="button button-quiet button-small"
          name="only"
          value={line.id}
          formaction="/admin/commissions/decline"
          formmethod="get"
          aria-label={`Decline ${nameOf(line)}`}
        >
          Decline
        </button>
      )}
    </>
  ),
};

const nameOf = (line: CommissionRow) =>
  `${line.affiliate}'s commission${line.saleId === null ? '' : ` for order ${line.orderId ?? line.saleId}`}`;

const STATUSES = ['pending', 'approved', 'paid', 'declined'] as const;
const STATUS_NOTES = {
  pending: 'waiting for approval',
  approved: 'to be paid',
  paid: 'paid out',
  declined: 'never paid',
};

/** What commissions add up to, a figure for each currency and status, leading to the lines. */
export function SumsByStatus({ sums, query }: { sums: CommissionSum[]; query: Record<string, string> }) {
  if (sums.length === 0) return null;
  return (
    <Figures>
      {sums.map(({ status, currency, amountMinor, count }) => (
        <Figure
          key={`${currency} ${status}`}
          label={capital(status)}
          value={<Money amountMinor={amountMinor} currency={currency} />}
          note={`${count.toLocaleString('en')} ${count === 1 ? 'commission' : 'commissions'}, ${STATUS_NOTES[status]}`}
          href={withQuery('/admin/commissions', query, { status, currency })}
        />
      ))}
    </Figures>
  );
}

export type CommissionQuery = Record<'status' | 'currency' | 'affiliate' | 'campaign' | 'sale', string>;

type CommissionsPageProps = Frame & {
  commissions: Slice<CommissionRow> & { count: number };
  sums: CommissionSum[];
  query: CommissionQuery;
  campaigns: CampaignOption[];
  affiliates: AffiliateOption[];
  /** The order of the sale asked for. */
  order: string | null;
};

export function CommissionsPage({
  commissions,
  sums,
  query,
  campaigns,
  affiliates,
  order,
  ...frame
}: CommissionsPageProps) {
  const isFiltered = Object.values(query).some(Boolean);
  return (
    <Page
      {...frame}
      title="Commissions"
      lead={
        order === null ? (
          'Each line of money that an affiliate has earned. Its amount never changes; what changes is written as a further line.'
        ) : (
          <>
            Of <a href={`/admin/sales/${query.sale}`}>order {order}</a>.
          </>
        )
      }
      action={commissions.count > 0 && <ExportLink path="/admin/commissions" query={{ ...query }} />}
    >
      <SumsByStatus sums={sums} query={{ ...query }} />
      <Filters action="/admin/commissions">
        <FilterSelect
          name="status"
          label="Status"
          value={query.status}
          none="Any status"
          options={STATUSES.map((status) => ({ value: status, label: capital(status) }))}
        />
        <FilterSelect
          name="affiliate"
          label="Affiliate"
          value={query.affiliate}
          none="All affiliates"
          options={affiliates.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <FilterSelect
          name="campaign"
          label="Campaign"
          value={query.campaign}
          none="All campaigns"
          options={campaigns.map(({ id, name, shopName }) => ({ value: id, label: `${name} (${shopName})` }))}
        />
        {query.currency && (
          <FilterSelect
            name="currency"
            label="Currency"
            value={query.currency}
            none="All currencies"
            options={[{ value: query.currency, label: query.currency }]}
          />
        )}
        {query.sale && <input type="hidden" name="sale" value={query.sale} />}
      </Filters>
      <Selection>
        <input type="hidden" name="back" value={withQuery('/admin/commissions', query, {})} />
        <Table
          caption="Commissions"
          columns={[...LINE_COLUMNS, TOOLS]}
          rows={commissions.rows}
          rowId={(row) => row.id}
          select={(row) => `Select ${nameOf(row)}`}
          empty={
            isFiltered ? (
              <>
                <h2>No such commission</h2>
                <p>
                  No commission fits these filters. <a href="/admin/commissions">Show all commissions</a>.
                </p>
              </>
            ) : (
              <>
                <h2>No commissions yet</h2>
                <p>Each sale made with an affiliate's coupon earns one. They wait here until you approve them.</p>
              </>
            )
          }
        />
        {commissions.count > 0 && (
          <TableEnd>
            <Actions
              actions={[
                { label: 'Approve', send: '/admin/commissions/approve', method: 'post' },
                { label: 'Decline', send: '/admin/commissions/decline', method: 'get', danger: true },
              ]}
            />
            <ListPager
              path="/admin/commissions"
              query={query}
              page={commissions}
              noun={['commission', 'commissions']}
            />
          </TableEnd>
        )}
      </Selection>
    </Page>
  );
}

type DeclinePageProps = Frame & { form: FormState; lines: CommissionRow[]; back: string };

/** Asks before commissions are declined, and for the reason. */
export function DeclinePage({ form, lines, back, ...frame }: DeclinePageProps) {
  const these = lines.length === 1 ? 'this commission' : `these ${lines.length} commissions`;
  return (
    <Page
      {...frame}
      title={`Decline ${these}?`}
      lead="What is declined is not paid. You can approve it again later, as long as nothing has replaced it."
    >
      <Table
        caption="To be declined"
        columns={LINE_COLUMNS}
        rows={lines}
        rowId={(line) => line.id}
        empty={<p>None of these can be declined any more.</p>}
      />
      <Sheet>
        <Form form={form} action="/admin/commissions/decline" submit={`Decline ${these}`} cancelHref={back}>
          {lines.map(({ id }) => (
            <input key={id} type="hidden" name="id" value={id} />
          ))}
          <input type="hidden" name="back" value={back} />
          <TextareaField
            form={form}
            name="reason"
            label="Reason"
            hint="Kept with the commission, and shown to the affiliate."
            rows={2}
          />
        </Form>
      </Sheet>
    </Page>
  );
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

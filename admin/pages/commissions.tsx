import { dayOf } from '../../ledger/coupon.ts';
import { plainRate } from '../../ledger/rate.ts';
import { COMMISSION_FILTERS, mayBeApproved, mayBeDeclined, mayBeRestored } from '../../ledger/rules.ts';
import type { FormState } from '../form.ts';
import type { AffiliateOption } from '../queries/affiliates.ts';
import type { CampaignOption } from '../queries/campaigns.ts';
import type { CommissionRow, CommissionSums } from '../queries/commissions.ts';
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

/** A commission, to look at. */
export const COMMISSION_COLUMNS: Column<CommissionRow>[] = [
  { head: 'Commission', lead: true, cell: (row) => <Money amountMinor={row.earnedMinor} currency={row.currency} /> },
  { head: 'Affiliate', cell: (row) => <a href={`/admin/affiliates/${row.affiliateId}`}>{row.affiliate}</a> },
  { head: 'For', cell: (row) => forText(row) },
  { head: 'Order', cell: (row) => <a href={`/admin/sales/${row.saleId}`}>{row.orderId ?? 'No order ID'}</a> },
  { head: 'Campaign', cell: (row) => row.campaign },
  { head: 'Sold on', cell: (row) => <Day on={row.day} /> },
  { head: 'Status', cell: (row) => <Standing commission={row} /> },
];

/** What a commission is earned by. */
export const forText = ({ saleState, rateBp }: Pick<CommissionRow, 'saleState' | 'rateBp'>): string => {
  const what = saleState === 'adjustment' ? 'Adjustment' : 'Sale';
  return rateBp === null ? what : `${what},\u00a0${plainRate(rateBp)}\u00a0%`;
};

function Standing({ commission }: { commission: CommissionRow }) {
  const { status, unconfirmed, availableAt, timeZone, declined, held, saleState } = commission;
  const reason = declined ?? held;
  return (
    <span class="standing">
      <Status word={status} />
      {(saleState === 'void' || saleState === 'undone') && <Status word={saleState} />}
      {unconfirmed === 1 && status !== 'declined' && saleState === 'standing' && (
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

/** What names a commission as a person has seen it: with its number of lines, for then its sums are these. */
export const seenAs = ({ id, lines }: Pick<CommissionRow, 'id' | 'lines'>) => `${id}-${lines}`;

/** Settles one commission, in a form around the table. */
export const CommissionTools: Column<CommissionRow> = {
  head: 'Tools',
  tools: true,
  cell: (line) => (
    <>
      {mayBeApproved(line) && (
        <button
          type="submit"
          class="button button-quiet button-small"
          name="only"
          value={seenAs(line)}
          formaction="/admin/commissions/approve"
          formmethod="post"
          aria-label={`Approve ${nameOf(line)}`}
        >
          Approve
        </button>
      )}{' '}
      {mayBeDeclined(line) && (
        <button
          type="submit"
          class="button button-quiet button-small"
          name="only"
          value={seenAs(line)}
          formaction="/admin/commissions/decline"
          formmethod="get"
          aria-label={`Decline ${nameOf(line)}`}
        >
          Decline
        </button>
      )}{' '}
      {mayBeRestored(line) && (
        <button
          type="submit"
          class="button button-quiet button-small"
          name="only"
          value={seenAs(line)}
          formaction="/admin/commissions/restore"
          formmethod="post"
          aria-label={`Restore ${nameOf(line)}`}
        >
          Restore
        </button>
      )}
    </>
  ),
};

const nameOf = (line: CommissionRow) => `${line.affiliate}'s commission for order ${line.orderId ?? line.saleId}`;

const SUMS = [
  { status: 'pending', sum: 'pendingMinor', note: 'waits for approval' },
  { status: 'approved', sum: 'approvedMinor', note: 'to be paid' },
  { status: 'paid', sum: 'paidMinor', note: 'paid, or being paid' },
] as const;

/** What commissions add up to, a figure for each currency and sum, leading to the commissions. */
export function SumsByStatus({ sums, query }: { sums: CommissionSums[]; query: Record<string, string> }) {
  if (sums.length === 0) return null;
  return (
    <Figures>
      {sums.flatMap((its) =>
        SUMS.map(({ status, sum, note }) => (
          <Figure
            key={`${its.currency} ${status}`}
            label={capital(status)}
            value={<Money amountMinor={its[sum]} currency={its.currency} />}
            note={note}
            href={withQuery('/admin/commissions', query, { status, currency: its.currency })}
          />
        )),
      )}
    </Figures>
  );
}

export type CommissionQuery = Record<'status' | 'currency' | 'affiliate' | 'campaign' | 'sale', string>;

type CommissionsPageProps = Frame & {
  commissions: Slice<CommissionRow> & { count: number };
  sums: CommissionSums[];
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
          'What each affiliate is owed for each sale. It is approved and declined whole; what moved its money is on the page of the sale.'
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
          options={COMMISSION_FILTERS.map((status) => ({ value: status, label: capital(status) }))}
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
          columns={[...COMMISSION_COLUMNS, CommissionTools]}
          rows={commissions.rows}
          rowId={seenAs}
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
    <Page {...frame} title={`Decline ${these}?`} lead="What is declined is not owed. You can restore it later.">
      <Table
        caption="To be declined"
        columns={COMMISSION_COLUMNS}
        rows={lines}
        rowId={(line) => line.id}
        empty={<p>None of these can be declined any more.</p>}
      />
      <Sheet>
        <Form form={form} action="/admin/commissions/decline" submit={`Decline ${these}`} cancelHref={back}>
          {lines.map((line) => (
            <input key={line.id} type="hidden" name="id" value={seenAs(line)} />
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

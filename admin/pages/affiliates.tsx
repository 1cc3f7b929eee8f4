import type { PayoutDetails } from '../../ledger/payout-details.ts';
import type { FormState } from '../form.ts';
import type { AffiliateCoupon, AffiliateDetail, AffiliateRow } from '../queries/affiliates.ts';
import type { History } from '../queries/audit-log.ts';
import type { CommissionSums } from '../queries/commissions.ts';
import type { Slice } from '../queries/keyset.ts';
import type { SaleRow } from '../queries/sales.ts';
import { FilterSearch, FilterSelect, Filters, RowTool } from '../ui/actions.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { Copy } from '../ui/copy.tsx';
import { Deeds } from '../ui/deeds.tsx';
import { Form, TextareaField, TextField } from '../ui/field.tsx';
import { Facts, Sheet } from '../ui/figure.tsx';
import { Icon } from '../ui/icon.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { ListPager } from '../ui/list-pager.tsx';
import { RecordHistory } from '../ui/record-history.tsx';
import { Status } from '../ui/status.tsx';
import { Sums } from '../ui/sums.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { Ticket } from '../ui/ticket.tsx';
import { Titled } from '../ui/titled.tsx';
import { Day, When } from '../ui/when.tsx';
import { SumsByStatus } from './commissions.tsx';
import { minimumText, payoutText } from './payout-details.tsx';
import { SALE_COLUMNS } from './sales.tsx';

const address = (affiliate: { id: number }) => `/admin/affiliates/${affiliate.id}`;

const COLUMNS: Column<AffiliateRow>[] = [
  { head: 'Affiliate', lead: true, cell: (row) => <a href={address(row)}>{row.name}</a> },
  { head: 'E-mail address', cell: (row) => row.email },
  { head: 'Status', cell: (row) => <Status word={row.status} /> },
  { head: 'Signs in', cell: (row) => (signsIn(row) ? 'Yes' : <span class="quiet">Not yet</span>) },
  {
    head: 'Coupons',
    numeric: true,
    cell: (row) => <a href={`/admin/coupons?affiliate=${row.id}`}>{row.coupons.toLocaleString('en')}</a>,
  },
  {
    head: 'Sales',
    numeric: true,
    cell: (row) => <a href={`/admin/sales?affiliate=${row.id}`}>{row.sales.toLocaleString('en')}</a>,
  },
  {
    head: 'Earned',
    numeric: true,
    cell: (row) => (
      <a href={`/admin/commissions?affiliate=${row.id}`}>
        <Sums sums={row.earned} />
      </a>
    ),
  },
  {
    head: 'Tools',
    tools: true,
    cell: (row) => <RowTool icon="right" label={`Open ${row.name}`} href={address(row)} />,
  },
];

const STATUSES = ['active', 'pending', 'suspended', 'declined'];

type AffiliatesPageProps = Frame & {
  affiliates: Slice<AffiliateRow> & { count: number };
  query: { q: string; status: string };
};

export function AffiliatesPage({ affiliates, query, ...frame }: AffiliatesPageProps) {
  return (
    <Page
      {...frame}
      title="Affiliates"
      lead="Who earns when a coupon of theirs is spent."
      action={
        <a class="button" href="/admin/affiliates/new">
          <Icon name="plus" />
          Add an affiliate
        </a>
      }
    >
      <Filters action="/admin/affiliates">
        <FilterSearch value={query.q} label="Name or e-mail address" />
        <FilterSelect
          name="status"
          label="Status"
          value={query.status}
          none="Any status"
          options={STATUSES.map((status) => ({ value: status, label: capital(status) }))}
        />
      </Filters>
      <Table
        caption="Affiliates"
        columns={COLUMNS}
        rows={affiliates.rows}
        rowId={(row) => row.id}
        empty={
          query.q || query.status ? (
            <>
              <h2>Nobody like that</h2>
              <p>
                No affiliate fits this search. <a href="/admin/affiliates">Show all affiliates</a>.
              </p>
            </>
          ) : (
            <>
              <h2>No affiliates yet</h2>
              <p>Add somebody, send them the link you are shown, and give them a coupon: from then on they can earn.</p>
            </>
          )
        }
      />
      <ListPager path="/admin/affiliates" query={query} page={affiliates} noun={['affiliate', 'affiliates']} />
    </Page>
  );
}

/** A new affiliate, or the details of one that is there. */
export function AffiliateFormPage({
  form,
  affiliate,
  ...frame
}: Frame & { form: FormState; affiliate: AffiliateDetail | null }) {
  return (
    <Page
      {...frame}
      title={affiliate ? `Edit ${affiliate.name}` : 'Add an affiliate'}
      {...(affiliate
        ? {}
        : { lead: 'Active at once: their coupons earn from the first sale, whether they have signed in or not.' })}
    >
      <Sheet>
        <Form
          form={form}
          action={affiliate ? `${address(affiliate)}/edit` : '/admin/affiliates/new'}
          submit={affiliate ? 'Save' : 'Add the affiliate'}
          cancelHref={affiliate ? address(affiliate) : '/admin/affiliates'}
        >
          <TextField form={form} name="name" label="Name" required autocomplete="off" />
          <TextField
            form={form}
            name="email"
            label="E-mail address"
            hint={affiliate?.hasAccount ? 'They sign in with it.' : 'They will sign in with it.'}
            type="email"
            required
            autocomplete="off"
          />
          <TextareaField form={form} name="note" label="Note" hint="For administrators only; never shown to them." />
        </Form>
      </Sheet>
    </Page>
  );
}

type AffiliatePageProps = Frame & {
  affiliate: AffiliateDetail;
  /** A link just made: this page is the only one to show it. */
  invitationLink: string | null;
  coupons: AffiliateCoupon[];
  sales: SaleRow[];
  sums: CommissionSums[];
  history: History;
  /** How they want to be paid; null: they have not said yet. */
  payout: PayoutDetails | null;
};

export function AffiliatePage(props: AffiliatePageProps) {
  const { affiliate, invitationLink, coupons, sales, sums, history, payout, ...frame } = props;
  return (
    <Page
      {...frame}
      title={affiliate.name}
      action={
        <a class="button" href={`${address(affiliate)}/edit`}>
          <Icon name="pencil" />
          Edit
        </a>
      }
    >
      {invitationLink && (
        <Sheet title="The invitation link">
          <p>
            Send it to {affiliate.name}. It lets them set a password, once, within 14 days. It is shown here this one
            time only.
          </p>
          <Copy text={invitationLink} label="Invitation link" />
        </Sheet>
      )}
      <Sheet title="Details">
        <Facts
          facts={[
            ['E-mail address', affiliate.email],
            ['Status', <Status word={affiliate.status} />],
            ['Signs in', signInText(affiliate)],
            ['Added', <When at={affiliate.createdAt} />],
            ['Paid', payout ? `${payoutText(payout)}, ${minimumText(payout)}` : 'Not said yet'],
            ...(affiliate.note ? [['Note', affiliate.note] as [string, string]] : []),
          ]}
        />
      </Sheet>
      <SumsByStatus sums={sums} query={{ affiliate: String(affiliate.id) }} />
      <Titled
        title="Coupons"
        aside={coupons.length > 0 && <a href={`/admin/coupons?affiliate=${affiliate.id}`}>Show all</a>}
      >
        <Table
          caption="Coupons"
          columns={COUPON_COLUMNS}
          rows={coupons}
          rowId={(row) => row.id}
          empty={<p>No coupon is theirs. Give them one under Tools › Coupons.</p>}
        />
      </Titled>
      <Titled
        title="Latest sales"
        aside={sales.length > 0 && <a href={`/admin/sales?affiliate=${affiliate.id}`}>Show all</a>}
      >
        <Table
          caption="Latest sales"
          columns={SALE_COLUMNS.filter(({ head }) => head !== 'Affiliate')}
          rows={sales}
          rowId={(row) => row.id}
          empty={<p>No sale has been made with a coupon of theirs yet.</p>}
        />
      </Titled>
      <Sheet title="Access">
        <Deeds deeds={deedsFor(affiliate)} />
      </Sheet>
      <RecordHistory history={history} />
    </Page>
  );
}

function signsIn({ hasAccount, status }: Pick<AffiliateRow, 'hasAccount' | 'status'>): boolean {
  return hasAccount && status === 'active';
}

function signInText(affiliate: AffiliateDetail): string {
  if (signsIn(affiliate)) return 'Yes';
  return affiliate.hasAccount ? `Not while they are ${affiliate.status}` : 'Not yet: no invitation has been accepted';
}

function deedsFor(affiliate: AffiliateDetail) {
  const invitation = {
    verb: 'New invitation link',
    means: signsIn(affiliate)
      ? 'Who has lost their password sets a new one by a new link. Links given out before stop working.'
      : 'A link lets them set a password and sign in, which approves whoever is pending. Links given out before stop working.',
    action: `${address(affiliate)}/invitation`,
    method: 'post' as const,
  };
  const changes = CHANGES.filter(({ from }) => from.includes(affiliate.status)).map(({ to, verb, means, asks }) => ({
    verb,
    means,
    action: `${address(affiliate)}/status/${to}`,
    method: asks ? ('get' as const) : ('post' as const),
  }));
  return affiliate.status === 'active' || affiliate.status === 'pending' ? [invitation, ...changes] : changes;
}

const COUPON_COLUMNS: Column<AffiliateCoupon>[] = [
  {
    head: 'Coupon',
    lead: true,
    cell: (row) => <Ticket code={row.code} href={`/admin/coupons/${row.id}`} label={`Edit ${row.code}`} />,
  },
  { head: 'Campaign', cell: (row) => row.campaign },
  { head: 'Expires', cell: (row) => (row.expiresOn ? <Day on={row.expiresOn} /> : <span class="quiet">Never</span>) },
];

interface StatusChange {
  to: 'active' | 'declined' | 'suspended';
  from: string[];
  verb: string;
  means: string;
  /** On a page of its own first. */
  asks: boolean;
}

/** What an administrator can make of an affiliate, and what it means. */
export const CHANGES: StatusChange[] = [
  {
    to: 'active',
    from: ['pending'],
    verb: 'Approve',
    means: 'Approved, they may sign in, and sales with their coupons earn from that moment on.',
    asks: false,
  },
  {
    to: 'active',
    from: ['suspended', 'declined'],
    verb: 'Activate',
    means: 'Activated, they may sign in, and sales with their coupons earn from that moment on.',
    asks: false,
  },
  {
    to: 'declined',
    from: ['pending'],
    verb: 'Decline',
    means: 'Declined, they cannot sign in, and sales with their coupons earn nothing.',
    asks: true,
  },
  {
    to: 'suspended',
    from: ['active'],
    verb: 'Suspend',
    means: 'Suspended, they are signed out, and sales with their coupons earn nothing until you activate them again.',
    asks: true,
  },
];

export function StatusChangePage({
  affiliate,
  change,
  ...frame
}: Frame & { affiliate: AffiliateDetail; change: StatusChange }) {
  return (
    <Page {...frame} title={`${change.verb} ${affiliate.name}?`}>
      <Sheet>
        <Confirm
          action={`${address(affiliate)}/status/${change.to}`}
          verb={`${change.verb} ${affiliate.name}`}
          cancelHref={address(affiliate)}
        >
          <p>{change.means}</p>
          <p>
            What {affiliate.name} has earned so far stays theirs: nothing that is recorded changes.
            {affiliate.coupons > 0 &&
              ` Their ${affiliate.coupons === 1 ? 'coupon stays' : 'coupons stay'} theirs, too.`}
          </p>
        </Confirm>
      </Sheet>
    </Page>
  );
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

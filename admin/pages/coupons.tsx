import type { ComponentChildren } from 'preact';
import type { Reach } from '../../ledger/sales/what-if.ts';
import { fromList, listOf } from '../coupon-list.ts';
import type { FormState } from '../form.ts';
import type { AffiliateOption } from '../queries/affiliates.ts';
import type { CampaignOption } from '../queries/campaigns.ts';
import type { CouponRequest } from '../queries/coupon-requests.ts';
import type { CouponRow, CouponSort, CouponStatus } from '../queries/coupons.ts';
import type { Slice } from '../queries/keyset.ts';
import { Actions, FilterSearch, FilterSelect, Filters, RowTool, Selection, TableEnd } from '../ui/actions.tsx';
import { Form, SelectField, TextField } from '../ui/field.tsx';
import { Icon } from '../ui/icon.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { ReachNote } from '../ui/reach.tsx';
import { Status } from '../ui/status.tsx';
import { Sums } from '../ui/sums.tsx';
import { type Column, countText, Pager, Table, withQuery } from '../ui/table.tsx';
import { Ticket, type TicketState } from '../ui/ticket.tsx';
import { Day } from '../ui/when.tsx';
import { WaitingRequests } from './coupon-requests.tsx';

const PATH = '/admin/coupons';

export const TICKET: Record<CouponStatus, TicketState> = {
  active: 'live',
  free: 'free',
  expired: 'over',
  deleted: 'over',
};

const columns = (manyShops: boolean, list: string): Column<CouponRow>[] => [
  {
    head: 'Coupon',
    lead: true,
    sort: 'code',
    cell: ({ id, code, status }) => (
      <Ticket code={code} state={TICKET[status]} href={fromList(`${PATH}/${id}`, list)} label={`Edit ${code}`} />
    ),
  },
  {
    head: 'Campaign',
    cell: (row) => (
      <a href={`/admin/campaigns/${row.campaignId}`}>
        {manyShops ? `${row.shopName}: ${row.campaignName}` : row.campaignName}
      </a>
    ),
  },
  {
    head: 'Affiliate',
    cell: ({ affiliateId, affiliateName }) =>
      affiliateId ? <a href={`/admin/affiliates/${affiliateId}`}>{affiliateName}</a> : <span class="quiet">None</span>,
  },
  {
    head: 'Expires',
    sort: 'expires',
    cell: ({ expiresOn }) => (expiresOn ? <Day on={expiresOn} /> : <span class="quiet">Never</span>),
  },
  { head: 'Added', sort: 'added', cell: ({ addedOn }) => <Day on={addedOn} /> },
  { head: 'Status', cell: ({ status }) => <Status word={status} /> },
  {
    head: 'Sales',
    numeric: true,
    cell: ({ id, sales }) => <a href={`/admin/sales?coupon=${id}`}>{sales.toLocaleString('en')}</a>,
  },
  { head: 'Earned', numeric: true, cell: ({ earned }) => <Sums sums={earned} /> },
  {
    head: 'Tools',
    tools: true,
    cell: ({ id, code }) => (
      <>
        <RowTool icon="pencil" label={`Edit ${code}`} href={fromList(`${PATH}/${id}`, list)} />
        <RowTool icon="trash" label={`Delete ${code}`} href={fromList(`${PATH}/delete?id=${id}`, list)} danger />
      </>
    ),
  },
];

type CouponsProps = Frame & {
  /** The address as it was asked: filters and order. */
  query: Record<string, string>;
  sort: CouponSort;
  page: Slice<CouponRow> & { count: number };
  campaigns: CampaignOption[];
  affiliates: AffiliateOption[];
  requests: { rows: CouponRequest[]; count: number };
};

export function CouponsPage({ query, sort, page, campaigns, affiliates, requests, ...frame }: CouponsProps) {
  const { rows, count, before, after } = page;
  const list = listOf(query);
  const filtered = ['q', 'campaign', 'affiliate', 'status'].some((name) => query[name]);
  const to = (changes: Record<string, string | undefined>) => withQuery(PATH, query, changes);
  return (
    <Page
      {...frame}
      title="Coupons"
      lead="Each code belongs to one campaign, and to the affiliate who earns when it is spent."
      action={
        campaigns.length > 0 && (
          <a class="button" href={`${PATH}/new`}>
            <Icon name="plus" />
            Add a coupon
          </a>
        )
      }
    >
      <WaitingRequests requests={requests} />
      {(count > 0 || filtered) && (
        <CouponFilters query={query} sort={sort} campaigns={campaigns} affiliates={affiliates} />
      )}
      <Selection>
        <Table
          caption="Coupons"
          columns={columns(hasManyShops(campaigns), list)}
          rows={rows}
          rowId={(row) => row.id}
          sort={{ ...sort, href: (next) => to({ sort: sortName(next as CouponSort) }) }}
          select={(row) => `Select ${row.code}`}
          empty={<NoCoupons filtered={filtered} hasCampaign={campaigns.length > 0} />}
        />
        {rows.length > 0 && (
          <TableEnd>
            <input type="hidden" name="list" value={list} />
            <Actions
              actions={[
                { label: 'Add', href: `${PATH}/new` },
                { label: 'Add +', href: `${PATH}/add-many` },
                { label: 'Import', href: `${PATH}/import` },
                { label: 'Export', href: to({ sort: undefined }).replace(PATH, `${PATH}.csv`) },
                { label: 'Assign to affiliate', send: `${PATH}/assign`, method: 'get' },
                { label: 'Set expiration', send: `${PATH}/expire`, method: 'get' },
                { label: 'Move to campaign', send: `${PATH}/move`, method: 'get' },
                { label: 'Delete', send: `${PATH}/delete`, method: 'get', danger: true },
              ]}
            />
            {count > rows.length && <SelectAll count={count} filtered={filtered} />}
            <Pager
              count={count}
              noun={['coupon', 'coupons']}
              shown={rows.length}
              previousHref={before === undefined ? undefined : to({ before: String(before) })}
              nextHref={after === undefined ? undefined : to({ after: String(after) })}
            />
          </TableEnd>
        )}
      </Selection>
    </Page>
  );
}

/** Means the rows of the other pages too: with it, an action is for all that the filter matches. */
function SelectAll({ count, filtered }: { count: number; filtered: boolean }) {
  return (
    <label class="select-all">
      <input type="checkbox" name="all" value="on" />
      {`Select all ${countText(count)} ${filtered ? 'that match' : 'coupons'}`}
    </label>
  );
}

/** How an order stands in an address: `code`, or `-code` from the end. Newest first is what no order means. */
export const sortName = ({ by, direction }: CouponSort) =>
  by === 'added' && direction === 'desc' ? undefined : `${direction === 'desc' ? '-' : ''}${by}`;

const STATUSES = [
  { value: 'active', label: 'Active' },
  { value: 'free', label: 'Free' },
  { value: 'expired', label: 'Expired' },
];

function CouponFilters({
  query,
  sort,
  campaigns,
  affiliates,
}: Pick<CouponsProps, 'query' | 'sort' | 'campaigns' | 'affiliates'>) {
  const value = (name: string) => query[name] ?? '';
  const owners = affiliates.map(({ id, name }) => ({ value: String(id), label: name }));
  return (
    <Filters action={PATH}>
      <FilterSearch value={value('q')} label="Code, or its beginning" />
      <FilterSelect
        name="campaign"
        label="Campaign"
        value={value('campaign')}
        none="All campaigns"
        options={campaignChoices(campaigns)}
      />
      <FilterSelect
        name="affiliate"
        label="Affiliate"
        value={value('affiliate')}
        none="All affiliates"
        options={[{ value: 'none', label: 'None' }, ...owners]}
      />
      <FilterSelect name="status" label="Status" value={value('status')} none="Any status" options={STATUSES} />
      <input type="hidden" name="sort" value={sortName(sort)} disabled={sortName(sort) === undefined} />
    </Filters>
  );
}

function NoCoupons({ filtered, hasCampaign }: { filtered: boolean; hasCampaign: boolean }) {
  if (filtered)
    return (
      <>
        <h2>No coupon matches</h2>
        <p>
          Search finds codes by their beginning, in upper or lower case. <a href={PATH}>Show all coupons</a>
        </p>
      </>
    );
  if (!hasCampaign) return <CampaignFirst />;
  return (
    <>
      <h2>No coupons yet</h2>
      <p>
        A coupon is a code that your customers type at the checkout. Give it to an affiliate, who earns with each sale
        made with it, or leave it free for affiliates to request.
      </p>
      <a class="button" href={`${PATH}/new`}>
        <Icon name="plus" />
        Add a coupon
      </a>
    </>
  );
}

/** Stands where a campaign is needed first. */
export function CampaignFirst() {
  return (
    <>
      <h2>Begin with a campaign</h2>
      <p>Each coupon belongs to a campaign, which says what affiliates earn with it. So the campaign comes first.</p>
      <a class="button" href="/admin/campaigns/new">
        <Icon name="plus" />
        Add a campaign
      </a>
    </>
  );
}

const hasManyShops = (campaigns: CampaignOption[]) => new Set(campaigns.map(({ shopId }) => shopId)).size > 1;

/** Campaigns to choose from, with their shop where there are several, and said to be paused where they are. */
export function campaignChoices(campaigns: CampaignOption[]) {
  const manyShops = hasManyShops(campaigns);
  return campaigns.map(({ id, name, shopName, status }) => ({
    value: id,
    label: `${manyShops ? `${shopName}: ` : ''}${name}${status === 'paused' ? ' (paused)' : ''}`,
  }));
}

/** Affiliates to choose from, said to be pending, declined or suspended where they are. */
export const affiliateChoices = (affiliates: AffiliateOption[]) =>
  affiliates.map(({ id, name, status }) => ({ value: id, label: status === 'active' ? name : `${name} (${status})` }));

type CouponFieldsProps = {
  form: FormState;
  campaigns: CampaignOption[];
  affiliates: AffiliateOption[];
  /** The coupon that has the code already. */
  rival?: { id: number; code: string } | undefined;
  /** What stands below the code. */
  afterCode?: ComponentChildren;
};

/** What a coupon is made of, for adding and for editing one. */
export function CouponFields({ form, campaigns, affiliates, rival, afterCode }: CouponFieldsProps) {
  return (
    <>
      <TextField
        form={form}
        name="code"
        label="Coupon"
        hint={
          rival ? (
            <a href={`${PATH}/${rival.id}`}>Open {rival.code}</a>
          ) : (
            'As your customers type it; upper and lower case are the same.'
          )
        }
        autocomplete="off"
        spellcheck={false}
        maxLength={200}
        required
      />
      {afterCode}
      <SelectField
        form={form}
        name="campaign"
        label="Campaign"
        options={campaignChoices(campaigns)}
        {...(campaigns.length > 1 && !form.values.campaign ? { none: 'Choose a campaign' } : {})}
      />
      <SelectField
        form={form}
        name="affiliate"
        label="Affiliate"
        none="None"
        hint="None: free, for affiliates to request."
        options={affiliateChoices(affiliates)}
      />
      <TextField
        form={form}
        name="expiresOn"
        label="Expiration date"
        type="date"
        hint="The last day it works, by the shop’s clock. Empty: never expires."
      />
    </>
  );
}

/** @param reach what comes of orders that have named the code already: shown before it is added. */
export function NewCouponPage({
  form,
  campaigns,
  affiliates,
  rival,
  reach,
  ...frame
}: Frame & CouponFieldsProps & { reach?: Reach | undefined }) {
  return (
    <Page {...frame} title="Add a coupon">
      {campaigns.length === 0 ? (
        <div class="empty">
          <CampaignFirst />
        </div>
      ) : (
        <Form form={form} action={`${PATH}/new`} submit="Add" cancelHref={PATH}>
          <ReachNote reach={reach} />
          <CouponFields form={form} campaigns={campaigns} affiliates={affiliates} rival={rival} />
        </Form>
      )}
    </Page>
  );
}

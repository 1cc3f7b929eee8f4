import { formatMinor } from '../../ledger/money.ts';
import { plainRate } from '../../ledger/rate.ts';
import type { FormState } from '../form.ts';
import type { History } from '../queries/audit-log.ts';
import type { CampaignRow } from '../queries/campaigns.ts';
import type { Come } from '../queries/commissions.ts';
import type { ShopRow } from '../queries/shops.ts';
import { RowTool } from '../ui/actions.tsx';
import { ChoiceField } from '../ui/choice.tsx';
import { CheckboxField, Form, SelectField, TextField } from '../ui/field.tsx';
import { Facts, Sheet } from '../ui/figure.tsx';
import { Icon } from '../ui/icon.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { RecordHistory } from '../ui/record-history.tsx';
import { Status } from '../ui/status.tsx';
import { Sums } from '../ui/sums.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { NoShop } from './shops.tsx';

type Listed = CampaignRow & Come;

const address = (campaign: { id: number }) => `/admin/campaigns/${campaign.id}`;

const COLUMNS: Column<Listed>[] = [
  { head: 'Campaign', lead: true, cell: (row) => <a href={address(row)}>{row.name}</a> },
  { head: 'Shop', cell: (row) => row.shopName },
  { head: 'Pays', cell: paysText },
  { head: 'Approval', cell: approvalText },
  { head: 'Status', cell: (row) => <Status word={row.status} /> },
  {
    head: 'Coupons',
    numeric: true,
    cell: (row) => <a href={`/admin/coupons?campaign=${row.id}`}>{row.coupons.toLocaleString('en')}</a>,
  },
  {
    head: 'Sales',
    numeric: true,
    cell: (row) => <a href={`/admin/sales?campaign=${row.id}`}>{row.sales.toLocaleString('en')}</a>,
  },
  {
    head: 'Earned',
    numeric: true,
    cell: (row) => (
      <a href={`/admin/commissions?campaign=${row.id}`}>
        <Sums sums={row.earned} />
      </a>
    ),
  },
  {
    head: 'Tools',
    tools: true,
    cell: (row) => <RowTool icon="pencil" label={`Edit ${row.name}`} href={address(row)} />,
  },
];

type Pays = Pick<CampaignRow, 'commissionKind' | 'commissionValue' | 'currency'>;

/** "10 % of the sale", "€5.00 a sale". */
export function paysText({ commissionKind, commissionValue, currency }: Pays): string {
  return commissionKind === 'percent'
    ? `${plainRate(commissionValue)}\u00a0% of the sale`
    : `${formatMinor(commissionValue, currency)} a sale`;
}

function approvalText({ approval, holdDays }: CampaignRow): string {
  if (approval === 'manual') return 'By hand';
  if (holdDays === 0) return 'By itself, at once';
  return `By itself, after ${holdDays} ${holdDays === 1 ? 'day' : 'days'}`;
}

export function CampaignsPage({ campaigns, hasShop, ...frame }: Frame & { campaigns: Listed[]; hasShop: boolean }) {
  return (
    <Page
      {...frame}
      title="Campaigns"
      lead="The terms under which affiliates earn. Each coupon belongs to one campaign."
      action={
        campaigns.length > 0 && (
          <a class="button" href="/admin/campaigns/new">
            <Icon name="plus" />
            Add a campaign
          </a>
        )
      }
    >
      <Table
        caption="Campaigns"
        columns={COLUMNS}
        rows={campaigns}
        rowId={(row) => row.id}
        empty={hasShop ? <NoCampaign /> : <NoShop />}
      />
    </Page>
  );
}

function NoCampaign() {
  return (
    <>
      <h2>No campaign yet</h2>
      <p>A campaign says what a sale earns, such as 10 % of it. Once there is one, add its coupons.</p>
      <a class="button" href="/admin/campaigns/new">
        <Icon name="plus" />
        Add a campaign
      </a>
    </>
  );
}

/** On a fresh install, where a campaign has no shop to belong to. */
export function ShopFirstPage(frame: Frame) {
  return (
    <Page {...frame} title="Add a campaign">
      <div class="empty">
        <NoShop />
      </div>
    </Page>
  );
}

export function NewCampaignPage({ form, shops, ...frame }: Frame & { form: FormState; shops: ShopRow[] }) {
  const only = shops.length === 1 ? shops[0]! : null;
  return (
    <Page {...frame} title="Add a campaign">
      <Sheet>
        <Form form={form} action="/admin/campaigns/new" submit="Add the campaign" cancelHref="/admin/campaigns">
          <SelectField
            form={form}
            name="shop"
            label="Shop"
            hint="A campaign stays with its shop."
            options={shops.map((shop) => ({ value: shop.id, label: `${shop.name} (${shop.currency})` }))}
            {...(only ? {} : { none: 'Choose a shop' })}
          />
          <TermsFields form={form} currency={only?.currency ?? null} />
        </Form>
      </Sheet>
    </Page>
  );
}

type CampaignPageProps = Frame & { form: FormState; campaign: CampaignRow; figures: Come; history: History };

export function CampaignPage({ form, campaign, figures, history, ...frame }: CampaignPageProps) {
  return (
    <Page {...frame} title={campaign.name}>
      <Sheet title="What it has come to">
        <Facts
          facts={[
            ['Shop', <a href={`/admin/settings/shops/${campaign.shopId}`}>{campaign.shopName}</a>],
            [
              'Coupons',
              <a href={`/admin/coupons?campaign=${campaign.id}`}>
                {campaign.coupons}, {campaign.freeCoupons} of them free
              </a>,
            ],
            ['Sales', <a href={`/admin/sales?campaign=${campaign.id}`}>{figures.sales.toLocaleString('en')}</a>],
            [
              'Earned',
              <a href={`/admin/commissions?campaign=${campaign.id}`}>
                <Sums sums={figures.earned} />
              </a>,
            ],
          ]}
        />
      </Sheet>
      <Sheet title="Terms">
        <Form form={form} action={address(campaign)} submit="Save" cancelHref="/admin/campaigns">
          <p class="quiet">What you change here holds for the sales to come. What is recorded stays as it is.</p>
          <TermsFields form={form} currency={campaign.currency} />
        </Form>
      </Sheet>
      <RecordHistory history={history} timeZone={campaign.timeZone} />
    </Page>
  );
}

/** @param currency null while the shop is still to be chosen among several. */
function TermsFields({ form, currency }: { form: FormState; currency: string | null }) {
  return (
    <>
      <TextField form={form} name="name" label="Name" hint="Affiliates see it." required autocomplete="off" />
      <ChoiceField
        form={form}
        name="status"
        label="Status"
        choices={[
          { value: 'active', label: 'Active', hint: 'Its coupons earn.' },
          { value: 'paused', label: 'Paused', hint: 'Sales with its coupons are noted as reports and earn nothing.' },
        ]}
      />
      <ChoiceField
        form={form}
        name="commissionKind"
        label="What a sale earns"
        choices={[
          {
            value: 'percent',
            label: 'A percentage of the sale',
            more: (
              <TextField
                form={form}
                name="percent"
                label="Percentage"
                hint="Such as 10 or 7.5; at most two decimals."
                after="%"
                inputMode="decimal"
                autocomplete="off"
              />
            ),
          },
          {
            value: 'fixed',
            label: 'A fixed amount for each sale',
            more: (
              <TextField
                form={form}
                name="amount"
                label="Amount"
                hint={currency ? 'Such as 5 or 4.50.' : 'Such as 5 or 4.50, in the currency of the shop.'}
                inputMode="decimal"
                autocomplete="off"
                {...(currency ? { after: currency } : {})}
              />
            ),
          },
        ]}
      />
      <ChoiceField
        form={form}
        name="approval"
        label="Approval"
        choices={[
          { value: 'manual', label: 'By hand', hint: 'Each commission waits until you approve or decline it.' },
          {
            value: 'automatic',
            label: 'By itself',
            hint: 'Commissions are approved once their hold is over, unless you decline them before.',
            more: (
              <>
                <TextField
                  form={form}
                  name="holdDays"
                  label="Hold"
                  hint="From the day of the sale, 0 to 90: the time in which goods are sent back."
                  after="days"
                  inputMode="numeric"
                  autocomplete="off"
                />
                <CheckboxField
                  form={form}
                  name="trustPixel"
                  label="Trust the pixel"
                  hint="Anybody can send what a pixel sends. Unless this is checked, a sale that only the pixel reports waits for you."
                />
              </>
            ),
          },
        ]}
      />
      <ChoiceField
        form={form}
        name="requestMode"
        label="Affiliates may request its free coupons"
        choices={[
          { value: 'at once', label: 'Yes, and get one at once' },
          {
            value: 'after approval',
            label: 'Yes, after your approval',
            hint: 'Each request waits on the Coupons page until you grant or refuse it.',
          },
          { value: 'off', label: 'No', hint: 'You give each coupon to somebody yourself.' },
        ]}
      />
      <TextField
        form={form}
        name="requestLimit"
        label="At most"
        hint="Coupons an affiliate may have of this campaign by request; those that wait for your answer count too. Empty: as many as are free."
        after="coupons each"
        inputMode="numeric"
        autocomplete="off"
      />
    </>
  );
}

import { currencies } from '../../ledger/money.ts';
import type { FormState } from '../form.ts';
import type { ShopRow } from '../queries/shops.ts';
import { RowTool } from '../ui/actions.tsx';
import { Copy } from '../ui/copy.tsx';
import { CheckboxField, Form, SelectField, TextField } from '../ui/field.tsx';
import { Sheet } from '../ui/figure.tsx';
import { Icon } from '../ui/icon.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { type Column, Table } from '../ui/table.tsx';

const COLUMNS: Column<ShopRow>[] = [
  { head: 'Shop', lead: true, cell: (shop) => <a href={`/admin/settings/shops/${shop.id}`}>{shop.name}</a> },
  { head: 'Address', cell: (shop) => shop.address },
  { head: 'Currency', cell: (shop) => shop.currency },
  { head: 'Time zone', cell: (shop) => shop.timeZone },
  {
    head: 'Campaigns',
    numeric: true,
    cell: (shop) => <a href={`/admin/campaigns?shop=${shop.id}`}>{shop.campaigns}</a>,
  },
  {
    head: 'Tools',
    tools: true,
    cell: (shop) => <RowTool icon="pencil" label={`Edit ${shop.name}`} href={`/admin/settings/shops/${shop.id}`} />,
  },
];

export function ShopsPage({ shops, ...frame }: Frame & { shops: ShopRow[] }) {
  return (
    <Page
      {...frame}
      title="Shops"
      lead="Where your customers buy: on line, or over a counter."
      action={
        shops.length > 0 && (
          <a class="button" href="/admin/settings/shops/new">
            <Icon name="plus" />
            Add a shop
          </a>
        )
      }
    >
      <Table caption="Shops" columns={COLUMNS} rows={shops} rowId={(shop) => shop.id} empty={<NoShop />} />
    </Page>
  );
}

/** Where everything begins; also shown where a shop is needed first. */
export function NoShop() {
  return (
    <>
      <h2>Begin with your shop</h2>
      <p>
        A shop has order numbers, one currency and one time zone. Campaigns belong to it, and coupons to campaigns; so
        it comes first.
      </p>
      <a class="button" href="/admin/settings/shops/new">
        <Icon name="plus" />
        Add a shop
      </a>
    </>
  );
}

type ShopPageProps = Frame & {
  form: FormState;
  /** The shop as it stands; null: a new one. */
  shop: ShopRow | null;
  timeZones: string[];
  /** Where the sign-up page is. */
  officeUrl: string;
};

export function ShopPage({ form, shop, timeZones, officeUrl, ...frame }: ShopPageProps) {
  const offered = shop?.hasSales ? [shop.currency] : currencies;
  return (
    <Page {...frame} title={shop ? shop.name : 'Add a shop'}>
      <Sheet>
        <Form
          form={form}
          action={shop ? `/admin/settings/shops/${shop.id}` : '/admin/settings/shops/new'}
          submit={shop ? 'Save' : 'Add the shop'}
          cancelHref="/admin/settings/shops"
        >
          <TextField form={form} name="name" label="Name" required autocomplete="off" />
          <TextField
            form={form}
            name="address"
            label="Address"
            hint="Of its web site, or of the store. It is shown, nothing more."
            autocomplete="off"
          />
          <SelectField
            form={form}
            name="currency"
            label="Currency"
            hint={
              shop?.hasSales
                ? 'This shop has sales, so its currency stands.'
                : 'What its orders are paid in. It stands from the first sale on.'
            }
            options={offered.map((currency) => ({ value: currency, label: currencyLabel(currency) }))}
            {...(shop ? {} : { none: 'Choose a currency' })}
          />
          <TextField
            form={form}
            name="timeZone"
            label="Time zone"
            hint="By this clock its days begin and its coupons end. For example Europe/Lisbon."
            suggestions={timeZones}
            autocomplete="off"
            spellcheck={false}
            required
          />
          <SelectField
            form={form}
            name="severalAffiliates"
            label="An order with coupons of two affiliates"
            hint="Where it names both, and nobody better says which one counts."
            options={[
              { value: 'a person', label: 'A person decides' },
              { value: 'first', label: 'The first one counts' },
              { value: 'last', label: 'The last one counts' },
            ]}
          />
          <CheckboxField
            form={form}
            name="signUpOpen"
            label="Sign-up page"
            hint="Anybody may apply there to be an affiliate. Each waits until you say yes."
          />
        </Form>
      </Sheet>
      {shop?.signUpOpen && (
        <Sheet title="Sign-up page" aside={<a href={`/join/${shop.id}`}>Open it</a>}>
          <div class="stack">
            <p>Put this link where people find it. Who applies stands among the affiliates as pending.</p>
            <Copy text={`${officeUrl}/join/${shop.id}`} label="Sign-up page" />
          </div>
        </Sheet>
      )}
    </Page>
  );
}

const names = new Intl.DisplayNames('en', { type: 'currency' });
const currencyLabel = (currency: string) => `${currency} – ${names.of(currency)}`;

import { formatMinor } from '../../ledger/money.ts';
import type { FormState } from '../form.ts';
import type { OfflineSale, SpentCoupon } from '../queries/offline-sales.ts';
import type { ReportRow } from '../queries/reports.ts';
import { Form, SelectField, TextField } from '../ui/field.tsx';
import { Facts, Sheet } from '../ui/figure.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { Money } from '../ui/money.tsx';
import { Status } from '../ui/status.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { Ticket } from '../ui/ticket.tsx';
import { Day, dayText, When } from '../ui/when.tsx';
import { paysText } from './campaigns.tsx';
import { CampaignFirst } from './coupons.tsx';
import { ReportWords } from './tracking-code.tsx';

const PATH = '/admin/offline-sales';

export type OfflineSalesProps = {
  form: FormState;
  /** Those that have campaigns. */
  shops: { id: number; name: string; currency: string }[];
  hints: string[];
  /** The latest day it is in any of the shops. */
  today: string;
  sales: OfflineSale[];
  /** The waiting report that a person settles with this sale. */
  settles: ReportRow | null;
  /** The sale that has the order ID already. */
  knownSaleId: number | null;
};

export function OfflineSalesPage({ shops, sales, settles, ...rest }: Frame & OfflineSalesProps) {
  const { form, hints, today, knownSaleId, ...frame } = rest;
  return (
    <Page
      {...frame}
      title="Offline sales"
      lead="A customer paid in the store and gave you a coupon: add the sale, and whoever owned the coupon that day earns."
    >
      {shops.length === 0 ? (
        <div class="empty">
          <CampaignFirst />
        </div>
      ) : (
        <Sheet title={settles ? 'Settle a report' : 'Add a sale'}>
          <div class="stack">
            {settles && <Waiting report={settles} />}
            <SaleForm {...{ form, shops, hints, today, settles, knownSaleId }} />
          </div>
        </Sheet>
      )}
      <Sheet title="Recent offline sales">
        <Table
          caption="Recent offline sales"
          columns={COLUMNS}
          rows={sales}
          rowId={(sale) => sale.id}
          empty={<p>None yet. What you add above is listed here, with who earned what.</p>}
        />
      </Sheet>
      <p>
        <a href={`${PATH}/import`}>Import CSV</a>
      </p>
    </Page>
  );
}

function SaleForm({
  form,
  shops,
  hints,
  today,
  settles,
  knownSaleId,
}: Pick<OfflineSalesProps, 'form' | 'shops' | 'hints' | 'today' | 'settles' | 'knownSaleId'>) {
  const currencies = new Set(shops.map(({ currency }) => currency));
  return (
    <Form form={form} action={PATH} submit="Add" {...(settles ? { cancelHref: WAITING } : {})} still={!settles}>
      <input type="hidden" name="form" value={form.values.form} />
      <input type="hidden" name="offered" value={form.values.offered} />
      {settles && <input type="hidden" name="settles" value={settles.id} />}
      <TextField
        form={form}
        name="coupon"
        label="Coupon"
        suggestions={hints}
        check={`${PATH}/check`}
        checkWith={shops.length > 1 ? 'date amount orderId shop' : 'date amount orderId'}
        autocomplete="off"
        spellcheck={false}
        required
      />
      <TextField
        form={form}
        name="amount"
        label="Order amount"
        hint="What the customer paid. May stay empty where the campaign pays a fixed commission."
        inputMode="decimal"
        autocomplete="off"
        {...(currencies.size === 1 ? { before: shops[0]!.currency } : {})}
      />
      <TextField
        form={form}
        name="orderId"
        label="Order ID"
        hint={
          knownSaleId === null ? (
            'The number on the receipt, if there is one: the same order then never earns twice.'
          ) : (
            <a href={`/admin/sales/${knownSaleId}`}>See that sale</a>
          )
        }
        autocomplete="off"
        spellcheck={false}
      />
      <TextField
        form={form}
        name="date"
        label="Date"
        type="date"
        max={today}
        hint="The day of the sale. The owner of that day earns."
      />
      {(form.values.time || form.errors.time) && (
        <TextField form={form} name="time" label="Time" type="time" hint="By the clock of the shop." />
      )}
      {shops.length > 1 && (
        <SelectField
          form={form}
          name="shop"
          label="Shop"
          none="By the coupon"
          hint="Matters where several shops have the same code."
          options={shops.map(({ id, name }) => ({ value: id, label: name }))}
        />
      )}
    </Form>
  );
}

/** Where reports wait for a person. */
export const WAITING = '/admin/tracking-code?show=waiting#reports';

function Waiting({ report }: { report: ReportRow }) {
  const { code, orderId, amount, currency, receivedAt, timeZone } = report;
  return (
    <>
      <Facts
        facts={[
          ['Received', <When key="at" at={receivedAt} timeZone={timeZone ?? 'UTC'} />],
          ['Coupon', <Ticket key="coupon" code={code} />],
          ['Order ID', orderId ?? <span class="quiet">None</span>],
          ['Amount', [amount, currency].filter(Boolean).join(' ') || <span class="quiet">None</span>],
          ['Waits because', <ReportWords key="why" report={report} />],
        ]}
      />
      <p class="lead">Put right what the report could not say. The sale is recorded on your word.</p>
    </>
  );
}

const COLUMNS: Column<OfflineSale>[] = [
  {
    head: 'Order',
    lead: true,
    cell: ({ id, orderId }) => <a href={`/admin/sales/${id}`}>{orderId ?? 'Without an ID'}</a>,
  },
  { head: 'Coupon', cell: ({ couponId, code }) => <Ticket code={code} href={`/admin/coupons/${couponId}`} /> },
  { head: 'Sold on', cell: ({ on }) => <Day on={on} /> },
  {
    head: 'Amount',
    numeric: true,
    cell: ({ amountMinor, currency }) =>
      amountMinor === null ? <span class="quiet">–</span> : <Money amountMinor={amountMinor} currency={currency} />,
  },
  {
    head: 'Affiliate',
    cell: ({ affiliateId, affiliateName }) => <a href={`/admin/affiliates/${affiliateId}`}>{affiliateName}</a>,
  },
  {
    head: 'Earned',
    numeric: true,
    cell: ({ earnedMinor, currency }) => <Money amountMinor={earnedMinor} currency={currency} />,
  },
];

/** What is said under the coupon as it is typed, of each coupon it could be. */
export type Foreseen = {
  coupon: SpentCoupon;
  /** Whose it was on the sale's day. */
  owner: string | null;
  /** In minor units; null where the amount is still missing. */
  earnsMinor: number | null;
  refusal: string | null;
};

export function CouponCheck({ foreseen, code }: { foreseen: Foreseen[]; code: string }) {
  if (foreseen.length === 0) return <p>No coupon has the code {code}.</p>;
  const manyShops = foreseen.length > 1;
  return (
    <>
      {foreseen.map(({ coupon, owner, earnsMinor, refusal }) => (
        <p key={coupon.id}>
          <Status word={refusal ? 'refused' : 'valid'} look={refusal ? 'bad' : 'good'} />{' '}
          {manyShops && `${coupon.shopName}: `}
          {refusal ??
            [
              earnsMinor === null
                ? `${owner}’s coupon.`
                : `${owner} earns ${formatMinor(earnsMinor, coupon.currency)}.`,
              `${coupon.campaignName} pays ${paysText(coupon)}.`,
              coupon.expiresOn ? `Works through ${dayText(coupon.expiresOn)}.` : 'Never expires.',
            ].join(' ')}
        </p>
      ))}
    </>
  );
}

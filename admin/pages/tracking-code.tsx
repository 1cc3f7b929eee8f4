import type { FormState } from '../form.ts';
import { SOURCE, whyText } from '../outcomes.ts';
import type { CampaignOption } from '../queries/campaigns.ts';
import type { ReportRow } from '../queries/reports.ts';
import { FilterSelect, Filters } from '../ui/actions.tsx';
import { Copy } from '../ui/copy.tsx';
import { Form, TextField } from '../ui/field.tsx';
import { Sheet } from '../ui/figure.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { Live } from '../ui/live.tsx';
import { Money } from '../ui/money.tsx';
import { Status } from '../ui/status.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { Ticket } from '../ui/ticket.tsx';
import { When } from '../ui/when.tsx';
import { CampaignFirst, campaignChoices } from './coupons.tsx';

const PATH = '/admin/tracking-code';

export type Show = 'all' | 'waiting';

export type TrackingCodeProps = {
  trackerUrl: string;
  campaigns: CampaignOption[];
  campaign: CampaignOption | undefined;
  form: FormState;
  hints: string[];
  /** The address of the test hit that this page sends, by showing the shop's own tag. */
  test: { src: string; order: string } | null;
  reports: ReportRow[];
  show: Show;
};

export function TrackingCodePage(props: Frame & TrackingCodeProps) {
  const { trackerUrl, campaigns, campaign, form, hints, test, reports, show, ...frame } = props;
  return (
    <Page
      {...frame}
      title="Tracking code"
      lead="Put the tag on the page your shop shows after an order. It tells us which coupon was spent on it."
    >
      {campaign ? (
        <>
          {campaigns.length > 1 && (
            <Filters action={PATH}>
              <FilterSelect
                name="campaign"
                label="Campaign"
                value={String(campaign.id)}
                none="Choose a campaign"
                options={campaignChoices(campaigns)}
              />
            </Filters>
          )}
          <Sheet title={`The tag for ${campaign.name}`}>
            <div class="stack">
              <Copy block text={tagFor(trackerUrl, campaign)} label="Tracking code" />
              <Recipes trackerUrl={trackerUrl} campaign={campaign} />
            </div>
          </Sheet>
          <TestHit form={form} hints={hints} campaign={campaign} test={test} />
        </>
      ) : (
        <div class="empty">
          <CampaignFirst />
        </div>
      )}
      <Reports reports={reports} show={show} />
    </Page>
  );
}

/**
 * The tag as a shop pastes it. Its `&` are plain: a browser reads `&currency=` in an attribute as it stands (HTML,
 * "named character reference state"), and templates that escape what they print would turn `&amp;` into `&amp;amp;`.
 */
function tagFor(trackerUrl: string, { id, currency }: CampaignOption): string {
  const query = `campaign=${id}&amount=[AMOUNT]&order=[ORDER]&currency=${currency}&cc=[COUPON]`;
  return `<img src="${trackerUrl}/track.gif?${query}" width="1" height="1" alt="">`;
}

/** The tag that shops have from AffiliationSoftware. */
function oldTagFor(trackerUrl: string, { id }: CampaignOption): string {
  const query = `cid=${id}&cost=[AMOUNT]&orderid=[ORDER]&cc=[COUPON]`;
  return `<img src='${trackerUrl}/script/track.php?${query}' width='1' height='1' border='0' />`;
}

/** For WooCommerce, since 3.7 (its code reference: WC_Order::get_coupon_codes); it goes into the theme's functions.php. */
const wooCommerceFor = (trackerUrl: string, { id }: CampaignOption) =>
  `add_action('woocommerce_thankyou', function ($order_id) {
  $order = wc_get_order($order_id);
  $query = http_build_query([
    'campaign' => ${id}, 'amount' => $order->get_total(), 'order' => $order->get_order_number(),
    'currency' => $order->get_currency(), 'cc' => $order->get_coupon_codes()[0] ?? '',
  ]);
  echo '<img src="${trackerUrl}/track.gif?' . esc_attr($query) . '" width="1" height="1" alt="">';
});`;

const scriptFor = (trackerUrl: string, { id, currency }: CampaignOption) =>
  `new Image().src = '${trackerUrl}/track.gif?' + new URLSearchParams({
  campaign: ${id}, amount: order.total, order: order.id, currency: '${currency}', cc: order.coupon,
});`;

const VARIABLES = [
  {
    variable: '[COUPON]',
    what: 'The code the customer used. Leave it empty where there was none: then nothing is tracked.',
  },
  {
    variable: '[AMOUNT]',
    what: 'What commissions are paid on: digits and a dot, such as 59.90. A fixed commission needs none.',
  },
  { variable: '[ORDER]', what: 'The order’s number. It makes sure that a page loaded twice earns once.' },
];

/** What to put into the tag, and how some shops do it. */
function Recipes({ trackerUrl, campaign }: { trackerUrl: string; campaign: CampaignOption }) {
  return (
    <>
      <p>
        Replace what stands in brackets with your shop’s own variables, encoded for an address. Amounts are in{' '}
        {campaign.currency}; where your shop sells in others too, send the order’s own currency.
      </p>
      <Table
        caption="What to put for the shop’s variables"
        columns={[
          { head: 'Replace', lead: true, cell: ({ variable }) => <code>{variable}</code> },
          { head: 'With', cell: ({ what }) => what },
        ]}
        rows={VARIABLES}
        rowId={({ variable }) => variable}
        empty=""
      />
      <details>
        <summary>WooCommerce</summary>
        <p>Into the functions.php of your theme:</p>
        <Copy block text={wooCommerceFor(trackerUrl, campaign)} label="Tracking code for WooCommerce" />
      </details>
      <details>
        <summary>A page with JavaScript</summary>
        <p>Where your page knows its order:</p>
        <Copy block text={scriptFor(trackerUrl, campaign)} label="Tracking code in JavaScript" />
      </details>
      <details>
        <summary>The tag of AffiliationSoftware</summary>
        <p>It goes on working: change its host to this one, and cid to {campaign.id}.</p>
        <Copy block text={oldTagFor(trackerUrl, campaign)} label="Tracking code of AffiliationSoftware" />
      </details>
    </>
  );
}

function TestHit({
  form,
  hints,
  campaign,
  test,
}: Pick<TrackingCodeProps, 'form' | 'hints' | 'test'> & { campaign: CampaignOption }) {
  return (
    <Sheet title="Try it">
      {test && (
        <p class="note note-good" role="status">
          Test order {test.order} was sent by this page, as a shop’s page would. See below what became of it.
          <img src={test.src} width="1" height="1" alt="" />
        </p>
      )}
      <Form form={form} action={`${PATH}?campaign=${campaign.id}`} submit="Send a test hit" still>
        <TextField
          form={form}
          name="coupon"
          label="Coupon"
          suggestions={hints}
          hint="It goes the whole way and earns nothing."
          autocomplete="off"
          spellcheck={false}
        />
        <TextField
          form={form}
          name="amount"
          label="Amount"
          inputMode="decimal"
          autocomplete="off"
          before={campaign.currency}
        />
      </Form>
    </Sheet>
  );
}

function Reports({ reports, show }: Pick<TrackingCodeProps, 'reports' | 'show'>) {
  const other = show === 'all' ? 'waiting' : 'all';
  return (
    <section id="reports">
      <Sheet
        title={show === 'all' ? 'Last reports' : 'Waiting for a person'}
        aside={
          <span class="row">
            <a href={`${PATH}?show=${other}#reports`}>
              {show === 'all' ? 'Only those waiting for a person' : 'All reports'}
            </a>
            <a href={`${PATH}?show=${show}#reports`}>Refresh</a>
          </span>
        }
      >
        <Live href={`${PATH}/reports?show=${show}`}>
          <ReportTable reports={reports} show={show} />
        </Live>
      </Sheet>
    </section>
  );
}

const COLUMNS: Column<ReportRow>[] = [
  {
    head: 'Received',
    lead: true,
    cell: ({ receivedAt, timeZone }) => <When at={receivedAt} timeZone={timeZone ?? 'UTC'} />,
  },
  { head: 'Source', cell: ({ source }) => SOURCE[source] },
  {
    head: 'Coupon',
    cell: ({ code, couponId, couponDeleted }) =>
      code === '' ? (
        <span class="quiet">–</span>
      ) : (
        <Ticket
          code={code}
          state={couponId === null || couponDeleted ? 'over' : 'live'}
          href={couponId === null ? undefined : `/admin/coupons/${couponId}`}
        />
      ),
  },
  {
    head: 'Order',
    cell: ({ orderId, saleId }) =>
      saleId ? <a href={`/admin/sales/${saleId}`}>{orderId ?? 'Sale'}</a> : (orderId ?? <span class="quiet">–</span>),
  },
  {
    head: 'Amount',
    numeric: true,
    cell: (report) => <ReportAmount report={report} />,
  },
  { head: 'What became of it', cell: (report) => <ReportWords report={report} /> },
  {
    head: 'Tools',
    tools: true,
    cell: ({ id, waits }) => waits && <a href={`/admin/offline-sales?settles=${id}`}>Settle</a>,
  },
];

/** As it was sent where it could not be read; and what came back of it. */
function ReportAmount({ report: { amount, amountMinor, refundedMinor, currency } }: { report: ReportRow }) {
  const paid =
    amountMinor !== null && currency ? (
      <Money amountMinor={amountMinor} currency={currency} />
    ) : (
      [amount, refundedMinor === null && currency].filter(Boolean).join(' ')
    );
  const back = refundedMinor !== null && currency && <Money amountMinor={-refundedMinor} currency={currency} />;
  return paid || back ? (
    <span class="sums">
      {paid}
      {back}
    </span>
  ) : (
    <span class="quiet">–</span>
  );
}

/** The last reports, with what became of each and why. A part of the page that keeps itself fresh. */
export function ReportTable({ reports, show }: Pick<TrackingCodeProps, 'reports' | 'show'>) {
  return (
    <Table
      caption={show === 'all' ? 'Last reports' : 'Reports waiting for a person'}
      columns={COLUMNS}
      rows={reports}
      rowId={(report) => report.id}
      empty={
        show === 'all' ? (
          <p>No report yet. Send a test hit above, or open your shop’s page after an order with a coupon.</p>
        ) : (
          <p>Nothing waits. What cannot be read, or contradicts what is known, comes here for you to settle.</p>
        )
      }
    />
  );
}

/** What became of a report: the word for it, and why. */
export function ReportWords({ report }: { report: Pick<ReportRow, 'outcome' | 'detail'> }) {
  return (
    <div>
      <Status word={report.outcome} /> <span class="quiet">{whyText(report.outcome, report.detail)}</span>
    </div>
  );
}

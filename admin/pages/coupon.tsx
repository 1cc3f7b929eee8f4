import type { Reach } from '../../ledger/sales/what-if.ts';
import { fromList, listPath } from '../coupon-list.ts';
import type { FormState } from '../form.ts';
import type { AffiliateOption } from '../queries/affiliates.ts';
import type { History } from '../queries/audit-log.ts';
import type { CampaignOption } from '../queries/campaigns.ts';
import type { Coupon } from '../queries/coupon.ts';
import { Chart } from '../ui/chart.tsx';
import { CheckboxField, Form, TextField } from '../ui/field.tsx';
import { Facts, Sheet } from '../ui/figure.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { ReachNote } from '../ui/reach.tsx';
import { RecordHistory } from '../ui/record-history.tsx';
import { Status } from '../ui/status.tsx';
import { Sums } from '../ui/sums.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { Ticket } from '../ui/ticket.tsx';
import { Day, When } from '../ui/when.tsx';
import { CouponFields, TICKET } from './coupons.tsx';
import { SALE_COLUMNS } from './sales.tsx';

type CouponProps = Frame & {
  coupon: Coupon;
  form: FormState;
  campaigns: CampaignOption[];
  affiliates: AffiliateOption[];
  rival?: { id: number; code: string } | undefined;
  /** The list that it was opened from. */
  list: string;
  history: History;
  /** What comes of earlier orders, shown before it is done. */
  reach?: Reach | undefined;
};

/** One coupon: what it is, to be changed, and what it has done. A deleted one is for reading only. */
export function CouponPage({
  coupon,
  form,
  campaigns,
  affiliates,
  rival,
  list,
  history,
  reach,
  ...frame
}: CouponProps) {
  const { id, code, status } = coupon;
  const living = status !== 'deleted';
  return (
    <Page
      {...frame}
      title={`Coupon ${code}`}
      lead={
        <span class="row">
          <Ticket code={code} state={TICKET[status]} />
          <Status word={status} />
        </span>
      }
      action={
        living && (
          <a class="button button-quiet" href={fromList(`/admin/coupons/delete?id=${id}`, list)}>
            Delete
          </a>
        )
      }
    >
      {living ? (
        <Sheet title="Edit">
          <Form form={form} action={fromList(`/admin/coupons/${id}`, list)} submit="Save" cancelHref={listPath(list)}>
            <input type="hidden" name="revision" value={form.values.revision} />
            <ReachNote reach={reach} />
            <CouponFields
              {...{ form, campaigns, affiliates, rival }}
              afterCode={
                <TextField
                  form={form}
                  name="keepUntil"
                  label="Keep the old code working until"
                  type="date"
                  hint="If you change the code: the last day on which the old one still earns. Empty: it stops at once."
                />
              }
            />
            {coupon.ordersHeard > 0 && (
              <CheckboxField
                form={form}
                name="alsoEarlier"
                label="Earlier sales too"
                hint={`${coupon.ordersHeard.toLocaleString('en')} ${coupon.ordersHeard === 1 ? 'order has' : 'orders have'} named it while it was nobody’s. Checked, the affiliate you choose earns with them as well.`}
              />
            )}
          </Form>
        </Sheet>
      ) : (
        <Deleted coupon={coupon} />
      )}
      <Sheet title="Sales" aside={<a href={`/admin/sales?coupon=${id}`}>{salesText(coupon.sales)}</a>}>
        <Facts facts={[['Earned', <Sums key="earned" sums={coupon.earned} />]]} />
        {coupon.days.length > 0 && (
          <Chart title={`Sales per day, the last ${coupon.days.length} days`} days={coupon.days} format={salesText} />
        )}
        <Table
          caption={`Newest sales with ${code}`}
          columns={SALES_WITH_IT}
          rows={coupon.made}
          rowId={(sale) => sale.id}
          empty={<p>No sale was made with it yet.</p>}
        />
      </Sheet>
      {coupon.oldCodes.length > 0 && (
        <Sheet title="Old codes">
          <Table
            caption={`Old codes of ${code}`}
            columns={OLD_CODE_COLUMNS}
            rows={coupon.oldCodes}
            rowId={(old) => `${old.code} ${old.untilAt}`}
            empty={null}
          />
        </Sheet>
      )}
      <Sheet title="Owners">
        <Table
          caption={`Owners of ${code}`}
          columns={ownerColumns(coupon.timeZone)}
          rows={coupon.owners}
          rowId={(owner) => owner.fromAt}
          empty={<p>Nobody has owned it yet. Choose an affiliate above, or wait until one requests it.</p>}
        />
      </Sheet>
      <RecordHistory history={history} timeZone={coupon.timeZone} />
    </Page>
  );
}

const salesText = (sales: number | bigint) => `${sales.toLocaleString('en')} ${Number(sales) === 1 ? 'sale' : 'sales'}`;

function Deleted({ coupon }: { coupon: Coupon }) {
  const { archivedAt, timeZone, campaignId, campaignName, affiliateName, expiresOn } = coupon;
  return (
    <Sheet title="Deleted">
      <Facts
        facts={[
          ['Deleted', archivedAt && <When at={archivedAt} timeZone={timeZone} />],
          [
            'Campaign',
            <a key="campaign" href={`/admin/campaigns/${campaignId}`}>
              {campaignName}
            </a>,
          ],
          ['Affiliate', affiliateName ?? 'None'],
          ['Expired', expiresOn ? <Day key="day" on={expiresOn} /> : 'Never'],
        ]}
      />
    </Sheet>
  );
}

const SALES_WITH_IT = SALE_COLUMNS.filter(({ head }) => head !== 'Coupon' && head !== 'Shop');

const OLD_CODE_COLUMNS: Column<Coupon['oldCodes'][number]>[] = [
  { head: 'Code', lead: true, cell: (old) => <Ticket code={old.code} state={old.works ? 'live' : 'over'} /> },
  { head: 'Last day', cell: (old) => <Day on={old.lastDay} /> },
  { head: 'Status', cell: (old) => <Status word={old.works ? 'active' : 'expired'} /> },
];

const ownerColumns = (timeZone: string): Column<Coupon['owners'][number]>[] => [
  {
    head: 'Affiliate',
    lead: true,
    cell: ({ affiliateId, name }) => <a href={`/admin/affiliates/${affiliateId}`}>{name}</a>,
  },
  {
    head: 'From',
    cell: ({ fromAt }) => (fromAt === 0 ? 'The beginning' : <When at={fromAt} timeZone={timeZone} />),
  },
  {
    head: 'Until',
    cell: ({ untilAt }) => (untilAt === null ? 'Today' : <When at={untilAt} timeZone={timeZone} />),
  },
];

import { type Begun, type DaySold, SOON_DAYS, type Tops } from '../queries/dashboard.ts';
import type { Period } from '../queries/days.ts';
import type { Sum } from '../queries/sums.ts';
import { Figure, Figures, Sheet } from '../ui/figure.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { Money } from '../ui/money.tsx';
import { MoneyChart } from '../ui/money-chart.tsx';
import { PeriodChoice } from '../ui/period.tsx';
import { Beside, Ranks } from '../ui/ranks.tsx';
import { Steps } from '../ui/steps.tsx';
import { countText, withQuery } from '../ui/table.tsx';
import { Ticket } from '../ui/ticket.tsx';

/** What to do first on a fresh install, in its order. */
export function FirstStepsPage({ begun, ...frame }: Frame & { begun: Begun }) {
  return (
    <Page
      {...frame}
      title="Dashboard"
      lead="Five steps to the first commission. Figures stand here once sales come in."
    >
      <Steps
        steps={[
          {
            title: 'Add your shop',
            why: 'Its currency and time zone say what an amount is, and when a day ends.',
            href: begun.shop ? '/admin/settings' : '/admin/settings/shops/new',
            done: begun.shop,
          },
          {
            title: 'Add a campaign',
            why: 'It says what a sale earns, such as 10 % of it.',
            href: begun.campaign ? '/admin/campaigns' : '/admin/campaigns/new',
            done: begun.campaign,
          },
          {
            title: 'Add an affiliate',
            why: 'Whoever gives your coupons away. Send them the invitation link.',
            href: begun.affiliate ? '/admin/affiliates' : '/admin/affiliates/new',
            done: begun.affiliate,
          },
          {
            title: 'Add a coupon',
            why: 'A code that works in your shop. Give it to an affiliate, or leave it free to request.',
            href: begun.coupon ? '/admin/coupons' : '/admin/coupons/new',
            done: begun.coupon,
          },
          {
            title: 'Put the tracking code on your thank-you page',
            why: 'Copy it, paste it, and send a test hit: done when the first report has arrived.',
            href: '/admin/tracking-code',
            done: begun.report,
          },
        ]}
      />
    </Page>
  );
}

type DashboardProps = Frame & {
  period: Period;
  /** ISO dates: of the period, and of as many days before it. */
  days: string[];
  daysBefore: string[];
  sold: DaySold[];
  tops: Tops;
  /** What waits for approval, and in how many commissions. */
  pending: Sum[];
  pendingCount: number;
  /** Reports that only a person can settle. */
  waiting: number;
  couponCounts: { free: number; soon: number };
  /** Affiliates who have applied and wait for an answer. */
  applicants: number;
  /** Coupons that affiliates have requested and wait for. */
  requests: number;
};

export function DashboardPage({
  period,
  days,
  daysBefore,
  sold,
  tops,
  pending,
  pendingCount,
  waiting,
  couponCounts,
  applicants,
  requests,
  ...frame
}: DashboardProps) {
  const currencies = [...new Set(sold.map(({ currency }) => currency))].sort();
  const of = <Row extends { currency: string }>(rows: Row[], currency: string) =>
    rows.filter((row) => row.currency === currency);
  return (
    <Page
      {...frame}
      title="Dashboard"
      lead={`The last ${period} days, today included.`}
      action={<PeriodChoice path="/admin" days={period} />}
    >
      <Waiting
        {...{ pending, pendingCount, waiting, couponCounts, applicants, requests }}
        couponsOn={frame.couponsOn}
      />
      {currencies.length === 0 && (
        <div class="empty">
          <h2>{`No sale in the last ${2 * period} days`}</h2>
          {frame.couponsOn ? (
            <p>
              Sales stand here as they come in. See in <a href="/admin/tracking-code">Tracking code</a> what was
              reported last, and what became of it.
            </p>
          ) : (
            <p>
              Coupons &amp; offline sales are switched off under <a href="/admin/settings/plugins">Plugins</a>.
            </p>
          )}
        </div>
      )}
      {currencies.map((currency) => (
        <Sold
          key={currency}
          {...{ currency, period, days, daysBefore }}
          sold={of(sold, currency)}
          tops={{
            affiliates: of(tops.affiliates, currency),
            coupons: of(tops.coupons, currency),
            ofTheBest: tops.ofTheBest,
          }}
        />
      ))}
    </Page>
  );
}

/** What waits for somebody to do something. */
function Waiting({
  pending,
  pendingCount,
  waiting,
  couponCounts: { free, soon },
  applicants,
  requests,
  couponsOn,
}: Pick<
  DashboardProps,
  'pending' | 'pendingCount' | 'waiting' | 'couponCounts' | 'applicants' | 'requests' | 'couponsOn'
>) {
  return (
    <Figures>
      <Figure
        label="Pending commissions"
        value={pending.length === 0 ? 'None' : pending.map((sum) => <Money key={sum.currency} {...sum} />)}
        note={pendingCount === 0 ? 'nothing waits for approval' : `${countText(pendingCount)} to approve or decline`}
        href="/admin/commissions?status=pending"
      />
      {applicants > 0 && (
        <Figure
          label="Affiliates waiting"
          value={applicants.toLocaleString('en')}
          note={applicants === 1 ? 'has applied, to approve or decline' : 'have applied, to approve or decline'}
          href="/admin/affiliates?status=pending"
        />
      )}
      {couponsOn && <WaitingCoupons {...{ waiting, free, soon, requests }} />}
    </Figures>
  );
}

type WaitingCouponsProps = { waiting: number; free: number; soon: number; requests: number };

function WaitingCoupons({ waiting, free, soon, requests }: WaitingCouponsProps) {
  return (
    <>
      {requests > 0 && (
        <Figure
          label="Coupon requests"
          value={requests.toLocaleString('en')}
          note="to grant or refuse"
          href="/admin/coupons"
        />
      )}
      <Figure
        label="Reports for a person"
        value={waiting.toLocaleString('en')}
        note={waiting === 0 ? 'all could be read' : 'could not be read or decided alone'}
        href="/admin/tracking-code?show=waiting"
      />
      <Figure
        label="Free coupons"
        value={countText(free)}
        note="for affiliates to request"
        href="/admin/coupons?status=free"
      />
      <Figure
        label="Coupons ending soon"
        value={countText(soon)}
        note={`within ${SOON_DAYS} days`}
        href="/admin/coupons?sort=expires"
      />
    </>
  );
}

type SoldProps = Pick<DashboardProps, 'period' | 'days' | 'daysBefore' | 'sold' | 'tops'> & {
  currency: string;
};

/** All that is of one currency: two are never added. */
function Sold({ currency, period, days, daysBefore, sold, tops }: SoldProps) {
  const now = totals(sold.filter(({ day }) => day >= days[0]!));
  const before = totals(sold.filter(({ day }) => day < days[0]!));
  const salesOf = (span: string[], filter: Record<string, string> = {}) =>
    withQuery('/admin/sales', { from: span[0]!, until: span.at(-1)! }, filter);
  const money = (amountMinor: bigint) => <Money amountMinor={amountMinor} currency={currency} />;
  const change = (figure: keyof Totals) => changeText(now[figure], before[figure], daysBefore.length);
  const byDay = new Map(sold.map((day) => [day.day, day]));
  return (
    <section class="part" aria-label={`In ${currency}`}>
      <Figures>
        <Figure
          label={`Sold, ${currency}`}
          value={money(now.amountMinor)}
          note={change('amountMinor')}
          href={salesOf(days)}
        />
        {now.refundedMinor !== 0n && (
          <Figure
            label={`Refunded, ${currency}`}
            value={money(now.refundedMinor)}
            note="of what was sold in these days"
            href={salesOf(days)}
          />
        )}
        <Figure label="Sales" value={now.sales.toLocaleString('en')} note={change('sales')} href={salesOf(days)} />
        <Figure
          label={`Commission, ${currency}`}
          value={money(now.commissionMinor)}
          note={change('commissionMinor')}
          href={salesOf(days)}
        />
      </Figures>
      <Sheet>
        <MoneyChart
          title="Sold per day"
          currency={currency}
          days={days.map((on) => ({ on, value: byDay.get(on)?.amountMinor ?? 0n }))}
        />
      </Sheet>
      {tops.affiliates.length > 0 && (
        <Beside>
          <Sheet title="Top affiliates" aside={<span class="quiet">{`by commission, ${period} days`}</span>}>
            <Ranks
              ranks={tops.affiliates.map(({ id, name, sales, commissionMinor }) => ({
                id,
                name: <a href={`/admin/affiliates/${id}`}>{name}</a>,
                note: <a href={salesOf(days, { affiliate: String(id) })}>{counted(sales, 'sale')}</a>,
                value: money(commissionMinor),
              }))}
            />
          </Sheet>
          <Sheet
            title="Top coupons"
            aside={
              <span class="quiet">{`by commission, ${period} days${tops.ofTheBest ? ', of the ten best affiliates' : ''}`}</span>
            }
          >
            <Ranks
              ranks={tops.coupons.map(({ id, name, sales, commissionMinor }) => ({
                id,
                name: <Ticket code={name} href={`/admin/coupons/${id}`} label={`Edit ${name}`} />,
                note: <a href={salesOf(days, { coupon: String(id) })}>{counted(sales, 'sale')}</a>,
                value: money(commissionMinor),
              }))}
            />
          </Sheet>
        </Beside>
      )}
    </section>
  );
}

type Totals = Pick<DaySold, 'sales' | 'amountMinor' | 'refundedMinor' | 'commissionMinor'>;

function totals(sold: DaySold[]): Totals {
  const sum = { sales: 0, amountMinor: 0n, refundedMinor: 0n, commissionMinor: 0n };
  for (const { sales, amountMinor, refundedMinor, commissionMinor } of sold) {
    sum.sales += sales;
    sum.amountMinor += amountMinor;
    sum.refundedMinor += refundedMinor;
    sum.commissionMinor += commissionMinor;
  }
  return sum;
}

/** "12 % more than the 30 days before". */
function changeText(now: number | bigint, before: number | bigint, days: number): string {
  const base = Number(before);
  if (base === 0) return `nothing in the ${days} days before`;
  const percent = Math.round((100 * (Number(now) - base)) / base);
  if (percent === 0) return `as in the ${days} days before`;
  return `${Math.abs(percent).toLocaleString('en')} % ${percent > 0 ? 'more' : 'less'} than the ${days} days before`;
}

const counted = (count: number, one: string) => `${count.toLocaleString('en')} ${count === 1 ? one : `${one}s`}`;

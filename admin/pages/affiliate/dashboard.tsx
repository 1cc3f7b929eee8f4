import type { Balance } from '../../queries/affiliate/commissions.ts';
import type { DayEarned } from '../../queries/affiliate/dashboard.ts';
import type { OwnSale } from '../../queries/affiliate/sales.ts';
import type { Period } from '../../queries/days.ts';
import { Figure, Figures, Sheet } from '../../ui/figure.tsx';
import { type Frame, Page } from '../../ui/layout.tsx';
import { Money } from '../../ui/money.tsx';
import { MoneyChart } from '../../ui/money-chart.tsx';
import { PeriodChoice } from '../../ui/period.tsx';
import { Table, withQuery } from '../../ui/table.tsx';
import { NoSale, OWN_SALE_COLUMNS } from './sales.tsx';

type OwnDashboardProps = Frame & {
  period: Period;
  /** ISO dates, all of the period. */
  days: string[];
  earned: DayEarned[];
  sums: Balance[];
  latest: OwnSale[];
};

export function OwnDashboardPage({ period, days, earned, sums, latest, ...frame }: OwnDashboardProps) {
  const currencies = [...new Set([...sums, ...earned].map(({ currency }) => currency))].sort();
  if (currencies.length === 0 && latest.length === 0) {
    return (
      <Page {...frame} title="Dashboard">
        <div class="empty">
          <NoSale />
        </div>
      </Page>
    );
  }
  return (
    <Page
      {...frame}
      title="Dashboard"
      lead={`What your coupons earned in the last ${period} days.`}
      action={<PeriodChoice path="/affiliate" days={period} />}
    >
      {currencies.map((currency) => (
        <Earnings
          key={currency}
          {...{ currency, period, days }}
          earned={earned.filter((day) => day.currency === currency)}
          sums={sums.filter((sum) => sum.currency === currency)}
        />
      ))}
      <Sheet title="Latest sales" aside={<a href="/affiliate/sales">All sales</a>}>
        <Table
          caption="Latest sales"
          columns={OWN_SALE_COLUMNS}
          rows={latest}
          rowId={(sale) => sale.id}
          empty={<NoSale />}
        />
      </Sheet>
    </Page>
  );
}

type EarningsProps = Pick<OwnDashboardProps, 'period' | 'days' | 'earned' | 'sums'> & { currency: string };

/** All that is of one currency: two are never added. */
function Earnings({ currency, period, days, earned, sums }: EarningsProps) {
  const byDay = new Map(earned.map((day) => [day.day, day]));
  const total = earned.reduce((sum, { earnedMinor }) => sum + earnedMinor, 0n);
  const sales = earned.reduce((sum, day) => sum + day.sales, 0);
  const linesOf = (filter: Record<string, string>) => withQuery('/affiliate/commissions', { currency }, filter);
  const balance = sums[0];
  const figureOf = (status: 'pending' | 'approved' | 'paid', label: string, note: string) => (
    <Figure
      label={label}
      value={<Money amountMinor={balance?.[`${status}Minor`] ?? 0} currency={currency} />}
      note={note}
      href={linesOf({ status })}
    />
  );
  return (
    <section class="part" aria-label={`In ${currency}`}>
      <Figures>
        <Figure
          label={`Earned in ${period} days`}
          value={<Money amountMinor={total} currency={currency} />}
          note={`with ${sales.toLocaleString('en')} ${sales === 1 ? 'sale' : 'sales'}`}
          href={linesOf({ status: 'earned', from: days[0]!, until: days.at(-1)! })}
        />
        {figureOf('pending', 'Pending', 'waiting for approval')}
        {figureOf('approved', 'Approved', 'to be paid')}
        {figureOf('paid', 'Paid', 'all in all')}
      </Figures>
      <Sheet>
        <MoneyChart
          title="Earned per day"
          currency={currency}
          days={days.map((on) => ({ on, value: byDay.get(on)?.earnedMinor ?? 0 }))}
        />
      </Sheet>
    </section>
  );
}

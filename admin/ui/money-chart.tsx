import { minorDigits } from '../../ledger/currencies.ts';
import { formatMinor } from '../../ledger/money.ts';
import { Chart, type DayValue } from './chart.tsx';

type MoneyChartProps = {
  /** What is drawn, without the currency: "Sales per day". */
  title: string;
  currency: string;
  /** Minor units of the currency. */
  days: DayValue[];
  kind?: 'bars' | 'area';
};

/** Money day by day, in one currency. */
export function MoneyChart({ title, currency, days, kind = 'bars' }: MoneyChartProps) {
  return (
    <Chart
      title={`${title}, ${currency}`}
      days={days}
      kind={kind}
      format={(value) => formatMinor(value, currency)}
      formatTick={(value) => shortText(value, currency)}
    />
  );
}

/** "€1.5K": rounded, for the axis only. */
function shortText(amountMinor: number, currency: string): string {
  const major = amountMinor / 10 ** (minorDigits(currency) ?? 0);
  return new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    notation: 'compact',
    minimumFractionDigits: 0,
    maximumFractionDigits: Math.abs(major) < 10 ? (minorDigits(currency) ?? 0) : 1,
  }).format(major);
}

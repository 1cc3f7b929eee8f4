import { formatMinor } from '../../ledger/money.ts';

/** Money as it stands in a column: figures that line up, the currency quiet beside them. */
export function Money({ amountMinor, currency }: { amountMinor: number; currency: string }) {
  return (
    <span class={amountMinor < 0 ? 'money money-less' : 'money'}>
      {formatMinor(amountMinor, currency)} <span class="money-currency">{currency}</span>
    </span>
  );
}

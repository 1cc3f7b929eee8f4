import { formatMinor } from '../../ledger/money.ts';

/** Money as it stands in a column: figures that line up, the currency quiet beside them. */
export function Money({ amountMinor, currency }: { amountMinor: number | bigint; currency: string }) {
  const [before, sign, after] = split(formatMinor(amountMinor, currency));
  return (
    <span class={amountMinor < 0 ? 'money money-less' : 'money'}>
      {before}
      <span class="money-currency">{sign}</span>
      {after}
    </span>
  );
}

/** "-€12.50" is "-", "€" and "12.50"; "CHF 12.50" is "", "CHF " and "12.50". */
function split(text: string): [string, string, string] {
  const [, before = '', sign = '', after = text] = /^(-?)([^\d-]*)(.*)$/.exec(text) ?? [];
  return [before, sign, after];
}

import { Money } from './money.tsx';

/** Sums of money, one a currency: they are never added. Nothing at all is a dash. */
export function Sums({ sums }: { sums: { currency: string; amountMinor: number | bigint }[] }) {
  if (sums.length === 0) return <span class="quiet">–</span>;
  return (
    <span class="sums">
      {sums.map(({ currency, amountMinor }) => (
        <Money key={currency} amountMinor={amountMinor} currency={currency} />
      ))}
    </span>
  );
}

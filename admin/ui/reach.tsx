import { formatMinor } from '../../ledger/money.ts';
import type { Reach } from '../../ledger/sales/what-if.ts';

/** "3 orders, +€12.00": what a change does to orders that are there. */
export const reachText = ({ orders, sums }: Reach): string =>
  [
    `${orders.toLocaleString('en')} ${orders === 1 ? 'order' : 'orders'}`,
    ...sums.map(({ currency, amountMinor }) => `${amountMinor > 0 ? '+' : ''}${formatMinor(amountMinor, currency)}`),
  ].join(', ');

/** Says what comes of orders that are there, on a page that asks before anything is done; nothing where nothing does. */
export function ReachesBack({ reach }: { reach: Reach }) {
  if (reach.orders === 0) return null;
  return <p class="note note-wait">Orders have named such codes before. They are decided again: {reachText(reach)}.</p>;
}

/** Says how far a change reaches back, in the form that has to be sent again for it: with the same words it is done. */
export function ReachNote({ reach }: { reach: Reach | undefined }) {
  if (!reach) return null;
  return (
    <>
      <p class="note note-wait" role="status">
        This reaches back: {reachText(reach)}. Send it again to have it so.
      </p>
      <input type="hidden" name="reach" value={reachText(reach)} />
    </>
  );
}

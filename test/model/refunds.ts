/** How much of an order was taken back. */
import { portion } from './arithmetic.ts';
import { words } from './order.ts';
import { clockOf, type Heard, newestOf } from './said.ts';

/**
 * A person's figure if there is one; else of each witness all while its newest state is cancelled, else its newest total
 * plus the refunds that this state does not count: the largest of these.
 */
export function refundOf(
  heard: Heard[],
  states: Heard[],
  amountMinor: number | null,
): { minor: number; cancelled: boolean } {
  const most = (minor: number) => (amountMinor === null ? minor : Math.min(minor, amountMinor));
  const figure = newestOf(states.filter((each) => each.kind === 'correction' && each.refundedMinor !== null));
  if (figure) return { minor: most(figure.refundedMinor!), cancelled: false };
  const each = [...new Set(heard.map(({ witness }) => witness))].map((witness) => {
    const own = states.filter((state) => state.witness === witness);
    if (newestOf(own.filter((state) => state.cancelled !== undefined))?.cancelled)
      return { minor: amountMinor ?? 0, cancelled: true };
    const refunds = heard.filter((report) => report.kind === 'refund' && report.witness === witness);
    const ownAmount = words(own, (state) => state.amountMinor !== null)[0]?.amountMinor ?? amountMinor;
    return { minor: most(inProportion(toldBy(own, refunds), ownAmount, amountMinor)), cancelled: false };
  });
  return { minor: Math.max(0, ...each.map(({ minor }) => minor)), cancelled: each.some(({ cancelled }) => cancelled) };
}

/** The newest total of a witness, and the refunds that it told and this total does not count. */
function toldBy(states: Heard[], refunds: Heard[]): number {
  const total = newestOf(states.filter((state) => state.refundedMinor !== null));
  const ids = new Set(refunds.map((refund) => refund.refundId ?? refund.id));
  let sum = total?.refundedMinor ?? 0;
  for (const id of ids) {
    const refund = newestOf(refunds.filter((each) => (each.refundId ?? each.id) === id && each.refundedMinor !== null));
    if (!refund) continue;
    const counted = total && (total.refundIds ? total.refundIds.includes(id) : clockOf(refund) <= clockOf(total));
    if (!counted) sum += refund.refundedMinor!;
  }
  return sum;
}

/** Half of what a witness says was paid is half of what was paid. */
function inProportion(minor: number, ownAmount: number | null, amountMinor: number | null): number {
  if (ownAmount === null || amountMinor === null || ownAmount === amountMinor) return minor;
  return ownAmount === 0 ? 0 : portion(Math.min(minor, ownAmount), amountMinor, ownAmount);
}

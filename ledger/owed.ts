/** Money: what came back of a sale, what is owed, and how that moves the four sums of a commission. */
import { byWitness, clockOf, wordsOf } from './heed.ts';
import { type Heard, LARGEST_MINOR } from './report.ts';

/** What an affiliate has of one sale, in minor units of its currency. */
export interface Sums {
  pendingMinor: number;
  approvedMinor: number;
  inPaymentMinor: number;
  paidMinor: number;
}

export const NOTHING: Sums = { pendingMinor: 0, approvedMinor: 0, inPaymentMinor: 0, paidMinor: 0 };

/** All that an affiliate has of a sale, wherever it stands. */
export const earnedOf = ({ pendingMinor, approvedMinor, inPaymentMinor, paidMinor }: Sums) =>
  pendingMinor + approvedMinor + inPaymentMinor + paidMinor;

/**
 * The line that brings the sums to what is owed; null where they are there. Less is taken from pending first, then from
 * approved, which may go below zero: the next payout nets it. More fills an approved below zero first, the rest is pending.
 */
export function lineTo(owedMinor: number, sums: Sums): Sums | null {
  const difference = owedMinor - earnedOf(sums);
  if (difference === 0) return null;
  if (difference > 0) {
    const filled = Math.min(difference, Math.max(0, -sums.approvedMinor));
    return { ...NOTHING, pendingMinor: difference - filled, approvedMinor: filled };
  }
  const taken = Math.min(-difference, Math.max(0, sums.pendingMinor));
  return { ...NOTHING, pendingMinor: less(taken), approvedMinor: less(-difference - taken) };
}

/** Zero has no sign. */
const less = (minor: number) => (minor === 0 ? 0 : -minor);

export function add(sums: Sums, line: Sums): Sums {
  return {
    pendingMinor: sums.pendingMinor + line.pendingMinor,
    approvedMinor: sums.approvedMinor + line.approvedMinor,
    inPaymentMinor: sums.inPaymentMinor + line.inPaymentMinor,
    paidMinor: sums.paidMinor + line.paidMinor,
  };
}

/**
 * What came back of an order. A person's figure holds; else what the witness says that tells of most: all while its newest
 * state is cancelled, else its newest total and the refunds that this total does not count, in proportion where its own
 * amount is not the one that stands.
 * @param amountMinor what stands; null where nobody has named an amount.
 */
export function refundedOf(
  states: Heard[],
  refunds: Heard[],
  amountMinor: number | null,
): { refundedMinor: number; cancelled: boolean } {
  const cancelledBy = wordsOf(states, ({ cancelled }) => cancelled ?? undefined);
  const person = wordsOf(states, (report) =>
    report.kind === 'correction' ? (report.refundedMinor ?? undefined) : undefined,
  )[0];
  if (person) return { refundedMinor: atMost(person.value, amountMinor), cancelled: false };
  if (cancelledBy.some(({ value }) => value)) return { refundedMinor: amountMinor ?? 0, cancelled: true };
  let refundedMinor = 0;
  for (const reports of byWitness([...states, ...refunds]).values())
    refundedMinor = Math.max(refundedMinor, toldBy(reports, amountMinor));
  return { refundedMinor, cancelled: false };
}

/** What one witness tells. @param reports its own, the newest first. */
function toldBy(reports: Heard[], amountMinor: number | null): number {
  const states = reports.filter(({ kind }) => kind !== 'refund');
  const total = states.find((state) => state.refundedMinor !== null);
  const parts = new Map<string, number>();
  for (const refund of reports) {
    if (refund.kind !== 'refund') continue;
    const id = refund.more.refundId;
    const ids = total?.more.refundIds;
    const counted =
      total !== undefined && (ids ? id !== undefined && ids.includes(id) : clockOf(refund) <= clockOf(total));
    const name = id ?? `report ${refund.id}`;
    if (!counted && !parts.has(name)) parts.set(name, refund.refundedMinor ?? refund.amountMinor ?? 0);
  }
  const told = [...parts.values()].reduce((sum, part) => sum + part, total?.refundedMinor ?? 0);
  const own = states.find((state) => state.amountMinor !== null)?.amountMinor ?? null;
  if (own === null) return atMost(told, amountMinor);
  const most = Math.min(told, own);
  if (amountMinor === null || own === amountMinor || most === 0) return atMost(most, amountMinor);
  return proportion(most, amountMinor, own);
}

const atMost = (minor: number, mostMinor: number | null) => Math.min(minor, mostMinor ?? LARGEST_MINOR);

/** `part` × `whole` ÷ `of`, half a minor unit going up: none of the three is negative, and the result is exact. */
function proportion(part: number, whole: number, of: number): number {
  return Number((BigInt(part) * BigInt(whole) * 2n + BigInt(of)) / (BigInt(of) * 2n));
}

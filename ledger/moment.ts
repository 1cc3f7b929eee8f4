/** When an order was made, as far as anybody tells. */
import { dayOf, spanOf } from './clock.ts';
import { type ShopFacts, spanAt } from './facts.ts';
import { wordsOf } from './heed.ts';
import { type Heard, rankOf } from './report.ts';

/** The instant in epoch milliseconds. */
export interface Moment {
  at: number;
  /** Where only the day is known: its first instant, and the last that can be meant, which is `at`. */
  earliest: number;
  dayOnly: boolean;
}

/**
 * The highest who speaks of it has the say. Where that one knows only a day, a lower one's instant within that day gives
 * the hour: a browser's is its arrival. Where nobody tells, it is when the order was first heard of.
 * @param states at least one, in the order of arrival.
 */
export function momentOf(states: Heard[], shop: ShopFacts): Moment {
  const exactly = (at: number): Moment => ({ at, earliest: at, dayOnly: false });
  const top = wordsOf(states, (report) => report.soldAt ?? report.soldOn ?? undefined)[0];
  if (!top) return exactly(Math.min(...states.map(({ receivedAt }) => receivedAt)));
  if (typeof top.value === 'number') return exactly(top.value);
  const { receivedAt } = top.report;
  const { timeZone } = spanAt(shop.spans, receivedAt);
  const day = spanOf(top.value, timeZone);
  // Nothing has been sold yet that will be.
  if (day === null || day.first > receivedAt) return exactly(receivedAt);
  const hour = instantsBelow(states, top.rank).find((at) => dayOf(at, timeZone) === top.value);
  if (hour !== undefined) return exactly(hour);
  return { at: Math.min(day.last, receivedAt), earliest: day.first, dayOnly: true };
}

/** What lower witnesses give as the instant, the one who has the say first; behind them browsers' arrivals, the first in front. */
function instantsBelow(states: Heard[], rank: number): number[] {
  const lower = states.filter((report) => rankOf(report) < rank);
  const told = wordsOf(lower, ({ soldAt }) => soldAt ?? undefined).map(({ value }) => value);
  const arrivals = lower.filter(({ source }) => source === 'pixel').map(({ receivedAt }) => receivedAt);
  return [...told, ...arrivals.sort((a, b) => a - b)];
}

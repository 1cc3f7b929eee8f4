/**
 * What a person is asked about an order. A question moves no money; it stops approval by itself, and money going out. A
 * better witness, or a person's report, ends it.
 */

import type { Standing } from './decide.ts';
import type { Facts } from './facts.ts';
import { clockOf, type Word, witnessOf, wordsOf } from './heed.ts';
import { namedBy, settersOf } from './meaning.ts';
import { formatMinor } from './money.ts';
import { type Heard, rankOf } from './report.ts';

export interface Question {
  /** In plain words. */
  text: string;
  /** The report that raised it. */
  reportId: string;
}

const CORRECTION = 4;

/** All questions about an order, the one that is asked first in front. */
export function questionsOf(standing: Standing, facts: Facts): Question[] {
  const { voided } = standing.heeded;
  if (voided)
    return voided.since.slice(0, 1).map((report) => ask(report, 'The order was voided, and was heard of again.'));
  if (!facts.shop) return [];
  return [
    ...ofTheCoupon(standing, facts),
    ...ofTheAmount(standing, facts),
    ...afterDecline(standing, facts),
    ...ofTheCrowd(standing, facts),
    ...ofTheUnreadable(standing),
    ...refundedAbroad(standing),
  ];
}

const ask = (report: Heard, text: string): Question => ({ text, reportId: report.id });

/** What a witness's list of codes comes to: the coupon that it names, 0 for none of ours. */
function couponIn(codes: string[], standing: Standing, facts: Facts): number {
  const named = namedBy(codes, standing.soldAt, facts);
  const same = named.find(({ coupon }) => coupon.id === standing.couponId);
  return (same ?? named[0])?.coupon.id ?? 0;
}

function ofTheCoupon(standing: Standing, facts: Facts): Question[] {
  const { choice, heeded, couponId } = standing;
  const setter = choice.word;
  if (choice.several.length > 0 && setter) {
    const codes = choice.several.map(({ code }) => code).join(' and ');
    return [ask(setter.report, `It names coupons of two affiliates, ${codes}: whose is it?`)];
  }
  if (!setter) return [];
  const words = settersOf(heeded.states, ({ codes }) => codes, standing.soldAt, facts);
  const text = ({ value }: Word<string[]>) => `Another coupon is named: ${value.join(', ') || 'none'}.`;
  return against(words, setter, heeded.states, facts, {
    differs: ({ value }) => couponIn(value, standing, facts) !== (couponId ?? 0),
    same: (report, word) =>
      report.codes !== null && couponIn(report.codes, standing, facts) === couponIn(word.value, standing, facts),
    text,
  });
}

function ofTheAmount(standing: Standing, facts: Facts): Question[] {
  const { amount: setter, heeded, currency } = standing;
  if (!setter || standing.couponId === null) return foreign(standing);
  const words = settersOf(heeded.states, ({ amountMinor }) => amountMinor, standing.soldAt, facts);
  const stands = setter.value;
  return [
    ...against(words, setter, heeded.states, facts, {
      // Browsers round, and forget shipping; a third apart is another order.
      differs: ({ value, rank }) => (rank === 0 ? Math.abs(value - stands) * 10 > 3 * stands : value !== stands),
      same: ({ amountMinor }, { value }) => amountMinor === value,
      text: ({ value }) => `Another amount is named: ${formatMinor(value, currency!)}.`,
    }),
    ...foreign(standing),
  ];
}

interface Difference<Value> {
  differs(word: Word<Value>): boolean;
  /** Whether a report has said what a word says. */
  same(report: Heard, word: Word<Value>): boolean;
  text(word: Word<Value>): string;
}

/** Who contradicts the one that has the say, as far as a person has to look. */
function against<Value>(
  words: Word<Value>[],
  setter: Word<Value>,
  states: Heard[],
  facts: Facts,
  { differs, same, text }: Difference<Value>,
): Question[] {
  const asked = words.filter((word) => {
    if (word.report === setter.report || !differs(word)) return false;
    if (setter.rank === CORRECTION)
      return (
        word.rank > 0 &&
        word.report.place > setter.report.place &&
        !states.some((report) => report.place < setter.report.place && same(report, word))
      );
    if (setter.rank === 0) return word.rank === 0 && facts.approvedAt === null;
    return word.rank === setter.rank;
  });
  return asked.map((word) => ask(word.report, text(word)));
}

/** Another currency than the shop's does not speak of the amount; who would have the say is asked about. */
function foreign({ heeded, amount, currency, state }: Standing): Question[] {
  if (state !== 'standing') return [];
  const words = wordsOf(heeded.states, (report) =>
    report.currency !== null && report.currency !== currency && report.amount !== null ? report.currency : undefined,
  );
  return words
    .filter(({ rank, report }) => rank >= (amount?.rank ?? 0) && !newer(heeded.states, report))
    .map(({ report }) => ask(report, `It was paid in another currency: ${report.amount} ${report.currency}.`));
}

/** What came back in another currency is not counted: a person says how much it is. */
function refundedAbroad({ heeded: { states, refunds }, currency, state }: Standing): Question[] {
  if (state !== 'standing') return [];
  return refunds
    .filter((refund) => refund.currency !== null && refund.currency !== currency)
    .filter((refund) => !isAnswered(refund, states, ({ refundedMinor }) => refundedMinor !== null))
    .map((refund) => ask(refund, `Something came back in another currency, ${refund.currency}: how much is it?`));
}

/** Whether the same witness has said it in the shop's currency since. */
const newer = (states: Heard[], before: Heard) =>
  states.some(
    (report) =>
      report.witness === before.witness &&
      report.amountMinor !== null &&
      (clockOf(report) - clockOf(before) || report.place - before.place) > 0,
  );

/** Somebody better than all who had been heard when a person declined says that it was so. */
function afterDecline({ heeded, soldAt }: Standing, facts: Facts): Question[] {
  return [...heeded.declined].flatMap(([affiliateId, decline]) => {
    const before = heeded.states.filter(({ place }) => place < decline.place);
    const heardThen = Math.max(-1, ...before.map(rankOf));
    const better = heeded.states.find(
      (report) =>
        report.place > decline.place &&
        rankOf(report) > heardThen &&
        report.kind === 'sale' &&
        !isAnswered(report, heeded.states, ({ codes }) => codes !== null) &&
        namedBy(report.codes ?? [], soldAt, facts).some(
          ({ earner }) => 'affiliateId' in earner && earner.affiliateId === affiliateId,
        ),
    );
    return better ? [ask(better, 'It was declined, and a better witness has confirmed it since.')] : [];
  });
}

/** Whether a person has corrected the order since a report came, and spoken of the same. */
const isAnswered = (report: Heard, states: Heard[], speaks: (state: Heard) => boolean) =>
  states.some((state) => rankOf(state) === CORRECTION && state.place > report.place && speaks(state));

/**
 * What is odd about a browser's sale that nobody better has spoken of and no person has approved: more differing hits than
 * are kept, no number where the shop itself speaks, or what was noticed as it was written.
 */
function ofTheCrowd({ heeded, state, choice }: Standing, facts: Facts): Question[] {
  const setter = choice.word;
  if (!setter || setter.rank > 0 || facts.approvedAt !== null) return [];
  const questions: Question[] = [];
  if (facts.unkept > 0)
    questions.push(ask(heeded.states.at(-1)!, 'Browsers have said too many different things of it.'));
  if (state !== 'standing') return questions;
  const { endpointAt } = facts.shop!;
  const { orderId, receivedAt, more } = setter.report;
  if (orderId === null && endpointAt !== null && receivedAt >= endpointAt)
    questions.push(ask(setter.report, 'It came without an order number, though the shop itself tells its orders.'));
  if (more.mark !== undefined && !heeded.states.some((report) => rankOf(report) > 0))
    questions.push(ask(setter.report, more.mark));
  return questions;
}

/** What a better witness than a browser could not say; until it says it, or a person does. */
function ofTheUnreadable({ heeded, state }: Standing): Question[] {
  if (state !== 'standing') return [];
  const said = (before: Heard) =>
    heeded.states.some(
      (report) =>
        report.place > before.place && (rankOf(report) === CORRECTION || witnessOf(report) === witnessOf(before)),
    );
  return heeded.unreadable
    .filter((report) => rankOf(report) > 0 && !said(report))
    .map((report) => ask(report, `Something in a better report cannot be read: ${report.problem}.`));
}

/** What codes meant when an order was made: whose coupon, under which terms, or why nobody's. */
import { expiresAt } from './clock.ts';
import type { Terms } from './commission.ts';
import { type CouponFacts, type Facts, type Refusal, spanAt } from './facts.ts';
import { type Word, wordsOf } from './heed.ts';
import type { Heard } from './report.ts';

export interface Earner {
  affiliateId: number;
  campaignId: number;
  terms: Terms;
}

/** A coupon that a code meant. `earner`: whom it earned something, or why nobody. */
export interface Named {
  coupon: CouponFacts;
  /** The code by which it was named, as it is shown. */
  code: string;
  earner: Earner | { refusal: Refusal };
}

/** What the coupons of an order come to. */
export interface Choice {
  /** The word that has the say; null where nobody names a coupon of ours. */
  word: Word<string[]> | null;
  /** The coupon that counts; null where there was none, or a person has to say which. */
  named: Named | null;
  /** Coupons of several affiliates, between which a person chooses. */
  several: Named[];
}

/** The coupons of ours among these codes, each once, in their order. */
export function namedBy(codeKeys: string[], at: number, facts: Facts): Named[] {
  const found = codeKeys.flatMap((codeKey) => {
    for (const coupon of facts.coupons)
      for (const span of coupon.codes)
        if (span.codeKey === codeKey && span.fromAt <= at && (span.untilAt === null || at < span.untilAt))
          return [{ coupon, code: span.code, earner: earnerOf(coupon, at, facts) }];
    return [];
  });
  return found.filter(({ coupon }, index) => found.findIndex((other) => other.coupon === coupon) === index);
}

/** Whether a coupon had the code at another time, and what became of it. */
export function lostCode(codeKey: string, at: number, facts: Facts): 'changed' | 'deleted' | null {
  const had = facts.coupons.find(({ codes }) =>
    codes.some(
      (span) => span.codeKey === codeKey && span.untilAt !== null && span.untilAt <= at && span.untilAt > span.fromAt,
    ),
  );
  if (!had) return null;
  return had.archivedAt !== null && had.archivedAt <= at ? 'deleted' : 'changed';
}

/** Whom a coupon earned something at an instant. The order of the questions is that in which a person would ask them. */
function earnerOf(coupon: CouponFacts, at: number, facts: Facts): Earner | { refusal: Refusal } {
  const { campaignId, affiliateId, expiresOn } = spanAt(coupon.spans, at);
  const end = expiresOn === null ? null : expiresAt(expiresOn, spanAt(facts.shop!.spans, at).timeZone);
  if (end !== null && 'value' in end && at >= end.value) return { refusal: 'expired' };
  const terms = spanAt(facts.campaigns.get(campaignId)!.spans, at);
  if (!terms.active) return { refusal: 'campaign paused' };
  if (affiliateId === null) return { refusal: 'free coupon' };
  if (!spanAt(facts.affiliates.get(affiliateId)!.spans, at).active) return { refusal: 'affiliate not active' };
  return { affiliateId, campaignId, terms };
}

/** Which coupon counts: the one who has the say names it, or says that there was none. */
export function choose(states: Heard[], at: number, facts: Facts): Choice {
  const words = settersOf(states, ({ codes }) => codes, at, facts);
  const [word] = words;
  if (!word) return { word: null, named: null, several: [] };
  const candidates = candidatesOf(word.value, at, facts);
  if (affiliatesOf(candidates).size <= 1) return { word, named: candidates[0] ?? null, several: [] };
  return { word, ...among(candidates, word, words, at, facts) };
}

/**
 * What each witness says of coupons or money, the one who has the say first. A browser's hit that names no coupon of ours
 * says nothing of either; and what browsers say after a person has approved what they had said is only noted.
 * @param say null where the report does not speak of it.
 */
export function settersOf<Value>(
  states: Heard[],
  say: (report: Heard) => Value | null,
  at: number,
  facts: Facts,
): Word<Value>[] {
  const until = facts.approvedAt ?? Number.POSITIVE_INFINITY;
  const names = ({ codes }: Heard) => namedBy(codes ?? [], at, facts).length > 0;
  const heardUntil = (last: number) =>
    wordsOf(states, (report) => {
      if (report.source === 'pixel' && (report.receivedAt > last || !names(report))) return undefined;
      return say(report) ?? undefined;
    });
  const words = heardUntil(until);
  return words.length > 0 ? words : heardUntil(Number.POSITIVE_INFINITY);
}

/** Of the coupons of a list those that can earn, or, where none can, all. */
function candidatesOf(codeKeys: string[], at: number, facts: Facts): Named[] {
  const named = namedBy(codeKeys, at, facts);
  const earning = named.filter(({ earner }) => 'affiliateId' in earner);
  return earning.length > 0 ? earning : named;
}

const affiliatesOf = (candidates: Named[]) =>
  new Set(candidates.map(({ earner }) => ('affiliateId' in earner ? earner.affiliateId : null)));

/** Of the coupons of several affiliates: as the shop has chosen; by default the one that the next lower witness names alone. */
function among(candidates: Named[], word: Word<string[]>, words: Word<string[]>[], at: number, facts: Facts) {
  const rule = spanAt(facts.shop!.spans, at).severalAffiliates;
  if (rule !== 'a person') return { named: rule === 'first' ? candidates[0]! : candidates.at(-1)!, several: [] };
  for (const lower of words.filter(({ rank }) => rank < word.rank)) {
    const alone = namedBy(lower.value, at, facts);
    const meant = candidates.find(({ coupon }) => coupon === alone[0]?.coupon);
    if (alone.length === 1 && meant) return { named: meant, several: [] };
  }
  return { named: null, several: candidates };
}

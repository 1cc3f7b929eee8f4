/** What codes, coupons, campaigns and affiliates were when: every change is another span at the end of a list. */

export interface Span<Value> {
  from: number;
  /** The first instant at which it is over; null: it holds. */
  until: number | null;
  value: Value;
}

export interface Terms {
  status: 'active' | 'paused';
  kind: 'percent' | 'fixed';
  /** Basis points, or minor units. */
  value: number;
  automatic: boolean;
  holdDays: number;
  trustPixel: boolean;
}

export interface Belonging {
  campaign: number;
  affiliate: number | null;
  expiresOn: string | null;
}

export type AffiliateState = 'active' | 'suspended';

export interface Shop {
  id: number;
  currency: string;
  timeZone: string;
  severalAffiliates: 'first' | 'last' | 'a person';
}

export interface Coupon {
  id: number;
  shop: number;
  codes: Span<string>[];
  was: Span<Belonging>[];
  archived: boolean;
}

export class World {
  shops = new Map<number, Shop>();
  campaigns = new Map<number, { shop: number; was: Span<Terms>[] }>();
  affiliates = new Map<number, Span<AffiliateState>[]>();
  coupons = new Map<number, Coupon>();
  undoneImports = new Set<number>();

  addShop(shop: Shop) {
    this.shops.set(shop.id, shop);
  }

  addCampaign(id: number, shop: number, terms: Terms) {
    this.campaigns.set(id, { shop, was: [sinceEver(terms)] });
  }

  addAffiliate(id: number) {
    this.affiliates.set(id, [sinceEver<AffiliateState>('active')]);
  }

  /** A code is a new coupon's since ever, but for one that another coupon had: then since that one lost it. */
  addCoupon(id: number, shop: number, code: string, belonging: Belonging) {
    const lost = this.#spansOf(shop, code).map((span) => span.until!);
    this.coupons.set(id, {
      id,
      shop,
      codes: [{ from: Math.max(0, ...lost), until: null, value: code }],
      was: [sinceEver(belonging)],
      archived: false,
    });
  }

  /** Whether a coupon may get this code now: it is no other's, nor within another's grace. */
  isFree(shop: number, code: string, at: number, id?: number): boolean {
    return [...this.coupons.values()].every(
      (coupon) =>
        coupon.shop !== shop ||
        coupon.id === id ||
        coupon.codes.every((span) => span.value !== code || (span.until !== null && span.until <= at)),
    );
  }

  /** The old code works until `graceUntil`. A coupon that changes its code again ends the grace of that code. */
  rename(id: number, code: string, at: number, graceUntil: number) {
    const coupon = this.coupons.get(id)!;
    const old = coupon.codes.find((span) => span.until === null)!;
    if (old.value === code) return;
    // A grace of either code that still runs is over; the code it loses now has the grace that was just given.
    for (const span of coupon.codes)
      if ((span.value === code || span.value === old.value) && span.until !== null && span.until > at) span.until = at;
    old.until = Math.max(at, graceUntil);
    coupon.codes.push({ from: at, until: null, value: code });
  }

  archive(id: number, at: number) {
    const coupon = this.coupons.get(id)!;
    coupon.archived = true;
    for (const span of coupon.codes) if (span.until === null || span.until > at) span.until = Math.max(span.from, at);
  }

  /** Changes campaign, owner or last day from now on. */
  change(id: number, belonging: Partial<Belonging>, at: number) {
    const { was } = this.coupons.get(id)!;
    goOn(was, { ...last(was).value, ...belonging }, at);
  }

  /** The giver of a free coupon has ticked "also earlier sales": whatever was nobody's was this affiliate's. */
  giveEarlier(id: number, affiliate: number) {
    for (const span of this.coupons.get(id)!.was)
      span.value = { ...span.value, affiliate: span.value.affiliate ?? affiliate };
  }

  changeTerms(id: number, terms: Partial<Terms>, at: number) {
    const { was } = this.campaigns.get(id)!;
    goOn(was, { ...last(was).value, ...terms }, at);
  }

  changeState(id: number, state: AffiliateState, at: number) {
    goOn(this.affiliates.get(id)!, state, at);
  }

  /** Which coupon of a shop a code means at an instant. */
  couponOf(shop: number, code: string, at: number): Coupon | undefined {
    return [...this.coupons.values()].find(
      (coupon) => coupon.shop === shop && coupon.codes.some((span) => span.value === code && holds(span, at)),
    );
  }

  /** The shops that have or had a code. */
  shopsOf(codes: string[]): number[] {
    return [...this.shops.keys()].filter((shop) => codes.some((code) => this.#spansOf(shop, code).length > 0));
  }

  #spansOf(shop: number, code: string) {
    return [...this.coupons.values()]
      .filter((coupon) => coupon.shop === shop)
      .flatMap((coupon) => coupon.codes.filter((span) => span.value === code));
  }
}

const sinceEver = <Value>(value: Value): Span<Value> => ({ from: 0, until: null, value });
const holds = (span: Span<unknown>, at: number) => span.from <= at && (span.until === null || at < span.until);
export const last = <Value>(list: Value[]): Value => list[list.length - 1]!;
export const during = <Value>(spans: Span<Value>[], at: number): Value => spans.find((span) => holds(span, at))!.value;

function goOn<Value>(spans: Span<Value>[], value: Value, at: number) {
  last(spans).until = at;
  spans.push({ from: at, until: null, value });
}

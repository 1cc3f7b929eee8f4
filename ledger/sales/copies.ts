/**
 * The copy of each coupon that the tracker reads from KV. It is a hint: it may be a minute old or missing, and D1
 * checks whatever is written on its word. So it can be emptied at any time, and nothing is lost.
 *
 * One key a code, with every coupon that has the code (two shops may share one); an empty list is a tombstone.
 */
import * as v from 'valibot';
import type { CouponFacts, Facts, ShopFacts } from '../facts.ts';
import type { Report } from '../report.ts';
import { type CodeFacts, readCodes } from './histories.ts';

/** What a copy must look like. Another shape, of an earlier version say, is a copy that is missing: raise the version with it. */
const VERSION = 1;

const terms = {
  id: v.number(),
  revision: v.number(),
  sinceAt: v.number(),
};
const COPIES = v.object({
  version: v.literal(VERSION),
  /** How many spans the code has had, in all shops: with one more it means something else. */
  spans: v.number(),
  /** All shops that have or had the code. */
  shops: v.array(v.number()),
  coupons: v.array(
    v.object({
      ...terms,
      code: v.string(),
      codeSinceAt: v.number(),
      expiresOn: v.nullable(v.string()),
      shop: v.object({
        ...terms,
        currency: v.string(),
        timeZone: v.string(),
        severalAffiliates: v.picklist(['first', 'last', 'a person']),
        endpointAt: v.nullable(v.number()),
        campaigns: v.array(v.number()),
      }),
      campaign: v.object({
        ...terms,
        active: v.boolean(),
        kind: v.picklist(['percent', 'fixed']),
        value: v.number(),
        automatic: v.boolean(),
        holdDays: v.number(),
        trustPixel: v.boolean(),
      }),
      affiliate: v.nullable(v.object({ ...terms, active: v.boolean() })),
    }),
  ),
});

export type Copies = v.InferOutput<typeof COPIES>;
type Copy = Copies['coupons'][number];

/** "There is no such coupon" is forgotten after KV's shortest time, so that KV does not fill up with guesses. */
const UNKNOWN_TTL_S = 60;

/** KV's answers are cached where they are asked; 30 seconds is the shortest that KV allows. */
const CACHE_TTL_S = 30;

/** A code is at most 400 bytes, so that with this it stays below KV's 512. The prefix also keeps KV's forbidden names out. */
const keyOf = (codeKey: string) => `code${VERSION}:${codeKey}`;

/** @returns the copies of a code, with no coupons where there is none; null where there is no copy, or none that can be read. */
export async function readCopies(kv: KVNamespace, codeKey: string): Promise<Copies | null> {
  const read = v.safeParse(COPIES, await kv.get(keyOf(codeKey), { type: 'json', cacheTtl: CACHE_TTL_S }));
  return read.success ? read.output : null;
}

export async function writeCopies(kv: KVNamespace, codeKey: string, copies: Copies): Promise<void> {
  const options = copies.coupons.length === 0 ? { expirationTtl: UNKNOWN_TTL_S } : {};
  await kv.put(keyOf(codeKey), JSON.stringify(copies), options);
}

/**
 * Brings the copies of these codes up to what D1 says now, each key once. Called after every change of a coupon.
 * KV failing here is no failure of the change: an old copy is caught by D1 when a sale is written, and mended then.
 */
export async function publishCodes(db: D1Database, kv: KVNamespace, codeKeys: readonly string[]): Promise<void> {
  const wanted = [...new Set(codeKeys)];
  if (wanted.length === 0) return;
  const codes = await readCodes(db, wanted);
  const written = await Promise.allSettled(wanted.map((codeKey) => writeCopies(kv, codeKey, copiesOf(codeKey, codes))));
  for (const result of written)
    if (result.status === 'rejected')
      console.warn('a coupon was not copied to KV; its next sale will mend it:', result.reason);
}

/** A bulk read of KV takes this many keys. */
const KEYS_AT_ONCE = 100;

/** A Worker has six connections open at a time (developers.cloudflare.com/workers/platform/limits). */
const READS_AT_ONCE = 6;

/** Removes whatever copies there are of these codes; what there is not costs a hundredth of a read. Fails as quietly. */
export async function forgetCodes(kv: KVNamespace, codeKeys: readonly string[]): Promise<void> {
  const keys = [...new Set(codeKeys)].map(keyOf);
  const reads = Array.from({ length: Math.ceil(keys.length / KEYS_AT_ONCE) }, (_, index) =>
    keys.slice(index * KEYS_AT_ONCE, (index + 1) * KEYS_AT_ONCE),
  );
  const readOn = async () => {
    for (let some = reads.pop(); some; some = reads.pop())
      try {
        for (const [key, copy] of await kv.get(some, 'text')) if (copy !== null) await kv.delete(key);
      } catch (error) {
        console.warn('copies in KV were not forgotten; their next sales will mend them:', error);
      }
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, readOn));
}

/** The copies of a code, as its histories tell: what it means now, and since when. */
export function copiesOf(codeKey: string, codes: CodeFacts): Copies {
  const spans = codes.spans.get(codeKey) ?? [];
  const coupons = spans.flatMap(({ couponId, untilAt, fromAt, code }) => {
    const coupon = codes.coupons.get(couponId);
    if (untilAt !== null || !coupon || coupon.archivedAt !== null) return [];
    const now = coupon.spans.find((span) => span.untilAt === null)!;
    const shop = codes.shops.get(coupon.shopId)!;
    const campaign = codes.campaigns.get(now.campaignId)!;
    const affiliate = now.affiliateId === null ? null : codes.affiliates.get(now.affiliateId)!;
    const shopNow = shop.spans.find((span) => span.untilAt === null)!;
    const { fromAt: campaignSince, untilAt: _, ...termsNow } = campaign.spans.find((span) => span.untilAt === null)!;
    const affiliateNow = affiliate?.spans.find((span) => span.untilAt === null);
    return [
      {
        id: coupon.id,
        revision: coupon.revision,
        sinceAt: now.fromAt,
        code,
        codeSinceAt: fromAt,
        expiresOn: now.expiresOn,
        shop: {
          id: shop.id,
          revision: shop.revision,
          sinceAt: shopNow.fromAt,
          currency: shop.currency,
          timeZone: shopNow.timeZone,
          severalAffiliates: shopNow.severalAffiliates,
          endpointAt: shop.endpointAt,
          campaigns: codes.campaignsOf.get(shop.id) ?? [],
        },
        campaign: { id: campaign.id, revision: campaign.revision, sinceAt: campaignSince, ...termsNow },
        affiliate:
          affiliate && affiliateNow
            ? {
                id: affiliate.id,
                revision: affiliate.revision,
                sinceAt: affiliateNow.fromAt,
                active: affiliateNow.active,
              }
            : null,
      },
    ];
  });
  return { version: VERSION, spans: spans.length, shops: [...new Set(spans.map(({ shopId }) => shopId))], coupons };
}

/** What a new order of one code is decided on, as the copies tell. */
export interface Hinted {
  shopId: number;
  facts: Facts;
  /** How many spans the code had when the copy was made. */
  spans: Map<string, number>;
}

/**
 * The facts as copies tell them, or null where they are not enough: several codes, a campaign of which they know nothing,
 * a sale of before what they tell of, or anything but the first hit of a browser.
 */
export function factsFromCopies(report: Report, copies: Map<string, Copies>): Hinted | null {
  const codeKey = report.codes?.[0];
  if (codeKey === undefined || report.codes?.length !== 1 || report.source !== 'pixel' || report.kind !== 'sale')
    return null;
  if (report.shopId !== null || report.orderKey === null || report.more.names) return null;
  const known = copies.get(codeKey);
  const copy = known && chosen(report.campaign, known);
  if (!copy) return null;
  const { coupon, campaign, affiliate, shop } = { coupon: copy, ...copy };
  const since = [coupon.sinceAt, coupon.codeSinceAt, campaign.sinceAt, affiliate?.sinceAt ?? 0, shop.sinceAt];
  if (since.some((at) => report.receivedAt < at)) return null;
  return { shopId: shop.id, facts: factsOf(codeKey, copy), spans: new Map([[codeKey, known.spans]]) };
}

function chosen(campaign: string | null, { coupons, shops }: Copies): Copy | undefined {
  if (campaign !== null) return coupons.find((copy) => copy.shop.campaigns.some((id) => String(id) === campaign));
  return shops.length === 1 ? coupons[0] : undefined;
}

function factsOf(codeKey: string, copy: Copy): Facts {
  const always = { fromAt: 0, untilAt: null };
  const { id, currency, revision, endpointAt, timeZone, severalAffiliates } = copy.shop;
  const shop: ShopFacts = { id, currency, revision, endpointAt, spans: [{ ...always, timeZone, severalAffiliates }] };
  const coupon: CouponFacts = {
    id: copy.id,
    revision: copy.revision,
    archivedAt: null,
    codes: [{ ...always, codeKey, code: copy.code }],
    spans: [
      { ...always, campaignId: copy.campaign.id, affiliateId: copy.affiliate?.id ?? null, expiresOn: copy.expiresOn },
    ],
  };
  const { id: campaignId, revision: campaignRevision, sinceAt: _, ...terms } = copy.campaign;
  const affiliates = copy.affiliate
    ? [
        {
          id: copy.affiliate.id,
          revision: copy.affiliate.revision,
          spans: [{ ...always, active: copy.affiliate.active }],
        },
      ]
    : [];
  return {
    shop,
    severalShops: false,
    coupons: [coupon],
    campaigns: new Map([
      [campaignId, { id: campaignId, revision: campaignRevision, spans: [{ ...always, ...terms }] }],
    ]),
    affiliates: new Map(affiliates.map((affiliate) => [affiliate.id, affiliate])),
    undone: new Set(),
    approvedAt: null,
    unkept: 0,
  };
}

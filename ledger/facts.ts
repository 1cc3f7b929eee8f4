/** What a decision rests on beside the reports: the histories of what they name, and what was as of an instant. */
import type { Terms } from './commission.ts';

/** From the first instant at which it was so to the first at which it was not; null: it is so. Epoch milliseconds. */
export interface Span {
  fromAt: number;
  untilAt: number | null;
}

export interface ShopFacts {
  id: number;
  currency: string;
  revision: number;
  /** Since when a server or a webhook speaks of its orders. */
  endpointAt: number | null;
  spans: (Span & { timeZone: string; severalAffiliates: 'first' | 'last' | 'a person' })[];
}

export interface CouponFacts {
  id: number;
  revision: number;
  archivedAt: number | null;
  /** The codes it has had: at each instant a code means at most one coupon of the shop. */
  codes: (Span & { codeKey: string; code: string })[];
  spans: (Span & { campaignId: number; affiliateId: number | null; expiresOn: string | null })[];
}

export interface CampaignFacts {
  id: number;
  revision: number;
  spans: (Span & Terms & { active: boolean })[];
}

export interface AffiliateFacts {
  id: number;
  revision: number;
  spans: (Span & { active: boolean })[];
}

export interface Facts {
  /** The shop whose order it is; null where nobody could tell. */
  shop: ShopFacts | null;
  /** Whether several shops have a code that is named, so that a person is asked which. */
  severalShops: boolean;
  /** Every coupon of the shop that has or had a code that is named. */
  coupons: CouponFacts[];
  campaigns: Map<number, CampaignFacts>;
  affiliates: Map<number, AffiliateFacts>;
  /** Imports that are undone, or being undone. */
  undone: Set<number>;
  /** When a person first approved anything of the order. */
  approvedAt: number | null;
  /** How many differing hits of browsers were one too many to be kept. */
  unkept: number;
}

/** The span in which an instant lies. Spans follow each other without a gap; before the first one it is the first. */
export function spanAt<One extends Span>(spans: One[], at: number): One {
  const found = spans.find(({ fromAt, untilAt }) => fromAt <= at && (untilAt === null || at < untilAt));
  return found ?? spans.reduce((first, span) => (span.fromAt < first.fromAt ? span : first));
}

/** Why a coupon earns nobody anything at an instant. */
export type Refusal = 'expired' | 'campaign paused' | 'free coupon' | 'affiliate not active';

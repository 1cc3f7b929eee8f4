/** What codes meant, whose coupons were, and which terms held when: read from D1 as spans. */
import type { AffiliateFacts, CampaignFacts, CouponFacts, ShopFacts, Span } from '../facts.ts';

/** Codes and all that they lead to, by id. */
export interface CodeFacts {
  /** Which coupons had a code when, in all shops, by its key. */
  spans: Map<string, CodeSpan[]>;
  coupons: Map<number, CouponFacts & { shopId: number }>;
  campaigns: Map<number, CampaignFacts>;
  affiliates: Map<number, AffiliateFacts>;
  shops: Map<number, ShopFacts>;
  /** The campaigns of each shop. */
  campaignsOf: Map<number, number[]>;
}

export interface CodeSpan extends Span {
  codeKey: string;
  shopId: number;
  couponId: number;
  code: string;
}

/** Reads all that these codes mean and meant, in one round trip whatever their number. */
export async function readCodes(db: D1Database, codeKeys: Iterable<string>): Promise<CodeFacts> {
  const keys = JSON.stringify([...new Set(codeKeys)]);
  const named = [CODES, COUPONS, COUPONS_WERE, ...TERMS_OF].map((statement) => db.prepare(statement).bind(keys));
  const [codes, coupons, couponsWere, campaigns, campaignsWere, affiliates, affiliatesWere, shops, shopsWere, all] =
    (await db.batch([...named, db.prepare(SHOPS), db.prepare(SHOPS_WERE), db.prepare(ALL_CAMPAIGNS)])) as [
      D1Result<CodeSpan>,
      D1Result<CouponRow>,
      D1Result<Were & CouponState>,
      D1Result<CampaignRow>,
      D1Result<Were & TermsRow>,
      D1Result<AffiliateRow>,
      D1Result<Were & { active: number }>,
      D1Result<ShopRow>,
      D1Result<Were & ShopState>,
      D1Result<{ id: number; shopId: number }>,
    ];
  const codesOf = Map.groupBy(codes.results, ({ couponId }) => couponId);
  return {
    spans: Map.groupBy(codes.results, ({ codeKey }) => codeKey),
    coupons: byId(coupons.results, couponsWere.results, stateOf, ({ id, shopId, revision, archivedAt }, spans) => ({
      id,
      shopId,
      revision,
      archivedAt,
      codes: codesOf.get(id) ?? [],
      spans,
    })),
    campaigns: byId(campaigns.results, campaignsWere.results, termsOf, known),
    affiliates: byId(affiliates.results, affiliatesWere.results, activeOf, known),
    shops: byId(
      shops.results,
      shopsWere.results,
      ({ timeZone, severalAffiliates }) => ({ timeZone, severalAffiliates }),
      ({ id, revision, currency, endpointAt }, spans) => ({ id, revision, currency, endpointAt, spans }),
    ),
    campaignsOf: new Map(
      [...Map.groupBy(all.results, ({ shopId }) => shopId)].map(([shopId, its]) => [shopId, its.map(({ id }) => id)]),
    ),
  };
}

/** The histories of a campaign and of an affiliate that nothing has led to yet. */
export async function readTerms(
  db: D1Database,
  campaignId: number,
  affiliateId: number | null,
): Promise<Pick<CodeFacts, 'campaigns' | 'affiliates'>> {
  const [campaigns, campaignsWere, affiliates, affiliatesWere] = (await db.batch([
    db.prepare(campaignsOf(ASKED)).bind(campaignId),
    db.prepare(campaignsWereOf(ASKED)).bind(campaignId),
    db.prepare(affiliatesOf(ASKED)).bind(affiliateId),
    db.prepare(affiliatesWereOf(ASKED)).bind(affiliateId),
  ])) as [
    D1Result<CampaignRow>,
    D1Result<Were & TermsRow>,
    D1Result<AffiliateRow>,
    D1Result<Were & { active: number }>,
  ];
  return {
    campaigns: byId(campaigns.results, campaignsWere.results, termsOf, known),
    affiliates: byId(affiliates.results, affiliatesWere.results, activeOf, known),
  };
}

const known = <Spans>({ id, revision }: { id: number; revision: number }, spans: Spans) => ({ id, revision, spans });

const activeOf = ({ active }: { active: number }) => ({ active: active === 1 });

/** Puts what was and what is together: the spans of each record, the oldest first. */
function byId<Row extends { id: number; sinceAt: number }, Past extends Were, State, Known>(
  rows: Row[],
  were: Past[],
  state: (row: Row | Past) => State,
  known: (row: Row, spans: (Span & State)[]) => Known,
): Map<number, Known> {
  const past = Map.groupBy(were, ({ id }) => id);
  return new Map(
    rows.map((row) => {
      const before = (past.get(row.id) ?? []).map((was) => ({
        ...state(was),
        fromAt: was.fromAt,
        untilAt: was.untilAt,
      }));
      return [row.id, known(row, [...before, { ...state(row), fromAt: row.sinceAt, untilAt: null }])];
    }),
  );
}

const stateOf = ({ campaignId, affiliateId, expiresOn }: CouponState): CouponState => ({
  campaignId,
  affiliateId,
  expiresOn,
});

const termsOf = ({ status, kind, value, approval, holdDays, trustPixel }: TermsRow) => ({
  active: status === 'active',
  kind,
  value,
  automatic: approval === 'automatic',
  holdDays,
  trustPixel: trustPixel === 1,
});

interface Were {
  id: number;
  fromAt: number;
  untilAt: number;
}

interface CouponState {
  campaignId: number;
  affiliateId: number | null;
  expiresOn: string | null;
}

interface CouponRow extends CouponState {
  id: number;
  shopId: number;
  revision: number;
  archivedAt: number | null;
  sinceAt: number;
}

interface TermsRow {
  status: 'active' | 'paused';
  kind: 'percent' | 'fixed';
  value: number;
  approval: 'manual' | 'automatic';
  holdDays: number;
  trustPixel: number;
}

interface CampaignRow extends TermsRow {
  id: number;
  revision: number;
  sinceAt: number;
}

interface AffiliateRow {
  id: number;
  revision: number;
  sinceAt: number;
  active: number;
}

interface ShopState {
  timeZone: string;
  severalAffiliates: 'first' | 'last' | 'a person';
}

interface ShopRow extends ShopState {
  id: number;
  revision: number;
  sinceAt: number;
  currency: string;
  endpointAt: number | null;
}

// One parameter: a JSON list of code keys. CROSS JOIN has SQLite keep the order of the tables.

const NAMED = `SELECT DISTINCT n.coupon_id AS id FROM json_each(?1) j CROSS JOIN coupon_codes n ON n.code_key = j.value`;

const CODES = `
  SELECT n.code_key AS codeKey, n.shop_id AS shopId, n.coupon_id AS couponId, n.from_at AS fromAt, n.until_at AS untilAt, n.code
  FROM json_each(?1) j CROSS JOIN coupon_codes n ON n.code_key = j.value ORDER BY n.shop_id, n.from_at`;

const COUPONS = `
  SELECT c.id, c.shop_id AS shopId, c.revision, c.archived_at AS archivedAt, c.since_at AS sinceAt, c.campaign_id AS campaignId,
    c.affiliate_id AS affiliateId, c.expires_on AS expiresOn
  FROM (${NAMED}) n CROSS JOIN coupons c ON c.id = n.id`;

const COUPONS_WERE = `
  SELECT w.coupon_id AS id, w.from_at AS fromAt, w.until_at AS untilAt, w.campaign_id AS campaignId,
    w.affiliate_id AS affiliateId, w.expires_on AS expiresOn
  FROM (${NAMED}) n CROSS JOIN coupons_were w ON w.coupon_id = n.id ORDER BY w.from_at`;

const MEANT = (column: string) => `(
  SELECT c.${column} AS id FROM (${NAMED}) n CROSS JOIN coupons c ON c.id = n.id
  UNION SELECT w.${column} FROM (${NAMED}) n CROSS JOIN coupons_were w ON w.coupon_id = n.id)`;

const TERMS = (alias: string) => `${alias}.status, ${alias}.commission_kind AS kind, ${alias}.commission_value AS value,
  ${alias}.approval, ${alias}.hold_days AS holdDays, ${alias}.trust_pixel AS trustPixel`;

const campaignsOf = (meant: string) => `
  SELECT k.id, k.revision, k.since_at AS sinceAt, ${TERMS('k')} FROM ${meant} m CROSS JOIN campaigns k ON k.id = m.id`;

const campaignsWereOf = (meant: string) => `
  SELECT w.campaign_id AS id, w.from_at AS fromAt, w.until_at AS untilAt, ${TERMS('w')}
  FROM ${meant} m CROSS JOIN campaigns_were w ON w.campaign_id = m.id ORDER BY w.from_at`;

const affiliatesOf = (meant: string) => `
  SELECT a.id, a.revision, a.since_at AS sinceAt, a.status = 'active' AS active
  FROM ${meant} m CROSS JOIN affiliates a ON a.id = m.id`;

const affiliatesWereOf = (meant: string) => `
  SELECT w.affiliate_id AS id, w.from_at AS fromAt, w.until_at AS untilAt, w.status = 'active' AS active
  FROM ${meant} m CROSS JOIN affiliates_were w ON w.affiliate_id = m.id ORDER BY w.from_at`;

const ASKED = '(SELECT ?1 AS id)';

const TERMS_OF = [
  campaignsOf(MEANT('campaign_id')),
  campaignsWereOf(MEANT('campaign_id')),
  affiliatesOf(MEANT('affiliate_id')),
  affiliatesWereOf(MEANT('affiliate_id')),
];

const SHOPS = `
  SELECT id, revision, since_at AS sinceAt, currency, time_zone AS timeZone, several_affiliates AS severalAffiliates,
    endpoint_at AS endpointAt FROM shops ORDER BY id`;

const SHOPS_WERE = `
  SELECT shop_id AS id, from_at AS fromAt, until_at AS untilAt, time_zone AS timeZone, several_affiliates AS severalAffiliates
  FROM shops_were ORDER BY from_at`;

const ALL_CAMPAIGNS = 'SELECT id, shop_id AS shopId FROM campaigns ORDER BY id';

/** A house of its own for each story: two shops, four campaigns, three affiliates and six coupons, in D1 and in the model. */
import { Model } from './model.ts';
import type { Code } from './story.ts';
import type { Terms } from './world.ts';

export interface House {
  /** Its number in this database; ids count from ten times it. */
  number: number;
  model: Model;
  shops: [euros: number, yen: number];
  campaigns: [autumn: number, launch: number, haru: number, trust: number];
  affiliates: [maria: number, joao: number, ines: number];
}

const TERMS: [Terms, Terms, Terms, Terms] = [
  { status: 'active', kind: 'percent', value: 1_000, automatic: false, holdDays: 0, trustPixel: false },
  { status: 'active', kind: 'fixed', value: 500, automatic: false, holdDays: 0, trustPixel: false },
  { status: 'active', kind: 'percent', value: 1_250, automatic: true, holdDays: 3, trustPixel: false },
  { status: 'active', kind: 'percent', value: 800, automatic: true, holdDays: 0, trustPixel: true },
];

const COUPONS: [code: Code, campaign: 0 | 1 | 2 | 3, affiliate: 0 | 1 | 2 | null][] = [
  ['MARIA10', 0, 0],
  ['JOAO10', 0, 1],
  ['JOAO5', 1, 1],
  ['FREE', 0, null],
  ['SHARED', 1, 2],
  ['SHARED', 2, 0],
  ['TRUST', 3, 2],
];

/** Codes are this house's own, for a tag without a campaign is looked up in all shops. */
export const codeIn = ({ number }: Pick<House, 'number'>, code: Code) => `${code}-${number}`;
export const keyIn = (house: Pick<House, 'number'>, code: Code) => codeIn(house, code).toLowerCase();

/** @param several whose coupon counts in the first shop where an order names those of two affiliates. */
export async function build(
  db: D1Database,
  number: number,
  at: number,
  several: 'first' | 'last' | 'a person',
): Promise<House> {
  const id = number * 10;
  const house: House = {
    number,
    model: new Model(),
    shops: [id + 1, id + 2],
    campaigns: [id + 1, id + 2, id + 3, id + 4],
    affiliates: [id + 1, id + 2, id + 3],
  };
  const { model, shops, campaigns, affiliates } = house;
  const shopOf = (campaign: number) => shops[campaign < 2 ? 0 : 1];
  model.addShop({ id: shops[0], currency: 'EUR', timeZone: 'Europe/Lisbon', severalAffiliates: several });
  model.addShop({ id: shops[1], currency: 'JPY', timeZone: 'Asia/Tokyo', severalAffiliates: 'a person' });
  for (const [index, campaign] of campaigns.entries()) model.addCampaign(campaign, shopOf(index), TERMS[index]!);
  for (const affiliate of affiliates) model.addAffiliate(affiliate);
  const rows = (all: unknown[]) => JSON.stringify(all);
  const [, , , coupons] = await db.batch<{ id: number; shopId: number; codeKey: string }>([
    db
      .prepare(
        `INSERT INTO shops (id, name, currency, time_zone, several_affiliates, created_at)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, ?2 FROM json_each(?1)`,
      )
      .bind(
        rows([
          [shops[0], `Azulejo ${number}`, 'EUR', 'Europe/Lisbon', several],
          [shops[1], `Haru ${number}`, 'JPY', 'Asia/Tokyo', 'a person'],
        ]),
        at,
      ),
    db
      .prepare(
        `INSERT INTO campaigns (id, shop_id, name, commission_kind, commission_value, approval, hold_days, trust_pixel, created_at)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, ?2
         FROM json_each(?1)`,
      )
      .bind(
        rows(
          campaigns.map((campaign, index) => {
            const { kind, value, automatic, holdDays, trustPixel } = TERMS[index]!;
            const approval = automatic ? 'automatic' : 'manual';
            const trust = trustPixel ? 1 : 0;
            return [campaign, shopOf(index), `Campaign ${index}`, kind, value, approval, holdDays, trust];
          }),
        ),
        at,
      ),
    db
      .prepare(
        `INSERT INTO affiliates (id, name, email, status, created_at)
         SELECT value, 'Affiliate ' || value, value || '@azulejo.test', 'active', ?2 FROM json_each(?1)`,
      )
      .bind(rows(affiliates), at),
    db
      .prepare(
        `INSERT INTO coupons (shop_id, campaign_id, code, code_key, affiliate_id, created_at, updated_at)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, ?2, ?2 FROM json_each(?1)
         RETURNING id, shop_id AS shopId, code_key AS codeKey`,
      )
      .bind(
        rows(
          COUPONS.map(([code, campaign, affiliate]) => [
            shopOf(campaign),
            campaigns[campaign],
            codeIn(house, code),
            keyIn(house, code),
            affiliate === null ? null : affiliates[affiliate],
          ]),
        ),
        at,
      ),
  ]);
  for (const [code, campaign, affiliate] of COUPONS) {
    const [shop, key] = [shopOf(campaign), keyIn(house, code)];
    const { id: coupon } = coupons!.results.find((row) => row.shopId === shop && row.codeKey === key)!;
    model.addCoupon(coupon, shop, key, {
      campaign: campaigns[campaign],
      affiliate: affiliate === null ? null : affiliates[affiliate],
      expiresOn: null,
    });
  }
  return house;
}

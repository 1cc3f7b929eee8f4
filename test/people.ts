/** The people and shops that the tests speak of. Money in euros unless said otherwise. */
import { createAffiliate } from '../ledger/affiliates.ts';
import type { Actor, Store } from '../ledger/audit.ts';
import { type CampaignTerms, createCampaign, createShop } from '../ledger/campaigns.ts';
import { BULK_ROWS, changeCoupons } from '../ledger/coupon-bulk.ts';
import { addCoupons } from '../ledger/coupons.ts';
import { type Message, reportOf } from '../ledger/report.ts';

/** 23 November 2026, noon in Lisbon. */
export const NOON = Date.UTC(2026, 10, 23, 12);
export const DAY = 86_400_000;
export const nobody: Actor = { userId: null, now: NOON - 100 * DAY };

export const TEN_PERCENT: CampaignTerms = {
  name: 'Autumn',
  status: 'active',
  commissionKind: 'percent',
  commissionValue: 1_000,
  approval: 'manual',
  holdDays: 0,
  trustPixel: false,
  requestMode: 'at once',
  requestLimit: null,
};

/**
 * Azulejo, an on-line shop in Lisbon, with two campaigns: Autumn pays 10 %, Launch a fixed €5.00.
 * Maria owns MARIA10, João JOAO10 (both Autumn) and JOAO5 (Launch); FREE1 is nobody's yet.
 */
export async function azulejo(store: Store) {
  const id = (made: { id: number } | { error: string }) => {
    if ('error' in made) throw new Error(made.error);
    return made.id;
  };
  const shop = id(
    await createShop(
      store.db,
      { name: 'Azulejo', address: 'https://azulejo.test', currency: 'EUR', timeZone: 'Europe/Lisbon' },
      nobody,
    ),
  );
  const autumn = id(await createCampaign(store.db, shop, TEN_PERCENT, nobody));
  const launch = id(
    await createCampaign(
      store.db,
      shop,
      { ...TEN_PERCENT, name: 'Launch', commissionKind: 'fixed', commissionValue: 500 },
      nobody,
    ),
  );
  const maria = id(await createAffiliate(store.db, { name: 'Maria', email: 'maria@azulejo.test', note: '' }, nobody));
  const joao = id(await createAffiliate(store.db, { name: 'João', email: 'joao@azulejo.test', note: '' }, nobody));
  const coupon = async (
    code: string,
    campaignId: number,
    affiliateId: number | null,
    expiresOn: string | null = null,
  ) => id((await addCoupons(store, [code], { campaignId, affiliateId, expiresOn }, nobody))[0]!);
  const maria10 = await coupon('MARIA10', autumn, maria);
  const joao10 = await coupon('JOAO10', autumn, joao);
  const joao5 = await coupon('JOAO5', launch, joao);
  const free1 = await coupon('FREE1', autumn, null);
  return { shop, autumn, launch, maria, joao, maria10, joao10, joao5, free1, coupon };
}

/** A pixel's report of Maria's coupon spent on an order of €120.00 at noon, unless said otherwise. */
export function pixel(said: Partial<Message> = {}) {
  return reportOf({ source: 'pixel', code: 'MARIA10', amount: '120.00', orderId: '1001', receivedAt: NOON, ...said });
}

/** The commissions as they stand, oldest first. */
export async function lines(db: D1Database) {
  const { results } = await db
    .prepare(
      `SELECT a.name AS affiliate, m.kind, m.amount_minor AS amountMinor, m.status
       FROM commissions m JOIN affiliates a ON a.id = m.affiliate_id ORDER BY m.id`,
    )
    .all<{ affiliate: string; kind: string; amountMinor: number; status: string }>();
  return results.map((line) => `${line.affiliate} ${line.kind} ${line.amountMinor} ${line.status}`);
}

/** Deletes coupons, as the office does it. @returns how many were there to be deleted. */
export function deleteCoupons(store: Store, ids: number[], by: Actor): Promise<number> {
  const batches = Array.from({ length: Math.ceil(ids.length / BULK_ROWS) }, (_, i) =>
    ids.slice(i * BULK_ROWS, (i + 1) * BULK_ROWS),
  );
  return changeCoupons(store, batches, { what: 'deleted' }, 'checked', by);
}

/** A figure out of the database. */
export async function count(db: D1Database, query: string): Promise<number> {
  return (await db.prepare(query).first<number>(query.match(/^SELECT (\S+)/)?.[1] === 'count(*)' ? 'count(*)' : 'n'))!;
}

/** The people and shops that the tests speak of. Money in euros unless said otherwise. */
import { createAffiliate } from '../ledger/affiliates.ts';
import type { Actor, Store } from '../ledger/audit.ts';
import { type CampaignTerms, createCampaign, createShop } from '../ledger/campaigns.ts';
import { addCoupons } from '../ledger/coupons/edit.ts';
import { BULK_ROWS, changeCoupons } from '../ledger/coupons/many.ts';
import { type Kind, type Message, reportOf } from '../ledger/report.ts';

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

/** What a test says of a report; `code` is the one coupon that it names. */
export type Said = Partial<Omit<Message, 'codes'>> & { code?: string; codes?: string[] | null };

/** A pixel's report of Maria's coupon spent on an order of €120.00 at noon, unless said otherwise. */
export function pixel({ code = 'MARIA10', codes = [code], ...said }: Said = {}) {
  return reportOf({ source: 'pixel', codes, amount: '120.00', orderId: '1001', receivedAt: NOON, ...said });
}

/** A person's word about an order that is there: of its shop and by its key. */
export function word(kind: Kind, said: Partial<Message> & { order: string }) {
  return reportOf({ source: 'office', kind, shopId: 1, codes: null, receivedAt: NOON, ...said });
}

/** All movements of money, oldest first: "Maria sale +1200 pending". */
export async function lines(db: D1Database) {
  const { results } = await db
    .prepare(
      `SELECT a.name AS affiliate, l.kind, l.pending_minor AS pending, l.approved_minor AS approved,
         l.in_payment_minor AS "in payment", l.paid_minor AS paid
       FROM lines l JOIN affiliates a ON a.id = l.affiliate_id ORDER BY l.sale_id, l.affiliate_id, l.n`,
    )
    .all<Record<string, string | number>>();
  return results.map(({ affiliate, kind, ...sums }) => {
    const moved = Object.entries(sums).filter(([, minor]) => minor !== 0);
    return [affiliate, kind, ...moved.map(([sum, minor]) => `${Number(minor) > 0 ? '+' : ''}${minor} ${sum}`)].join(
      ' ',
    );
  });
}

/** What an order stands at, by its key: "Maria 1200 pending", one an affiliate. */
export async function standing(db: D1Database, orderKey: string) {
  const { results } = await db
    .prepare(
      `SELECT a.name AS affiliate, v.earned_minor AS earned, v.status FROM standing v JOIN affiliates a ON a.id = v.affiliate_id
       WHERE v.order_key = ? ORDER BY v.affiliate_id`,
    )
    .bind(orderKey)
    .all<{ affiliate: string; earned: number; status: string }>();
  return results.map(({ affiliate, earned, status }) => `${affiliate} ${earned} ${status}`);
}

/** A report as it is kept, with what became of it: the words of its verdict, or `recorded` where it opened a sale that stands. */
export function fateOf(db: D1Database, which: string): Promise<Record<string, unknown> | null> {
  return db
    .prepare(
      `SELECT r.*, coalesce(v.outcome, iif(s.state = 'standing', iif(r.place = 1, 'recorded', 'already known'), s.state)) AS outcome,
         v.detail, coalesce(v.waits, 0) AS waits, a.name, iif(s.state = 'standing', m.pending_minor, NULL) AS minor
       FROM reports r LEFT JOIN verdicts v ON v.report_id = r.id
       LEFT JOIN sales s ON s.shop_id = r.shop_id AND s.order_key = r.order_key
       LEFT JOIN commissions m ON m.sale_id = s.id AND m.affiliate_id = s.affiliate_id
       LEFT JOIN affiliates a ON a.id = m.affiliate_id
       WHERE ${which}`,
    )
    .first<Record<string, unknown>>();
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

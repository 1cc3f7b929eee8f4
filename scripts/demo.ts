/**
 * The demo: an on-line shop and a store, and ninety days of what their affiliates' coupons sold, up to today. It comes
 * in by the same doors as everything else, so that what it shows is what the ledger makes of it.
 */
import { createFirstAdministrator } from '../admin/accounts.ts';
import { acceptInvitation, invite, invitedBy } from '../admin/invitations.ts';
import { hashPassword } from '../admin/password.ts';
import {
  AFFILIATES,
  type AffiliateName,
  APPLICANT,
  CAMPAIGNS,
  type CampaignName,
  COUPONS,
  DEMO_PASSWORD,
  DEMO_SIGN_INS,
  HELENA,
  REFUSALS,
  SHOPS,
  SUSPENSION,
  UNCONFIRMED,
} from '../drizzle/demo-data.ts';
import { createAffiliate, editAffiliate } from '../ledger/affiliates.ts';
import type { Actor, Store } from '../ledger/audit.ts';
import { createCampaign, createShop } from '../ledger/campaigns.ts';
import { approveDue, settleCommissions } from '../ledger/commissions.ts';
import { dayOf } from '../ledger/coupon.ts';
import { addCoupons, editCoupon } from '../ledger/coupons.ts';
import { recordSales } from '../ledger/record-sales.ts';
import { reportOf } from '../ledger/report.ts';
import { ninetyDays } from './demo-days.ts';

export { DEMO_PASSWORD, DEMO_SIGN_INS };

const DAY = 86_400_000;
const WEEK = 7 * DAY;
/** The demo's ninety days, and the day before them, on which everything was set up. */
const WEEKS = 13;

/** The tracker makes its copy of a coupon when the coupon is first spent. */
const NO_COPIES = { put: async () => {} } as unknown as KVNamespace;

/** A pixel of the demo to open in a browser: Maria's coupon, on an order that no start before has named. */
export function demoPixel(trackerUrl: string): string {
  return `${trackerUrl}/track.gif?campaign=1&amount=49.90&order=${Date.now()}&currency=EUR&cc=MARIA10`;
}

/**
 * Fills an empty, migrated database with the demo, and makes the sign-ins of `DEMO_SIGN_INS` with `DEMO_PASSWORD`.
 * It is many writes: whoever calls it sees to it that half of it is thrown away.
 * @param now epoch milliseconds; all that happens lies in the 91 days before.
 */
export async function seedDemo(d1: D1Database, now: number): Promise<void> {
  const db = preparingOnce(d1);
  const store: Store = { db, kv: NO_COPIES };
  const start = now - WEEKS * WEEK;
  // One hash for all three: each costs a fifth of a second, and the password is printed at the start anyway.
  const passwordHash = await hashPassword(DEMO_PASSWORD);
  const helena = await makeHelena(db, passwordHash, start);
  const by: Actor = { userId: helena, now: start };

  const campaigns = await makeCampaigns(db, by);
  const affiliates = await makeEach(AFFILIATES, (details) => createAffiliate(db, details, by));
  for (const id of [affiliates.maria, affiliates.joao]) await letIn(db, id, passwordHash, by);
  await makeCoupons(store, campaigns, affiliates, now, by);

  const reports = ninetyDays(now, helena).map(reportOf);
  const suspendedAt = now - SUSPENSION.daysAgo * DAY;
  await recordSales(
    db,
    reports.filter(({ receivedAt }) => receivedAt <= suspendedAt),
  );
  await suspend(store, affiliates, { userId: helena, now: suspendedAt });
  await recordSales(
    db,
    reports.filter(({ receivedAt }) => receivedAt > suspendedAt),
  );
  await settle(db, helena, now);
  await apply(db, { userId: null, now: now - APPLICANT.daysAgo * DAY });
}

/** From Node each `prepare` is a call into workerd that waits for its answer, 2 ms of it; a statement can be bound many times. */
function preparingOnce(d1: D1Database): D1Database {
  const prepared = new Map<string, D1PreparedStatement>();
  const prepare = (query: string) => {
    const statement = prepared.get(query) ?? d1.prepare(query);
    prepared.set(query, statement);
    return statement;
  };
  return { prepare, batch: (statements: D1PreparedStatement[]) => d1.batch(statements) } as D1Database;
}

async function makeHelena(db: D1Database, passwordHash: string, now: number): Promise<string> {
  await createFirstAdministrator(db, { ...HELENA, passwordHash }, now);
  return (await db.prepare('SELECT id FROM users WHERE email = ?').bind(HELENA.email).first<string>('id'))!;
}

async function makeCampaigns(db: D1Database, by: Actor) {
  const shops = {
    online: made(await createShop(db, SHOPS.online, by)),
    store: made(await createShop(db, SHOPS.store, by)),
  };
  return makeEach(CAMPAIGNS, ({ shop, terms }) => createCampaign(db, shops[shop], terms, by));
}

/** Somebody gets a link, and sets a password there. */
async function letIn(db: D1Database, affiliateId: number, passwordHash: string, { userId, now }: Actor) {
  const token = await invite(db, affiliateId, userId!, now);
  await acceptInvitation(db, token, (await invitedBy(db, token, now))!, passwordHash, now);
}

type Ids<Name extends string> = Record<Name, number>;

async function makeCoupons(
  store: Store,
  campaigns: Ids<CampaignName>,
  affiliates: Ids<AffiliateName>,
  now: number,
  by: Actor,
) {
  for (const { campaign, owner, lastDay, weekly } of COUPONS) {
    const { timeZone } = SHOPS[CAMPAIGNS[campaign].shop];
    const terms = {
      campaignId: campaigns[campaign],
      affiliateId: owner && affiliates[owner],
      expiresOn: lastDay === null ? null : dayOf(now + lastDay * DAY, timeZone),
    };
    for (const coupon of await addCoupons(store, Object.keys(weekly), terms, by)) made(coupon);
  }
}

/**
 * Week by week holds end, and Helena looks through the rest: she approves what the shop has confirmed two weeks ago, but
 * for a few orders that came to nothing, and declines what after six weeks only a pixel has spoken for.
 */
async function settle(db: D1Database, helena: string, now: number) {
  const { results: lines } = await db
    .prepare(
      `SELECT m.id, s.sold_at AS soldAt, s.evidence FROM commissions m JOIN sales s ON s.id = m.sale_id
       WHERE m.status = 'pending' AND m.available_at IS NULL ORDER BY m.id`,
    )
    .all<{ id: number; soldAt: number; evidence: string }>();
  for (let at = now - (WEEKS - 1) * WEEK; at < now; at += WEEK) {
    const by = { userId: helena, now: at };
    const soldInWeekBefore = (until: number) => lines.filter(({ soldAt }) => soldAt <= until && soldAt > until - WEEK);
    const confirmed = soldInWeekBefore(at - 2 * WEEK).filter(({ evidence }) => evidence !== 'pixel');
    const unconfirmed = soldInWeekBefore(at - 6 * WEEK).filter(({ evidence }) => evidence === 'pixel');
    const cameToNothing = ({ id }: { id: number }) => id % 29 === 0;
    const ids = (some: typeof lines) => some.map(({ id }) => id);
    await approveDue(db, at);
    for (const [some, status, reason] of [
      [confirmed.filter((line) => !cameToNothing(line)), 'approved', null],
      [confirmed.filter(cameToNothing), 'declined', refusalAt(at)],
      [unconfirmed, 'declined', UNCONFIRMED],
    ] as const)
      if (some.length > 0) await settleCommissions(db, ids(some), status, reason, by);
  }
  await approveDue(db, now);
}

const refusalAt = (at: number) => REFUSALS[Math.floor(at / WEEK) % REFUSALS.length]!;

/** Rui earns nothing from then on, and one of his coupons goes to Inês; what he has earned until then stays his. */
async function suspend({ db, kv }: Store, affiliates: Ids<AffiliateName>, by: Actor) {
  const { affiliate, coupon, newOwner } = SUSPENSION;
  made(await editAffiliate(db, affiliates[affiliate], { ...AFFILIATES[affiliate], status: 'suspended' }, by));
  const row = await db
    .prepare(
      'SELECT id, code, campaign_id AS campaignId, expires_on AS expiresOn, revision FROM coupons WHERE code = ?',
    )
    .bind(coupon)
    .first<{ id: number; code: string; campaignId: number; expiresOn: string | null; revision: number }>();
  const { id, revision, ...terms } = row!;
  made(await editCoupon({ db, kv }, id, revision, { ...terms, affiliateId: affiliates[newOwner] }, by));
}

/** Tiago has applied, and waits for an answer. */
async function apply(db: D1Database, by: Actor) {
  const { daysAgo: _, ...details } = APPLICANT;
  const id = made(await createAffiliate(db, details, by));
  made(await editAffiliate(db, id, { ...details, status: 'pending' }, by));
}

type Made = { id: number } | { error: string };

function made(result: Made): number {
  if ('error' in result) throw new Error(`the demo was refused: ${result.error}`);
  return result.id;
}

/** One after the other, so that their ids are the same each time. @returns the ids by name. */
async function makeEach<Name extends string, Told>(
  told: Record<Name, Told>,
  make: (one: Told) => Promise<Made>,
): Promise<Ids<Name>> {
  const ids: Partial<Ids<Name>> = {};
  for (const name of Object.keys(told) as Name[]) ids[name] = made(await make(told[name]));
  return ids as Ids<Name>;
}

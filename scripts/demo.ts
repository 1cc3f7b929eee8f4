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
  FAILED_PAYOUT,
  HELENA,
  PAYOUTS_WEEKS_AGO,
  REFUSALS,
  SHOPS,
  SUSPENSION,
  TILL_FILE,
  UNCONFIRMED,
} from '../drizzle/demo-data.ts';
import { createAffiliate, editAffiliate } from '../ledger/affiliates.ts';
import type { Actor, Store } from '../ledger/audit.ts';
import { createCampaign, createShop } from '../ledger/campaigns.ts';
import { dayOf } from '../ledger/clock.ts';
import { addCoupons, editCoupon } from '../ledger/coupons/edit.ts';
import { type Report, reportOf } from '../ledger/report.ts';
import { type MoveKind, moveMoney } from '../ledger/sales/move-money.ts';
import { recordSales } from '../ledger/sales/record-sales.ts';
import { approveCommissions, approveDue, declineCommissions, type Seen } from '../ledger/sales/settle.ts';
import { type Cast, ninetyDays } from './demo-days.ts';

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
export async function seedDemo(db: D1Database, now: number): Promise<void> {
  const store: Store = { db, kv: NO_COPIES };
  const start = now - WEEKS * WEEK;
  // One hash for all three: each costs a fifth of a second, and the password is printed at the start anyway.
  const passwordHash = await hashPassword(DEMO_PASSWORD);
  const helena = await makeHelena(db, passwordHash, start);
  const by: Actor = { userId: helena, now: start };

  const { shops, campaigns } = await makeCampaigns(db, by);
  const affiliates = await makeEach(AFFILIATES, (details) => createAffiliate(db, details, by));
  for (const id of [affiliates.maria, affiliates.joao]) await letIn(db, id, passwordHash, by);
  await makeCoupons(store, campaigns, affiliates, now, by);
  const cast: Cast = { shops, campaigns, affiliates, helena, tillFile: 1 };

  const reports = ninetyDays(now, cast).map(reportOf);
  await bringTillFile(db, cast, reports.filter(({ source }) => source === 'import').length, now);
  for (let week = WEEKS - 1; week >= 0; week--) {
    const until = now - week * WEEK;
    const inWeek = ({ receivedAt }: Report) => receivedAt > until - WEEK && receivedAt <= until;
    await recordSales(db, reports.filter(inWeek));
    await settle(db, cast, week, until);
    if (until === now - SUSPENSION.daysAgo * DAY) await suspend(store, affiliates, { userId: helena, now: until });
  }
  await apply(db, { userId: null, now: now - APPLICANT.daysAgo * DAY });
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
  return {
    shops,
    campaigns: await makeEach(CAMPAIGNS, ({ shop, terms }) => createCampaign(db, shops[shop], terms, by)),
  };
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

/** The file of the till, as if it had been brought in; its rows come with the other reports. */
async function bringTillFile(db: D1Database, { helena, tillFile }: Cast, rows: number, now: number): Promise<void> {
  const [, until] = TILL_FILE.daysAgo;
  await db
    .prepare(
      `INSERT INTO imports (id, kind, file_name, status, lines_total, lines_done, rows_total, rows_added,
         created_at, created_by, moved_at, started_at, finished_at)
       VALUES (?1, 'sales', ?2, 'done', ?3 + 1, ?3 + 1, ?3, ?3, ?4, ?5, ?4, ?4, ?4)`,
    )
    .bind(tillFile, TILL_FILE.name, rows, now - (until - 1) * DAY, helena)
    .run();
}

/**
 * At the end of each week holds end, and Helena looks through the rest: she approves what the shop has confirmed two weeks
 * ago, but for a few orders that came to nothing, and declines what after six weeks only a pixel has spoken for. What is
 * approved she pays now and then; a week later it has arrived.
 */
async function settle(db: D1Database, { helena, affiliates }: Cast, weeksAgo: number, at: number) {
  const by: Actor = { userId: helena, now: at };
  await approveDue(db, at);
  const { results: pending } = await db
    .prepare(
      `SELECT m.sale_id AS saleId, m.affiliate_id AS affiliateId, m.lines, m.sold_at AS soldAt, m.confirmed
       FROM commissions m JOIN sales s ON s.id = m.sale_id
       WHERE m.pending_minor <> 0 AND m.available_at IS NULL AND m.held IS NULL AND s.question IS NULL AND m.sold_at <= ?1
       ORDER BY m.sale_id`,
    )
    .bind(at - 2 * WEEK)
    .all<Seen & { soldAt: number; confirmed: number }>();
  const cameToNothing = ({ saleId }: Seen) => saleId % 29 === 0;
  const confirmed = pending.filter((each) => each.confirmed);
  const unconfirmed = pending.filter((each) => !each.confirmed && each.soldAt <= at - 6 * WEEK);
  const honoured = confirmed.filter((each) => !cameToNothing(each));
  await approveCommissions(db, honoured, by);
  await declineCommissions(db, confirmed.filter(cameToNothing), refusalAt(at), by);
  await declineCommissions(db, unconfirmed, UNCONFIRMED, by);
  if (PAYOUTS_WEEKS_AGO.includes(weeksAgo + 1)) await arrive(db, affiliates, weeksAgo + 1, by);
  if (PAYOUTS_WEEKS_AGO.includes(weeksAgo)) await move(db, 'approved', 'in payment', by);
}

/** What was paid out the week before has arrived, but for what the bank sends back. */
async function arrive(db: D1Database, affiliates: Ids<AffiliateName>, weeksAgo: number, by: Actor) {
  const { affiliate, reason } = FAILED_PAYOUT;
  if (weeksAgo === FAILED_PAYOUT.weeksAgo) await move(db, 'in_payment', 'failed', by, affiliates[affiliate], reason);
  await move(db, 'in_payment', 'paid', by);
}

/** Moves all there is in one of the sums, of one affiliate or of all. */
async function move(
  db: D1Database,
  from: 'approved' | 'in_payment',
  kind: MoveKind,
  by: Actor,
  affiliateId: number | null = null,
  reason: string | null = null,
) {
  const { results } = await db
    .prepare(
      `SELECT sale_id AS saleId, affiliate_id AS affiliateId, lines FROM commissions
       WHERE ${from}_minor <> 0 AND affiliate_id = coalesce(?1, affiliate_id)`,
    )
    .bind(affiliateId)
    .all<Seen>();
  await moveMoney(db, results, { kind, cause: { cause: 'person', causeId: by.userId }, by, reason });
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

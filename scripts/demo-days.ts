/** The messages that the demo's shops send in ninety days. The same `now` gives the same ones. */
import { createHash } from 'node:crypto';
import {
  type AffiliateName,
  CAMPAIGNS,
  type CampaignName,
  COUPONS,
  type DemoCoupons,
  type DemoScene,
  SCENES,
  SHOPS,
  TILL_FILE,
} from '../drizzle/demo-data.ts';
import { dayOf } from '../ledger/clock.ts';
import type { Message } from '../ledger/report.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DAYS = 90;

/** How busy a day is, from Sunday on: people shop on line on Sunday evenings, and the store is closed on Mondays. */
const WEEK = {
  online: [1.35, 1.15, 0.95, 0.9, 1, 0.8, 0.85],
  store: [1.1, 0, 0.8, 0.9, 1, 1.2, 2],
};

/** For so many days the shop has sent signed webhooks; before, its server posted. */
const WEBHOOKS_DAYS = 30;

interface Purchase {
  campaign: CampaignName;
  code: string;
  amount: string;
  soldAt: number;
}

/** Who there is, by the ids that they were given. */
export interface Cast {
  shops: Record<'online' | 'store', number>;
  campaigns: Record<CampaignName, number>;
  affiliates: Record<AffiliateName, number>;
  /** The user who types in what the store has sold, and answers what is asked. */
  helena: string;
  /** The import by which the till's file came. */
  tillFile: number;
}

/**
 * @param now epoch milliseconds; nothing is later.
 * @returns messages in the order of their arrival.
 */
export function ninetyDays(now: number, cast: Cast): Message[] {
  const random = generator(1755); // The year of the earthquake, after which Lisbon was tiled anew.
  const purchases = COUPONS.flatMap((coupons) => purchasesWith(coupons, now, random));
  purchases.sort((one, other) => one.soldAt - other.soldAt);
  const orders = { AZ: 48_210, LDN: 3_104 };
  const nextOrder = (prefix: keyof typeof orders) => {
    orders[prefix] += 1 + Math.floor(random() * 6); // In between are orders without a coupon.
    return `${prefix}-${orders[prefix]}`;
  };
  const messages = purchases.flatMap((purchase) =>
    CAMPAIGNS[purchase.campaign].shop === 'store'
      ? soldInStore(purchase, nextOrder('LDN'), now, cast, random)
      : soldOnline(purchase, nextOrder('AZ'), now, cast, random),
  );
  const scenes = SCENES.map((scene, i) => sceneAt(now - scene.hoursAgo * HOUR, scene, `AZ-${51_300 + i}`, cast));
  return [...messages, ...scenes]
    .filter(({ receivedAt }) => receivedAt <= now)
    .sort((one, other) => one.receivedAt - other.receivedAt);
}

/** Business grows a little. A code that has ended lives on in old newsletters, and is still tried now and then. */
function purchasesWith({ campaign, lastDay, weekly }: DemoCoupons, now: number, random: () => number): Purchase[] {
  const purchases: Purchase[] = [];
  const { shop } = CAMPAIGNS[campaign];
  const today = Math.floor(now / DAY) * DAY;
  for (const [code, perWeek] of Object.entries(weekly))
    for (let daysAgo = DAYS; daysAgo >= 0; daysAgo--) {
      const midnight = today - daysAgo * DAY;
      const ended = lastDay !== null && -daysAgo > lastDay;
      const busy = WEEK[shop][new Date(midnight).getUTCDay()]! * (1.2 - daysAgo / 200) * (ended ? 0.06 : 1);
      const sold = Math.floor((perWeek / 7) * busy + random());
      for (let i = 0; i < sold; i++) {
        const soldAt = midnight + timeOfDay(shop, random);
        const typed = random() < 0.15 ? code.toLowerCase() : code;
        if (soldAt > now - DAYS * DAY) purchases.push({ campaign, code: typed, amount: price(random), soldAt });
      }
    }
  return purchases;
}

/** The pixel says it; sometimes again, when the page is reloaded; mostly the shop confirms it; and some of it comes back. */
function soldOnline(
  { code, amount, soldAt }: Purchase,
  orderId: string,
  now: number,
  cast: Cast,
  random: () => number,
) {
  const hit = { orderId, codes: [code], amount };
  const messages = [fromBrowser(soldAt, hit, cast)];
  if (random() < 0.12) messages.push(fromBrowser(soldAt + Math.ceil(random() * 5 * MINUTE), hit, cast));
  if (random() < 0.9) {
    const say = soldAt < now - WEBHOOKS_DAYS * DAY ? fromServer : fromEndpoint;
    // A parcel from which something was left out costs less than the page had said.
    const final = random() < 0.04 ? (Number(amount) * 0.75).toFixed(2) : amount;
    const state = { orderId, codes: [code], amount: final, soldAt };
    messages.push(say(soldAt + Math.ceil((1 + random() * 40) * MINUTE), state, cast));
    const luck = random();
    if (luck < 0.05) {
      const part = luck < 0.02 ? final : (Number(final) * 0.4).toFixed(2);
      const refund = {
        kind: 'refund' as const,
        orderId,
        codes: null,
        refunded: part,
        more: { refundId: `r-${orderId}` },
      };
      messages.push(say(soldAt + Math.ceil((3 + random() * 20) * DAY), refund, cast));
    } else if (luck < 0.065)
      messages.push(say(soldAt + Math.ceil(random() * DAY), { ...state, cancelled: true }, cast));
  }
  return messages;
}

/** A week of slips came as a file of the till; the others are typed in some hours later. */
function soldInStore(
  { code, amount, soldAt }: Purchase,
  orderId: string,
  now: number,
  cast: Cast,
  random: () => number,
) {
  const said = { shopId: cast.shops.store, orderId, codes: [code], amount, currency: SHOPS.store.currency };
  const [from, until] = TILL_FILE.daysAgo.map((days) => now - days * DAY) as [number, number];
  if (soldAt >= from && soldAt < until)
    return [
      {
        ...said,
        source: 'import' as const,
        witness: `file:${TILL_FILE.name}`,
        importId: cast.tillFile,
        userId: cast.helena,
        soldOn: dayOf(soldAt, SHOPS.store.timeZone),
        receivedAt: until + DAY,
      },
    ];
  const receivedAt = soldAt + Math.ceil((1 + random() * 3) * HOUR);
  const typed: Message[] = [{ ...said, source: 'office', soldAt, receivedAt, userId: cast.helena }];
  if (random() < 0.03)
    typed.push({
      source: 'office',
      kind: 'correction',
      shopId: cast.shops.store,
      order: orderId,
      codes: null,
      refunded: (Number(amount) / 2).toFixed(2),
      reason: 'Half of the tiles were brought back.',
      userId: cast.helena,
      receivedAt: receivedAt + 4 * DAY,
    });
  return typed;
}

/** What the sender has to say, whoever it is. */
type Told = Partial<Message> & Pick<Message, 'codes'>;

/** The printed tag names the campaign and the currency. A browser has a name of its own for a day. */
function fromBrowser(receivedAt: number, told: Told, { campaigns }: Cast, elsewhere = false): Message {
  const browser = createHash('sha256')
    .update(`${told.orderId} ${told.codes} ${elsewhere} ${receivedAt % DAY}`)
    .digest('hex');
  return {
    currency: SHOPS.online.currency,
    ...told,
    source: 'pixel',
    browsers: [browser.slice(0, 32)],
    campaign: String(campaigns.makers),
    receivedAt,
  };
}

function fromServer(receivedAt: number, told: Told, { shops }: Cast): Message {
  return {
    currency: SHOPS.online.currency,
    ...told,
    source: 'server',
    witness: 'key:shop',
    shopId: shops.online,
    receivedAt,
  };
}

/** The shop's system knows an order by its number and by an id of its own. */
function fromEndpoint(receivedAt: number, told: Told, { shops }: Cast): Message {
  const id = `56400${told.orderId!.replace(/\D/g, '').padStart(8, '0')}`;
  return {
    currency: SHOPS.online.currency,
    ...told,
    id: `endpoint:shop ${told.orderId} ${receivedAt}`,
    source: 'webhook',
    witness: 'endpoint:shop',
    shopId: shops.online,
    more: { ...told.more, names: [{ kind: 'id', name: id }] },
    saidAt: receivedAt - 2_000,
    receivedAt,
  };
}

function sceneAt(receivedAt: number, scene: DemoScene, nextOrder: string, cast: Cast): Message {
  const { source, kind = 'sale', code, amount, currency, doubt, test, cancelled, refunded, refundId, reason } = scene;
  const orderId = scene.orderId === undefined ? nextOrder : scene.orderId;
  const told: Told = {
    kind,
    orderId,
    codes: code?.split(',') ?? null,
    amount: amount ?? null,
    ...(currency !== undefined && { currency }),
    doubt: doubt ?? null,
    test: test ?? false,
    cancelled: cancelled ?? null,
    refunded: refunded ?? null,
    reason: reason ?? null,
    ...(refundId !== undefined && { more: { refundId } }),
  };
  if (source === 'pixel') return fromBrowser(receivedAt, told, cast, scene.elsewhere);
  if (source === 'webhook') return fromEndpoint(receivedAt, told, cast);
  if (source === 'server') return fromServer(receivedAt, told, cast);
  const affiliateId = scene.affiliate ? cast.affiliates[scene.affiliate] : null;
  return {
    ...told,
    source,
    orderId: null,
    order: orderId,
    shopId: cast.shops.online,
    affiliateId,
    userId: cast.helena,
    receivedAt,
  };
}

/** On line from eight to midnight, mostly around the middle; in the store from ten to six. */
function timeOfDay(shop: keyof typeof WEEK, random: () => number): number {
  const [from, hours] = shop === 'store' ? [10, 8] : [8, 16];
  return Math.floor((from + (hours * (random() + random())) / 2) * HOUR);
}

/** Many small orders and a few large ones, at prices such as shops make. */
function price(random: () => number): string {
  const whole = Math.min(18 - Math.round(52 * Math.log(1 - random())), 640);
  return `${whole}.${['00', '50', '90', '95'][Math.floor(random() * 4)]}`;
}

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The messages that the demo's shops send in ninety days. The same `now` gives the same ones. */
import { CAMPAIGNS, COUPONS, type DemoCoupons, type DemoScene, SCENES } from '../drizzle/demo-data.ts';
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

type Purchase = Required<Pick<Message, 'code' | 'amount' | 'soldAt'>> & { campaign: keyof typeof CAMPAIGNS };

/**
 * @param now epoch milliseconds; nothing is later.
 * @param person the user who types in what the store has sold.
 * @returns messages in the order of their arrival.
 */
export function ninetyDays(now: number, person: string): Message[] {
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
      ? soldInStore(purchase, nextOrder('LDN'), person, random)
      : soldOnline(purchase, nextOrder('AZ'), now - WEBHOOKS_DAYS * DAY, random),
  );
  const scenes = SCENES.map((scene, i) => sceneAt(now - scene.hoursAgo * HOUR, scene, `AZ-${51_300 + i}`));
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

/** The pixel says it; sometimes again, when the page is reloaded; and mostly the shop's server confirms it soon after. */
function soldOnline({ code, amount, soldAt }: Purchase, orderId: string, webhooksFrom: number, random: () => number) {
  const said = { code, amount, orderId, soldAt };
  const messages: Message[] = [{ ...said, source: 'pixel', receivedAt: soldAt }];
  if (random() < 0.12)
    messages.push({ ...said, source: 'pixel', receivedAt: soldAt + Math.ceil(random() * 5 * MINUTE) });
  if (random() < 0.9) {
    const source = soldAt < webhooksFrom ? 'server' : 'webhook';
    // A parcel from which something was left out costs less than the page had said.
    const final = random() < 0.04 ? (Number(amount) * 0.75).toFixed(2) : amount;
    messages.push({ ...said, amount: final, source, receivedAt: soldAt + Math.ceil((1 + random() * 40) * MINUTE) });
  }
  return messages;
}

/** The slips of paper are typed in some hours later. */
function soldInStore({ code, amount, soldAt }: Purchase, orderId: string, userId: string, random: () => number) {
  const receivedAt = soldAt + Math.ceil((1 + random() * 3) * HOUR);
  return [{ source: 'office' as const, code, amount, orderId, soldAt, receivedAt, userId }];
}

function sceneAt(receivedAt: number, { hoursAgo: _, ...scene }: DemoScene, orderId: string): Message {
  return { orderId, ...scene, receivedAt };
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

/**
 * The demo: an on-line shop and a store in Lisbon, and ninety days of what their affiliates' coupons sold, up to today.
 * It comes in by the same door as everything else, so what it shows is what the ledger makes of it.
 */
import { hashPassword } from '../admin/password.ts';
import { createAffiliate, editAffiliate } from '../ledger/affiliates.ts';
import type { Actor, Store } from '../ledger/audit.ts';
import { type CampaignTerms, createCampaign, createShop } from '../ledger/campaigns.ts';
import { approveDue, settleCommissions } from '../ledger/commissions.ts';
import { dayOf } from '../ledger/coupon.ts';
import { addCoupons } from '../ledger/coupons.ts';
import { recordSales } from '../ledger/record-sales.ts';
import { type Message, reportOf } from '../ledger/report.ts';

const DAY = 86_400_000;
const ZONE = 'Europe/Lisbon';

export const DEMO_PASSWORD = 'counterfoil-demo';

/** Who signs in to the demo. The affiliates among them are linked to theirs by the address. */
const USERS = [
  { name: 'Helena Duarte', email: 'owner@demo.test', role: 'administrator' },
  { name: 'Maria Sousa', email: 'maria@demo.test', role: 'affiliate' },
  { name: 'João Pires', email: 'joao@demo.test', role: 'affiliate' },
] as const;

const AFFILIATES = [
  { name: 'Maria Sousa', email: 'maria@demo.test', note: 'Writes about tiles; 40,000 readers.' },
  { name: 'João Pires', email: 'joao@demo.test', note: 'Newsletter of the running club.' },
  { name: 'Inês Carvalho', email: 'ines@demo.test', note: 'Films old houses being mended.' },
  { name: 'Tiago Nunes', email: 'tiago@demo.test', note: 'Guide in Chiado; hands out cards.' },
  { name: 'Beatriz Lopes', email: 'beatriz@demo.test', note: '' },
  { name: 'Rui Matos', email: 'rui@demo.test', note: 'Suspended: spent his own coupons.' },
];

const TERMS: CampaignTerms = {
  name: 'Autumn tiles',
  status: 'active',
  commissionKind: 'percent',
  commissionValue: 1_000,
  approval: 'manual',
  holdDays: 0,
  trustPixel: false,
  requestMode: 'at once',
  requestLimit: 3,
};

/** How many sales a coupon makes on a busy day, and what an order is worth, in cents. */
interface Habit {
  code: string;
  perDay: number;
  from: number;
  to: number;
  source: Message['source'];
  confirmed?: boolean;
}

const HABITS: Habit[] = [
  { code: 'MARIA10', perDay: 3.2, from: 2_400, to: 18_900, source: 'pixel', confirmed: true },
  { code: 'MARIA-BLOG', perDay: 1.1, from: 1_900, to: 9_900, source: 'pixel' },
  { code: 'RUNJOAO', perDay: 1.6, from: 3_500, to: 7_900, source: 'pixel', confirmed: true },
  { code: 'INES-FILM', perDay: 1.2, from: 4_900, to: 24_900, source: 'webhook' },
  { code: 'LAUNCH-BEA', perDay: 0.5, from: 2_900, to: 5_900, source: 'pixel' },
  { code: 'LAUNCH-JOAO', perDay: 0.4, from: 2_900, to: 5_900, source: 'pixel' },
  { code: 'CHIADO-TIAGO', perDay: 1.4, from: 800, to: 6_400, source: 'office' },
];

/** A pixel of the demo to open in a browser: Maria's coupon on an order that is not known yet. */
export function demoPixel(trackerUrl: string): string {
  return `${trackerUrl}/track.gif?campaign=1&amount=49.90&order=${Date.now()}&currency=EUR&cc=MARIA10`;
}

/**
 * Fills an empty database. The people who can sign in come last, in one batch: as long as there are none, it is not whole.
 * @param now the instant up to which the ninety days go, in epoch milliseconds
 */
export async function seedDemo(db: D1Database, now: number): Promise<void> {
  const store: Store = { db, kv: NO_COPIES };
  const by: Actor = { userId: null, now: now - 95 * DAY };
  const campaigns = await makeCampaigns(db, by);
  const affiliates = await makeAffiliates(db, by);
  await makeCoupons(store, campaigns, affiliates, now, by);
  await makeSales(db, now);
  await settle(db, now);
  const rui = AFFILIATES[5]!;
  await editAffiliate(db, affiliates[5]!, { ...rui, status: 'suspended' }, { userId: null, now: now - 12 * DAY });
  await editAffiliate(db, affiliates[4]!, { ...AFFILIATES[4]!, status: 'active' }, by);
  await makeUsers(db, now);
}

/** The tracker fetches each copy when the coupon is first used. */
const NO_COPIES = { put: async () => {} } as unknown as KVNamespace;

async function makeCampaigns(db: D1Database, by: Actor) {
  const place = { currency: 'EUR', timeZone: ZONE };
  const online = id(await createShop(db, { name: 'Azulejo', address: 'https://azulejo.example', ...place }, by));
  const store = id(await createShop(db, { name: 'Azulejo Chiado', address: 'Rua Garrett 31, Lisboa', ...place }, by));
  const launch = { commissionKind: 'fixed', commissionValue: 500, requestLimit: null } as const;
  return {
    autumn: id(await createCampaign(db, online, { ...TERMS, approval: 'automatic', holdDays: 14 }, by)),
    launch: id(await createCampaign(db, online, { ...TERMS, name: 'New collection', ...launch }, by)),
    chiado: id(await createCampaign(db, store, { ...TERMS, name: 'In the store', commissionValue: 750 }, by)),
  };
}

async function makeAffiliates(db: D1Database, by: Actor): Promise<number[]> {
  const ids = [];
  for (const affiliate of AFFILIATES) ids.push(id(await createAffiliate(db, affiliate, by)));
  return ids;
}

async function makeCoupons(
  store: Store,
  campaigns: Awaited<ReturnType<typeof makeCampaigns>>,
  [maria, joao, ines, tiago, beatriz, rui]: number[],
  now: number,
  by: Actor,
) {
  const day = (days: number) => dayOf(now + days * DAY, ZONE);
  const numbered = (prefix: string, to: number) =>
    Array.from({ length: to }, (_, i) => `${prefix}${String(i + 1).padStart(2, '0')}`);
  const { autumn, launch, chiado } = campaigns;
  const lists: [codes: string[], campaign: number, affiliate: number | undefined, expiresOn: string | null][] = [
    [['MARIA10', 'MARIA-BLOG'], autumn, maria, null],
    [['MARIA-SUMMER'], autumn, maria, day(-40)],
    [['RUNJOAO'], autumn, joao, null],
    [['JOAO-RACE-DAY'], autumn, joao, day(6)],
    [['INES-FILM', 'INES-STORIES'], autumn, ines, day(120)],
    [['RUI15', 'RUI-FRIENDS'], autumn, rui, null],
    [['LAUNCH-BEA'], launch, beatriz, null],
    [['LAUNCH-JOAO'], launch, joao, day(30)],
    [['LAUNCH-SPRING'], launch, beatriz, day(-60)],
    [['CHIADO-TIAGO', 'CHIADO-CARD'], chiado, tiago, null],
    [['CHIADO-MARIA'], chiado, maria, day(45)],
    [numbered('AZULEJO-', 12), autumn, undefined, null],
    [numbered('NEW-', 6), launch, undefined, day(90)],
    [numbered('FLYER-', 6), chiado, undefined, day(12)],
    [numbered('OPENING-', 2), chiado, undefined, day(-20)],
  ];
  for (const [codes, campaignId, affiliate, expiresOn] of lists)
    await addCoupons(store, codes, { campaignId, affiliateId: affiliate ?? null, expiresOn }, by);
}

/** Ninety days of reports, in the order in which they came. */
async function makeSales(db: D1Database, now: number) {
  const random = generator(20);
  const messages: Message[] = [];
  let order = 10_240;
  for (let ago = 90; ago >= 0; ago--) {
    const weekday = new Date(now - ago * DAY).getUTCDay();
    const busy = (weekday === 0 || weekday === 6 ? 1.3 : 0.8) * (1.2 - ago / 200);
    for (const habit of HABITS) {
      const count = Math.floor(habit.perDay * busy + random());
      for (let i = 0; i < count; i++) {
        const minor = habit.from + Math.floor(random() ** 2 * (habit.to - habit.from));
        const soldAt = Math.min(now - 60_000, now - ago * DAY - Math.floor(random() * 10 * 3_600_000));
        const sale: Message = {
          source: habit.source,
          code: random() < 0.2 ? habit.code.toLowerCase() : habit.code,
          amount: `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`,
          orderId: `${habit.source === 'office' ? 'C' : 'A'}-${order++}`,
          soldAt,
          receivedAt: soldAt,
        };
        messages.push(sale);
        if (random() < 0.12) messages.push({ ...sale, receivedAt: soldAt + 4_000 });
        if (habit.confirmed && random() < 0.7)
          messages.push({ ...sale, source: 'webhook', receivedAt: soldAt + 9_000 });
      }
    }
  }
  messages.push(...ODDITIES.map(({ days, ...message }) => ({ ...message, receivedAt: now - days * DAY - 3_600_000 })));
  messages.sort((one, other) => one.receivedAt - other.receivedAt);
  await recordSales(db, messages.map(reportOf));
}

/** What every shop sees sooner or later, and what the office then has to say about it. */
const ODDITIES: (Omit<Message, 'receivedAt'> & { days: number })[] = [
  { days: 20, source: 'pixel', code: 'MARIA-SUMMER', amount: '62.00', orderId: 'A-9001' },
  { days: 9, source: 'pixel', code: 'SUMMER2020', amount: '38.50', orderId: 'A-9002' },
  { days: 6, source: 'pixel', code: 'AZULEJO-03', amount: '24.90', orderId: 'A-9003' },
  { days: 4, source: 'pixel', code: 'RUNJOAO', amount: '1.234,50', orderId: 'A-9004' },
  { days: 3, source: 'pixel', code: 'INES-FILM', amount: '140.00', currency: 'USD', orderId: 'A-9005' },
  { days: 2, source: 'pixel', code: 'MARIA10', orderId: 'A-9006' },
  {
    days: 1,
    source: 'pixel',
    code: 'MARIA10',
    amount: '55.00',
    orderId: 'A-9007',
    doubt: 'loaded ahead of time by a browser',
  },
];

/** What is older than three weeks has been looked through by hand; one sale in thirty was refused. */
async function settle(db: D1Database, now: number) {
  await approveDue(db, now);
  const { results } = await db
    .prepare(
      `SELECT m.id FROM commissions m JOIN sales s ON s.id = m.sale_id WHERE m.status = 'pending' AND s.sold_at < ? ORDER BY m.id`,
    )
    .bind(now - 21 * DAY)
    .all<{ id: number }>();
  const [refused, fine] = [results.filter((_, i) => i % 30 === 7), results.filter((_, i) => i % 30 !== 7)];
  const by: Actor = { userId: null, now: now - 2 * DAY };
  const ids = (rows: { id: number }[]) => rows.map((row) => row.id);
  await settleCommissions(db, ids(fine), 'approved', null, by);
  await settleCommissions(db, ids(refused), 'declined', 'The order was returned.', by);
}

async function makeUsers(db: D1Database, now: number) {
  const password = await hashPassword(DEMO_PASSWORD);
  await db.batch(
    USERS.flatMap(({ name, email, role }) => {
      const userId = email.replace('@', '-at-');
      return [
        db
          .prepare(
            `INSERT INTO users (id, name, email, email_verified, role, created_at, updated_at) VALUES (?1, ?2, ?3, 1, ?4, ?5, ?5)`,
          )
          .bind(userId, name, email, role, now),
        db
          .prepare(
            `INSERT INTO accounts (id, account_id, provider_id, user_id, password, created_at, updated_at)
             VALUES (?1, ?1, 'credential', ?1, ?2, ?3, ?3)`,
          )
          .bind(userId, password, now),
        db.prepare('UPDATE affiliates SET user_id = ?1 WHERE email = ?2').bind(userId, email),
      ];
    }),
  );
}

function id(made: { id: number } | { error: string }): number {
  if ('error' in made) throw new Error(`the demo was refused: ${made.error}`);
  return made.id;
}

/** Numbers between 0 and 1, the same for the same seed (mulberry32), so that the demo tells the same story every day. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Who and what the demo is about: Azulejo, which sells tiles on line from Lisbon, and its store in London.
 * Days are counted back from the day of seeding; amounts are as a shop prints them.
 */

export const DEMO_PASSWORD = 'counterfoil-demo';

/** Who signs in: Helena runs the shops; Maria and João earn. */
export const HELENA = { name: 'Helena Duarte', email: 'owner@demo.test' };
export const DEMO_SIGN_INS = ['owner@demo.test', 'maria@demo.test', 'joao@demo.test'];

export const SHOPS = {
  online: { name: 'Azulejo', address: 'https://azulejo.example', currency: 'EUR', timeZone: 'Europe/Lisbon' },
  store: {
    name: 'Azulejo London',
    address: '94 Columbia Road, London',
    currency: 'GBP',
    timeZone: 'Europe/London',
  },
} as const;

const OPEN = { status: 'active', trustPixel: false, requestMode: 'at once', requestLimit: 3 } as const;

/** Makers is approved by Helena; New customer approves itself two weeks after a sale that the shop has confirmed. */
export const CAMPAIGNS = {
  makers: {
    shop: 'online',
    terms: {
      ...OPEN,
      name: 'Makers',
      commissionKind: 'percent',
      commissionValue: 1_000,
      approval: 'manual',
      holdDays: 0,
    },
  },
  newCustomer: {
    shop: 'online',
    terms: {
      ...OPEN,
      name: 'New customer',
      commissionKind: 'fixed',
      commissionValue: 500,
      approval: 'automatic',
      holdDays: 14,
    },
  },
  inStore: {
    shop: 'store',
    terms: {
      ...OPEN,
      name: 'In store',
      commissionKind: 'percent',
      commissionValue: 800,
      approval: 'manual',
      holdDays: 0,
    },
  },
} as const;

export type CampaignName = keyof typeof CAMPAIGNS;

/** Rui is suspended in the course of the story. */
export const AFFILIATES = {
  maria: { name: 'Maria Sousa', email: 'maria@demo.test', note: 'Writes about tiles; 40,000 readers a month.' },
  joao: { name: 'João Pires', email: 'joao@demo.test', note: 'The Thursday newsletter of a running club.' },
  ines: { name: 'Inês Carvalho', email: 'ines@demo.test', note: 'Architect; furnishes flats in Graça.' },
  beatriz: { name: 'Beatriz Lopes', email: 'beatriz@demo.test', note: 'Teaches pottery in Hackney; hands out cards.' },
  rui: { name: 'Rui Matos', email: 'rui@demo.test', note: 'Deals page. Suspended: bids on our own name in adverts.' },
} as const;

export type AffiliateName = keyof typeof AFFILIATES;

/** Rui's suspension, and what became of one of his coupons. */
export const SUSPENSION = { daysAgo: 28, affiliate: 'rui', coupon: 'CERAMICA10', newOwner: 'ines' } as const;

/** Tiago has applied, and waits for an answer. */
export const APPLICANT = {
  daysAgo: 3,
  name: 'Tiago Nunes',
  email: 'tiago@demo.test',
  note: 'Films old houses being mended; wants to show our tiles.',
};

export interface DemoCoupons {
  campaign: CampaignName;
  /** Null: free, for an affiliate to request. */
  owner: AffiliateName | null;
  /** Days from today to the last day on which they work, negative where that is past; null: for ever. */
  lastDay: number | null;
  /** About how many sales a week each code makes. */
  weekly: Record<string, number>;
}

export const COUPONS: DemoCoupons[] = [
  { campaign: 'makers', owner: 'maria', lastDay: null, weekly: { MARIA10: 11, 'MARIA-TILES': 4 } },
  { campaign: 'makers', owner: 'maria', lastDay: 9, weekly: { 'MARIA-KITCHEN': 3 } },
  { campaign: 'makers', owner: 'maria', lastDay: -20, weekly: { 'MARIA-SUMMER': 4 } },
  { campaign: 'makers', owner: 'joao', lastDay: null, weekly: { JOAO10: 7, 'CORRE-LISBOA': 4 } },
  { campaign: 'makers', owner: 'joao', lastDay: -35, weekly: { MARATONA: 6 } },
  { campaign: 'makers', owner: 'ines', lastDay: null, weekly: { INES10: 5, 'STUDIO-INÊS': 2 } },
  { campaign: 'makers', owner: 'ines', lastDay: 3, weekly: { ATELIER: 1 } },
  { campaign: 'makers', owner: 'rui', lastDay: null, weekly: { RUI10: 3, CERAMICA10: 2 } },
  {
    campaign: 'makers',
    owner: null,
    lastDay: null,
    weekly: { 'AZUL-7K2M': 0, 'AZUL-9QTX': 0, 'AZUL-C4RD': 0, 'AZUL-FH6W': 0, 'AZUL-N8JP': 0, 'AZUL-V3EZ': 0 },
  },
  { campaign: 'makers', owner: null, lastDay: -5, weekly: { 'EXPO-LISBOA': 0, 'EXPO-PORTO': 0 } },
  { campaign: 'newCustomer', owner: 'maria', lastDay: null, weekly: { 'OLA-MARIA': 3 } },
  { campaign: 'newCustomer', owner: 'joao', lastDay: null, weekly: { 'OLA-JOAO': 3, 'OLA-CORREDOR': 1 } },
  { campaign: 'newCustomer', owner: 'ines', lastDay: 45, weekly: { 'OLA-INÊS': 1 } },
  {
    campaign: 'newCustomer',
    owner: null,
    lastDay: 60,
    weekly: { 'OLA-01': 0, 'OLA-02': 0, 'OLA-03': 0, 'OLA-04': 0, 'OLA-05': 0, 'OLA-06': 0 },
  },
  { campaign: 'inStore', owner: 'beatriz', lastDay: null, weekly: { BEATRIZ8: 5, 'POTTERY-CLUB': 2 } },
  { campaign: 'inStore', owner: 'beatriz', lastDay: -12, weekly: { 'OPEN-KILN': 2 } },
  { campaign: 'inStore', owner: 'ines', lastDay: null, weekly: { 'INES-LDN': 1 } },
  { campaign: 'inStore', owner: 'maria', lastDay: null, weekly: { 'MARIA-LDN': 1 } },
  {
    campaign: 'inStore',
    owner: null,
    lastDay: 30,
    weekly: { 'CARD-01': 0, 'CARD-02': 0, 'CARD-03': 0, 'CARD-04': 0, 'CARD-05': 0 },
  },
];

/** Why Helena declined commissions. */
export const REFUSALS = ['The order was returned.', 'The customer cancelled.', 'Their own order.'];
export const UNCONFIRMED = 'The shop knows of no such order.';

/** So many weeks ago what was approved was paid out; the last of these payments are still on their way. */
export const PAYOUTS_WEEKS_AGO = [8, 4, 1];
/** One that came back: it is approved still, and goes out with the next. */
export const FAILED_PAYOUT = { weeksAgo: 4, affiliate: 'beatriz', reason: 'The bank knows no such account.' } as const;

/** A week of the store's sales was not typed in but brought as a file of its till. */
export const TILL_FILE = { daysAgo: [50, 43], name: 'till-week.csv' } as const;

/** One message out of the ordinary, so many hours before the demo was made. */
export interface DemoScene {
  hoursAgo: number;
  source: 'pixel' | 'server' | 'webhook' | 'office';
  kind?: 'refund' | 'correction' | 'void' | 'hold';
  /** One code, or several between commas; without it nothing is said of coupons. */
  code?: string;
  amount?: string;
  currency?: string;
  /** Without one it gets the next; null: the shop sent none. */
  orderId?: string | null;
  /** Another browser than the customer's. */
  elsewhere?: boolean;
  doubt?: string;
  test?: boolean;
  cancelled?: boolean;
  /** What came back, with the refund's own number. */
  refunded?: string;
  refundId?: string;
  affiliate?: AffiliateName;
  reason?: string;
}

/** What every shop meets sooner or later: today's sales, refusals of each kind, and what waits for a person. */
export const SCENES: DemoScene[] = [
  { hoursAgo: 0.1, source: 'pixel', code: 'MARIA10', amount: '86.40', orderId: 'AZ-51212' },
  { hoursAgo: 0.4, source: 'pixel', code: 'JOAO10', amount: '47.90', orderId: 'AZ-51211' },
  { hoursAgo: 0.3, source: 'webhook', code: 'JOAO10', amount: '47.90', orderId: 'AZ-51211' },
  { hoursAgo: 0.8, source: 'pixel', code: 'ola-maria', amount: '129.00', orderId: 'AZ-51210' },
  { hoursAgo: 1.5, source: 'pixel', code: 'MARIA10', amount: '10.00', orderId: 'TEST-1', test: true },
  { hoursAgo: 2.2, source: 'pixel', code: 'MARIA1O', amount: '64.50' },
  // Without a number, though the shop tells its orders itself.
  { hoursAgo: 3.5, source: 'pixel', code: 'INES10', amount: '61.00', orderId: null },
  { hoursAgo: 5, source: 'pixel', code: 'AZUL-7K2M', amount: '38.00' },
  { hoursAgo: 8, source: 'pixel', code: 'JOAO10', amount: '1.234,50', orderId: 'AZ-51207' },
  { hoursAgo: 20, source: 'pixel', code: 'INES10', amount: '140.00', currency: 'USD', orderId: 'AZ-51206' },
  { hoursAgo: 26, source: 'pixel', code: 'MARIA10', orderId: 'AZ-51205' },
  { hoursAgo: 31, source: 'pixel', code: 'WELCOME10', amount: '25.00' },
  // Two browsers, and two affiliates: whose is it?
  { hoursAgo: 36, source: 'pixel', code: 'MARIA10', amount: '54.00', orderId: 'AZ-51209' },
  { hoursAgo: 35.5, source: 'pixel', code: 'JOAO10', amount: '54.00', orderId: 'AZ-51209', elsewhere: true },
  { hoursAgo: 44, source: 'pixel', code: 'MARIA-TILES', amount: '72.00', doubt: 'prefetch' },
  { hoursAgo: 52, source: 'pixel', code: 'INES10', amount: '95.00', orderId: 'AZ-51204' },
  { hoursAgo: 51.9, source: 'webhook', code: 'FRIENDS-OF-INES', amount: '95.00', orderId: 'AZ-51204' },
  { hoursAgo: 60, source: 'webhook', code: 'MARIA10,JOAO10', amount: '120.00', orderId: 'AZ-51208' },
  { hoursAgo: 75, source: 'pixel', code: 'CORRE-LISBOA', amount: '€ 59.90', orderId: 'AZ-51203' },
  { hoursAgo: 120, source: 'pixel', code: 'MARIA10', amount: '310.00', currency: 'BRL', orderId: 'AZ-51202' },
  { hoursAgo: 130, source: 'pixel', code: 'MARIA-TILES', amount: '88.00', orderId: 'AZ-51201' },
  { hoursAgo: 129.9, source: 'webhook', code: 'JOAO10', amount: '88.00', orderId: 'AZ-51201' },
  // Helena puts a coupon right that the customer had mixed up.
  { hoursAgo: 150, source: 'pixel', code: 'MARIA10', amount: '132.00', orderId: 'AZ-51200' },
  {
    hoursAgo: 126,
    source: 'office',
    kind: 'correction',
    code: 'JOAO10',
    orderId: 'AZ-51200',
    reason: 'The customer wrote that it was João who sent them.',
  },
  // Voided, and heard of again.
  { hoursAgo: 170, source: 'pixel', code: 'INES10', amount: '1.00', orderId: 'AZ-51199' },
  { hoursAgo: 168, source: 'office', kind: 'void', orderId: 'AZ-51199', reason: 'We were trying the till.' },
  { hoursAgo: 167, source: 'webhook', code: 'INES10', amount: '1.00', orderId: 'AZ-51199' },
  { hoursAgo: 190, source: 'webhook', code: 'INES10', amount: '640.00', orderId: 'AZ-51198' },
  {
    hoursAgo: 180,
    source: 'office',
    kind: 'hold',
    affiliate: 'ines',
    orderId: 'AZ-51198',
    reason: 'Was it for a flat of her own? She was asked.',
  },
  // All of it came back, in two parts.
  { hoursAgo: 240, source: 'webhook', code: 'MARIA-TILES', amount: '70.00', orderId: 'AZ-51197' },
  { hoursAgo: 144, source: 'webhook', kind: 'refund', refunded: '45.00', refundId: 'r-88', orderId: 'AZ-51197' },
  { hoursAgo: 96, source: 'webhook', kind: 'refund', refunded: '25.00', refundId: 'r-91', orderId: 'AZ-51197' },
  { hoursAgo: 250, source: 'webhook', code: 'OLA-JOAO', amount: '49.90', orderId: 'AZ-51196' },
  { hoursAgo: 230, source: 'webhook', code: 'OLA-JOAO', amount: '49.90', orderId: 'AZ-51196', cancelled: true },
  { hoursAgo: 260, source: 'pixel', code: 'SUMMER2020', amount: '38.50' },
];

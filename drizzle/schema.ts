/**
 * What is remembered. Times are UTC epoch milliseconds (`…_at`), days are ISO dates in the shop's zone (`…_on`),
 * money is integer minor units (`…_minor`) with its currency beside it, rates are basis points (`…_bp`).
 *
 * The migrations add by hand what drizzle-kit has no words for: STRICT tables, and the triggers of
 * `migrations/0001_ledger_guards.sql` (ownership history, append-only reports, commissions whose amount never changes).
 */
import { sql } from 'drizzle-orm';
import {
  type AnySQLiteColumn,
  blob,
  check,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';

const inList = (column: AnySQLiteColumn, values: readonly string[]) =>
  sql`${column} in (${sql.raw(values.map((value) => `'${value}'`).join(', '))})`;

export const SEVERAL_AFFILIATES = ['first', 'last', 'a person'] as const;

export const shops = sqliteTable(
  'shops',
  {
    id: integer().primaryKey(),
    name: text().notNull(),
    address: text().notNull().default(''),
    currency: text().notNull(),
    timeZone: text('time_zone').notNull(),
    signUpOpen: integer('sign_up_open', { mode: 'boolean' }).notNull().default(false),
    /** Whose coupon counts where an order names those of two affiliates. */
    severalAffiliates: text('several_affiliates', { enum: SEVERAL_AFFILIATES }).notNull().default('a person'),
    /** When a server or webhook first spoke of its orders; from then on a browser's sale without a number is doubted. */
    endpointAt: integer('endpoint_at'),
    /** Since when zone and rule are what they are; 0: since ever. */
    sinceAt: integer('since_at').notNull().default(0),
    revision: integer().notNull().default(1),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull().default(0),
  },
  (t) => [
    uniqueIndex('shops_name').on(t.name),
    check('shops_several_affiliates', inList(t.severalAffiliates, SEVERAL_AFFILIATES)),
    check('shops_currency', sql`${t.currency} glob '[A-Z][A-Z][A-Z]'`),
    check('shops_sign_up_open', sql`${t.signUpOpen} in (0, 1)`),
  ],
);

export const CAMPAIGN_STATUSES = ['active', 'paused'] as const;
export const COMMISSION_BASES = ['percent', 'fixed'] as const;
export const APPROVALS = ['manual', 'automatic'] as const;
export const REQUEST_MODES = ['at once', 'after approval', 'off'] as const;

export const campaigns = sqliteTable(
  'campaigns',
  {
    id: integer().primaryKey(),
    shopId: integer('shop_id')
      .notNull()
      .references(() => shops.id),
    name: text().notNull(),
    status: text({ enum: CAMPAIGN_STATUSES }).notNull().default('active'),
    commissionKind: text('commission_kind', { enum: COMMISSION_BASES }).notNull(),
    /** Basis points of the sale for `percent`, minor units of the shop's currency for `fixed`. */
    commissionValue: integer('commission_value').notNull(),
    approval: text({ enum: APPROVALS }).notNull().default('manual'),
    holdDays: integer('hold_days').notNull().default(0),
    trustPixel: integer('trust_pixel', { mode: 'boolean' }).notNull().default(false),
    requestMode: text('request_mode', { enum: REQUEST_MODES }).notNull().default('at once'),
    requestLimit: integer('request_limit'),
    /** Since when the terms are these; 0: since ever. Earlier ones are in `campaigns_were`. */
    sinceAt: integer('since_at').notNull().default(0),
    /** Goes up with every change of the terms; a sale is written only if the terms it was decided on are still these. */
    revision: integer().notNull().default(1),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull().default(0),
  },
  (t) => [
    uniqueIndex('campaigns_shop_name').on(t.shopId, t.name),
    check('campaigns_status', inList(t.status, CAMPAIGN_STATUSES)),
    check(
      'campaigns_commission',
      sql`(${t.commissionKind} = 'percent' and ${t.commissionValue} between 0 and 10000)
       or (${t.commissionKind} = 'fixed' and ${t.commissionValue} between 0 and 1000000000000)`,
    ),
    check('campaigns_approval', inList(t.approval, APPROVALS)),
    check('campaigns_hold_days', sql`${t.holdDays} between 0 and 90`),
    check('campaigns_trust_pixel', sql`${t.trustPixel} in (0, 1)`),
    check('campaigns_request_mode', inList(t.requestMode, REQUEST_MODES)),
    check('campaigns_request_limit', sql`${t.requestLimit} > 0`),
  ],
);

export const AFFILIATE_STATUSES = ['pending', 'active', 'declined', 'suspended'] as const;

export const affiliates = sqliteTable(
  'affiliates',
  {
    id: integer().primaryKey(),
    userId: text('user_id').references(() => users.id),
    name: text().notNull(),
    /** Lower case, so that one address is one affiliate. */
    email: text().notNull(),
    status: text({ enum: AFFILIATE_STATUSES }).notNull(),
    note: text().notNull().default(''),
    payoutMethod: text('payout_method').notNull().default(''),
    payoutAccount: text('payout_account').notNull().default(''),
    /** Less than this is not paid out but kept until there is more; other currencies know no minimum. */
    payoutMinimumMinor: integer('payout_minimum_minor').notNull().default(0),
    payoutMinimumCurrency: text('payout_minimum_currency'),
    /** Since when the status is this one; 0: since ever. Earlier ones are in `affiliates_were`. */
    sinceAt: integer('since_at').notNull().default(0),
    revision: integer().notNull().default(1),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull().default(0),
  },
  (t) => [
    uniqueIndex('affiliates_email').on(t.email),
    uniqueIndex('affiliates_user').on(t.userId),
    check('affiliates_email_lower', sql`${t.email} = lower(${t.email})`),
    check('affiliates_status', inList(t.status, AFFILIATE_STATUSES)),
    check(
      'affiliates_payout_minimum',
      sql`${t.payoutMinimumMinor} = 0 or (${t.payoutMinimumMinor} > 0 and ${t.payoutMinimumCurrency} is not null)`,
    ),
  ],
);

export const coupons = sqliteTable(
  'coupons',
  {
    id: integer().primaryKey(),
    shopId: integer('shop_id')
      .notNull()
      .references(() => shops.id),
    campaignId: integer('campaign_id')
      .notNull()
      .references(() => campaigns.id),
    /** As it was typed, and as it is shown. */
    code: text().notNull(),
    /** As it is compared: `couponKey(code)`. Triggers keep the history of codes in `coupon_codes`. */
    codeKey: text('code_key').notNull(),
    /** Who owns it now, or null: free. */
    affiliateId: integer('affiliate_id').references(() => affiliates.id),
    /** The last day on which it works, in the shop's zone; null: for ever. */
    expiresOn: text('expires_on'),
    archivedAt: integer('archived_at'),
    /** Taken back with the import that brought it, before anybody spent it: its code is as free as if it had never been. */
    neverWas: integer('never_was', { mode: 'boolean' }).notNull().default(false),
    /** The import that brought it, by which it can be undone. */
    importId: integer('import_id').references(() => imports.id),
    /** With a change of the code: the first instant at which the old one does not work any more. Read by a trigger only. */
    oldCodeUntil: integer('old_code_until'),
    /** Since when campaign, owner and last day are what they are; 0: since ever. What was before is in `coupons_were`. */
    sinceAt: integer('since_at').notNull().default(0),
    /** Goes up with every change of what a sale is decided on, the history included. */
    revision: integer().notNull().default(1),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('coupons_living_code').on(t.shopId, t.codeKey).where(sql`${t.archivedAt} is null`),
    // The search over all shops.
    index('coupons_code').on(t.codeKey).where(sql`${t.archivedAt} is null`),
    index('coupons_campaign').on(t.campaignId, t.affiliateId).where(sql`${t.archivedAt} is null`),
    index('coupons_affiliate').on(t.affiliateId).where(sql`${t.archivedAt} is null`),
    index('coupons_import').on(t.importId).where(sql`${t.importId} is not null`),
    index('coupons_expiry').on(t.expiresOn).where(sql`${t.archivedAt} is null`),
    check('coupons_code_length', sql`length(${t.code}) between 1 and 100 and length(${t.codeKey}) >= 1`),
    check('coupons_expires_on', sql`${t.expiresOn} = date(${t.expiresOn})`),
    check('coupons_never_was', sql`${t.neverWas} in (0, 1) and (${t.neverWas} = 0 or ${t.archivedAt} is not null)`),
  ],
);

/** Which coupon a shop's code meant when: at each instant at most one. Written by triggers on `coupons` only. */
export const couponCodes = sqliteTable(
  'coupon_codes',
  {
    codeKey: text('code_key').notNull(),
    shopId: integer('shop_id').notNull(),
    couponId: integer('coupon_id')
      .notNull()
      .references(() => coupons.id),
    /** 0 for the code a coupon was created with, unless another one had it before: then from when that one lost it. */
    fromAt: integer('from_at').notNull(),
    /** The first instant at which it no longer means this coupon, a changed code's time of grace included; null: it does. */
    untilAt: integer('until_at'),
    code: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.codeKey, t.shopId, t.couponId, t.fromAt] }),
    index('coupon_codes_coupon').on(t.couponId),
    check('coupon_codes_span', sql`${t.untilAt} >= ${t.fromAt}`),
  ],
);

/** What a coupon was before its row says what it is: a row is written when something ends. By triggers only. */
export const couponsWere = sqliteTable(
  'coupons_were',
  {
    couponId: integer('coupon_id')
      .notNull()
      .references(() => coupons.id),
    fromAt: integer('from_at').notNull(),
    untilAt: integer('until_at').notNull(),
    campaignId: integer('campaign_id').notNull(),
    affiliateId: integer('affiliate_id'),
    expiresOn: text('expires_on'),
  },
  (t) => [primaryKey({ columns: [t.couponId, t.fromAt] }), check('coupons_were_span', sql`${t.untilAt} > ${t.fromAt}`)],
);

/** A campaign's terms and state before those on its row. By triggers only. */
export const campaignsWere = sqliteTable(
  'campaigns_were',
  {
    campaignId: integer('campaign_id')
      .notNull()
      .references(() => campaigns.id),
    fromAt: integer('from_at').notNull(),
    untilAt: integer('until_at').notNull(),
    status: text({ enum: CAMPAIGN_STATUSES }).notNull(),
    commissionKind: text('commission_kind', { enum: COMMISSION_BASES }).notNull(),
    commissionValue: integer('commission_value').notNull(),
    approval: text({ enum: APPROVALS }).notNull(),
    holdDays: integer('hold_days').notNull(),
    trustPixel: integer('trust_pixel', { mode: 'boolean' }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.campaignId, t.fromAt] }),
    check('campaigns_were_span', sql`${t.untilAt} > ${t.fromAt}`),
  ],
);

/** An affiliate's state before the one on their row. By triggers only. */
export const affiliatesWere = sqliteTable(
  'affiliates_were',
  {
    affiliateId: integer('affiliate_id')
      .notNull()
      .references(() => affiliates.id),
    fromAt: integer('from_at').notNull(),
    untilAt: integer('until_at').notNull(),
    status: text({ enum: AFFILIATE_STATUSES }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.affiliateId, t.fromAt] }),
    check('affiliates_were_span', sql`${t.untilAt} > ${t.fromAt}`),
  ],
);

/** A shop's clock and rules before those on its row. By triggers only. */
export const shopsWere = sqliteTable(
  'shops_were',
  {
    shopId: integer('shop_id')
      .notNull()
      .references(() => shops.id),
    fromAt: integer('from_at').notNull(),
    untilAt: integer('until_at').notNull(),
    timeZone: text('time_zone').notNull(),
    severalAffiliates: text('several_affiliates', { enum: SEVERAL_AFFILIATES }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.shopId, t.fromAt] }), check('shops_were_span', sql`${t.untilAt} > ${t.fromAt}`)],
);

export const SOURCES = ['pixel', 'office', 'import', 'server', 'webhook'] as const;

export const REPORT_KINDS = [
  'sale',
  'refund',
  'correction',
  'void',
  'decline',
  'restore',
  'hold',
  'release',
  'adjustment',
  'withdrawal',
] as const;

/** Every message about an order, as it was read. Append-only, by trigger; what became of it stands elsewhere. */
export const reports = sqliteTable(
  'reports',
  {
    /** 0: none; nobody could tell which shop's order it is. */
    shopId: integer('shop_id').notNull(),
    orderKey: text('order_key').notNull(),
    /** The how-manyth report of its order, by commit, from 1. */
    place: integer().notNull(),
    /** Names the report once and for all: a redelivery is known by it. */
    id: text().notNull(),
    source: text({ enum: SOURCES }).notNull(),
    kind: text({ enum: REPORT_KINDS }).notNull(),
    /** Who sent it: a browser's daily hash, `file:` and its hash, `person:` and their id, an endpoint's or a key's name. */
    witness: text().notNull(),
    receivedAt: integer('received_at').notNull(),
    /** When it was said, by the sender's clock; null: when it arrived. */
    saidAt: integer('said_at'),
    /** When the sale was made: an instant, or only a day in the shop's zone, or neither. */
    soldAt: integer('sold_at'),
    soldOn: text('sold_on'),
    /** As they were sent: one code, or several between commas. */
    code: text().notNull(),
    /** JSON list of keys; null: it does not speak of coupons; empty: there was none. */
    codes: text(),
    /** The order's number as it was sent; null where there was none. */
    orderId: text('order_id'),
    campaign: text(),
    amount: text(),
    /** Read, in the shop's currency; null where it is none or cannot be read. */
    amountMinor: integer('amount_minor'),
    currency: text(),
    cancelled: integer({ mode: 'boolean' }),
    /** The total refunded so far, or with `refund` the amount of that one. */
    refundedMinor: integer('refunded_minor'),
    /** JSON: what few reports tell (see `More` in ledger/report.ts). */
    more: text(),
    /** What could not be read, in plain words. */
    problem: text(),
    /** Why it is doubted that a customer sent it. */
    doubt: text(),
    test: integer({ mode: 'boolean' }).notNull().default(false),
    importId: integer('import_id').references(() => imports.id),
    /** The person who typed it, for `office` and `import`. */
    userId: text('user_id').references(() => users.id),
    /** Of a person's word: the affiliate whom it is about; null: the whole order. */
    affiliateId: integer('affiliate_id').references(() => affiliates.id),
    /** The report that this one takes back, or answers. */
    about: text(),
    reason: text(),
  },
  (t) => [
    primaryKey({ columns: [t.shopId, t.orderKey, t.place] }),
    uniqueIndex('reports_id').on(t.id),
    // Undo.
    index('reports_import').on(t.importId).where(sql`${t.importId} is not null`),
    // The same browser within half an hour, where the shop sends no order number.
    index('reports_visitor').on(t.witness, t.receivedAt).where(sql`${t.orderId} is null and ${t.source} = 'pixel'`),
    check('reports_source', inList(t.source, SOURCES)),
    check('reports_kind', inList(t.kind, REPORT_KINDS)),
    check('reports_place', sql`${t.place} >= 1`),
    check('reports_amount', sql`abs(${t.amountMinor}) <= 1000000000000 and abs(${t.refundedMinor}) <= 1000000000000`),
    check('reports_sold', sql`${t.soldAt} is null or ${t.soldOn} is null`),
  ],
);

/** Further names of an order, where they are not its key: ids meet ids, numbers meet numbers. */
export const orderNames = sqliteTable(
  'order_names',
  {
    shopId: integer('shop_id').notNull(),
    kind: text({ enum: ['number', 'id'] }).notNull(),
    name: text().notNull(),
    orderKey: text('order_key').notNull(),
  },
  (t) => [primaryKey({ columns: [t.shopId, t.kind, t.name] }), index('order_names_order').on(t.shopId, t.orderKey)],
);

/** Two orders that a witness named as one: the younger is decided under the older. */
export const orderJoins = sqliteTable(
  'order_joins',
  {
    shopId: integer('shop_id').notNull(),
    orderKey: text('order_key').notNull(),
    intoKey: text('into_key').notNull(),
    /** The report that named both. */
    reportId: text('report_id').notNull(),
    joinedAt: integer('joined_at').notNull(),
    partedAt: integer('parted_at'),
  },
  (t) => [primaryKey({ columns: [t.shopId, t.orderKey] }), index('order_joins_into').on(t.shopId, t.intoKey)],
);

/** `import` counts as `office`: a person stands behind both. */
export const EVIDENCE = ['pixel', 'office', 'server', 'webhook'] as const;
/** What an order came to. Only `standing` counts as sold. */
export const SALE_STATES = ['standing', 'nothing', 'void', 'undone', 'joined', 'adjustment'] as const;

/** What all standing reports of one order add up to; one row an order that anybody spoke of. */
export const sales = sqliteTable(
  'sales',
  {
    id: integer().primaryKey(),
    shopId: integer('shop_id').notNull(),
    orderKey: text('order_key').notNull(),
    /** As it was sent; null where the shop sent none. */
    orderId: text('order_id'),
    state: text({ enum: SALE_STATES }).notNull(),
    /** Whose coupon stands: with the campaign and the affiliate null where nobody's does. */
    couponId: integer('coupon_id').references(() => coupons.id),
    affiliateId: integer('affiliate_id').references(() => affiliates.id),
    campaignId: integer('campaign_id').references(() => campaigns.id),
    /** The code by which the coupon was spent, as it was then. */
    code: text(),
    /** Before refunds; null where nobody named one. */
    amountMinor: integer('amount_minor'),
    refundedMinor: integer('refunded_minor').notNull().default(0),
    currency: text(),
    /** The highest authority that has named the coupon. */
    evidence: text({ enum: EVIDENCE }).notNull(),
    soldAt: integer('sold_at').notNull(),
    /** The day of the sale in the shop's zone: the one it is counted under. */
    day: text().notNull(),
    /** Whether only the day is known. */
    dayOnly: integer('day_only', { mode: 'boolean' }).notNull().default(false),
    recordedAt: integer('recorded_at').notNull(),
    /** What a person is asked about it, in plain words, and by which report; how many such there are. */
    question: text(),
    questionBy: text('question_by'),
    questions: integer().notNull().default(0),
    /** When a person first approved anything of it. */
    approvedAt: integer('approved_at'),
    /** How many reports are kept, how many said only what one of them had said, and how many were one too many. */
    reports: integer().notNull(),
    reloads: integer().notNull().default(0),
    unkept: integer().notNull().default(0),
    /** A number that each write draws anew: whoever has seen another one decides again. */
    append: integer().notNull(),
  },
  (t) => [
    uniqueIndex('sales_order').on(t.shopId, t.orderKey),
    // The list by time, the hours walked back; and the sales of a coupon.
    index('sales_hour').on(t.shopId, sql`(${t.soldAt} / 3600000)`, t.couponId).where(sql`${t.couponId} is not null`),
    index('sales_question').on(t.shopId, t.id).where(sql`${t.question} is not null`),
    check('sales_state', inList(t.state, SALE_STATES)),
    check('sales_evidence', inList(t.evidence, EVIDENCE)),
    check('sales_amount', sql`abs(${t.amountMinor}) <= 1000000000000`),
    check('sales_refunded', sql`${t.refundedMinor} between 0 and 1000000000000`),
    check(
      'sales_standing',
      sql`${t.state} <> 'standing' or (${t.couponId} is not null and ${t.affiliateId} is not null and ${t.campaignId} is not null and ${t.currency} is not null)`,
    ),
    check('sales_question_by', sql`(${t.question} is null) = (${t.questions} = 0)`),
    check('sales_order_key', sql`length(${t.orderKey}) > 0`),
  ],
);

/** What one affiliate is owed for one sale. Its four sums are its lines added up. */
export const commissions = sqliteTable(
  'commissions',
  {
    saleId: integer('sale_id')
      .notNull()
      .references(() => sales.id),
    affiliateId: integer('affiliate_id')
      .notNull()
      .references(() => affiliates.id),
    campaignId: integer('campaign_id')
      .notNull()
      .references(() => campaigns.id),
    couponId: integer('coupon_id').references(() => coupons.id),
    shopId: integer('shop_id').notNull(),
    currency: text().notNull(),
    pendingMinor: integer('pending_minor').notNull(),
    approvedMinor: integer('approved_minor').notNull(),
    inPaymentMinor: integer('in_payment_minor').notNull().default(0),
    paidMinor: integer('paid_minor').notNull().default(0),
    /** How many lines it has: with the sums what a person has seen. */
    lines: integer().notNull(),
    /** What was earned by: basis points, or null for a fixed commission and where nothing is owed. */
    rateBp: integer('rate_bp'),
    /** A better witness than a pixel has named its coupon and, for a percentage, the amount. */
    confirmed: integer({ mode: 'boolean' }).notNull(),
    /** Declined by a person, and why; an empty text is a reason. */
    declined: text(),
    /** Held, and why. */
    held: text(),
    /** When it is approved by itself; null: only a person approves it. */
    availableAt: integer('available_at'),
    /** Copied from the sale, for lists by date. */
    soldAt: integer('sold_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.saleId, t.affiliateId] }),
    index('commissions_hour').on(t.shopId, sql`(${t.soldAt} / 3600000)`, t.affiliateId),
    index('commissions_waiting').on(t.campaignId, t.availableAt).where(sql`${t.pendingMinor} <> 0`),
    index('commissions_declined').on(t.shopId, t.saleId).where(sql`${t.declined} is not null`),
    index('commissions_held').on(t.shopId, t.saleId).where(sql`${t.held} is not null`),
    check('commissions_lines', sql`${t.lines} >= 1`),
  ],
);

export const LINE_KINDS = [
  'sale',
  'refund',
  'correction',
  'undone',
  'voided',
  'declined',
  'restored',
  'approved',
  'in payment',
  'failed',
  'paid',
  'returned',
  'adjustment',
  'bonus',
] as const;
export const LINE_CAUSES = ['report', 'person', 'import', 'payout', 'hold'] as const;

/** One movement of a commission's money each: between its sums, or in or out. Append-only, by trigger. */
export const lines = sqliteTable(
  'lines',
  {
    saleId: integer('sale_id').notNull(),
    affiliateId: integer('affiliate_id').notNull(),
    /** The how-manyth line of its commission, from 1. */
    n: integer().notNull(),
    at: integer().notNull(),
    kind: text({ enum: LINE_KINDS }).notNull(),
    pendingMinor: integer('pending_minor').notNull(),
    approvedMinor: integer('approved_minor').notNull(),
    inPaymentMinor: integer('in_payment_minor').notNull().default(0),
    paidMinor: integer('paid_minor').notNull().default(0),
    /** What moved it: a report, a person, an import or a payout by its id; or the end of a hold. */
    cause: text({ enum: LINE_CAUSES }).notNull(),
    causeId: text('cause_id'),
    /** "10 %", "€5.00": by what it was reckoned; null where nothing was. */
    rule: text(),
    /** A person's words. Read by people, never by code. */
    reason: text(),
  },
  (t) => [
    primaryKey({ columns: [t.saleId, t.affiliateId, t.n] }),
    // Statements.
    index('lines_hour').on(sql`(${t.at} / 3600000)`, t.affiliateId),
    check('lines_kind', inList(t.kind, LINE_KINDS)),
    check('lines_cause', inList(t.cause, LINE_CAUSES)),
    check(
      'lines_move',
      sql`${t.pendingMinor} <> 0 or ${t.approvedMinor} <> 0 or ${t.inPaymentMinor} <> 0 or ${t.paidMinor} <> 0`,
    ),
  ],
);

export const GRAINS = ['day', 'month', 'campaign'] as const;

/** Sales and commissions added up by the day of the sale. A query names its grain, else it counts three times. */
export const totals = sqliteTable(
  'totals',
  {
    /** `day` and `month`: of each campaign and affiliate; `campaign`: of each campaign, by day (affiliate 0). */
    grain: text({ enum: GRAINS }).notNull(),
    shopId: integer('shop_id').notNull(),
    /** `2026-11-25`, or `2026-11`. */
    period: text().notNull(),
    campaignId: integer('campaign_id').notNull(),
    affiliateId: integer('affiliate_id').notNull(),
    currency: text().notNull(),
    sales: integer().notNull(),
    soldMinor: integer('sold_minor').notNull(),
    refundedMinor: integer('refunded_minor').notNull(),
    pendingMinor: integer('pending_minor').notNull(),
    approvedMinor: integer('approved_minor').notNull(),
    inPaymentMinor: integer('in_payment_minor').notNull(),
    paidMinor: integer('paid_minor').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.grain, t.shopId, t.period, t.campaignId, t.affiliateId, t.currency] }),
    index('totals_affiliate').on(t.affiliateId, t.grain, t.period),
    check('totals_grain', inList(t.grain, GRAINS)),
  ],
);

/** What the office says of a report that waits, or whose order earns nobody anything. */
export const verdicts = sqliteTable(
  'verdicts',
  {
    reportId: text('report_id').primaryKey(),
    shopId: integer('shop_id').notNull(),
    orderKey: text('order_key').notNull(),
    receivedAt: integer('received_at').notNull(),
    outcome: text().notNull(),
    detail: text(),
    /** Whether a person is asked. */
    waits: integer({ mode: 'boolean' }).notNull(),
    /** The person's report that answered it where that is of another order. */
    answeredBy: text('answered_by'),
  },
  (t) => [
    index('verdicts_waiting').on(t.receivedAt).where(sql`${t.waits} = 1 and ${t.answeredBy} is null`),
    index('verdicts_time').on(t.receivedAt),
    check('verdicts_waits', sql`${t.waits} in (0, 1)`),
  ],
);

/** Codes that orders named and nobody earns by: found again when one becomes a coupon, or a coupon somebody's. */
export const codesHeard = sqliteTable(
  'codes_heard',
  {
    codeKey: text('code_key').notNull(),
    shopId: integer('shop_id').notNull(),
    orderKey: text('order_key').notNull(),
  },
  (t) => [primaryKey({ columns: [t.codeKey, t.shopId, t.orderKey] })],
);

/** Orders that must be decided again, because something that reaches back has changed. */
export const toDecide = sqliteTable(
  'to_decide',
  {
    shopId: integer('shop_id').notNull(),
    orderKey: text('order_key').notNull(),
    /** Goes up each time it is put here: a decision takes it off the list only if it saw this one. */
    times: integer().notNull().default(1),
    /** What reaches back, for the lines that come of it. */
    kind: text({ enum: LINE_KINDS }).notNull(),
    cause: text({ enum: LINE_CAUSES }).notNull(),
    causeId: text('cause_id'),
    since: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.shopId, t.orderKey] }), index('to_decide_cause').on(t.cause, t.causeId)],
);

/** Hits that are only counted, by hour: those that say nothing that could be decided. */
export const noise = sqliteTable(
  'noise',
  {
    shopId: integer('shop_id').notNull(),
    /** Hours since 1970. */
    hour: integer().notNull(),
    cause: text().notNull(),
    code: text().notNull(),
    hits: integer().notNull(),
    /** One of them, as it came. */
    sample: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.shopId, t.hour, t.cause, t.code] }), check('noise_hits', sql`${t.hits} >= 1`)],
);

export const payouts = sqliteTable(
  'payouts',
  {
    id: integer().primaryKey(),
    affiliateId: integer('affiliate_id')
      .notNull()
      .references(() => affiliates.id),
    amountMinor: integer('amount_minor').notNull(),
    currency: text().notNull(),
    method: text().notNull(),
    note: text().notNull().default(''),
    createdAt: integer('created_at').notNull(),
    createdBy: text('created_by').references(() => users.id),
  },
  (t) => [index('payouts_affiliate').on(t.affiliateId), check('payouts_amount', sql`${t.amountMinor} > 0`)],
);

export const IMPORT_KINDS = ['coupons', 'sales'] as const;
export const IMPORT_STATUSES = [
  'uploading',
  'checking',
  'previewed',
  'running',
  'done',
  'failed',
  'undoing',
  'undone',
] as const;

/** A file that is being brought in, piece by piece; where it has got to stands here, so that it can go on after a crash. */
export const imports = sqliteTable(
  'imports',
  {
    id: integer().primaryKey(),
    kind: text({ enum: IMPORT_KINDS }).notNull(),
    fileName: text('file_name').notNull(),
    status: text({ enum: IMPORT_STATUSES }).notNull(),
    /** JSON: how the file is read (encoding, delimiter, columns, dates, decimals). */
    format: text(),
    /** JSON: what holds for rows that do not say it themselves (campaign, affiliate, expiry). */
    defaults: text(),
    bytesTotal: integer('bytes_total').notNull().default(0),
    /** SHA-256 of its pieces' hashes, once all are here: the same file is known again by it. */
    contentHash: text('content_hash'),
    piecesTotal: integer('pieces_total').notNull().default(0),
    /** Goes up with each beginning of a pass, so that a step of an earlier one, still on its way, writes nothing. */
    pass: integer().notNull().default(0),
    /** The next piece to be read in the present pass (checking, running or undoing). */
    piecesDone: integer('pieces_done').notNull().default(0),
    /** What the last piece ended with: the bytes of a row that goes on in the next. */
    tail: blob({ mode: 'buffer' }),
    /** Lines of the file that are behind us in the present pass. */
    linesDone: integer('lines_done').notNull().default(0),
    /** Lines of the whole file, known once it is checked. */
    linesTotal: integer('lines_total').notNull().default(0),
    rowsTotal: integer('rows_total').notNull().default(0),
    rowsAdded: integer('rows_added').notNull().default(0),
    rowsKnown: integer('rows_known').notNull().default(0),
    rowsRefused: integer('rows_refused').notNull().default(0),
    /** While it is undone: the last coupon or report that is behind us, how many were taken back, how many stay. */
    undoFrom: text('undo_from').notNull().default(''),
    rowsUndone: integer('rows_undone').notNull().default(0),
    rowsKept: integer('rows_kept').notNull().default(0),
    /** How often in a row a step of it threw, and what the last one said. */
    failures: integer().notNull().default(0),
    failure: text(),
    createdAt: integer('created_at').notNull(),
    createdBy: text('created_by').references(() => users.id),
    /** When it last got anywhere: one that stands still is taken up by the cron. */
    movedAt: integer('moved_at').notNull(),
    startedAt: integer('started_at'),
    finishedAt: integer('finished_at'),
    undoneAt: integer('undone_at'),
  },
  (t) => [
    check('imports_kind', inList(t.kind, IMPORT_KINDS)),
    check('imports_status', inList(t.status, IMPORT_STATUSES)),
    check('imports_pieces', sql`${t.piecesDone} between 0 and ${t.piecesTotal}`),
  ],
);

/** The file itself, in pieces of half a megabyte, until the import is done. */
export const importPieces = sqliteTable(
  'import_pieces',
  {
    importId: integer('import_id')
      .notNull()
      .references(() => imports.id),
    number: integer().notNull(),
    /** SHA-256 of the bytes: an upload that broke off goes on only with the same file. */
    hash: text().notNull(),
    bytes: blob({ mode: 'buffer' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.importId, t.number] })],
);

/** Rows that were refused, to be downloaded, mended and sent again. */
export const importRefusals = sqliteTable(
  'import_refusals',
  {
    importId: integer('import_id')
      .notNull()
      .references(() => imports.id),
    line: integer().notNull(),
    /** JSON: the row's cells as they were read. */
    cells: text().notNull(),
    reason: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.importId, t.line] })],
);

export const REQUEST_STATUSES = ['waiting', 'granted', 'refused'] as const;

/** An affiliate's wish for a coupon, where a campaign gives them after approval. */
export const couponRequests = sqliteTable(
  'coupon_requests',
  {
    id: integer().primaryKey(),
    campaignId: integer('campaign_id')
      .notNull()
      .references(() => campaigns.id),
    affiliateId: integer('affiliate_id')
      .notNull()
      .references(() => affiliates.id),
    status: text({ enum: REQUEST_STATUSES }).notNull(),
    couponId: integer('coupon_id').references(() => coupons.id),
    /** What the administrator says to the affiliate. */
    note: text().notNull().default(''),
    createdAt: integer('created_at').notNull(),
    answeredAt: integer('answered_at'),
    answeredBy: text('answered_by').references(() => users.id),
  },
  (t) => [
    uniqueIndex('coupon_requests_waiting').on(t.campaignId, t.affiliateId).where(sql`${t.status} = 'waiting'`),
    index('coupon_requests_affiliate').on(t.affiliateId),
    check('coupon_requests_status', inList(t.status, REQUEST_STATUSES)),
    check('coupon_requests_granted', sql`(${t.status} = 'granted') = (${t.couponId} is not null)`),
  ],
);

/** What an installation has chosen, by name. */
export const settings = sqliteTable('settings', {
  name: text().primaryKey(),
  value: text().notNull(),
});

/** Who did what to which record, from what to what. Append-only, by trigger. */
export const auditLog = sqliteTable(
  'audit_log',
  {
    id: integer().primaryKey(),
    at: integer().notNull(),
    userId: text('user_id').references(() => users.id),
    action: text().notNull(),
    /** The table's name, and the row's id. */
    subject: text().notNull(),
    subjectId: text('subject_id').notNull(),
    /** JSON objects of what changed. */
    before: text(),
    after: text(),
  },
  (t) => [index('audit_log_subject').on(t.subject, t.subjectId)],
);

/** Links by which an administrator lets somebody in. Only the token's SHA-256 is kept. */
export const invitations = sqliteTable(
  'invitations',
  {
    tokenHash: text('token_hash').primaryKey(),
    affiliateId: integer('affiliate_id').references(() => affiliates.id),
    /** For an invited administrator, who has no row of their own yet. */
    email: text(),
    expiresAt: integer('expires_at').notNull(),
    usedAt: integer('used_at'),
    createdAt: integer('created_at').notNull(),
    createdBy: text('created_by').references(() => users.id),
  },
  (t) => [
    index('invitations_affiliate').on(t.affiliateId).where(sql`${t.affiliateId} is not null`),
    check('invitations_whom', sql`(${t.affiliateId} is null) <> (${t.email} is null)`),
  ],
);

export const ROLES = ['administrator', 'affiliate'] as const;

// The tables below are better-auth's; their columns are named by it (its documentation, "Database › Core schema").

export const users = sqliteTable(
  'users',
  {
    id: text().primaryKey(),
    name: text().notNull(),
    email: text().notNull(),
    emailVerified: integer('email_verified', { mode: 'boolean' }).notNull().default(false),
    image: text(),
    role: text({ enum: ROLES }).notNull(),
    twoFactorEnabled: integer('two_factor_enabled', { mode: 'boolean' }).notNull().default(false),
    /** For an administrator who was removed: what they did still names them, and their address is free again. */
    removedAt: integer('removed_at', { mode: 'timestamp_ms' }),
    createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
    updatedAt: integer('updated_at', { mode: 'timestamp_ms' }).notNull(),
  },
  (t) => [uniqueIndex('users_email').on(t.email), check('users_role', inList(t.role, ROLES))],
);

export const sessions = sqliteTable(
  'sessions',
  {
    id: text().primaryKey(),
    token: text().notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    expiresAt: integer('expires_at', { mode: 'timestamp_ms' }).notNull(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
    updatedAt: integer('updated_at', { mode: 'timestamp_ms' }).notNull(),
  },
  (t) => [uniqueIndex('sessions_token').on(t.token), index('sessions_user').on(t.userId)],
);

export const accounts = sqliteTable(
  'accounts',
  {
    id: text().primaryKey(),
    accountId: text('account_id').notNull(),
    providerId: text('provider_id').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    accessToken: text('access_token'),
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
    accessTokenExpiresAt: integer('access_token_expires_at', { mode: 'timestamp_ms' }),
    refreshTokenExpiresAt: integer('refresh_token_expires_at', { mode: 'timestamp_ms' }),
    scope: text(),
    password: text(),
    createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
    updatedAt: integer('updated_at', { mode: 'timestamp_ms' }).notNull(),
  },
  (t) => [index('accounts_user').on(t.userId)],
);

export const verifications = sqliteTable(
  'verifications',
  {
    id: text().primaryKey(),
    identifier: text().notNull(),
    value: text().notNull(),
    expiresAt: integer('expires_at', { mode: 'timestamp_ms' }).notNull(),
    createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
    updatedAt: integer('updated_at', { mode: 'timestamp_ms' }).notNull(),
  },
  (t) => [index('verifications_identifier').on(t.identifier)],
);

export const twoFactors = sqliteTable(
  'two_factors',
  {
    id: text().primaryKey(),
    secret: text().notNull(),
    backupCodes: text('backup_codes').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    verified: integer({ mode: 'boolean' }).notNull().default(true),
    failedVerificationCount: integer('failed_verification_count').notNull().default(0),
    lockedUntil: integer('locked_until', { mode: 'timestamp_ms' }),
  },
  (t) => [uniqueIndex('two_factors_user').on(t.userId)],
);

export const rateLimits = sqliteTable(
  'rate_limits',
  {
    id: text().primaryKey(),
    key: text().notNull(),
    count: integer().notNull(),
    lastRequest: integer('last_request').notNull(),
  },
  (t) => [uniqueIndex('rate_limits_key').on(t.key)],
);

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

export const shops = sqliteTable(
  'shops',
  {
    id: integer().primaryKey(),
    name: text().notNull(),
    address: text().notNull().default(''),
    currency: text().notNull(),
    timeZone: text('time_zone').notNull(),
    signUpOpen: integer('sign_up_open', { mode: 'boolean' }).notNull().default(false),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('shops_name').on(t.name),
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
    /** Goes up with every change of the terms; a sale is written only if the terms it was decided on are still these. */
    revision: integer().notNull().default(1),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('campaigns_shop_name').on(t.shopId, t.name),
    check('campaigns_status', inList(t.status, CAMPAIGN_STATUSES)),
    check(
      'campaigns_commission',
      sql`(${t.commissionKind} = 'percent' and ${t.commissionValue} between 0 and 10000)
       or (${t.commissionKind} = 'fixed' and ${t.commissionValue} between 0 and 9007199254740991)`,
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
    createdAt: integer('created_at').notNull(),
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
    /** As it is compared: `couponKey(code)`. */
    codeKey: text('code_key').notNull(),
    /** Who owns it now, or null: free. A trigger keeps the history in `coupon_owners`. */
    affiliateId: integer('affiliate_id').references(() => affiliates.id),
    /** The last day on which it works, in the shop's zone; null: for ever. */
    expiresOn: text('expires_on'),
    archivedAt: integer('archived_at'),
    /** The import that brought it, by which it can be undone. */
    importId: integer('import_id').references(() => imports.id),
    revision: integer().notNull().default(1),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('coupons_living_code').on(t.shopId, t.codeKey).where(sql`${t.archivedAt} is null`),
    // Who had a code before it was deleted and added again.
    index('coupons_deleted_code').on(t.shopId, t.codeKey).where(sql`${t.archivedAt} is not null`),
    // A living coupon by its code alone, for the tracker's copy and for search over all shops.
    index('coupons_code').on(t.codeKey).where(sql`${t.archivedAt} is null`),
    index('coupons_campaign').on(t.campaignId, t.affiliateId).where(sql`${t.archivedAt} is null`),
    index('coupons_affiliate').on(t.affiliateId).where(sql`${t.archivedAt} is null`),
    index('coupons_import').on(t.importId).where(sql`${t.importId} is not null`),
    index('coupons_expiry').on(t.expiresOn).where(sql`${t.archivedAt} is null`),
    check('coupons_code_length', sql`length(${t.code}) between 1 and 100 and length(${t.codeKey}) >= 1`),
    check('coupons_expires_on', sql`${t.expiresOn} = date(${t.expiresOn})`),
  ],
);

/** A code that a coupon had before it was changed, and by which it still works for a while. */
export const couponAliases = sqliteTable(
  'coupon_aliases',
  {
    id: integer().primaryKey(),
    couponId: integer('coupon_id')
      .notNull()
      .references(() => coupons.id),
    code: text().notNull(),
    codeKey: text('code_key').notNull(),
    /** The first instant at which the old code no longer works. */
    untilAt: integer('until_at').notNull(),
  },
  (t) => [index('coupon_aliases_code').on(t.codeKey), index('coupon_aliases_coupon').on(t.couponId)],
);

/** Who owned a coupon when. Written by triggers on `coupons` only. */
export const couponOwners = sqliteTable(
  'coupon_owners',
  {
    id: integer().primaryKey(),
    couponId: integer('coupon_id')
      .notNull()
      .references(() => coupons.id),
    affiliateId: integer('affiliate_id')
      .notNull()
      .references(() => affiliates.id),
    /** 0 for the owner a coupon was created with: the code may be older than its row. */
    fromAt: integer('from_at').notNull(),
    /** The first instant at which it was no longer theirs; null: still is. */
    untilAt: integer('until_at'),
  },
  (t) => [
    uniqueIndex('coupon_owners_current').on(t.couponId).where(sql`${t.untilAt} is null`),
    index('coupon_owners_coupon').on(t.couponId, t.fromAt),
    check('coupon_owners_span', sql`${t.untilAt} >= ${t.fromAt}`),
  ],
);

export const SOURCES = ['pixel', 'office', 'import', 'server', 'webhook'] as const;

/** Every message that a sale happened, with what became of it. Append-only, by trigger. */
export const reports = sqliteTable(
  'reports',
  {
    /** Sorts by time of arrival, and names the report once and for all: a redelivery is known by it. */
    id: text().primaryKey(),
    source: text({ enum: SOURCES }).notNull(),
    shopId: integer('shop_id').references(() => shops.id),
    code: text().notNull(),
    codeKey: text('code_key'),
    orderId: text('order_id'),
    orderKey: text('order_key'),
    campaign: text(),
    amount: text(),
    amountMinor: integer('amount_minor'),
    currency: text(),
    soldAt: integer('sold_at').notNull(),
    receivedAt: integer('received_at').notNull(),
    outcome: text().notNull(),
    /** Why, in plain words, where the outcome alone does not say it. */
    detail: text(),
    saleId: integer('sale_id').references(() => sales.id),
    couponId: integer('coupon_id').references(() => coupons.id),
    affiliateId: integer('affiliate_id').references(() => affiliates.id),
    importId: integer('import_id').references(() => imports.id),
    /** The person who typed it, for `office` and `import`. */
    userId: text('user_id').references(() => users.id),
    /** The report that a person settled with this one. */
    settles: text(),
  },
  (t) => [
    index('reports_sale').on(t.saleId).where(sql`${t.saleId} is not null`),
    index('reports_waiting')
      .on(t.id)
      .where(sql`${t.outcome} in ('unreadable', 'no amount', 'other currency', 'disputed')`),
    index('reports_settles').on(t.settles).where(sql`${t.settles} is not null`),
    index('reports_import').on(t.importId).where(sql`${t.importId} is not null`),
    check('reports_source', inList(t.source, SOURCES)),
  ],
);

/** `import` counts as `office`: a person stands behind both. */
export const EVIDENCE = ['pixel', 'office', 'server', 'webhook'] as const;

export const sales = sqliteTable(
  'sales',
  {
    id: integer().primaryKey(),
    shopId: integer('shop_id')
      .notNull()
      .references(() => shops.id),
    /** As it was sent; null where the shop sent none. */
    orderId: text('order_id'),
    /** `orderKey(orderId)`, or `none:` and the report's id. */
    orderKey: text('order_key').notNull(),
    /** For a browser's report without an order id: a hash that changes daily. */
    visitorKey: text('visitor_key'),
    couponId: integer('coupon_id')
      .notNull()
      .references(() => coupons.id),
    affiliateId: integer('affiliate_id')
      .notNull()
      .references(() => affiliates.id),
    campaignId: integer('campaign_id')
      .notNull()
      .references(() => campaigns.id),
    /** Null only where a fixed campaign's report named no amount. */
    amountMinor: integer('amount_minor'),
    currency: text().notNull(),
    /** The highest authority that has spoken for it. */
    evidence: text({ enum: EVIDENCE }).notNull(),
    /** The report that set what stands here; a later one replaces it only if this is still the one it saw. */
    decidedBy: text('decided_by').notNull(),
    soldAt: integer('sold_at').notNull(),
    recordedAt: integer('recorded_at').notNull(),
    /** When the import that brought it was undone: its commission is reversed, and the next report makes it anew. */
    undoneAt: integer('undone_at'),
  },
  (t) => [
    uniqueIndex('sales_order').on(t.shopId, t.orderKey),
    index('sales_visitor').on(t.visitorKey).where(sql`${t.visitorKey} is not null`),
    index('sales_coupon').on(t.couponId),
    index('sales_affiliate').on(t.affiliateId, t.soldAt),
    index('sales_sold_at').on(t.soldAt),
    check('sales_amount', sql`${t.amountMinor} between 0 and 9007199254740991`),
    check('sales_evidence', inList(t.evidence, EVIDENCE)),
    check('sales_order_key', sql`length(${t.orderKey}) > 0`),
  ],
);

export const COMMISSION_KINDS = ['sale', 'reversal', 'adjustment', 'bonus'] as const;
export const COMMISSION_STATUSES = ['pending', 'approved', 'declined', 'paid'] as const;

/** One line of money each. The amount is never updated (by trigger); what changes is written as a further line. */
export const commissions = sqliteTable(
  'commissions',
  {
    id: integer().primaryKey(),
    saleId: integer('sale_id').references(() => sales.id),
    /** The report that caused the line; with kind and affiliate it makes the line unique. */
    reportId: text('report_id'),
    affiliateId: integer('affiliate_id')
      .notNull()
      .references(() => affiliates.id),
    campaignId: integer('campaign_id')
      .notNull()
      .references(() => campaigns.id),
    kind: text({ enum: COMMISSION_KINDS }).notNull(),
    amountMinor: integer('amount_minor').notNull(),
    currency: text().notNull(),
    /** The rate it was computed with; null for a fixed commission. */
    rateBp: integer('rate_bp'),
    status: text({ enum: COMMISSION_STATUSES }).notNull(),
    /** When it becomes approved by itself; null: only a person approves it. */
    availableAt: integer('available_at'),
    payoutId: integer('payout_id').references(() => payouts.id),
    reason: text(),
    createdAt: integer('created_at').notNull(),
    /** When a person or the hold's end settled it, and who; null for nobody in particular. */
    settledAt: integer('settled_at'),
    settledBy: text('settled_by').references(() => users.id),
  },
  (t) => [
    uniqueIndex('commissions_once').on(t.saleId, t.reportId, t.kind, t.affiliateId),
    index('commissions_affiliate').on(t.affiliateId, t.status),
    index('commissions_due').on(t.availableAt).where(sql`${t.status} = 'pending' and ${t.availableAt} is not null`),
    index('commissions_status').on(t.status),
    index('commissions_payout').on(t.payoutId).where(sql`${t.payoutId} is not null`),
    check('commissions_kind', inList(t.kind, COMMISSION_KINDS)),
    check('commissions_status_known', inList(t.status, COMMISSION_STATUSES)),
    check(
      'commissions_sign',
      sql`(${t.kind} in ('sale', 'bonus') and ${t.amountMinor} >= 0) or (${t.kind} = 'reversal' and ${t.amountMinor} <= 0) or ${t.kind} = 'adjustment'`,
    ),
    check(
      'commissions_sale',
      sql`${t.kind} in ('bonus', 'adjustment') or (${t.saleId} is not null and ${t.reportId} is not null)`,
    ),
    check('commissions_paid', sql`(${t.status} = 'paid') = (${t.payoutId} is not null)`),
  ],
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
export const IMPORT_STATUSES = ['uploading', 'checking', 'previewed', 'running', 'done', 'undoing', 'undone'] as const;

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

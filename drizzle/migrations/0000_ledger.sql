-- By hand: STRICT on every table, and WITHOUT ROWID where a text or double key would else cost a second B-tree a row.
CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`provider_id` text NOT NULL,
	`user_id` text NOT NULL,
	`access_token` text,
	`refresh_token` text,
	`id_token` text,
	`access_token_expires_at` integer,
	`refresh_token_expires_at` integer,
	`scope` text,
	`password` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `accounts_user` ON `accounts` (`user_id`);--> statement-breakpoint
CREATE TABLE `affiliates` (
	`id` integer PRIMARY KEY NOT NULL,
	`user_id` text,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`status` text NOT NULL,
	`note` text DEFAULT '' NOT NULL,
	`payout_method` text DEFAULT '' NOT NULL,
	`payout_account` text DEFAULT '' NOT NULL,
	`payout_minimum_minor` integer DEFAULT 0 NOT NULL,
	`payout_minimum_currency` text,
	`since_at` integer DEFAULT 0 NOT NULL,
	`revision` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "affiliates_email_lower" CHECK("affiliates"."email" = lower("affiliates"."email")),
	CONSTRAINT "affiliates_status" CHECK("affiliates"."status" in ('pending', 'active', 'declined', 'suspended')),
	CONSTRAINT "affiliates_payout_minimum" CHECK("affiliates"."payout_minimum_minor" = 0 or ("affiliates"."payout_minimum_minor" > 0 and "affiliates"."payout_minimum_currency" is not null))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `affiliates_email` ON `affiliates` (`email`);--> statement-breakpoint
CREATE UNIQUE INDEX `affiliates_user` ON `affiliates` (`user_id`);--> statement-breakpoint
CREATE TABLE `affiliates_were` (
	`affiliate_id` integer NOT NULL,
	`from_at` integer NOT NULL,
	`until_at` integer NOT NULL,
	`status` text NOT NULL,
	PRIMARY KEY(`affiliate_id`, `from_at`),
	FOREIGN KEY (`affiliate_id`) REFERENCES `affiliates`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "affiliates_were_span" CHECK("affiliates_were"."until_at" > "affiliates_were"."from_at")
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `audit_log` (
	`id` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`user_id` text,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`subject_id` text NOT NULL,
	`before` text,
	`after` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `audit_log_subject` ON `audit_log` (`subject`,`subject_id`);--> statement-breakpoint
CREATE TABLE `campaigns` (
	`id` integer PRIMARY KEY NOT NULL,
	`shop_id` integer NOT NULL,
	`name` text NOT NULL,
	`status` text DEFAULT 'active' NOT NULL,
	`commission_kind` text NOT NULL,
	`commission_value` integer NOT NULL,
	`approval` text DEFAULT 'manual' NOT NULL,
	`hold_days` integer DEFAULT 0 NOT NULL,
	`trust_pixel` integer DEFAULT false NOT NULL,
	`request_mode` text DEFAULT 'at once' NOT NULL,
	`request_limit` integer,
	`since_at` integer DEFAULT 0 NOT NULL,
	`revision` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`shop_id`) REFERENCES `shops`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "campaigns_status" CHECK("campaigns"."status" in ('active', 'paused')),
	CONSTRAINT "campaigns_commission" CHECK(("campaigns"."commission_kind" = 'percent' and "campaigns"."commission_value" between 0 and 10000)
       or ("campaigns"."commission_kind" = 'fixed' and "campaigns"."commission_value" between 0 and 1000000000000)),
	CONSTRAINT "campaigns_approval" CHECK("campaigns"."approval" in ('manual', 'automatic')),
	CONSTRAINT "campaigns_hold_days" CHECK("campaigns"."hold_days" between 0 and 90),
	CONSTRAINT "campaigns_trust_pixel" CHECK("campaigns"."trust_pixel" in (0, 1)),
	CONSTRAINT "campaigns_request_mode" CHECK("campaigns"."request_mode" in ('at once', 'after approval', 'off')),
	CONSTRAINT "campaigns_request_limit" CHECK("campaigns"."request_limit" > 0)
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `campaigns_shop_name` ON `campaigns` (`shop_id`,`name`);--> statement-breakpoint
CREATE TABLE `campaigns_were` (
	`campaign_id` integer NOT NULL,
	`from_at` integer NOT NULL,
	`until_at` integer NOT NULL,
	`status` text NOT NULL,
	`commission_kind` text NOT NULL,
	`commission_value` integer NOT NULL,
	`approval` text NOT NULL,
	`hold_days` integer NOT NULL,
	`trust_pixel` integer NOT NULL,
	PRIMARY KEY(`campaign_id`, `from_at`),
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "campaigns_were_span" CHECK("campaigns_were"."until_at" > "campaigns_were"."from_at")
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `codes_heard` (
	`code_key` text NOT NULL,
	`shop_id` integer NOT NULL,
	`order_key` text NOT NULL,
	PRIMARY KEY(`code_key`, `shop_id`, `order_key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `commissions` (
	`sale_id` integer NOT NULL,
	`affiliate_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`coupon_id` integer,
	`shop_id` integer NOT NULL,
	`currency` text NOT NULL,
	`pending_minor` integer NOT NULL,
	`approved_minor` integer NOT NULL,
	`in_payment_minor` integer DEFAULT 0 NOT NULL,
	`paid_minor` integer DEFAULT 0 NOT NULL,
	`lines` integer NOT NULL,
	`rate_bp` integer,
	`confirmed` integer NOT NULL,
	`declined` text,
	`held` text,
	`available_at` integer,
	`sold_at` integer NOT NULL,
	PRIMARY KEY(`sale_id`, `affiliate_id`),
	FOREIGN KEY (`sale_id`) REFERENCES `sales`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`affiliate_id`) REFERENCES `affiliates`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`coupon_id`) REFERENCES `coupons`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "commissions_lines" CHECK("commissions"."lines" >= 1)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `commissions_hour` ON `commissions` (`shop_id`,("sold_at" / 3600000),`affiliate_id`);--> statement-breakpoint
CREATE INDEX `commissions_waiting` ON `commissions` (`campaign_id`,`available_at`) WHERE "commissions"."pending_minor" <> 0;--> statement-breakpoint
CREATE INDEX `commissions_declined` ON `commissions` (`shop_id`,`sale_id`) WHERE "commissions"."declined" is not null;--> statement-breakpoint
CREATE INDEX `commissions_held` ON `commissions` (`shop_id`,`sale_id`) WHERE "commissions"."held" is not null;--> statement-breakpoint
CREATE TABLE `coupon_codes` (
	`code_key` text NOT NULL,
	`shop_id` integer NOT NULL,
	`coupon_id` integer NOT NULL,
	`from_at` integer NOT NULL,
	`until_at` integer,
	`code` text NOT NULL,
	PRIMARY KEY(`code_key`, `shop_id`, `coupon_id`, `from_at`),
	FOREIGN KEY (`coupon_id`) REFERENCES `coupons`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "coupon_codes_span" CHECK("coupon_codes"."until_at" >= "coupon_codes"."from_at")
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `coupon_codes_coupon` ON `coupon_codes` (`coupon_id`);--> statement-breakpoint
CREATE TABLE `coupon_requests` (
	`id` integer PRIMARY KEY NOT NULL,
	`campaign_id` integer NOT NULL,
	`affiliate_id` integer NOT NULL,
	`status` text NOT NULL,
	`coupon_id` integer,
	`note` text DEFAULT '' NOT NULL,
	`created_at` integer NOT NULL,
	`answered_at` integer,
	`answered_by` text,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`affiliate_id`) REFERENCES `affiliates`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`coupon_id`) REFERENCES `coupons`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`answered_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "coupon_requests_status" CHECK("coupon_requests"."status" in ('waiting', 'granted', 'refused')),
	CONSTRAINT "coupon_requests_granted" CHECK(("coupon_requests"."status" = 'granted') = ("coupon_requests"."coupon_id" is not null))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `coupon_requests_waiting` ON `coupon_requests` (`campaign_id`,`affiliate_id`) WHERE "coupon_requests"."status" = 'waiting';--> statement-breakpoint
CREATE INDEX `coupon_requests_affiliate` ON `coupon_requests` (`affiliate_id`);--> statement-breakpoint
CREATE TABLE `coupons` (
	`id` integer PRIMARY KEY NOT NULL,
	`shop_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`code` text NOT NULL,
	`code_key` text NOT NULL,
	`affiliate_id` integer,
	`expires_on` text,
	`archived_at` integer,
	`never_was` integer DEFAULT false NOT NULL,
	`import_id` integer,
	`old_code_until` integer,
	`since_at` integer DEFAULT 0 NOT NULL,
	`revision` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`shop_id`) REFERENCES `shops`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`affiliate_id`) REFERENCES `affiliates`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`import_id`) REFERENCES `imports`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "coupons_code_length" CHECK(length("coupons"."code") between 1 and 100 and length("coupons"."code_key") >= 1),
	CONSTRAINT "coupons_expires_on" CHECK("coupons"."expires_on" = date("coupons"."expires_on")),
	CONSTRAINT "coupons_never_was" CHECK("coupons"."never_was" in (0, 1) and ("coupons"."never_was" = 0 or "coupons"."archived_at" is not null))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `coupons_living_code` ON `coupons` (`shop_id`,`code_key`) WHERE "coupons"."archived_at" is null;--> statement-breakpoint
CREATE INDEX `coupons_code` ON `coupons` (`code_key`) WHERE "coupons"."archived_at" is null;--> statement-breakpoint
CREATE INDEX `coupons_campaign` ON `coupons` (`campaign_id`,`affiliate_id`) WHERE "coupons"."archived_at" is null;--> statement-breakpoint
CREATE INDEX `coupons_affiliate` ON `coupons` (`affiliate_id`) WHERE "coupons"."archived_at" is null;--> statement-breakpoint
CREATE INDEX `coupons_import` ON `coupons` (`import_id`) WHERE "coupons"."import_id" is not null;--> statement-breakpoint
CREATE INDEX `coupons_expiry` ON `coupons` (`expires_on`) WHERE "coupons"."archived_at" is null;--> statement-breakpoint
CREATE TABLE `coupons_were` (
	`coupon_id` integer NOT NULL,
	`from_at` integer NOT NULL,
	`until_at` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`affiliate_id` integer,
	`expires_on` text,
	PRIMARY KEY(`coupon_id`, `from_at`),
	FOREIGN KEY (`coupon_id`) REFERENCES `coupons`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "coupons_were_span" CHECK("coupons_were"."until_at" > "coupons_were"."from_at")
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `import_pieces` (
	`import_id` integer NOT NULL,
	`number` integer NOT NULL,
	`hash` text NOT NULL,
	`bytes` blob NOT NULL,
	PRIMARY KEY(`import_id`, `number`),
	FOREIGN KEY (`import_id`) REFERENCES `imports`(`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `import_refusals` (
	`import_id` integer NOT NULL,
	`line` integer NOT NULL,
	`cells` text NOT NULL,
	`reason` text NOT NULL,
	PRIMARY KEY(`import_id`, `line`),
	FOREIGN KEY (`import_id`) REFERENCES `imports`(`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `imports` (
	`id` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`file_name` text NOT NULL,
	`status` text NOT NULL,
	`format` text,
	`defaults` text,
	`bytes_total` integer DEFAULT 0 NOT NULL,
	`content_hash` text,
	`pieces_total` integer DEFAULT 0 NOT NULL,
	`pass` integer DEFAULT 0 NOT NULL,
	`pieces_done` integer DEFAULT 0 NOT NULL,
	`tail` blob,
	`lines_done` integer DEFAULT 0 NOT NULL,
	`lines_total` integer DEFAULT 0 NOT NULL,
	`rows_total` integer DEFAULT 0 NOT NULL,
	`rows_added` integer DEFAULT 0 NOT NULL,
	`rows_known` integer DEFAULT 0 NOT NULL,
	`rows_refused` integer DEFAULT 0 NOT NULL,
	`undo_from` text DEFAULT '' NOT NULL,
	`rows_undone` integer DEFAULT 0 NOT NULL,
	`rows_kept` integer DEFAULT 0 NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL,
	`failure` text,
	`created_at` integer NOT NULL,
	`created_by` text,
	`moved_at` integer NOT NULL,
	`started_at` integer,
	`finished_at` integer,
	`undone_at` integer,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "imports_kind" CHECK("imports"."kind" in ('coupons', 'sales')),
	CONSTRAINT "imports_status" CHECK("imports"."status" in ('uploading', 'checking', 'previewed', 'running', 'done', 'failed', 'undoing', 'undone')),
	CONSTRAINT "imports_pieces" CHECK("imports"."pieces_done" between 0 and "imports"."pieces_total")
) STRICT;
--> statement-breakpoint
CREATE TABLE `invitations` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`affiliate_id` integer,
	`email` text,
	`expires_at` integer NOT NULL,
	`used_at` integer,
	`created_at` integer NOT NULL,
	`created_by` text,
	FOREIGN KEY (`affiliate_id`) REFERENCES `affiliates`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "invitations_whom" CHECK(("invitations"."affiliate_id" is null) <> ("invitations"."email" is null))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `invitations_affiliate` ON `invitations` (`affiliate_id`) WHERE "invitations"."affiliate_id" is not null;--> statement-breakpoint
CREATE TABLE `lines` (
	`sale_id` integer NOT NULL,
	`affiliate_id` integer NOT NULL,
	`n` integer NOT NULL,
	`at` integer NOT NULL,
	`kind` text NOT NULL,
	`pending_minor` integer NOT NULL,
	`approved_minor` integer NOT NULL,
	`in_payment_minor` integer DEFAULT 0 NOT NULL,
	`paid_minor` integer DEFAULT 0 NOT NULL,
	`cause` text NOT NULL,
	`cause_id` text,
	`rule` text,
	`reason` text,
	PRIMARY KEY(`sale_id`, `affiliate_id`, `n`),
	CONSTRAINT "lines_kind" CHECK("lines"."kind" in ('sale', 'refund', 'correction', 'undone', 'voided', 'declined', 'restored', 'approved', 'in payment', 'failed', 'paid', 'returned', 'adjustment', 'bonus')),
	CONSTRAINT "lines_cause" CHECK("lines"."cause" in ('report', 'person', 'import', 'payout', 'hold')),
	CONSTRAINT "lines_move" CHECK("lines"."pending_minor" <> 0 or "lines"."approved_minor" <> 0 or "lines"."in_payment_minor" <> 0 or "lines"."paid_minor" <> 0)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `lines_hour` ON `lines` (("at" / 3600000),`affiliate_id`);--> statement-breakpoint
CREATE TABLE `noise` (
	`shop_id` integer NOT NULL,
	`hour` integer NOT NULL,
	`cause` text NOT NULL,
	`code` text NOT NULL,
	`hits` integer NOT NULL,
	`sample` text NOT NULL,
	PRIMARY KEY(`shop_id`, `hour`, `cause`, `code`),
	CONSTRAINT "noise_hits" CHECK("noise"."hits" >= 1)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `order_joins` (
	`shop_id` integer NOT NULL,
	`order_key` text NOT NULL,
	`into_key` text NOT NULL,
	`report_id` text NOT NULL,
	`joined_at` integer NOT NULL,
	`parted_at` integer,
	PRIMARY KEY(`shop_id`, `order_key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `order_joins_into` ON `order_joins` (`shop_id`,`into_key`);--> statement-breakpoint
CREATE TABLE `order_names` (
	`shop_id` integer NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`order_key` text NOT NULL,
	PRIMARY KEY(`shop_id`, `kind`, `name`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `order_names_order` ON `order_names` (`shop_id`,`order_key`);--> statement-breakpoint
CREATE TABLE `payouts` (
	`id` integer PRIMARY KEY NOT NULL,
	`affiliate_id` integer NOT NULL,
	`amount_minor` integer NOT NULL,
	`currency` text NOT NULL,
	`method` text NOT NULL,
	`note` text DEFAULT '' NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text,
	FOREIGN KEY (`affiliate_id`) REFERENCES `affiliates`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "payouts_amount" CHECK("payouts"."amount_minor" > 0)
) STRICT;
--> statement-breakpoint
CREATE INDEX `payouts_affiliate` ON `payouts` (`affiliate_id`);--> statement-breakpoint
CREATE TABLE `rate_limits` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`count` integer NOT NULL,
	`last_request` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `rate_limits_key` ON `rate_limits` (`key`);--> statement-breakpoint
CREATE TABLE `reports` (
	`shop_id` integer NOT NULL,
	`order_key` text NOT NULL,
	`place` integer NOT NULL,
	`id` text NOT NULL,
	`source` text NOT NULL,
	`kind` text NOT NULL,
	`witness` text NOT NULL,
	`received_at` integer NOT NULL,
	`said_at` integer,
	`sold_at` integer,
	`sold_on` text,
	`code` text NOT NULL,
	`codes` text,
	`order_id` text,
	`campaign` text,
	`amount` text,
	`amount_minor` integer,
	`currency` text,
	`cancelled` integer,
	`refunded_minor` integer,
	`more` text,
	`problem` text,
	`doubt` text,
	`test` integer DEFAULT false NOT NULL,
	`import_id` integer,
	`user_id` text,
	`affiliate_id` integer,
	`about` text,
	`reason` text,
	PRIMARY KEY(`shop_id`, `order_key`, `place`),
	FOREIGN KEY (`import_id`) REFERENCES `imports`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`affiliate_id`) REFERENCES `affiliates`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "reports_source" CHECK("reports"."source" in ('pixel', 'office', 'import', 'server', 'webhook')),
	CONSTRAINT "reports_kind" CHECK("reports"."kind" in ('sale', 'refund', 'correction', 'void', 'decline', 'restore', 'hold', 'release', 'adjustment', 'withdrawal')),
	CONSTRAINT "reports_place" CHECK("reports"."place" >= 1),
	CONSTRAINT "reports_amount" CHECK(abs("reports"."amount_minor") <= 1000000000000 and abs("reports"."refunded_minor") <= 1000000000000),
	CONSTRAINT "reports_sold" CHECK("reports"."sold_at" is null or "reports"."sold_on" is null)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `reports_id` ON `reports` (`id`);--> statement-breakpoint
CREATE INDEX `reports_import` ON `reports` (`import_id`) WHERE "reports"."import_id" is not null;--> statement-breakpoint
CREATE INDEX `reports_visitor` ON `reports` (`witness`,`received_at`) WHERE "reports"."order_id" is null and "reports"."source" = 'pixel';--> statement-breakpoint
CREATE TABLE `sales` (
	`id` integer PRIMARY KEY NOT NULL,
	`shop_id` integer NOT NULL,
	`order_key` text NOT NULL,
	`order_id` text,
	`state` text NOT NULL,
	`coupon_id` integer,
	`affiliate_id` integer,
	`campaign_id` integer,
	`code` text,
	`amount_minor` integer,
	`refunded_minor` integer DEFAULT 0 NOT NULL,
	`currency` text,
	`evidence` text NOT NULL,
	`sold_at` integer NOT NULL,
	`day` text NOT NULL,
	`day_only` integer DEFAULT false NOT NULL,
	`recorded_at` integer NOT NULL,
	`question` text,
	`question_by` text,
	`questions` integer DEFAULT 0 NOT NULL,
	`approved_at` integer,
	`reports` integer NOT NULL,
	`reloads` integer DEFAULT 0 NOT NULL,
	`unkept` integer DEFAULT 0 NOT NULL,
	`append` integer NOT NULL,
	FOREIGN KEY (`coupon_id`) REFERENCES `coupons`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`affiliate_id`) REFERENCES `affiliates`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "sales_state" CHECK("sales"."state" in ('standing', 'nothing', 'void', 'undone', 'joined', 'adjustment')),
	CONSTRAINT "sales_evidence" CHECK("sales"."evidence" in ('pixel', 'office', 'server', 'webhook')),
	CONSTRAINT "sales_amount" CHECK(abs("sales"."amount_minor") <= 1000000000000),
	CONSTRAINT "sales_refunded" CHECK("sales"."refunded_minor" between 0 and 1000000000000),
	CONSTRAINT "sales_standing" CHECK("sales"."state" <> 'standing' or ("sales"."coupon_id" is not null and "sales"."affiliate_id" is not null and "sales"."campaign_id" is not null and "sales"."currency" is not null)),
	CONSTRAINT "sales_question_by" CHECK(("sales"."question" is null) = ("sales"."questions" = 0)),
	CONSTRAINT "sales_order_key" CHECK(length("sales"."order_key") > 0)
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `sales_order` ON `sales` (`shop_id`,`order_key`);--> statement-breakpoint
CREATE INDEX `sales_hour` ON `sales` (`shop_id`,("sold_at" / 3600000),`coupon_id`) WHERE "sales"."coupon_id" is not null;--> statement-breakpoint
CREATE INDEX `sales_question` ON `sales` (`shop_id`,`id`) WHERE "sales"."question" is not null;--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`token` text NOT NULL,
	`user_id` text NOT NULL,
	`expires_at` integer NOT NULL,
	`ip_address` text,
	`user_agent` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_token` ON `sessions` (`token`);--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`);--> statement-breakpoint
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `shops` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`address` text DEFAULT '' NOT NULL,
	`currency` text NOT NULL,
	`time_zone` text NOT NULL,
	`sign_up_open` integer DEFAULT false NOT NULL,
	`several_affiliates` text DEFAULT 'a person' NOT NULL,
	`endpoint_at` integer,
	`since_at` integer DEFAULT 0 NOT NULL,
	`revision` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	CONSTRAINT "shops_several_affiliates" CHECK("shops"."several_affiliates" in ('first', 'last', 'a person')),
	CONSTRAINT "shops_currency" CHECK("shops"."currency" glob '[A-Z][A-Z][A-Z]'),
	CONSTRAINT "shops_sign_up_open" CHECK("shops"."sign_up_open" in (0, 1))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `shops_name` ON `shops` (`name`);--> statement-breakpoint
CREATE TABLE `shops_were` (
	`shop_id` integer NOT NULL,
	`from_at` integer NOT NULL,
	`until_at` integer NOT NULL,
	`time_zone` text NOT NULL,
	`several_affiliates` text NOT NULL,
	PRIMARY KEY(`shop_id`, `from_at`),
	FOREIGN KEY (`shop_id`) REFERENCES `shops`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "shops_were_span" CHECK("shops_were"."until_at" > "shops_were"."from_at")
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `to_decide` (
	`shop_id` integer NOT NULL,
	`order_key` text NOT NULL,
	`times` integer DEFAULT 1 NOT NULL,
	`kind` text NOT NULL,
	`cause` text NOT NULL,
	`cause_id` text,
	`since` integer NOT NULL,
	PRIMARY KEY(`shop_id`, `order_key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `to_decide_cause` ON `to_decide` (`cause`,`cause_id`);--> statement-breakpoint
CREATE TABLE `totals` (
	`grain` text NOT NULL,
	`shop_id` integer NOT NULL,
	`period` text NOT NULL,
	`campaign_id` integer NOT NULL,
	`affiliate_id` integer NOT NULL,
	`currency` text NOT NULL,
	`sales` integer NOT NULL,
	`sold_minor` integer NOT NULL,
	`refunded_minor` integer NOT NULL,
	`pending_minor` integer NOT NULL,
	`approved_minor` integer NOT NULL,
	`in_payment_minor` integer NOT NULL,
	`paid_minor` integer NOT NULL,
	PRIMARY KEY(`grain`, `shop_id`, `period`, `campaign_id`, `affiliate_id`, `currency`),
	CONSTRAINT "totals_grain" CHECK("totals"."grain" in ('day', 'month', 'campaign'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `totals_affiliate` ON `totals` (`affiliate_id`,`grain`,`period`);--> statement-breakpoint
CREATE TABLE `two_factors` (
	`id` text PRIMARY KEY NOT NULL,
	`secret` text NOT NULL,
	`backup_codes` text NOT NULL,
	`user_id` text NOT NULL,
	`verified` integer DEFAULT true NOT NULL,
	`failed_verification_count` integer DEFAULT 0 NOT NULL,
	`locked_until` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `two_factors_user` ON `two_factors` (`user_id`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`email_verified` integer DEFAULT false NOT NULL,
	`image` text,
	`role` text NOT NULL,
	`two_factor_enabled` integer DEFAULT false NOT NULL,
	`removed_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	CONSTRAINT "users_role" CHECK("users"."role" in ('administrator', 'affiliate'))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email` ON `users` (`email`);--> statement-breakpoint
CREATE TABLE `verdicts` (
	`report_id` text PRIMARY KEY NOT NULL,
	`shop_id` integer NOT NULL,
	`order_key` text NOT NULL,
	`received_at` integer NOT NULL,
	`outcome` text NOT NULL,
	`detail` text,
	`waits` integer NOT NULL,
	`answered_by` text,
	CONSTRAINT "verdicts_waits" CHECK("verdicts"."waits" in (0, 1))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `verdicts_waiting` ON `verdicts` (`received_at`) WHERE "verdicts"."waits" = 1 and "verdicts"."answered_by" is null;--> statement-breakpoint
CREATE INDEX `verdicts_time` ON `verdicts` (`received_at`);--> statement-breakpoint
CREATE TABLE `verifications` (
	`id` text PRIMARY KEY NOT NULL,
	`identifier` text NOT NULL,
	`value` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `verifications_identifier` ON `verifications` (`identifier`);
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
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "affiliates_email_lower" CHECK("affiliates"."email" = lower("affiliates"."email")),
	CONSTRAINT "affiliates_status" CHECK("affiliates"."status" in ('pending', 'active', 'declined', 'suspended')),
	CONSTRAINT "affiliates_payout_minimum" CHECK("affiliates"."payout_minimum_minor" = 0 or ("affiliates"."payout_minimum_minor" > 0 and "affiliates"."payout_minimum_currency" is not null))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `affiliates_email` ON `affiliates` (`email`);--> statement-breakpoint
CREATE UNIQUE INDEX `affiliates_user` ON `affiliates` (`user_id`);--> statement-breakpoint
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
	`revision` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`shop_id`) REFERENCES `shops`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "campaigns_status" CHECK("campaigns"."status" in ('active', 'paused')),
	CONSTRAINT "campaigns_commission" CHECK(("campaigns"."commission_kind" = 'percent' and "campaigns"."commission_value" between 0 and 10000)
       or ("campaigns"."commission_kind" = 'fixed' and "campaigns"."commission_value" between 0 and 9007199254740991)),
	CONSTRAINT "campaigns_approval" CHECK("campaigns"."approval" in ('manual', 'automatic')),
	CONSTRAINT "campaigns_hold_days" CHECK("campaigns"."hold_days" between 0 and 90),
	CONSTRAINT "campaigns_trust_pixel" CHECK("campaigns"."trust_pixel" in (0, 1)),
	CONSTRAINT "campaigns_request_mode" CHECK("campaigns"."request_mode" in ('at once', 'after approval', 'off')),
	CONSTRAINT "campaigns_request_limit" CHECK("campaigns"."request_limit" > 0)
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `campaigns_shop_name` ON `campaigns` (`shop_id`,`name`);--> statement-breakpoint
CREATE TABLE `commissions` (
	`id` integer PRIMARY KEY NOT NULL,
	`sale_id` integer,
	`report_id` text,
	`affiliate_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`kind` text NOT NULL,
	`amount_minor` integer NOT NULL,
	`currency` text NOT NULL,
	`rate_bp` integer,
	`status` text NOT NULL,
	`available_at` integer,
	`payout_id` integer,
	`reason` text,
	`created_at` integer NOT NULL,
	`settled_at` integer,
	`settled_by` text,
	FOREIGN KEY (`sale_id`) REFERENCES `sales`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`affiliate_id`) REFERENCES `affiliates`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`payout_id`) REFERENCES `payouts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`settled_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "commissions_kind" CHECK("commissions"."kind" in ('sale', 'reversal', 'adjustment', 'bonus')),
	CONSTRAINT "commissions_status_known" CHECK("commissions"."status" in ('pending', 'approved', 'declined', 'paid')),
	CONSTRAINT "commissions_sign" CHECK(("commissions"."kind" in ('sale', 'bonus') and "commissions"."amount_minor" >= 0) or ("commissions"."kind" = 'reversal' and "commissions"."amount_minor" <= 0) or "commissions"."kind" = 'adjustment'),
	CONSTRAINT "commissions_sale" CHECK("commissions"."kind" in ('bonus', 'adjustment') or ("commissions"."sale_id" is not null and "commissions"."report_id" is not null)),
	CONSTRAINT "commissions_paid" CHECK(("commissions"."status" = 'paid') = ("commissions"."payout_id" is not null))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `commissions_once` ON `commissions` (`sale_id`,`report_id`,`kind`,`affiliate_id`);--> statement-breakpoint
CREATE INDEX `commissions_affiliate` ON `commissions` (`affiliate_id`,`status`);--> statement-breakpoint
CREATE INDEX `commissions_due` ON `commissions` (`available_at`) WHERE "commissions"."status" = 'pending' and "commissions"."available_at" is not null;--> statement-breakpoint
CREATE INDEX `commissions_status` ON `commissions` (`status`);--> statement-breakpoint
CREATE INDEX `commissions_payout` ON `commissions` (`payout_id`) WHERE "commissions"."payout_id" is not null;--> statement-breakpoint
CREATE TABLE `coupon_aliases` (
	`id` integer PRIMARY KEY NOT NULL,
	`coupon_id` integer NOT NULL,
	`code` text NOT NULL,
	`code_key` text NOT NULL,
	`until_at` integer NOT NULL,
	FOREIGN KEY (`coupon_id`) REFERENCES `coupons`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `coupon_aliases_code` ON `coupon_aliases` (`code_key`);--> statement-breakpoint
CREATE INDEX `coupon_aliases_coupon` ON `coupon_aliases` (`coupon_id`);--> statement-breakpoint
CREATE TABLE `coupon_owners` (
	`id` integer PRIMARY KEY NOT NULL,
	`coupon_id` integer NOT NULL,
	`affiliate_id` integer NOT NULL,
	`from_at` integer NOT NULL,
	`until_at` integer,
	FOREIGN KEY (`coupon_id`) REFERENCES `coupons`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`affiliate_id`) REFERENCES `affiliates`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "coupon_owners_span" CHECK("coupon_owners"."until_at" >= "coupon_owners"."from_at")
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `coupon_owners_current` ON `coupon_owners` (`coupon_id`) WHERE "coupon_owners"."until_at" is null;--> statement-breakpoint
CREATE INDEX `coupon_owners_coupon` ON `coupon_owners` (`coupon_id`,`from_at`);--> statement-breakpoint
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
	`import_id` integer,
	`revision` integer DEFAULT 1 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`shop_id`) REFERENCES `shops`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`affiliate_id`) REFERENCES `affiliates`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`import_id`) REFERENCES `imports`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "coupons_code_length" CHECK(length("coupons"."code") between 1 and 100 and length("coupons"."code_key") >= 1),
	CONSTRAINT "coupons_expires_on" CHECK("coupons"."expires_on" = date("coupons"."expires_on"))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `coupons_living_code` ON `coupons` (`shop_id`,`code_key`) WHERE "coupons"."archived_at" is null;--> statement-breakpoint
CREATE INDEX `coupons_deleted_code` ON `coupons` (`shop_id`,`code_key`) WHERE "coupons"."archived_at" is not null;--> statement-breakpoint
CREATE INDEX `coupons_code` ON `coupons` (`code_key`) WHERE "coupons"."archived_at" is null;--> statement-breakpoint
CREATE INDEX `coupons_campaign` ON `coupons` (`campaign_id`,`affiliate_id`) WHERE "coupons"."archived_at" is null;--> statement-breakpoint
CREATE INDEX `coupons_affiliate` ON `coupons` (`affiliate_id`) WHERE "coupons"."archived_at" is null;--> statement-breakpoint
CREATE INDEX `coupons_import` ON `coupons` (`import_id`) WHERE "coupons"."import_id" is not null;--> statement-breakpoint
CREATE INDEX `coupons_expiry` ON `coupons` (`expires_on`) WHERE "coupons"."archived_at" is null;--> statement-breakpoint
CREATE TABLE `import_pieces` (
	`import_id` integer NOT NULL,
	`number` integer NOT NULL,
	`hash` text NOT NULL,
	`bytes` blob NOT NULL,
	PRIMARY KEY(`import_id`, `number`),
	FOREIGN KEY (`import_id`) REFERENCES `imports`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
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
	`created_at` integer NOT NULL,
	`created_by` text,
	`moved_at` integer NOT NULL,
	`started_at` integer,
	`finished_at` integer,
	`undone_at` integer,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "imports_kind" CHECK("imports"."kind" in ('coupons', 'sales')),
	CONSTRAINT "imports_status" CHECK("imports"."status" in ('uploading', 'checking', 'previewed', 'running', 'done', 'undoing', 'undone')),
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
) STRICT;
--> statement-breakpoint
CREATE INDEX `invitations_affiliate` ON `invitations` (`affiliate_id`) WHERE "invitations"."affiliate_id" is not null;--> statement-breakpoint
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
	`id` text PRIMARY KEY NOT NULL,
	`source` text NOT NULL,
	`shop_id` integer,
	`code` text NOT NULL,
	`code_key` text,
	`order_id` text,
	`order_key` text,
	`campaign` text,
	`amount` text,
	`amount_minor` integer,
	`currency` text,
	`sold_at` integer NOT NULL,
	`received_at` integer NOT NULL,
	`outcome` text NOT NULL,
	`detail` text,
	`sale_id` integer,
	`coupon_id` integer,
	`affiliate_id` integer,
	`import_id` integer,
	`user_id` text,
	`settles` text,
	FOREIGN KEY (`shop_id`) REFERENCES `shops`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`sale_id`) REFERENCES `sales`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`coupon_id`) REFERENCES `coupons`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`affiliate_id`) REFERENCES `affiliates`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`import_id`) REFERENCES `imports`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "reports_source" CHECK("reports"."source" in ('pixel', 'office', 'import', 'server', 'webhook'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `reports_sale` ON `reports` (`sale_id`) WHERE "reports"."sale_id" is not null;--> statement-breakpoint
CREATE INDEX `reports_waiting` ON `reports` (`id`) WHERE "reports"."outcome" in ('unreadable', 'no amount', 'other currency', 'disputed');--> statement-breakpoint
CREATE INDEX `reports_settles` ON `reports` (`settles`) WHERE "reports"."settles" is not null;--> statement-breakpoint
CREATE INDEX `reports_import` ON `reports` (`import_id`) WHERE "reports"."import_id" is not null;--> statement-breakpoint
CREATE TABLE `sales` (
	`id` integer PRIMARY KEY NOT NULL,
	`shop_id` integer NOT NULL,
	`order_id` text,
	`order_key` text NOT NULL,
	`visitor_key` text,
	`coupon_id` integer NOT NULL,
	`affiliate_id` integer NOT NULL,
	`campaign_id` integer NOT NULL,
	`amount_minor` integer,
	`currency` text NOT NULL,
	`evidence` text NOT NULL,
	`decided_by` text NOT NULL,
	`sold_at` integer NOT NULL,
	`recorded_at` integer NOT NULL,
	`undone_at` integer,
	FOREIGN KEY (`shop_id`) REFERENCES `shops`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`coupon_id`) REFERENCES `coupons`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`affiliate_id`) REFERENCES `affiliates`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "sales_amount" CHECK("sales"."amount_minor" between 0 and 9007199254740991),
	CONSTRAINT "sales_evidence" CHECK("sales"."evidence" in ('pixel', 'office', 'server', 'webhook')),
	CONSTRAINT "sales_order_key" CHECK(length("sales"."order_key") > 0)
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `sales_order` ON `sales` (`shop_id`,`order_key`);--> statement-breakpoint
CREATE INDEX `sales_visitor` ON `sales` (`visitor_key`) WHERE "sales"."visitor_key" is not null;--> statement-breakpoint
CREATE INDEX `sales_coupon` ON `sales` (`coupon_id`);--> statement-breakpoint
CREATE INDEX `sales_affiliate` ON `sales` (`affiliate_id`,`sold_at`);--> statement-breakpoint
CREATE INDEX `sales_sold_at` ON `sales` (`sold_at`);--> statement-breakpoint
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
) STRICT;
--> statement-breakpoint
CREATE TABLE `shops` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`address` text DEFAULT '' NOT NULL,
	`currency` text NOT NULL,
	`time_zone` text NOT NULL,
	`sign_up_open` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL,
	CONSTRAINT "shops_currency" CHECK("shops"."currency" glob '[A-Z][A-Z][A-Z]'),
	CONSTRAINT "shops_sign_up_open" CHECK("shops"."sign_up_open" in (0, 1))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `shops_name` ON `shops` (`name`);--> statement-breakpoint
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
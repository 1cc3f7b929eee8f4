-- What CHECK and UNIQUE cannot say. Every rule here is also kept in code; the database has the last word.

-- A coupon belongs to a campaign of its own shop.
CREATE TRIGGER coupons_shop_insert BEFORE INSERT ON coupons
WHEN NEW.shop_id IS NOT (SELECT shop_id FROM campaigns WHERE id = NEW.campaign_id)
BEGIN SELECT RAISE(ABORT, 'a coupon belongs to a campaign of its own shop'); END;
--> statement-breakpoint
CREATE TRIGGER coupons_shop_update BEFORE UPDATE OF shop_id, campaign_id ON coupons
WHEN NEW.shop_id IS NOT OLD.shop_id OR NEW.shop_id IS NOT (SELECT shop_id FROM campaigns WHERE id = NEW.campaign_id)
BEGIN SELECT RAISE(ABORT, 'a coupon belongs to a campaign of its own shop'); END;
--> statement-breakpoint

-- A code that another coupon has just been changed from is still that coupon's, for as long as it works.
CREATE TRIGGER coupons_grace_insert BEFORE INSERT ON coupons
WHEN EXISTS (
  SELECT 1 FROM coupon_codes k WHERE k.code_key = NEW.code_key AND k.shop_id = NEW.shop_id AND k.until_at > NEW.updated_at)
BEGIN SELECT RAISE(IGNORE); END;
--> statement-breakpoint
CREATE TRIGGER coupons_grace_update BEFORE UPDATE OF code_key ON coupons
WHEN EXISTS (
  SELECT 1 FROM coupon_codes k
  WHERE k.code_key = NEW.code_key AND k.shop_id = NEW.shop_id AND k.until_at > NEW.updated_at AND k.coupon_id <> NEW.id)
BEGIN SELECT RAISE(ABORT, 'the code is still another coupon''s'); END;
--> statement-breakpoint

-- Histories. What a coupon, campaign or affiliate was created with is true since ever: a coupon is spent before it is typed
-- in here. Except for a code that another coupon had: it is that one's until it lost it. A row is written when something
-- ends, by the same statement that raises the revision: "same revision" is "same history".
--
-- A change holds from `updated_at`, which the ledger's statements set by D1's clock at the commit (`atCommit`), so that a sale
-- which was written a moment before is not touched by it.

-- Codes that orders have named before they were coupons are decided again.
CREATE TRIGGER coupons_first_code AFTER INSERT ON coupons
BEGIN
  INSERT INTO coupon_codes (code_key, shop_id, coupon_id, from_at, until_at, code)
    SELECT NEW.code_key, NEW.shop_id, NEW.id, coalesce(max(k.until_at), 0), NULL, NEW.code
    FROM coupon_codes k WHERE k.code_key = NEW.code_key AND k.shop_id = NEW.shop_id;
  INSERT INTO to_decide (shop_id, order_key, kind, cause, cause_id, since)
    SELECT h.shop_id, h.order_key, 'sale', CASE WHEN NEW.import_id IS NULL THEN 'person' ELSE 'import' END,
      CAST(NEW.import_id AS TEXT), NEW.updated_at
    FROM codes_heard h WHERE h.code_key = NEW.code_key AND h.shop_id IN (0, NEW.shop_id)
    ON CONFLICT DO UPDATE SET times = times + 1;
END;
--> statement-breakpoint
CREATE TRIGGER coupons_next_code AFTER UPDATE OF code_key ON coupons WHEN NEW.code_key <> OLD.code_key
BEGIN
  UPDATE coupon_codes SET until_at = max(from_at, coalesce(NEW.old_code_until, 0), NEW.updated_at)
    WHERE coupon_id = NEW.id AND code_key = OLD.code_key AND until_at IS NULL;
  -- Where it had this code before, or has the new one anew, a time of grace that still runs is over.
  UPDATE coupon_codes SET until_at = max(from_at, NEW.updated_at)
    WHERE coupon_id = NEW.id AND until_at > NEW.updated_at AND (code_key = NEW.code_key OR (code_key = OLD.code_key
      AND from_at < (SELECT max(k.from_at) FROM coupon_codes k WHERE k.coupon_id = NEW.id AND k.code_key = OLD.code_key)));
  INSERT INTO coupon_codes (code_key, shop_id, coupon_id, from_at, until_at, code)
    VALUES (NEW.code_key, NEW.shop_id, NEW.id, NEW.updated_at,
      NULL, NEW.code)
    ON CONFLICT DO UPDATE SET until_at = NULL;
END;
--> statement-breakpoint
-- A coupon that was taken back with its import never had its code.
CREATE TRIGGER coupons_last_code AFTER UPDATE OF archived_at ON coupons WHEN OLD.archived_at IS NULL AND NEW.archived_at IS NOT NULL
BEGIN
  UPDATE coupon_codes SET until_at = iif(NEW.never_was, from_at, max(from_at, NEW.updated_at))
    WHERE coupon_id = NEW.id AND (until_at IS NULL OR until_at > NEW.updated_at OR NEW.never_was);
END;
--> statement-breakpoint
CREATE TRIGGER coupons_history AFTER UPDATE OF campaign_id, affiliate_id, expires_on ON coupons
WHEN NEW.campaign_id IS NOT OLD.campaign_id OR NEW.affiliate_id IS NOT OLD.affiliate_id OR NEW.expires_on IS NOT OLD.expires_on
BEGIN
  UPDATE coupons SET since_at = max(OLD.since_at, NEW.updated_at)
    WHERE id = NEW.id;
  INSERT INTO coupons_were (coupon_id, from_at, until_at, campaign_id, affiliate_id, expires_on)
    SELECT OLD.id, OLD.since_at, c.since_at, OLD.campaign_id, OLD.affiliate_id, OLD.expires_on
    FROM coupons c WHERE c.id = NEW.id AND c.since_at > OLD.since_at;
END;
--> statement-breakpoint
CREATE TRIGGER coupons_revision AFTER UPDATE OF code, code_key, campaign_id, affiliate_id, expires_on, archived_at ON coupons
BEGIN UPDATE coupons SET revision = OLD.revision + 1 WHERE id = NEW.id; END;
--> statement-breakpoint
CREATE TRIGGER campaigns_history AFTER UPDATE OF status, commission_kind, commission_value, approval, hold_days, trust_pixel ON campaigns
WHEN NEW.status <> OLD.status OR NEW.commission_kind <> OLD.commission_kind OR NEW.commission_value <> OLD.commission_value
  OR NEW.approval <> OLD.approval OR NEW.hold_days <> OLD.hold_days OR NEW.trust_pixel <> OLD.trust_pixel
BEGIN
  UPDATE campaigns SET revision = OLD.revision + 1, since_at = max(OLD.since_at, NEW.updated_at)
    WHERE id = NEW.id;
  INSERT INTO campaigns_were (campaign_id, from_at, until_at, status, commission_kind, commission_value, approval, hold_days, trust_pixel)
    SELECT OLD.id, OLD.since_at, c.since_at, OLD.status, OLD.commission_kind, OLD.commission_value, OLD.approval, OLD.hold_days, OLD.trust_pixel
    FROM campaigns c WHERE c.id = NEW.id AND c.since_at > OLD.since_at;
END;
--> statement-breakpoint
CREATE TRIGGER affiliates_history AFTER UPDATE OF status ON affiliates WHEN NEW.status <> OLD.status
BEGIN
  UPDATE affiliates SET revision = OLD.revision + 1, since_at = max(OLD.since_at, NEW.updated_at)
    WHERE id = NEW.id;
  INSERT INTO affiliates_were (affiliate_id, from_at, until_at, status)
    SELECT OLD.id, OLD.since_at, a.since_at, OLD.status FROM affiliates a WHERE a.id = NEW.id AND a.since_at > OLD.since_at;
END;
--> statement-breakpoint
CREATE TRIGGER shops_history AFTER UPDATE OF time_zone, several_affiliates ON shops
WHEN NEW.time_zone <> OLD.time_zone OR NEW.several_affiliates <> OLD.several_affiliates
BEGIN
  UPDATE shops SET revision = OLD.revision + 1, since_at = max(OLD.since_at, NEW.updated_at)
    WHERE id = NEW.id;
  INSERT INTO shops_were (shop_id, from_at, until_at, time_zone, several_affiliates)
    SELECT OLD.id, OLD.since_at, s.since_at, OLD.time_zone, OLD.several_affiliates
    FROM shops s WHERE s.id = NEW.id AND s.since_at > OLD.since_at;
END;
--> statement-breakpoint
CREATE TRIGGER shops_revision AFTER UPDATE OF currency ON shops WHEN NEW.currency <> OLD.currency
BEGIN UPDATE shops SET revision = OLD.revision + 1 WHERE id = NEW.id; END;
--> statement-breakpoint

-- Histories are kept. One thing may be said of the past: whose a coupon was that was nobody's.
CREATE TRIGGER coupon_codes_kept BEFORE DELETE ON coupon_codes
BEGIN SELECT RAISE(ABORT, 'the history of codes is kept'); END;
--> statement-breakpoint
CREATE TRIGGER coupon_codes_stand BEFORE UPDATE OF code_key, shop_id, coupon_id, from_at, code ON coupon_codes
BEGIN SELECT RAISE(ABORT, 'the history of codes is kept'); END;
--> statement-breakpoint
CREATE TRIGGER coupons_were_kept BEFORE DELETE ON coupons_were
BEGIN SELECT RAISE(ABORT, 'the history of coupons is kept'); END;
--> statement-breakpoint
CREATE TRIGGER coupons_were_stand BEFORE UPDATE ON coupons_were
WHEN OLD.affiliate_id IS NOT NULL OR NEW.coupon_id <> OLD.coupon_id OR NEW.from_at <> OLD.from_at OR NEW.until_at <> OLD.until_at
  OR NEW.campaign_id <> OLD.campaign_id OR NEW.expires_on IS NOT OLD.expires_on
BEGIN SELECT RAISE(ABORT, 'the history of coupons is kept'); END;
--> statement-breakpoint
CREATE TRIGGER coupons_were_revision AFTER UPDATE ON coupons_were
BEGIN UPDATE coupons SET revision = revision + 1 WHERE id = NEW.coupon_id; END;
--> statement-breakpoint
CREATE TRIGGER campaigns_were_kept BEFORE DELETE ON campaigns_were
BEGIN SELECT RAISE(ABORT, 'the history of terms is kept'); END;
--> statement-breakpoint
CREATE TRIGGER campaigns_were_stand BEFORE UPDATE ON campaigns_were
BEGIN SELECT RAISE(ABORT, 'the history of terms is kept'); END;
--> statement-breakpoint
CREATE TRIGGER affiliates_were_kept BEFORE DELETE ON affiliates_were
BEGIN SELECT RAISE(ABORT, 'the history of affiliates is kept'); END;
--> statement-breakpoint
CREATE TRIGGER affiliates_were_stand BEFORE UPDATE ON affiliates_were
BEGIN SELECT RAISE(ABORT, 'the history of affiliates is kept'); END;
--> statement-breakpoint
CREATE TRIGGER shops_were_kept BEFORE DELETE ON shops_were
BEGIN SELECT RAISE(ABORT, 'the history of shops is kept'); END;
--> statement-breakpoint
CREATE TRIGGER shops_were_stand BEFORE UPDATE ON shops_were
BEGIN SELECT RAISE(ABORT, 'the history of shops is kept'); END;
--> statement-breakpoint

-- A shop's currency stands once money has been written in it, be it a sale's or a fixed commission's.
CREATE TRIGGER shops_currency_stands BEFORE UPDATE OF currency ON shops
WHEN NEW.currency IS NOT OLD.currency AND (EXISTS (SELECT 1 FROM sales WHERE shop_id = NEW.id)
  OR EXISTS (SELECT 1 FROM campaigns WHERE shop_id = NEW.id AND commission_kind = 'fixed'))
BEGIN SELECT RAISE(ABORT, 'a shop with sales or fixed commissions keeps its currency'); END;
--> statement-breakpoint

-- Reports, lines and the audit log are append-only.
CREATE TRIGGER reports_no_update BEFORE UPDATE ON reports
BEGIN SELECT RAISE(ABORT, 'reports are append-only'); END;
--> statement-breakpoint
CREATE TRIGGER reports_no_delete BEFORE DELETE ON reports
BEGIN SELECT RAISE(ABORT, 'reports are append-only'); END;
--> statement-breakpoint
CREATE TRIGGER lines_no_update BEFORE UPDATE ON lines
BEGIN SELECT RAISE(ABORT, 'lines are append-only'); END;
--> statement-breakpoint
CREATE TRIGGER lines_no_delete BEFORE DELETE ON lines
BEGIN SELECT RAISE(ABORT, 'lines are append-only'); END;
--> statement-breakpoint
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
--> statement-breakpoint

-- From the commit of the first word of a shop's own system on, a browser's sale without an order number is doubted: one that
-- arrives later is committed later. What is told of another time (`atCommit`) holds from when it arrived.
CREATE TRIGGER shops_endpoint AFTER INSERT ON reports WHEN NEW.source IN ('server', 'webhook') AND NOT NEW.test
BEGIN UPDATE shops SET revision = revision + 1,
    endpoint_at = iif(abs(NEW.received_at - CAST(unixepoch('subsec') * 1000 AS INTEGER)) < 300000, CAST(unixepoch('subsec') * 1000 AS INTEGER), NEW.received_at)
  WHERE id = NEW.shop_id AND endpoint_at IS NULL; END;
--> statement-breakpoint

-- A sale is decided again, never removed, and stays its shop's order.
CREATE TRIGGER sales_no_delete BEFORE DELETE ON sales
BEGIN SELECT RAISE(ABORT, 'sales are kept'); END;
--> statement-breakpoint
CREATE TRIGGER sales_identity BEFORE UPDATE OF id, shop_id, order_key ON sales
WHEN NEW.id IS NOT OLD.id OR NEW.shop_id IS NOT OLD.shop_id OR NEW.order_key IS NOT OLD.order_key
BEGIN SELECT RAISE(ABORT, 'a sale keeps its shop and order'); END;
--> statement-breakpoint
CREATE TRIGGER sales_append BEFORE UPDATE OF state, coupon_id, affiliate_id, amount_minor, refunded_minor, question, reports ON sales
WHEN NEW.append = OLD.append
BEGIN SELECT RAISE(ABORT, 'a sale is decided under a number of its own'); END;
--> statement-breakpoint

-- A commission's money moves by a line, and in one currency.
CREATE TRIGGER commissions_no_delete BEFORE DELETE ON commissions
BEGIN SELECT RAISE(ABORT, 'commissions are kept'); END;
--> statement-breakpoint
CREATE TRIGGER commissions_identity BEFORE UPDATE OF sale_id, affiliate_id, shop_id, currency ON commissions
WHEN NEW.sale_id IS NOT OLD.sale_id OR NEW.affiliate_id IS NOT OLD.affiliate_id OR NEW.shop_id IS NOT OLD.shop_id OR NEW.currency IS NOT OLD.currency
BEGIN SELECT RAISE(ABORT, 'a commission keeps its sale, affiliate and currency'); END;
--> statement-breakpoint
CREATE TRIGGER commissions_by_line BEFORE UPDATE OF pending_minor, approved_minor, in_payment_minor, paid_minor, lines ON commissions
WHEN NEW.lines <> OLD.lines + 1 AND (NEW.lines <> OLD.lines OR NEW.pending_minor <> OLD.pending_minor
  OR NEW.approved_minor <> OLD.approved_minor OR NEW.in_payment_minor <> OLD.in_payment_minor OR NEW.paid_minor <> OLD.paid_minor)
BEGIN SELECT RAISE(ABORT, 'a commission''s money moves by a line'); END;
--> statement-breakpoint

-- Somebody can always get in: of two administrators who remove each other at once, one stays.
CREATE TRIGGER users_last_administrator BEFORE UPDATE OF role, removed_at ON users
WHEN OLD.role = 'administrator' AND OLD.removed_at IS NULL AND (NEW.role <> 'administrator' OR NEW.removed_at IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM users WHERE role = 'administrator' AND removed_at IS NULL AND id <> OLD.id)
BEGIN SELECT RAISE(ABORT, 'the last administrator stays'); END;
--> statement-breakpoint

-- What outside checks read. Names and columns stay.
CREATE VIEW standing AS
SELECT s.shop_id, s.order_id, s.order_key, iif(m.coupon_id IS s.coupon_id, s.code, c.code) AS code, m.affiliate_id, m.campaign_id,
  m.currency, s.amount_minor, s.refunded_minor,
  m.pending_minor + m.approved_minor + m.in_payment_minor + m.paid_minor AS earned_minor,
  m.pending_minor, m.approved_minor, m.in_payment_minor + m.paid_minor AS paid_minor,
  CASE
    WHEN m.declined IS NOT NULL THEN 'declined'
    WHEN m.held IS NOT NULL THEN 'held'
    WHEN s.question IS NOT NULL THEN 'disputed'
    WHEN m.pending_minor <> 0 THEN 'pending'
    WHEN m.approved_minor <> 0 THEN 'approved'
    WHEN m.in_payment_minor + m.paid_minor <> 0 THEN 'paid'
    ELSE 'nothing owed' END AS status,
  s.question, s.evidence, s.sold_at, h.time_zone, s.id AS sale_id, s.state
FROM commissions m
JOIN sales s ON s.id = m.sale_id
JOIN shops h ON h.id = s.shop_id
LEFT JOIN coupons c ON c.id = m.coupon_id;
--> statement-breakpoint
CREATE VIEW uncredited AS
SELECT v.report_id, v.shop_id, v.received_at, r.source, r.code, r.order_id, r.amount, r.currency, v.outcome, v.detail,
  v.waits AND v.answered_by IS NULL AS waits
FROM verdicts v JOIN reports r ON r.id = v.report_id
UNION ALL
SELECT r.id, s.shop_id, r.received_at, r.source, r.code, s.order_id, r.amount, r.currency, 'disputed', s.question, 1
FROM sales s JOIN reports r ON r.id = s.question_by
WHERE s.question IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM verdicts v WHERE v.report_id = r.id AND v.waits AND v.answered_by IS NULL);
--> statement-breakpoint
CREATE VIEW living_coupons AS
SELECT c.id, c.shop_id, c.code, c.expires_on, c.affiliate_id, a.name AS affiliate, k.name AS campaign
FROM coupons c JOIN campaigns k ON k.id = c.campaign_id LEFT JOIN affiliates a ON a.id = c.affiliate_id
WHERE c.archived_at IS NULL;
--> statement-breakpoint
CREATE VIEW balances AS
SELECT affiliate_id, currency, sum(pending_minor) AS pending_minor, sum(approved_minor) AS approved_minor,
  sum(in_payment_minor) + sum(paid_minor) AS paid_minor
FROM totals WHERE grain = 'month' GROUP BY affiliate_id, currency;
--> statement-breakpoint
CREATE VIEW refused_rows AS
SELECT import_id, line, cells, reason FROM import_refusals;
--> statement-breakpoint
CREATE VIEW campaign_terms AS
SELECT id, name, commission_kind AS kind, commission_value AS value FROM campaigns;

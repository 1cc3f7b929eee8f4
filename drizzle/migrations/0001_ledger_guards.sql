-- What CHECK and UNIQUE cannot say. Every rule here is also kept in code; the database has the last word.

-- A coupon belongs to a campaign of its own shop.
CREATE TRIGGER coupons_shop_insert BEFORE INSERT ON coupons
WHEN NEW.shop_id IS NOT (SELECT shop_id FROM campaigns WHERE id = NEW.campaign_id)
BEGIN SELECT RAISE(ABORT, 'a coupon belongs to a campaign of its own shop'); END;
--> statement-breakpoint
CREATE TRIGGER coupons_shop_update BEFORE UPDATE OF shop_id, campaign_id ON coupons
WHEN NEW.shop_id IS NOT (SELECT shop_id FROM campaigns WHERE id = NEW.campaign_id)
BEGIN SELECT RAISE(ABORT, 'a coupon belongs to a campaign of its own shop'); END;
--> statement-breakpoint

-- Ownership history. The owner a coupon is created with has it from the beginning of time: the code may have been
-- handed out before it was typed in here. Where another coupon had the code before, it is theirs from when that was
-- deleted, unless it came by an import that was undone. Later owners have it from the moment of the change.
CREATE TRIGGER coupons_first_owner AFTER INSERT ON coupons WHEN NEW.affiliate_id IS NOT NULL
BEGIN
  INSERT INTO coupon_owners (coupon_id, affiliate_id, from_at)
    SELECT NEW.id, NEW.affiliate_id, coalesce(max(o.archived_at), 0)
    FROM coupons o WHERE o.shop_id = NEW.shop_id AND o.code_key = NEW.code_key AND o.archived_at IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.id = o.import_id AND i.status IN ('undoing', 'undone'));
END;
--> statement-breakpoint
CREATE TRIGGER coupons_next_owner AFTER UPDATE OF affiliate_id ON coupons WHEN NEW.affiliate_id IS NOT OLD.affiliate_id
BEGIN
  UPDATE coupon_owners SET until_at = max(from_at, NEW.updated_at) WHERE coupon_id = NEW.id AND until_at IS NULL;
  INSERT INTO coupon_owners (coupon_id, affiliate_id, from_at)
    SELECT NEW.id, NEW.affiliate_id, max(NEW.updated_at, coalesce((SELECT max(until_at) FROM coupon_owners WHERE coupon_id = NEW.id), 0))
    WHERE NEW.affiliate_id IS NOT NULL;
END;
--> statement-breakpoint
CREATE TRIGGER coupon_owners_kept BEFORE DELETE ON coupon_owners
BEGIN SELECT RAISE(ABORT, 'ownership history is kept'); END;
--> statement-breakpoint
CREATE TRIGGER coupon_owners_closed_once BEFORE UPDATE ON coupon_owners
WHEN OLD.until_at IS NOT NULL OR NEW.coupon_id IS NOT OLD.coupon_id OR NEW.affiliate_id IS NOT OLD.affiliate_id OR NEW.from_at IS NOT OLD.from_at
BEGIN SELECT RAISE(ABORT, 'ownership history is kept'); END;
--> statement-breakpoint

-- A code that another coupon has just been changed from is still that coupon's, for as long as it works.
CREATE TRIGGER coupons_alias_insert BEFORE INSERT ON coupons
WHEN EXISTS (
  SELECT 1 FROM coupon_aliases l JOIN coupons c ON c.id = l.coupon_id
  WHERE l.code_key = NEW.code_key AND l.until_at > NEW.updated_at AND c.shop_id = NEW.shop_id AND c.archived_at IS NULL)
BEGIN SELECT RAISE(IGNORE); END;
--> statement-breakpoint
CREATE TRIGGER coupons_alias_update BEFORE UPDATE OF code_key ON coupons
WHEN EXISTS (
  SELECT 1 FROM coupon_aliases l JOIN coupons c ON c.id = l.coupon_id
  WHERE l.code_key = NEW.code_key AND l.until_at > NEW.updated_at AND c.shop_id = NEW.shop_id AND c.archived_at IS NULL AND c.id <> NEW.id)
BEGIN SELECT RAISE(ABORT, 'the code is still another coupon''s'); END;
--> statement-breakpoint

-- Revisions go up by themselves with whatever a sale is decided on.
CREATE TRIGGER coupons_revision AFTER UPDATE OF code, code_key, campaign_id, affiliate_id, expires_on, archived_at ON coupons
BEGIN UPDATE coupons SET revision = OLD.revision + 1 WHERE id = NEW.id; END;
--> statement-breakpoint
CREATE TRIGGER campaigns_revision AFTER UPDATE OF status, commission_kind, commission_value, approval, hold_days, trust_pixel ON campaigns
BEGIN UPDATE campaigns SET revision = OLD.revision + 1 WHERE id = NEW.id; END;
--> statement-breakpoint
CREATE TRIGGER shops_revision AFTER UPDATE OF currency, time_zone ON shops
BEGIN UPDATE campaigns SET revision = revision + 1 WHERE shop_id = NEW.id; END;
--> statement-breakpoint
CREATE TRIGGER affiliates_revision AFTER UPDATE OF status ON affiliates WHEN NEW.status IS NOT OLD.status
BEGIN UPDATE coupons SET revision = revision + 1 WHERE affiliate_id = NEW.id AND archived_at IS NULL; END;
--> statement-breakpoint

-- A shop's currency stands once money has been written in it, be it a sale's or a fixed commission's.
CREATE TRIGGER shops_currency_stands BEFORE UPDATE OF currency ON shops
WHEN NEW.currency IS NOT OLD.currency AND (EXISTS (SELECT 1 FROM sales WHERE shop_id = NEW.id)
  OR EXISTS (SELECT 1 FROM campaigns WHERE shop_id = NEW.id AND commission_kind = 'fixed'))
BEGIN SELECT RAISE(ABORT, 'a shop with sales or fixed commissions keeps its currency'); END;
--> statement-breakpoint

-- Reports and the audit log are append-only.
CREATE TRIGGER reports_no_update BEFORE UPDATE ON reports
BEGIN SELECT RAISE(ABORT, 'reports are append-only'); END;
--> statement-breakpoint
CREATE TRIGGER reports_no_delete BEFORE DELETE ON reports
BEGIN SELECT RAISE(ABORT, 'reports are append-only'); END;
--> statement-breakpoint
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
--> statement-breakpoint

-- A sale is corrected, never removed, and its evidence only grows, unless it was undone and is made anew.
CREATE TRIGGER sales_no_delete BEFORE DELETE ON sales
BEGIN SELECT RAISE(ABORT, 'sales are kept'); END;
--> statement-breakpoint
CREATE TRIGGER sales_identity BEFORE UPDATE OF shop_id, order_key, currency ON sales
WHEN NEW.shop_id IS NOT OLD.shop_id OR NEW.order_key IS NOT OLD.order_key OR NEW.currency IS NOT OLD.currency
BEGIN SELECT RAISE(ABORT, 'a sale keeps its shop, order and currency'); END;
--> statement-breakpoint
CREATE TRIGGER sales_evidence_grows BEFORE UPDATE OF evidence ON sales
WHEN OLD.undone_at IS NULL AND (CASE NEW.evidence WHEN 'pixel' THEN 0 WHEN 'office' THEN 1 WHEN 'server' THEN 2 ELSE 3 END)
   < (CASE OLD.evidence WHEN 'pixel' THEN 0 WHEN 'office' THEN 1 WHEN 'server' THEN 2 ELSE 3 END)
BEGIN SELECT RAISE(ABORT, 'the evidence for a sale only grows'); END;
--> statement-breakpoint

-- A commission's money never changes, what is paid stays paid, and it is in its sale's currency.
CREATE TRIGGER commissions_no_delete BEFORE DELETE ON commissions
BEGIN SELECT RAISE(ABORT, 'commissions are kept'); END;
--> statement-breakpoint
CREATE TRIGGER commissions_money_stands
BEFORE UPDATE OF id, sale_id, report_id, affiliate_id, campaign_id, kind, amount_minor, currency, rate_bp, created_at ON commissions
BEGIN SELECT RAISE(ABORT, 'a commission''s money never changes'); END;
--> statement-breakpoint
CREATE TRIGGER commissions_paid_stands BEFORE UPDATE OF status, payout_id ON commissions WHEN OLD.status = 'paid'
BEGIN SELECT RAISE(ABORT, 'a paid commission stays paid'); END;
--> statement-breakpoint
CREATE TRIGGER commissions_currency BEFORE INSERT ON commissions
WHEN NEW.sale_id IS NOT NULL AND NEW.currency IS NOT (SELECT currency FROM sales WHERE id = NEW.sale_id)
BEGIN SELECT RAISE(ABORT, 'a commission is in the currency of its sale'); END;
--> statement-breakpoint

-- Somebody can always get in: of two administrators who remove each other at once, one stays.
CREATE TRIGGER users_last_administrator BEFORE UPDATE OF role, removed_at ON users
WHEN OLD.role = 'administrator' AND OLD.removed_at IS NULL AND (NEW.role <> 'administrator' OR NEW.removed_at IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM users WHERE role = 'administrator' AND removed_at IS NULL AND id <> OLD.id)
BEGIN SELECT RAISE(ABORT, 'the last administrator stays'); END;

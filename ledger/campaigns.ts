/** Shops and the campaigns under which their affiliates earn. */
import { type Actor, auditRow, auditRowIfChanged, isDuplicate } from './audit.ts';
import { atCommit } from './sql.ts';

export interface CampaignTerms {
  name: string;
  status: 'active' | 'paused';
  commissionKind: 'percent' | 'fixed';
  /** Basis points for `percent`, minor units of the shop's currency for `fixed`. */
  commissionValue: number;
  approval: 'manual' | 'automatic';
  /** Days between sale and approval, 0 to 90, where approval is automatic. */
  holdDays: number;
  trustPixel: boolean;
  requestMode: 'at once' | 'after approval' | 'off';
  /** How many living coupons an affiliate may hold by request; null: any number. */
  requestLimit: number | null;
}

export interface ShopTerms {
  name: string;
  address: string;
  /** ISO 4217. It stands once the shop has sales. */
  currency: string;
  /** An IANA zone: coupons end, and days are counted, by its clock. */
  timeZone: string;
  /** Whether anybody may apply to be an affiliate on a public page; left as it is where this does not say. */
  signUpOpen?: boolean;
  /** Whose coupon counts where an order names those of two affiliates; left as it is where this does not say. */
  severalAffiliates?: 'first' | 'last' | 'a person';
}

/** @returns the new shop's id, or `duplicate` where another has the name. */
export async function createShop(
  db: D1Database,
  shop: ShopTerms,
  by: Actor,
): Promise<{ id: number } | { error: 'duplicate' }> {
  return insert(db, 'shops', { ...columnsOfShop(shop), created_at: by.now, updated_at: by.now }, shop, by);
}

/** Why a change was not written. `changed meanwhile`: by somebody else, since the person saw it. */
export type EditRefusal = 'duplicate' | 'gone' | 'changed meanwhile';

/**
 * @param seenAt the `updated_at` of the shop as the person saw it.
 * @returns `currency` where the shop has sales in another one.
 */
export async function editShop(
  db: D1Database,
  id: number,
  shop: ShopTerms,
  by: Actor,
  seenAt?: number,
): Promise<{ id: number } | { error: EditRefusal | 'currency' }> {
  try {
    return await update(db, 'shops', id, columnsOfShop(shop), by, seenAt);
  } catch (error) {
    if (error instanceof Error && error.message.includes('keeps its currency')) return { error: 'currency' };
    throw error;
  }
}

/** @returns the new campaign's id, or `duplicate` where the shop has one of that name. */
export async function createCampaign(
  db: D1Database,
  shopId: number,
  terms: CampaignTerms,
  by: Actor,
): Promise<{ id: number } | { error: 'duplicate' }> {
  return insert(
    db,
    'campaigns',
    { shop_id: shopId, ...columnsOfCampaign(terms), created_at: by.now, updated_at: by.now },
    terms,
    by,
  );
}

/**
 * Changes a campaign's terms for the sales to come; what was sold before stays as it is, whenever it is told.
 * @param seenAt the `updated_at` of the campaign as the person saw it.
 */
export async function editCampaign(
  db: D1Database,
  id: number,
  terms: CampaignTerms,
  by: Actor,
  seenAt?: number,
): Promise<{ id: number } | { error: EditRefusal }> {
  return update(db, 'campaigns', id, columnsOfCampaign(terms), by, seenAt);
}

function columnsOfShop(shop: ShopTerms) {
  const { name, address, currency, timeZone, signUpOpen, severalAffiliates } = shop;
  const signUp: Columns = signUpOpen === undefined ? {} : { sign_up_open: signUpOpen ? 1 : 0 };
  const several: Columns = severalAffiliates === undefined ? {} : { several_affiliates: severalAffiliates };
  return { name, address, currency, time_zone: timeZone, ...signUp, ...several };
}

function columnsOfCampaign(terms: CampaignTerms) {
  return {
    name: terms.name,
    status: terms.status,
    commission_kind: terms.commissionKind,
    commission_value: terms.commissionValue,
    approval: terms.approval,
    hold_days: terms.holdDays,
    trust_pixel: terms.trustPixel ? 1 : 0,
    request_mode: terms.requestMode,
    request_limit: terms.requestLimit,
  };
}

type Columns = Record<string, string | number | null>;

/** The names come from the two functions above, never from outside. */
async function insert(db: D1Database, table: 'shops' | 'campaigns', columns: Columns, after: object, by: Actor) {
  const names = Object.keys(columns);
  try {
    const [inserted] = await db.batch<{ id: number }>([
      db
        .prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')}) RETURNING id`)
        .bind(...Object.values(columns)),
      auditRow(db, by, 'added', { subject: table, id: 'inserted', after }),
    ]);
    return inserted!.results[0]!;
  } catch (error) {
    if (isDuplicate(error, `${table}.name`)) return { error: 'duplicate' as const };
    throw error;
  }
}

/** Writes what is another by now, as long as it still is what it was when it was read: so the log's `before` is true. */
async function update(
  db: D1Database,
  table: 'shops' | 'campaigns',
  id: number,
  columns: Columns,
  by: Actor,
  seenAt: number | undefined,
): Promise<{ id: number } | { error: EditRefusal }> {
  const before = await db.prepare(`SELECT * FROM ${table} WHERE id = ?`).bind(id).first<Columns>();
  if (!before) return { error: 'gone' };
  if (seenAt !== undefined && before.updated_at !== seenAt) return { error: 'changed meanwhile' };
  const changed = Object.keys(columns).filter((name) => before[name] !== columns[name]);
  if (changed.length === 0) return { id };
  const pick = (row: Columns) => Object.fromEntries(changed.map((name) => [name, row[name]]));
  const set = changed.map((name, index) => `${name} = ?${index + 3}`);
  const asRead = changed.map((name, index) => `${name} IS ?${index + 3 + changed.length}`);
  try {
    const [updated] = await db.batch<{ id: number }>([
      db
        .prepare(
          `UPDATE ${table} SET ${set.join(', ')}, updated_at = ${atCommit('?2')} WHERE id = ?1 AND ${asRead.join(' AND ')} RETURNING id`,
        )
        .bind(id, by.now, ...changed.map((name) => columns[name]), ...changed.map((name) => before[name])),
      auditRowIfChanged(db, by, 'changed', { subject: table, id, before: pick(before), after: pick(columns) }),
    ]);
    return updated!.results[0] ?? { error: 'changed meanwhile' };
  } catch (error) {
    if (isDuplicate(error, `${table}.name`)) return { error: 'duplicate' };
    throw error;
  }
}

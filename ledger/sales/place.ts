/** Which order a report is of: its shop, fixed when it is written, and the order's key there. */
import { campaignNamed } from '../campaign-named.ts';
import { type Heard, heardIn, type OrderName, type Report } from '../report.ts';
import { IS_OFF } from '../settings.ts';
import { heardOf, type OrderId, type ReportRow, selectReports } from './orders.ts';

/** The same browser, coupon and amount within this time is the same sale, where the shop sends no order id. */
export const SAME_BROWSER_MS = 30 * 60_000;

/** What D1 knows of where reports belong. */
export interface Places {
  /** Reports that are kept already, by id. */
  kept: Map<string, { order: OrderId; heard: Heard }>;
  shops: { id: number; currency: string }[];
  campaignShops: Map<string, number>;
  /** The shops that have or had a code. */
  codeShops: Map<string, number[]>;
  /** The keys under which orders are known, by name: of a number or an id. */
  keys: Map<string, string>;
  /** Hits without an order number, by browser. */
  hits: Map<string, { order: OrderId; heard: Heard }[]>;
  /** Hits that were counted already and say what one of these says, each as `noiseOf` puts it. */
  counted: Set<string>;
  /** Whether coupons are switched off altogether. */
  switchedOff: boolean;
}

export async function readPlaces(db: D1Database, reports: Report[]): Promise<Places> {
  const names = reports.flatMap((report) => namesOf(report).map(({ kind, name }) => [kind, name]));
  const codes = [...new Set(reports.flatMap(({ codes }) => codes ?? []))];
  const browsers = reports.flatMap((report) =>
    report.orderKey === null
      ? report.browsers.map((browser) => [
          browser,
          report.receivedAt - SAME_BROWSER_MS,
          report.receivedAt + SAME_BROWSER_MS,
        ])
      : [],
  );
  const hours = reports.flatMap((report) =>
    report.source === 'pixel' && report.orderKey === null ? [hourOf(report)] : [],
  );
  const [kept, shops, campaigns, codeShops, keys, hits, counted, off] = (await db.batch([
    db.prepare(KEPT).bind(JSON.stringify(reports.map(({ id }) => id))),
    db.prepare('SELECT id, currency FROM shops ORDER BY id'),
    db.prepare('SELECT id, shop_id AS shopId FROM campaigns'),
    db.prepare(CODE_SHOPS).bind(JSON.stringify(codes)),
    db.prepare(KEYS).bind(JSON.stringify(names)),
    db.prepare(HITS).bind(JSON.stringify(browsers)),
    db.prepare(COUNTED).bind(JSON.stringify([...new Set(hours)])),
    db.prepare(`SELECT 1 FROM settings WHERE ${IS_OFF}`),
  ])) as [
    D1Result<ReportRow>,
    D1Result<{ id: number; currency: string }>,
    D1Result<{ id: number; shopId: number }>,
    D1Result<{ codeKey: string; shopId: number }>,
    D1Result<{ shopId: number; kind: string; name: string; orderKey: string }>,
    D1Result<ReportRow>,
    D1Result<{ shopId: number; hour: number; sample: string }>,
    D1Result,
  ];
  const placed = (row: ReportRow) => ({ order: { shopId: row.shopId, orderKey: row.orderKey }, heard: heardOf(row) });
  return {
    kept: new Map(kept.results.map((row) => [row.id, placed(row)])),
    shops: shops.results,
    campaignShops: new Map(campaigns.results.map(({ id, shopId }) => [String(id), shopId])),
    codeShops: new Map(
      [...Map.groupBy(codeShops.results, ({ codeKey }) => codeKey)].map(([codeKey, rows]) => [
        codeKey,
        rows.map(({ shopId }) => shopId),
      ]),
    ),
    keys: new Map(keys.results.map(({ shopId, kind, name, orderKey }) => [keyName(shopId, { kind, name }), orderKey])),
    hits: Map.groupBy(hits.results.map(placed), ({ heard }) => heard.witness),
    counted: new Set(counted.results.map(({ shopId, hour, sample }) => JSON.stringify([shopId, hour, sample]))),
    switchedOff: off.results.length > 0,
  };
}

/** Hours since 1970, by which hits are counted. */
export const hourOf = ({ receivedAt }: Pick<Report, 'receivedAt'>) => Math.floor(receivedAt / 3_600_000);

/** Where a report belongs. */
export interface Placed {
  order: OrderId;
  /** Other orders that the report names as the same. */
  others: string[];
  /** Names by which the order is not known yet. */
  names: OrderName[];
  /** Several shops have the code, and nothing tells which is meant. */
  severalShops: boolean;
  currency: string | null;
}

/** Finds the shop by the first that holds: the door's own, that of the campaign it names, the only one with the code, the only one. */
export function placeOf(report: Report, places: Places): Placed {
  const withCode = new Set((report.codes ?? []).flatMap((code) => places.codeShops.get(code) ?? []));
  const only = places.shops.length === 1 ? places.shops[0]!.id : null;
  const shopId =
    report.shopId ??
    campaignNamed(report.campaign, places.campaignShops) ??
    (withCode.size === 1 ? [...withCode][0]! : null) ??
    only ??
    0;
  const currency = currencyOf(shopId, places);
  return { ...orderOf(report, shopId, currency, places), severalShops: shopId === 0 && withCode.size > 1, currency };
}

/** Null where it is no shop's. */
export const currencyOf = (shopId: number, { shops }: Places): string | null =>
  shops.find(({ id }) => id === shopId)?.currency ?? null;

function orderOf(report: Report, shopId: number, currency: string | null, places: Places) {
  const names = namesOf(report);
  const known = [...new Set(names.flatMap((name) => places.keys.get(keyName(shopId, name)) ?? []))];
  const own =
    report.orderKey ??
    keyFor(namesToldBy(report)) ??
    sameHitOf(report, shopId, currency, places) ??
    `none:${report.id}`;
  // A number of its own is its key; where that is new but another name is known, it is that order.
  const orderKey = known.includes(own) || known.length === 0 ? own : known[0]!;
  return {
    order: { shopId, orderKey },
    others: known.filter((key) => key !== orderKey),
    names: names.filter(
      (name) => !places.keys.has(keyName(shopId, name)) && !(name.kind === 'number' && name.name === orderKey),
    ),
  };
}

/** An order that is known by an id only is not mixed up with one of that number. */
const keyFor = (names: OrderName[]): string | null => {
  const first = names.find(({ kind }) => kind === 'number') ?? names[0];
  return first ? (first.kind === 'number' ? first.name : `id:${first.name}`) : null;
};

/** What a customer, a tag or a file says is a number first. */
const namesOf = (report: Report): OrderName[] => [
  ...(report.orderKey === null ? [] : [{ kind: 'number' as const, name: report.orderKey }]),
  ...namesToldBy(report),
];

/** Anybody can send a browser's hit: it knows an order by its number, and names nothing. */
const namesToldBy = ({ source, more }: Report): OrderName[] => (source === 'pixel' ? [] : (more.names ?? []));

const keyName = (shopId: number, { kind, name }: { kind: string; name: string }) =>
  JSON.stringify([shopId, kind, name]);

/** The order that a hit of the same browser has opened with the same words within half an hour. */
function sameHitOf(report: Report, shopId: number, currency: string | null, places: Places): string | null {
  const heard = heardIn(report, currency, 1);
  for (const browser of report.browsers)
    for (const hit of places.hits.get(browser) ?? [])
      if (
        hit.order.shopId === shopId &&
        Math.abs(hit.heard.receivedAt - report.receivedAt) < SAME_BROWSER_MS &&
        hitText(hit.heard) === hitText(heard)
      )
        return hit.order.orderKey;
  return null;
}

/** What makes two hits without an order number the same sale. */
const hitText = ({ codes, campaign, amount, amountMinor, currency }: Heard) =>
  JSON.stringify([codes, campaign, amountMinor ?? amount, currency]);

// One parameter each: a JSON list.

const COUNTED = `
  SELECT n.shop_id AS shopId, n.hour, n.sample FROM json_each(?1) j CROSS JOIN (SELECT id FROM shops UNION ALL SELECT 0) h
  CROSS JOIN noise n ON n.shop_id = h.id AND n.hour = j.value AND n.cause = 'unreadable'`;

const CODE_SHOPS = `
  SELECT DISTINCT n.code_key AS codeKey, n.shop_id AS shopId
  FROM json_each(?1) j CROSS JOIN coupon_codes n ON n.code_key = j.value ORDER BY n.shop_id`;

const KEYS = `
  SELECT h.id AS shopId, 'number' AS kind, s.order_key AS name, s.order_key AS orderKey
  FROM json_each(?1) j CROSS JOIN (SELECT id FROM shops UNION ALL SELECT 0) h
  CROSS JOIN sales s ON s.shop_id = h.id AND s.order_key = j.value ->> 1
  WHERE j.value ->> 0 = 'number'
  UNION ALL
  SELECT h.id, 'id', substr(s.order_key, 4), s.order_key
  FROM json_each(?1) j CROSS JOIN shops h CROSS JOIN sales s ON s.shop_id = h.id AND s.order_key = 'id:' || (j.value ->> 1)
  WHERE j.value ->> 0 = 'id'
  UNION ALL
  SELECT n.shop_id, n.kind, n.name, n.order_key FROM json_each(?1) j CROSS JOIN shops h
  CROSS JOIN order_names n ON n.shop_id = h.id AND n.kind = j.value ->> 0 AND n.name = j.value ->> 1`;

const KEPT = selectReports('json_each(?1) j CROSS JOIN reports r ON r.id = j.value');

const HITS = selectReports(`json_each(?1) j CROSS JOIN reports r
  ON r.witness = j.value ->> 0 AND r.received_at > j.value ->> 1 AND r.received_at < j.value ->> 2
    AND r.order_id IS NULL AND r.source = 'pixel'`);

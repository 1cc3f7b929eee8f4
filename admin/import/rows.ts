/** Rows of a file as the ledger takes them, or why they cannot be. */

import { expiresAt } from '../../ledger/coupon.ts';
import { type CouponRow, codeOf, type NamedCampaign } from '../../ledger/imports/coupons.ts';
import type { ImportJob, RefusedRow } from '../../ledger/imports/job.ts';
import type { SaleRow } from '../../ledger/imports/sales.ts';
import { type MoneyError, parseMinor } from '../../ledger/money.ts';
import { plainAmount, readDay } from '../csv/cells.ts';
import type { Column } from '../csv/columns.ts';
import { type Format, isRow } from '../csv/format.ts';
import { cutRecords } from '../csv/records.ts';
import { codeOr, orderRefusal, saleDayRefusal } from '../refusals.ts';

/** What holds for rows that do not say it themselves. */
export interface Defaults {
  shopId: number | null;
  campaignId: number | null;
  affiliateId: number | null;
  expiresOn: string | null;
}

export interface FileRow {
  /** As a spreadsheet counts: the first row of the file is 1, blank ones count. */
  line: number;
  cells: string[];
  broken: boolean;
}

/** The rows of the job's next piece, without head and blank lines, and where the piece after it goes on. */
export function rowsOfPiece(job: ImportJob, format: Format): { rows: FileRow[]; linesDone: number; tail: Uint8Array } {
  if (!job.piece) throw new Error(`import ${job.id} has no piece ${job.piecesDone}`);
  const place = { first: job.piecesDone === 0, last: job.piecesDone + 1 === job.piecesTotal };
  const cut = cutRecords(job.piece, job.tail, format, place);
  const rows: FileRow[] = [];
  // The head is the first row that is one, as the format was found out.
  let headed = !format.header || job.linesDone > 0;
  cut.rows.forEach((cells, index) => {
    if (!isRow(cells)) return;
    if (!headed) headed = true;
    else rows.push({ line: job.linesDone + index + 1, cells, broken: cut.broken.has(index) });
  });
  return { rows, linesDone: job.linesDone + cut.rows.length, tail: cut.tail };
}

export interface Read<Row> {
  rows: Row[];
  refused: RefusedRow[];
}

/** Reads rows one by one; `read` gives a row, or says why there is none. */
function readEach<Row extends object>(rows: FileRow[], read: (row: FileRow) => Row | { refusal: string }): Read<Row> {
  const done: Read<Row> = { rows: [], refused: [] };
  for (const row of rows) {
    const result = row.broken ? { refusal: 'A quotation mark in this row is not closed.' } : read(row);
    if (isRefusal(result)) done.refused.push({ line: row.line, cells: row.cells, reason: result.refusal });
    else done.rows.push(result);
  }
  return done;
}

const isRefusal = (result: object): result is { refusal: string } => 'refusal' in result;

/** The text of a column in a row, '' where there is none; the apostrophe that keeps a spreadsheet from computing it taken off. */
export function cellOf({ cells }: FileRow, column: Column, { columns }: Format): string {
  const index = columns[column];
  const text = index === undefined ? '' : (cells[index] ?? '').trim();
  return /^'[=+\-@]/.test(text) ? text.slice(1) : text;
}

/** What rows of coupons may name. */
export interface Named {
  campaigns: NamedCampaign[];
  /** Ids by e-mail address or id, lower case. */
  affiliates: Map<string, number>;
}

export function readCoupons(rows: FileRow[], format: Format, defaults: Defaults, named: Named): Read<CouponRow> {
  const standing = named.campaigns.find(({ id }) => id === defaults.campaignId);
  return readEach<CouponRow>(rows, (row) => {
    const { code, key } = codeOf(cellOf(row, 'coupon', format));
    if ('error' in key) return code === '' ? { refusal: 'There is no code in this row.' } : refusalOf(codeOr(code));
    const campaign = campaignNamed(cellOf(row, 'campaign', format), named.campaigns, standing);
    if ('refusal' in campaign) return campaign;
    const who = cellOf(row, 'affiliate', format);
    const affiliateId = who === '' ? defaults.affiliateId : named.affiliates.get(who.toLowerCase());
    if (affiliateId === undefined) return { refusal: `No affiliate has the id or e-mail address ${who}.` };
    const last = cellOf(row, 'expires', format);
    const expiresOn = last === '' ? defaults.expiresOn : dayIn(last, format);
    if (last !== '' && (expiresOn === null || !isDay(expiresOn))) return { refusal: notADay(last) };
    const { id: campaignId, shopId } = campaign;
    return { line: row.line, code, codeKey: key.value, shopId, campaignId, affiliateId, expiresOn };
  });
}

function campaignNamed(name: string, campaigns: NamedCampaign[], standing: NamedCampaign | undefined) {
  if (name === '') return standing ?? { refusal: 'This row names no campaign, and none is chosen for such rows.' };
  const meant = campaigns.filter(
    (campaign) => campaign.name.toLowerCase() === name.toLowerCase() || String(campaign.id) === name,
  );
  const found = meant.length > 1 ? meant.filter(({ shopId }) => shopId === standing?.shopId) : meant;
  if (found.length === 1) return found[0]!;
  return { refusal: meant.length > 1 ? `Several campaigns are called ${name}.` : `There is no campaign ${name}.` };
}

export interface SaleShop {
  id: number;
  name: string;
  currency: string;
  timeZone: string;
}

/** @param now epoch milliseconds; nothing was sold on a day that is still to come. */
export function readSales(rows: FileRow[], format: Format, shop: SaleShop, now: number): Read<SaleRow> {
  const days = new Map<string, { on: string | null } | { refusal: string }>();
  const soldOnOf = (text: string) => {
    const known = days.get(text);
    if (known) return known;
    const read = soldOn(text, format, shop, now);
    days.set(text, read);
    return read;
  };
  return readEach<SaleRow>(rows, (row) => {
    const code = cellOf(row, 'coupon', format);
    const key = codeOr(code);
    if ('refusal' in key) return { refusal: code === '' ? 'There is no coupon in this row.' : key.refusal };
    const currency = cellOf(row, 'currency', format);
    if (currency !== '' && currency.toUpperCase() !== shop.currency)
      return { refusal: `This sale is in ${currency}, and ${shop.name} sells in ${shop.currency}.` };
    const typed = cellOf(row, 'amount', format);
    const amount = plainAmount(typed, format.decimal ?? '.', format.thousands);
    const money = parseMinor(amount, shop.currency);
    if ('error' in money && money.error !== 'empty') return { refusal: AMOUNT[money.error](typed, shop.currency) };
    const orderId = cellOf(row, 'order', format);
    const noOrder = orderRefusal(orderId);
    if (noOrder) return { refusal: noOrder };
    const sold = soldOnOf(cellOf(row, 'date', format));
    if ('refusal' in sold) return sold;
    const { line, cells } = row;
    const amountMinor = 'value' in money ? money.value : null;
    return { line, cells, code, amount: amount || null, amountMinor, orderId: orderId || null, soldOn: sold.on };
  });
}

function soldOn(text: string, format: Format, { timeZone, name }: SaleShop, now: number) {
  if (text === '') return { on: null };
  const day = dayIn(text, format);
  if (day === null || 'error' in expiresAt(day, timeZone)) return { refusal: notADay(text) };
  const refusal = saleDayRefusal(day, timeZone, name, now);
  return refusal ? { refusal } : { on: day };
}

const dayIn = (text: string, format: Format) => readDay(text, format.dates ?? 'ymd');
const isDay = (day: string) => 'value' in expiresAt(day, 'UTC');
const notADay = (text: string) => `“${text}” is no date as this file writes them.`;
const refusalOf = (key: { value: string } | { refusal: string }) =>
  'refusal' in key ? key : { refusal: 'This cannot be a code.' };

const AMOUNT: Record<MoneyError, (text: string, currency: string) => string> = {
  empty: () => 'There is no amount.',
  'not a number': (text) => `“${text}” is no amount as this file writes them.`,
  'too many decimals': (text, currency) => `“${text}” has more decimals than ${currency}.`,
  negative: () => 'The amount of a sale cannot be less than nothing.',
  'too large': (text) => `“${text}” is larger than can be kept.`,
  'unknown currency': (_, currency) => `${currency} is no currency we know.`,
};

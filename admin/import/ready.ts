import type { Column, Kind } from '../csv/columns.ts';
import type { Format } from '../csv/format.ts';
import type { Defaults } from './rows.ts';

/** What a person still has to say before a file can be read, by the name of the field that asks for it. */
export function missing(kind: Kind, format: Format, defaults: Defaults): Record<string, string> {
  const { columns, dates, decimal } = format;
  const has = (column: Column) => columns[column] !== undefined;
  const errors: Record<string, string> = {};
  if (!has('coupon')) errors['column-coupon'] = 'Choose the column that has the coupons.';
  const taken = Object.values(columns);
  if (new Set(taken).size < taken.length) errors['column-coupon'] ??= 'Choose each column once.';
  if (dates === null && (has('date') || has('expires')))
    errors.dates = 'The dates in this file can be read in two ways. Say which comes first.';
  if (kind === 'sales' && decimal === null && has('amount'))
    errors.decimal = 'The amounts in this file can be read in two ways. Say which mark stands before decimals.';
  if (kind === 'sales' && defaults.shopId === null) errors.shop = 'Choose the shop in which these sales were made.';
  if (kind === 'coupons' && defaults.campaignId === null && !has('campaign'))
    errors.campaign = 'Choose the campaign of these coupons.';
  return errors;
}

/** Whether the file can be checked as it is understood. */
export const isReady = (kind: Kind, format: Format, defaults: Defaults) =>
  Object.keys(missing(kind, format, defaults)).length === 0;

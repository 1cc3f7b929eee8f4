import { COLUMN_NAMES, COLUMNS, type Column as FileColumn } from '../csv/columns.ts';
import type { Format } from '../csv/format.ts';
import type { FormState } from '../form.ts';
import type { AffiliateOption } from '../queries/affiliates.ts';
import type { CampaignOption } from '../queries/campaigns.ts';
import type { ImportRow } from '../queries/imports.ts';
import { CheckboxField, Form, SelectField, TextField } from '../ui/field.tsx';
import { dayText } from '../ui/when.tsx';
import { campaignChoices } from './coupons.tsx';
import { KINDS, PATH } from './imports.tsx';

/** How a file is read, and what there is to choose from. */
export type FormatProps = {
  job: ImportRow;
  format: Format;
  /** What is still to be chosen stands among its errors. */
  form: FormState;
  campaigns: CampaignOption[];
  affiliates: AffiliateOption[];
  shops: { id: number; name: string; currency: string }[];
};

const DATES = { ymd: 'Year first: 2026-12-24', dmy: 'Day first: 24/12/2026', mdy: 'Month first: 12/24/2026' };
const DECIMALS = { '.': 'After a point: 1234.50', ',': 'After a comma: 1234,50' };
const DELIMITERS = { ',': 'Commas', ';': 'Semicolons', '\t': 'Tabs' };
const ENCODINGS = { 'utf-8': 'UTF-8', 'windows-1252': 'Windows-1252 (Western Europe)' };

const optionsOf = (labels: Record<string, string>) =>
  Object.entries(labels).map(([value, label]) => ({ value, label }));

/** How a column is called, as the file names it. */
const columnName = ({ names }: Format, index: number) =>
  names[index] ? `${index + 1}: ${names[index]}` : `Column ${index + 1}`;

/** All that was understood or chosen, in words. */
export function formatFacts({ job, format, form, campaigns, affiliates, shops }: FormatProps): [string, string][] {
  const { kind } = job;
  const { values } = form;
  const { columns, dates, decimal, thousands } = format;
  const named = (options: { id: number; name: string }[], name: string) =>
    options.find(({ id }) => String(id) === values[name])?.name ?? 'None';
  const ofKind: [string, string][] =
    kind === 'sales'
      ? [['Shop', named(shops, 'shop')]]
      : [
          ['Campaign', named(campaigns, 'campaign')],
          ['Affiliate', named(affiliates, 'affiliate')],
          ['Expiration date', values.expiresOn ? dayText(values.expiresOn) : 'Never'],
        ];
  const read = COLUMNS[kind].map((column): [string, string] => {
    const index = columns[column];
    return [`${COLUMN_NAMES[column]} is in`, index === undefined ? 'No column' : columnName(format, index)];
  });
  const hasDates = columns.date !== undefined || columns.expires !== undefined;
  return [
    ...ofKind,
    ...read,
    ...(hasDates && dates ? [['Dates', DATES[dates]] satisfies [string, string]] : []),
    ...(columns.amount !== undefined && decimal
      ? [['Decimals', `${DECIMALS[decimal]}${thousands ? ', thousands separated' : ''}`] satisfies [string, string]]
      : []),
    ['First row', format.header ? 'Names the columns' : 'Is a row like the others'],
    ['Separated by', DELIMITERS[format.delimiter]],
    ['Encoding', ENCODINGS[format.encoding]],
  ];
}

export function FormatForm({ job, format, form, campaigns, affiliates, shops }: FormatProps) {
  const has = (column: FileColumn) => format.columns[column] !== undefined;
  return (
    <Form form={form} action={`${PATH}/${job.id}/read`} submit="Check again" cancelHref={KINDS[job.kind].path} still>
      {job.kind === 'coupons' ? (
        <>
          <SelectField
            form={form}
            name="campaign"
            label="Campaign"
            none="Choose a campaign"
            {...(has('campaign') ? { hint: 'For rows that name none.' } : {})}
            options={campaignChoices(campaigns)}
          />
          <SelectField
            form={form}
            name="affiliate"
            label="Affiliate"
            none="None"
            hint={has('affiliate') ? 'For rows that name none.' : 'None: free, for affiliates to request.'}
            options={affiliates.map(({ id, name, status }) => ({
              value: id,
              label: status === 'active' ? name : `${name} (${status})`,
            }))}
          />
          <TextField
            form={form}
            name="expiresOn"
            label="Expiration date"
            type="date"
            hint={has('expires') ? 'For rows that name none. Empty: never expires.' : 'Empty: never expires.'}
          />
        </>
      ) : (
        shops.length > 1 && (
          <SelectField
            form={form}
            name="shop"
            label="Shop"
            none="Choose a shop"
            hint="Where the sales were made. Amounts are in its currency, days in its time zone."
            options={shops.map(({ id, name, currency }) => ({ value: id, label: `${name} (${currency})` }))}
          />
        )
      )}
      {COLUMNS[job.kind].map((column) => (
        <SelectField
          key={column}
          form={form}
          name={`column-${column}`}
          label={`${COLUMN_NAMES[column]} is in`}
          none={column === 'coupon' ? 'Choose a column' : 'No column'}
          options={Array.from({ length: format.width }, (_, index) => ({
            value: index,
            label: columnName(format, index),
          }))}
        />
      ))}
      {(has('date') || has('expires')) && (
        <SelectField form={form} name="dates" label="Dates" none="Choose the order" options={optionsOf(DATES)} />
      )}
      {has('amount') && (
        <>
          <SelectField
            form={form}
            name="decimal"
            label="Decimals"
            none="Choose the mark"
            options={optionsOf(DECIMALS)}
          />
          <CheckboxField
            form={form}
            name="thousands"
            label="Thousands are separated"
            hint="1,234.50, or 1.234,50 where decimals stand after a comma."
          />
        </>
      )}
      <CheckboxField form={form} name="header" label="The first row names the columns" />
      <SelectField form={form} name="delimiter" label="Columns are separated by" options={optionsOf(DELIMITERS)} />
      <SelectField
        form={form}
        name="encoding"
        label="Encoding"
        hint="If letters with accents look wrong below, choose the other one."
        options={optionsOf(ENCODINGS)}
      />
    </Form>
  );
}

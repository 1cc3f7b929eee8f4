import type { RefusedRow } from '../../ledger/imports.ts';
import { COLUMN_NAMES, COLUMNS, type Column as FileColumn } from '../csv/columns.ts';
import type { Format } from '../csv/format.ts';
import type { FormState } from '../form.ts';
import type { ForeseenRow } from '../import/step.ts';
import type { AffiliateOption } from '../queries/affiliates.ts';
import type { CampaignOption } from '../queries/campaigns.ts';
import type { ImportRow } from '../queries/imports.ts';
import { CheckboxField, Form, SelectField, TextField } from '../ui/field.tsx';
import { Facts, Sheet } from '../ui/figure.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { Status } from '../ui/status.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { Titled } from '../ui/titled.tsx';
import { When } from '../ui/when.tsx';
import { campaignChoices } from './coupons.tsx';
import { KINDS, PATH, things } from './imports.tsx';

type PreviewProps = {
  job: ImportRow;
  format: Format;
  /** How the file is read, as a form; what is still to be chosen stands among its errors. */
  form: FormState;
  rows: ForeseenRow[];
  refused: RefusedRow[];
  sameFile: { id: number; startedAt: number } | undefined;
  campaigns: CampaignOption[];
  affiliates: AffiliateOption[];
  shops: { id: number; name: string; currency: string }[];
};

/** What a file would do, before it does anything; and how it is read, to be changed. */
export function ImportPreviewPage(props: Frame & PreviewProps) {
  const { job, format, form, rows, refused, sameFile, campaigns, affiliates, shops, ...frame } = props;
  const open = Object.keys(form.errors).length > 0;
  return (
    <Page {...frame} title={`Check ${job.fileName}`} lead="Nothing has been written yet.">
      {sameFile && (
        <p class="note note-bad">
          <span>
            This very file <a href={`${PATH}/${sameFile.id}`}>was imported</a> on <When at={sameFile.startedAt} />. What
            it brought then is there already, and does not come in twice.
          </span>
        </p>
      )}
      {job.kind === 'sales' && format.columns.order === undefined && (
        <p class="note note-bad">
          There are no order IDs in this file. Sent again as it is, its sales are known by their lines; changed, or
          typed by hand as well, they would be paid twice.
        </p>
      )}
      {!open && <WhatWouldHappen job={job} />}
      <Sheet title="How the file is read">
        <FormatForm {...{ job, format, form, campaigns, affiliates, shops }} />
      </Sheet>
      {rows.length > 0 && (
        <Titled title={open ? 'The first rows' : 'What would happen, row by row'}>
          <Table
            caption="The first rows of the file"
            columns={rowColumns(job.kind, format, open)}
            rows={rows}
            rowId={({ line }) => line}
            empty={null}
          />
          {job.rowsTotal > rows.length && (
            <p class="quiet">
              The first {rows.length} of {job.rowsTotal.toLocaleString('en')} rows.
            </p>
          )}
        </Titled>
      )}
      {!open && <Refused refused={refused} count={job.rowsRefused} />}
    </Page>
  );
}

function WhatWouldHappen({ job }: { job: ImportRow }) {
  const { id, kind, pass, rowsTotal, rowsAdded, rowsKnown, rowsRefused } = job;
  return (
    <Sheet title="What would happen">
      <div class="stack">
        <Facts
          facts={[
            ['New', rowsAdded.toLocaleString('en')],
            ['There already', rowsKnown.toLocaleString('en')],
            ['Refused', rowsRefused.toLocaleString('en')],
            ['Rows in all', rowsTotal.toLocaleString('en')],
          ]}
        />
        {kind === 'sales' && rowsKnown > 0 && (
          <p>A row that is there already is never paid twice. It may confirm or correct what only a pixel has said.</p>
        )}
        {rowsAdded === 0 && (kind === 'coupons' || rowsKnown === 0) ? (
          <p>{rowsTotal === 0 ? 'There are no rows in this file.' : 'There is nothing to import in this file.'}</p>
        ) : (
          <form class="form-end" method="post" action={`${PATH}/${id}/start`}>
            <input type="hidden" name="pass" value={pass} />
            <button type="submit" class="button">
              {rowsAdded === 0 ? 'Import' : `Import ${things(kind, rowsAdded)}`}
            </button>
            <button type="submit" class="button button-quiet" formaction={`${PATH}/${id}/forget`}>
              Cancel
            </button>
          </form>
        )}
      </div>
    </Sheet>
  );
}

function FormatForm({
  job,
  format,
  form,
  campaigns,
  affiliates,
  shops,
}: Pick<PreviewProps, 'job' | 'format' | 'form' | 'campaigns' | 'affiliates' | 'shops'>) {
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
            label: format.names[index] ? `${index + 1}: ${format.names[index]}` : `Column ${index + 1}`,
          }))}
        />
      ))}
      {(has('date') || has('expires')) && (
        <SelectField
          form={form}
          name="dates"
          label="Dates"
          none="Choose the order"
          options={[
            { value: 'ymd', label: 'Year first: 2026-12-24' },
            { value: 'dmy', label: 'Day first: 24/12/2026' },
            { value: 'mdy', label: 'Month first: 12/24/2026' },
          ]}
        />
      )}
      {has('amount') && (
        <>
          <SelectField
            form={form}
            name="decimal"
            label="Decimals"
            none="Choose the mark"
            options={[
              { value: '.', label: 'After a point: 1234.50' },
              { value: ',', label: 'After a comma: 1234,50' },
            ]}
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
      <SelectField
        form={form}
        name="delimiter"
        label="Columns are separated by"
        options={[
          { value: ',', label: 'Commas' },
          { value: ';', label: 'Semicolons' },
          { value: '\t', label: 'Tabs' },
        ]}
      />
      <SelectField
        form={form}
        name="encoding"
        label="Encoding"
        hint="If letters with accents look wrong below, choose the other one."
        options={[
          { value: 'utf-8', label: 'UTF-8' },
          { value: 'windows-1252', label: 'Windows-1252 (Western Europe)' },
        ]}
      />
    </Form>
  );
}

const VERDICT = { new: 'New', known: 'There already', refused: 'Refused' } as const;
const LOOK = { new: 'good', known: 'plain', refused: 'bad' } as const;

/** The columns that are understood, by their meaning, and what each row would do. */
function rowColumns(kind: ImportRow['kind'], format: Format, open: boolean): Column<ForeseenRow>[] {
  const read = COLUMNS[kind].flatMap((column): Column<ForeseenRow>[] => {
    const index = format.columns[column];
    if (index === undefined) return [];
    return [
      {
        head: COLUMN_NAMES[column],
        lead: column === 'coupon',
        numeric: column === 'amount',
        cell: ({ cells }) => cells[index]?.trim() ?? '',
      },
    ];
  });
  const foreseen: Column<ForeseenRow> = {
    head: 'What would happen',
    cell: ({ verdict, reason }) => (
      <>
        <Status word={VERDICT[verdict]} look={LOOK[verdict]} /> {reason}
      </>
    ),
  };
  return [{ head: 'Line', numeric: true, cell: ({ line }) => line }, ...read, ...(open ? [] : [foreseen])];
}

/** Refused rows as they were sent, with the reason; the first of them. */
export function Refused({ refused, count }: { refused: RefusedRow[]; count: number }) {
  if (count === 0) return null;
  return (
    <Titled title="Refused rows">
      <Table caption="Refused rows" columns={REFUSED_COLUMNS} rows={refused} rowId={({ line }) => line} empty={null} />
      {count > refused.length && (
        <p class="quiet">
          The first {refused.length} of {count.toLocaleString('en')}.
        </p>
      )}
    </Titled>
  );
}

const REFUSED_COLUMNS: Column<RefusedRow>[] = [
  { head: 'Line', numeric: true, cell: ({ line }) => line },
  { head: 'Row', cell: ({ cells }) => cells.map((cell) => cell.trim()).join(' · ') },
  { head: 'Reason', cell: ({ reason }) => reason },
];

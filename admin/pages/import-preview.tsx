import type { RefusedRow } from '../../ledger/imports/job.ts';
import type { Reach } from '../../ledger/sales/what-if.ts';
import { COLUMN_NAMES, COLUMNS } from '../csv/columns.ts';
import type { Format } from '../csv/format.ts';
import type { ForeseenRow } from '../import/read.ts';
import type { ImportRow } from '../queries/imports.ts';
import { Facts, Sheet } from '../ui/figure.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { ReachesBack } from '../ui/reach.tsx';
import { Status } from '../ui/status.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { Titled } from '../ui/titled.tsx';
import { When } from '../ui/when.tsx';
import { FormatForm, type FormatProps, formatFacts } from './import-format.tsx';
import { PATH, things } from './imports.tsx';

type PreviewProps = FormatProps & {
  rows: ForeseenRow[];
  refused: RefusedRow[];
  sameFile: { id: number; startedAt: number } | undefined;
  reach: Reach;
};

/** What a file would do, before it does anything; and how it is read, to be changed. */
export function ImportPreviewPage(props: Frame & PreviewProps) {
  const { job, format, form, rows, refused, sameFile, campaigns, affiliates, shops, reach, ...frame } = props;
  const how = { job, format, form, campaigns, affiliates, shops };
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
      <ReachesBack reach={reach} />
      {!open && <WhatWouldHappen job={job} />}
      <Sheet title="How the file is read">
        {open ? (
          <FormatForm {...how} />
        ) : (
          <div class="stack">
            <Facts facts={formatFacts(how)} />
            <details>
              <summary>Read it otherwise</summary>
              <FormatForm {...how} />
            </details>
          </div>
        )}
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

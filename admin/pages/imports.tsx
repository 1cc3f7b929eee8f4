import type { FormState } from '../form.ts';
import type { ImportRow, UndoForeseen } from '../queries/imports.ts';
import type { Slice } from '../queries/keyset.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Form } from '../ui/field.tsx';
import { Sheet } from '../ui/figure.tsx';
import { FileField } from '../ui/file-field.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { ListPager } from '../ui/list-pager.tsx';
import { Progress } from '../ui/progress.tsx';
import { Status } from '../ui/status.tsx';
import { Sums } from '../ui/sums.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { When } from '../ui/when.tsx';
import { CampaignFirst } from './coupons.tsx';

export const PATH = '/admin/imports';

/** What of each kind is called, and where it comes from. */
export const KINDS = {
  coupons: {
    title: 'Import coupons',
    noun: ['coupon', 'coupons'],
    path: '/admin/coupons/import',
    back: '/admin/coupons',
    lead: 'From a CSV file with a code a line, or with codes and affiliates.',
    sample: 'code,affiliate,expiration\nSUMMER10,maria@example.com,2026-12-31\nSUMMER15,,\n',
    words: [
      'Only the code is needed. The affiliate is an id or an e-mail address; a coupon without one is free to be requested.',
      'Further columns may name the campaign and the expiration date. Without a first row of names, the first column is the code and the second the affiliate.',
    ],
  },
  sales: {
    title: 'Import offline sales',
    noun: ['sale', 'sales'],
    path: '/admin/offline-sales/import',
    back: '/admin/offline-sales',
    lead: 'From a CSV file with a sale a line. Whoever owned the coupon on that day earns.',
    sample:
      'Coupon, sales amount, order ID, date\ntest-coupon1,100, order123,2020-09-07\ntest-coupon2,100, order 456,2020-09-07\n',
    words: [
      'The order ID keeps a sale from being paid twice, whoever else reports it. A row without a date is of today.',
      'Columns may stand in another order, and be separated by semicolons or tabs. Decimal commas and other dates are understood, and you see how before anything is written. Where a column tells the currency, rows in another one than the shop’s are refused.',
    ],
  },
} as const;

export const things = (kind: ImportRow['kind'], count: number) =>
  `${count.toLocaleString('en')} ${KINDS[kind].noun[count === 1 ? 0 : 1]}`;

type FilePageProps = {
  kind: ImportRow['kind'];
  form: FormState;
  pieceBytes: number;
  /** What a browser without scripts may send at once. */
  wholeBytes: number;
  hasCampaign: boolean;
};

export function ImportFilePage({ kind, form, pieceBytes, wholeBytes, hasCampaign, ...frame }: Frame & FilePageProps) {
  const { title, lead, path, back, sample, words } = KINDS[kind];
  if (!hasCampaign)
    return (
      <Page {...frame} title={title} lead={lead}>
        <div class="empty">
          <CampaignFirst />
        </div>
      </Page>
    );
  return (
    <Page {...frame} title={title} lead={lead} action={<AllImports />}>
      <Sheet title="Choose a file">
        <div class="stack" data-import={kind} data-piece-bytes={pieceBytes}>
          <Form form={form} action={path} submit="Upload" cancelHref={back} enctype="multipart/form-data">
            <FileField
              form={form}
              name="file"
              label="CSV file"
              accept=".csv,.txt,.tsv,text/csv,text/plain"
              hint={`You see what would happen before anything is written. With scripts switched off, up to ${wholeBytes / 1e6} MB.`}
            />
          </Form>
          <Progress label="Uploading" done={0} total={1} hidden />
        </div>
      </Sheet>
      <Sheet title="What the file looks like">
        <div class="stack">
          <pre class="sample" translate={false}>
            {sample}
          </pre>
          {words.map((text) => (
            <p key={text}>{text}</p>
          ))}
        </div>
      </Sheet>
    </Page>
  );
}

function AllImports() {
  return (
    <a class="button button-quiet" href={PATH}>
      All imports
    </a>
  );
}

const GOING_ON: Record<string, string> = {
  checking: 'Checking the file',
  running: 'Importing',
  undoing: 'Undoing',
};

/** A file that is on its way: checked, imported or undone. */
export function ImportProgressPage({ job, text, done, total, ...frame }: Frame & ProgressOf & { job: ImportRow }) {
  return (
    <Page {...frame} title={`${GOING_ON[job.status]}: ${job.fileName}`} action={<AllImports />}>
      <Sheet>
        <div class="stack" data-import-steps={`${PATH}/${job.id}/step`}>
          <Progress label={GOING_ON[job.status]!} done={done} total={total}>
            {text}
          </Progress>
          {job.failure !== null && (
            <p class="note note-bad">
              It broke off {job.failures === 1 ? 'once' : `${job.failures} times in a row`} and is tried again.{' '}
              {job.failure}
            </p>
          )}
          <p>You may close this page: it goes on by itself, if more slowly, and nothing is done twice.</p>
          <form method="post" action={`${PATH}/${job.id}/step`}>
            <button type="submit" class="button">
              Continue
            </button>
          </form>
        </div>
      </Sheet>
    </Page>
  );
}

export type ProgressOf = { done: number; total: number; text: string };

/** How far an import has got in its present pass. */
export function progressOf(job: ImportRow): ProgressOf {
  const { status, linesDone, linesTotal, piecesDone, piecesTotal, rowsUndone, rowsKept } = job;
  if (status === 'undoing') {
    const gone = rowsUndone + rowsKept;
    const total = Math.max(job.rowsAdded + (job.kind === 'sales' ? job.rowsKnown : 0), gone, job.ordersLeft);
    const done = job.kind === 'sales' ? total - job.ordersLeft : gone;
    return { done, total, text: `${done.toLocaleString('en')} of ${things(job.kind, total)} done` };
  }
  const lines = linesDone.toLocaleString('en');
  if (status === 'running')
    return { done: linesDone, total: linesTotal, text: `${lines} of ${linesTotal.toLocaleString('en')} lines done` };
  return { done: piecesDone, total: piecesTotal, text: `${lines} lines checked` };
}

const COLUMNS: Column<ImportRow>[] = [
  { head: 'File', lead: true, cell: ({ id, fileName }) => <a href={`${PATH}/${id}`}>{fileName}</a> },
  { head: 'Of', cell: ({ kind }) => (kind === 'coupons' ? 'Coupons' : 'Offline sales') },
  { head: 'When', cell: ({ createdAt }) => <When at={createdAt} /> },
  { head: 'By', cell: ({ createdBy }) => createdBy ?? <span class="quiet">Nobody</span> },
  { head: 'Status', cell: ({ status }) => <ImportStatusWord status={status} /> },
  { head: 'New', numeric: true, cell: counted('rowsAdded') },
  { head: 'There already', numeric: true, cell: counted('rowsKnown') },
  { head: 'Refused', numeric: true, cell: counted('rowsRefused') },
];

/** Before it is confirmed a count is only what would be. */
function counted(column: 'rowsAdded' | 'rowsKnown' | 'rowsRefused') {
  return (row: ImportRow) => (row.startedAt === null ? <span class="quiet">–</span> : row[column].toLocaleString('en'));
}

export function ImportStatusWord({ status }: Pick<ImportRow, 'status'>) {
  if (status === 'previewed') return <Status word="not confirmed" look="wait" />;
  if (status === 'undone') return <Status word="undone" look="plain" />;
  if (status === 'failed') return <Status word="failed" look="bad" />;
  return <Status word={status} look={status === 'done' ? 'good' : 'wait'} />;
}

export function ImportsPage({ page, ...frame }: Frame & { page: Slice<ImportRow> & { count: number } }) {
  return (
    <Page
      {...frame}
      title="Imports"
      lead="Files of coupons and of offline sales. Each can be undone whole."
      action={
        <div class="row">
          <a class="button button-quiet" href={KINDS.coupons.path}>
            Import coupons
          </a>
          <a class="button button-quiet" href={KINDS.sales.path}>
            Import offline sales
          </a>
        </div>
      }
    >
      <Table
        caption="Imports"
        columns={COLUMNS}
        rows={page.rows}
        rowId={({ id }) => id}
        empty={
          <>
            <h2>No imports yet</h2>
            <p>
              A CSV file brings in many coupons or sales at once. You see what would happen before anything is written.
            </p>
          </>
        }
      />
      <ListPager path={PATH} query={{}} page={page} noun={['import', 'imports']} />
    </Page>
  );
}

/** Asks before an import is taken back. @param foreseen what it would change, for sales. */
export function UndoPage({ job, foreseen, ...frame }: Frame & { job: ImportRow; foreseen: UndoForeseen | null }) {
  return (
    <Page {...frame} title={`Undo the import of ${job.fileName}?`}>
      <Confirm
        action={`${PATH}/${job.id}/undo`}
        verb={`Undo ${things(job.kind, job.rowsAdded)}`}
        cancelHref={`${PATH}/${job.id}`}
      >
        {foreseen ? (
          <WhatUndoChanges {...foreseen} />
        ) : (
          <p>
            The coupons that came with this file are deleted, as if they had never been. Those that sales were made with
            stay, and you see which. Coupons that were there before are not touched.
          </p>
        )}
      </Confirm>
    </Page>
  );
}

function WhatUndoChanges({ alone, earned, shared }: UndoForeseen) {
  const orders = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'order' : 'orders'}`;
  const lost = earned.filter(({ amountMinor }) => amountMinor !== 0n);
  return (
    <>
      <p>
        {orders(alone)} that only this file speaks of {alone === 1 ? 'is' : 'are'} taken back
        {lost.length > 0 && (
          <>
            : <Sums sums={lost.map(({ currency, amountMinor }) => ({ currency, amountMinor: -amountMinor }))} />
          </>
        )}
        . What was approved or paid of it is owed back, and nets with the next payout.
      </p>
      {shared > 0 && (
        <p>
          {orders(shared)} that others have spoken of too {shared === 1 ? 'is' : 'are'} decided again from what they
          said, as if this file had never been sent.
        </p>
      )}
      <p>What people have declined stays declined. The mended file can be imported again.</p>
    </>
  );
}

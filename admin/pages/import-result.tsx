import type { RefusedRow } from '../../ledger/imports/job.ts';
import type { ImportRow } from '../queries/imports.ts';
import { Deeds } from '../ui/deeds.tsx';
import { Facts, Sheet } from '../ui/figure.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { Ticket } from '../ui/ticket.tsx';
import { When } from '../ui/when.tsx';
import { Refused } from './import-preview.tsx';
import { ImportStatusWord, KINDS, PATH, things } from './imports.tsx';

type ResultProps = {
  job: ImportRow;
  refused: RefusedRow[];
  /** Of an undone import: coupons that stay, for sales were made with them. */
  kept: { id: number; code: string }[];
};

/** What came of an import. */
export function ImportResultPage({ job, refused, kept, ...frame }: Frame & ResultProps) {
  const { id, kind, fileName, status, startedAt, rowsTotal, rowsAdded, rowsKnown, rowsRefused } = job;
  return (
    <Page
      {...frame}
      title={fileName}
      lead={status === 'undone' ? undoneText(job) : status === 'failed' ? failedText(job) : doneText(job)}
      action={
        <a class="button button-quiet" href={KINDS[kind].path}>
          Import another file
        </a>
      }
    >
      {status === 'failed' && <p class="note note-bad">{job.failure}</p>}
      <Sheet title="What came of it" aside={<ImportStatusWord status={status} />}>
        <Facts
          facts={[
            ['New', rowsAdded.toLocaleString('en')],
            ['There already', rowsKnown.toLocaleString('en')],
            ['Refused', rowsRefused.toLocaleString('en')],
            ['Rows in all', rowsTotal.toLocaleString('en')],
            ['Imported by', job.createdBy ?? 'Nobody'],
            ['When', job.startedAt === null ? '' : <When key="when" at={job.startedAt} />],
          ]}
        />
      </Sheet>
      {kept.length > 0 && (
        <Sheet title="Coupons that stay, for sales were made with them">
          <p class="row">
            {kept.map((coupon) => (
              <Ticket key={coupon.id} code={coupon.code} href={`/admin/coupons/${coupon.id}`} />
            ))}
          </p>
        </Sheet>
      )}
      <Refused refused={refused} count={rowsRefused} />
      {(rowsRefused > 0 || status !== 'undone') && (
        <Sheet title="What now">
          <Deeds
            deeds={[
              ...(rowsRefused > 0 && startedAt !== null
                ? [
                    {
                      verb: 'Download refused rows',
                      means:
                        'A CSV file of them, with their lines and reasons. Mend it and import it; those two columns are passed over.',
                      action: `${PATH}/${id}/refused.csv`,
                      method: 'get' as const,
                    },
                  ]
                : []),
              ...(startedAt === null
                ? [
                    {
                      verb: 'Forget this file',
                      means: 'Nothing of it has been written. Mend it and send it again.',
                      action: `${PATH}/${id}/forget`,
                      method: 'post' as const,
                    },
                  ]
                : []),
              ...(startedAt !== null && status !== 'undone'
                ? [
                    {
                      verb: 'Undo',
                      means:
                        kind === 'coupons'
                          ? 'Deletes the coupons that came with this file and were not spent.'
                          : 'Takes back what this file said of sales; what others have said of them stands.',
                      action: `${PATH}/${id}/undo`,
                      method: 'get' as const,
                    },
                  ]
                : []),
            ]}
          />
        </Sheet>
      )}
    </Page>
  );
}

const doneText = ({ kind, rowsAdded, rowsRefused }: ImportRow) =>
  `${things(kind, rowsAdded)} imported${rowsRefused > 0 ? `, ${rowsRefused.toLocaleString('en')} ${rowsRefused === 1 ? 'row' : 'rows'} refused` : ''}.`;

const failedText = ({ startedAt, failures }: ImportRow) =>
  `${startedAt === null ? 'It could not be checked' : 'It could not be brought in to its end'}: it broke off ${failures} times in a row at the same place.`;

const undoneText = ({ kind, rowsUndone, rowsKept }: ImportRow) =>
  `Undone: ${things(kind, rowsUndone)} taken back${
    rowsKept === 0
      ? '.'
      : kind === 'coupons'
        ? `, ${rowsKept.toLocaleString('en')} kept because they were spent.`
        : `, ${rowsKept.toLocaleString('en')} kept because others have reported them too.`
  }`;

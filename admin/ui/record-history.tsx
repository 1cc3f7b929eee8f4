import { type AuditLine, type Change, changesOf, type Names } from '../audit-words.ts';
import { type Column, Table } from './table.tsx';
import { Titled } from './titled.tsx';
import { When } from './when.tsx';

type RecordHistoryProps = { history: { lines: AuditLine[]; names: Names }; timeZone?: string };

/** What people have done to one record: who, when, from what to what. */
export function RecordHistory({ history: { lines, names }, timeZone }: RecordHistoryProps) {
  return (
    <Titled title="History">
      <Table
        caption="History"
        columns={auditColumns(names, timeZone)}
        rows={lines}
        rowId={({ id }) => id}
        empty={<p>Nobody has changed anything here.</p>}
      />
    </Titled>
  );
}

/** The columns of the audit log that do not name the record. */
export const auditColumns = (names: Names, timeZone = 'UTC'): Column<AuditLine>[] => [
  { head: 'When', lead: true, cell: ({ at }) => <When at={at} timeZone={timeZone} /> },
  { head: 'Who', cell: ({ who }) => who ?? <span class="quiet">Nobody in particular</span> },
  { head: 'What', cell: ({ action }) => action.charAt(0).toUpperCase() + action.slice(1) },
  { head: 'From → to', cell: (line) => <Changes changes={changesOf(line, names)} /> },
];

/** "last day: never ends → 31 Dec 2026", a line each. */
function Changes({ changes }: { changes: Change[] }) {
  if (changes.length === 0) return <span class="quiet">–</span>;
  return (
    <ul class="changes">
      {changes.map(({ label, from, to }) => (
        <li key={label}>
          <span class="quiet">{label}:</span>{' '}
          {from !== null && to !== null ? <FromTo from={from} to={to} /> : (to ?? from)}
        </li>
      ))}
    </ul>
  );
}

const FromTo = ({ from, to }: { from: string; to: string }) => (
  <>
    <del>{from}</del>
    <span aria-hidden="true"> → </span>
    <ins>{to}</ins>
  </>
);

import { ACTIONS, type AuditLine, recordPath, SUBJECTS } from '../audit-words.ts';
import type { AuditPage } from '../queries/audit-log.ts';
import { FilterSearch, FilterSelect, Filters } from '../ui/actions.tsx';
import { type Frame, Page } from '../ui/layout.tsx';
import { auditColumns } from '../ui/record-history.tsx';
import { type Column, Pager, Table, withQuery } from '../ui/table.tsx';

const PATH = '/admin/audit-log';

type AuditLogProps = Frame & {
  log: AuditPage;
  query: { q: string; person: string; kind: string; action: string };
  people: { id: string; name: string }[];
  timeZone: string;
};

/** Who did what to which record, when, and from what to what. */
export function AuditLogPage({ log, query, people, timeZone, ...frame }: AuditLogProps) {
  const [when, who, what, changes] = auditColumns(log.names, timeZone);
  const { count, rows, before, after } = log;
  return (
    <Page
      {...frame}
      title="Audit log"
      lead={`Whatever somebody changed, for ever: the database itself lets no line be changed or taken out. Times in ${timeZone}.`}
    >
      <Filters action={PATH}>
        <FilterSearch value={query.q} />
        <FilterSelect
          name="person"
          label="Person"
          value={query.person}
          none="Anybody"
          options={[
            ...people.map(({ id, name }) => ({ value: id, label: name })),
            { value: 'nobody', label: 'Nobody in particular' },
          ]}
        />
        <FilterSelect
          name="kind"
          label="Kind of record"
          value={query.kind}
          none="Any kind"
          options={Object.entries(SUBJECTS).map(([value, noun]) => ({ value, label: capital(noun) }))}
        />
        <FilterSelect
          name="action"
          label="What was done"
          value={query.action}
          none="Anything"
          options={ACTIONS.map((action) => ({ value: action, label: capital(action) }))}
        />
      </Filters>
      <Table
        caption="Audit log"
        columns={[when!, who!, what!, RECORD, changes!]}
        rows={rows}
        rowId={({ id }) => id}
        empty={
          <>
            <h2>Nothing like that</h2>
            <p>
              Each change of a coupon, a campaign, an affiliate, a commission or a setting leaves a line here.{' '}
              <a href={PATH}>Show all of the log</a>.
            </p>
          </>
        }
      />
      {count > 0 && (
        <Pager
          count={count}
          noun={['line', 'lines']}
          shown={rows.length}
          previousHref={before === undefined ? undefined : withQuery(PATH, query, { before: String(before) })}
          nextHref={after === undefined ? undefined : withQuery(PATH, query, { after: String(after) })}
        />
      )}
    </Page>
  );
}

const RECORD: Column<AuditLine> = {
  head: 'Record',
  cell: (line) => {
    const noun = capital(SUBJECTS[line.subject] ?? line.subject);
    if (line.subjectId === 'many') return `Many ${SUBJECTS[line.subject] ?? line.subject}s`;
    const name = line.record ?? '';
    const path = recordPath(line);
    return (
      <>
        {noun} {path ? <a href={path}>{name || `no. ${line.subjectId}`}</a> : name}
      </>
    );
  },
};

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

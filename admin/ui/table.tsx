import type { ComponentChildren } from 'preact';
import { Icon } from './icon.tsx';

export type Column<Row> = {
  head: string;
  cell: (row: Row) => ComponentChildren;
  /** Numbers and money: right-aligned. */
  numeric?: boolean;
  /** What `?sort=` says for this column; without it the head is no link. */
  sort?: string;
  /** The column a row is known by: it stays first and large where rows become cards. */
  lead?: boolean;
  /** For icons at the end of a row: the head is for screen readers only. */
  tools?: boolean;
};

export type Sort = { by: string; direction: 'asc' | 'desc' };

type TableProps<Row> = {
  /** What the table lists, for screen readers. */
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  rowId: (row: Row) => string | number;
  /** How the rows are sorted now, and the address that sorts them by `by` next (`withQuery` makes it). */
  sort?: Sort & { href: (next: Sort) => string };
  /** Checkboxes named `id`, for the actions below the table; the label says which row: "Select SUMMER10". */
  select?: (row: Row) => string;
  /** What stands here as long as there is nothing: say what would, and how to begin. */
  empty: ComponentChildren;
};

/** A dense table with a sticky head. Narrow, each row becomes a card; each cell then says its column's name itself. */
export function Table<Row>({ caption, columns, rows, rowId, sort, select, empty }: TableProps<Row>) {
  if (rows.length === 0) return <div class="empty">{empty}</div>;
  return (
    <div class="table-box">
      <table class="table">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {select && (
              <th scope="col" class="cell-check">
                <input type="checkbox" data-check-all="id" aria-label="Select all on this page" hidden />
              </th>
            )}
            {columns.map((column) => (
              <Head key={column.head} column={column} sort={sort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowId(row)}>
              {select && (
                <td class="cell-check">
                  <input type="checkbox" name="id" value={rowId(row)} aria-label={select(row)} />
                </td>
              )}
              {columns.map((column) => (
                <td key={column.head} class={cellClass(column)} data-label={column.head}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function cellClass({ numeric, lead, tools }: Column<never> | Column<unknown>): string | undefined {
  return [numeric && 'cell-number', lead && 'cell-lead', tools && 'cell-tools'].filter(Boolean).join(' ') || undefined;
}

function Head<Row>({ column, sort }: { column: Column<Row>; sort: TableProps<Row>['sort'] }) {
  const by = column.sort;
  const current = sort && by === sort.by ? sort.direction : undefined;
  const ariaSort = current && (current === 'asc' ? 'ascending' : 'descending');
  return (
    <th scope="col" class={cellClass(column as Column<unknown>)} aria-sort={ariaSort}>
      {sort && by ? (
        <a class="sort" href={sort.href({ by, direction: current === 'asc' ? 'desc' : 'asc' })}>
          {column.head}
          <span class="sort-mark" aria-hidden="true">
            {current === 'asc' ? '↑' : current === 'desc' ? '↓' : '↕'}
          </span>
        </a>
      ) : column.tools ? (
        <span class="unseen">{column.head}</span>
      ) : (
        column.head
      )}
    </th>
  );
}

/** The same address with other parameters; '' and undefined take one away. Page keys (`after`, `before`) always go. */
export function withQuery(
  path: string,
  query: Record<string, string | undefined>,
  changes: Record<string, string | undefined>,
) {
  const merged: Record<string, string | undefined> = { ...query, after: undefined, before: undefined, ...changes };
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(merged)) if (value) search.set(name, value);
  return search.size > 0 ? `${path}?${search}` : path;
}

/** As far as rows are counted; from one more on it is "10,000+". */
const COUNTED = 10_000;

/** How many, of a count that may have stopped at one more than rows are counted up to. */
export const countText = (count: number) =>
  count > COUNTED ? `${COUNTED.toLocaleString('en')}+` : count.toLocaleString('en');

type PagerProps = {
  /** How many there are in all, of what: "1,204 coupons". */
  count: number;
  noun: [one: string, many: string];
  shown: number;
  /** Rows on the page that are no such things, and are not counted: "2 void or undone". */
  beside?: string | undefined;
  previousHref?: string | undefined;
  nextHref?: string | undefined;
};

/** Pages by keys, with the count said. */
export function Pager({ count, noun, shown, beside, previousHref, nextHref }: PagerProps) {
  const things = `${countText(count)} ${noun[count === 1 ? 0 : 1]}`;
  return (
    <nav class="pager" aria-label="Pages">
      <p>
        {shown === count ? things : `${shown.toLocaleString('en')} of ${things}`}
        {beside && <span class="quiet">{`, and ${beside}`}</span>}
      </p>
      {(previousHref || nextHref) && (
        <div class="pager-steps">
          <PagerStep href={previousHref}>
            <Icon name="left" />
            Previous
          </PagerStep>
          <PagerStep href={nextHref}>
            Next
            <Icon name="right" />
          </PagerStep>
        </div>
      )}
    </nav>
  );
}

function PagerStep({ href, children }: { href: string | undefined; children: ComponentChildren }) {
  if (!href) return <span class="button button-quiet button-small is-off">{children}</span>;
  return (
    <a class="button button-quiet button-small" href={href}>
      {children}
    </a>
  );
}

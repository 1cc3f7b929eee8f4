/** Long lists page by keys: a page begins after or before a row, so that the last page is as quick as the first. */

/** Rows on a page; queries ask for one more, to know whether the list goes on. */
export const PAGE_ROWS = 50;

/** Rows are counted up to here, then said to be more. */
export const COUNTED = 10_000;

/** Where a page begins: after or before the row with that id, or, with neither, at the top. */
export interface Place<Id = number> {
  after?: Id | undefined;
  before?: Id | undefined;
}

export interface Slice<Row extends { id: unknown }> {
  rows: Row[];
  /** The id that the page before this one ends `before`, and the one that the next begins `after`; undefined: there is none. */
  before: Row['id'] | undefined;
  after: Row['id'] | undefined;
}

/** Reads a place from an address's query. What is no id is as if it were not there. */
export const placeOf = (query: Record<string, string>): Place => ({
  after: idOf(query.after),
  before: idOf(query.before),
});

/** An id as it stands in an address or a form, or undefined. */
export const idOf = (text: string | undefined): number | undefined =>
  text && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;

/** The same where a row is named by two ids, "12-3". */
export const pairPlaceOf = (query: Record<string, string>): Place<string> => ({
  after: pairOf(query.after),
  before: pairOf(query.before),
});

const pairOf = (text: string | undefined) =>
  text?.split('-').length === 2 && text.split('-').every((part) => idOf(part) !== undefined) ? text : undefined;

/** Makes a page of up to PAGE_ROWS + 1 rows found; those before a place were read backwards, from it up. */
export function sliceOf<Row extends { id: unknown }>(found: Row[], { after, before }: Place<Row['id']>): Slice<Row> {
  const more = found.length > PAGE_ROWS;
  const rows = found.slice(0, PAGE_ROWS);
  if (before !== undefined) rows.reverse();
  const hasBefore = before === undefined ? after !== undefined : more;
  const hasAfter = before === undefined ? more : true;
  return { rows, before: hasBefore ? rows[0]?.id : undefined, after: hasAfter ? rows.at(-1)?.id : undefined };
}

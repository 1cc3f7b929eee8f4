/** Long lists page by keys: a page begins after or before a row, so that the last page is as quick as the first. */

/** Rows on a page; queries ask for one more, to know whether the list goes on. */
export const PAGE_ROWS = 50;

/** Where a page begins: after or before the row with that id, or, with neither, at the top. */
export interface Place {
  after?: number | undefined;
  before?: number | undefined;
}

export interface Slice<Row> {
  rows: Row[];
  /** The id that the page before this one ends `before`, and the one that the next begins `after`; undefined: there is none. */
  before: number | undefined;
  after: number | undefined;
}

/** Reads a place from an address's query. What is no id is as if it were not there. */
export const placeOf = (query: Record<string, string>): Place => ({
  after: idOf(query.after),
  before: idOf(query.before),
});

/** An id as it stands in an address or a form, or undefined. */
export const idOf = (text: string | undefined): number | undefined =>
  text && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;

/** Makes a page of up to PAGE_ROWS + 1 rows found; those before a place were read backwards, from it up. */
export function sliceOf<Row extends { id: number }>(found: Row[], { after, before }: Place): Slice<Row> {
  const more = found.length > PAGE_ROWS;
  const rows = found.slice(0, PAGE_ROWS);
  if (before !== undefined) rows.reverse();
  const hasBefore = before === undefined ? after !== undefined : more;
  const hasAfter = before === undefined ? more : true;
  return { rows, before: hasBefore ? rows[0]?.id : undefined, after: hasAfter ? rows.at(-1)?.id : undefined };
}

import { Pager, withQuery } from './table.tsx';

type ListPagerProps = {
  path: string;
  /** The filters of the list, kept from page to page. */
  query: Record<string, string>;
  /** A page of the list, with the ids at its two ends where there is more. */
  page: { rows: unknown[]; count: number; before: number | string | undefined; after: number | string | undefined };
  noun: [one: string, many: string];
  /** How many of the rows count, where some do not, and what the others are. */
  shown?: number;
  beside?: string | undefined;
};

/** The pager of a list that pages by keys. */
export function ListPager({ path, query, page, noun, shown = page.rows.length, beside }: ListPagerProps) {
  const { rows, count, before, after } = page;
  if (count === 0 && rows.length === 0) return null;
  return (
    <Pager
      count={count}
      noun={noun}
      shown={shown}
      beside={beside}
      previousHref={before === undefined ? undefined : withQuery(path, query, { before: String(before) })}
      nextHref={after === undefined ? undefined : withQuery(path, query, { after: String(after) })}
    />
  );
}

import { Pager, withQuery } from './table.tsx';

type ListPagerProps = {
  path: string;
  /** The filters of the list, kept from page to page. */
  query: Record<string, string>;
  /** A page of the list, with the ids at its two ends where there is more. */
  page: { rows: unknown[]; count: number; before: number | undefined; after: number | undefined };
  noun: [one: string, many: string];
};

/** The pager of a list that pages by keys. */
export function ListPager({ path, query, page, noun }: ListPagerProps) {
  const { rows, count, before, after } = page;
  if (count === 0) return null;
  return (
    <Pager
      count={count}
      noun={noun}
      shown={rows.length}
      previousHref={before === undefined ? undefined : withQuery(path, query, { before: String(before) })}
      nextHref={after === undefined ? undefined : withQuery(path, query, { after: String(after) })}
    />
  );
}

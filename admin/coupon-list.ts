/**
 * The list of coupons that somebody came from, with its filters, order and place: carried as one field named `list` through
 * the pages that change coupons, so that each of them leads back to it.
 */
const PATH = '/admin/coupons';

/** The list as it stands in a field, of an address's query. */
export const listOf = (query: Record<string, string>): string => new URLSearchParams(query).toString();

/** Its address. Whatever the field says, it is one of the list's. */
export function listPath(list: string | undefined): string {
  const query = new URLSearchParams(list);
  return query.size > 0 ? `${PATH}?${query}` : PATH;
}

/** What the list is asked for. */
export const listQuery = (list: string | undefined): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(list));

/** A page of one or more coupons, with the way back to the list. */
export function fromList(path: string, list: string): string {
  if (list === '') return path;
  return `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams({ list })}`;
}

import { isUnfilled } from '../ledger/blank.ts';
import type { Message } from '../ledger/report.ts';
import type { Tag } from './tags.ts';

/**
 * Reads a pixel's query by its tag. A template that the shop did not fill (`[COUPON]`, `{{ order }}`) counts as absent.
 * @returns null where no coupon is named: the sale is nobody's, and nothing has to be read or kept.
 */
export function readTag(tag: Tag, query: URLSearchParams, receivedAt: number): Message | null {
  const problems: string[] = [];
  const read = (name: string): string | null => {
    const values = new Set(query.getAll(name).map((value) => value.trim()));
    const [first, ...others] = [...values].filter((value) => !isUnfilled(value));
    if (others.length > 0) problems.push(`"${name}" was sent with different values: ${first}, ${others.join(', ')}`);
    return first ?? null;
  };
  const code = read(tag.coupon);
  if (code === null) return null;
  return {
    source: 'pixel',
    codes: [code],
    amount: read(tag.amount),
    orderId: read(tag.order),
    campaign: read(tag.campaign),
    currency: read(tag.currency),
    test: query.get('test') === '1',
    receivedAt,
    problem: problems.join('; ').slice(0, 500) || null,
  };
}

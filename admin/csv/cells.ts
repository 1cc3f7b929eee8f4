/** Dates and amounts as people write them in files. What could be read in two ways is not read before it is chosen. */

export const DATE_ORDERS = ['ymd', 'dmy', 'mdy'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];
export type Decimal = '.' | ',';

const ISO = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$/;
const OTHER = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: \d{1,2}:\d{2}(?::\d{2})?)?$/;

/**
 * Reads a day; a time of day behind it is left out. Year first is read in any order: it can only be meant one way.
 * @returns `YYYY-MM-DD`, which need not be a day of the calendar, or null where it is no date of that order.
 */
export function readDay(text: string, order: DateOrder): string | null {
  const iso = ISO.exec(text);
  if (iso) return day(iso[1]!, iso[2]!, iso[3]!);
  const other = OTHER.exec(text);
  if (!other || order === 'ymd') return null;
  const [, one, two, year] = other;
  return order === 'dmy' ? day(year!, two!, one!) : day(year!, one!, two!);
}

const day = (year: string, month: string, date: string) => `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;

/** The order that the dates can only have, or null where a person has to say it: 3/4/2026 is a day in March and one in April. */
export function dateOrderOf(texts: string[]): DateOrder | null {
  let dmy = false;
  let mdy = false;
  let either = false;
  for (const text of texts) {
    const [, one, two] = OTHER.exec(text.trim()) ?? [];
    if (Number(one) > 12) dmy = true;
    else if (Number(two) > 12) mdy = true;
    else if (one && Number(one) !== Number(two)) either = true;
  }
  if (dmy !== mdy) return dmy ? 'dmy' : 'mdy';
  return dmy || either ? null : 'ymd';
}

/**
 * Writes an amount as `parseMinor` reads it, without the separators of thousands where they are chosen to be some.
 * What does not fit is left as it is, for `parseMinor` to refuse.
 */
export function plainAmount(text: string, decimal: Decimal, thousands: boolean): string {
  let amount = text.trim();
  if (thousands) {
    const groups = decimal === '.' ? GROUPS_BEFORE_POINT : GROUPS_BEFORE_COMMA;
    if (groups.test(amount))
      amount = amount.replace(decimal === '.' ? /[, \u00A0\u202F'’]/g : /[. \u00A0\u202F'’]/g, '');
  }
  if (decimal === '.') return amount;
  // A point is no decimal mark here: it must not become one by being left.
  return amount.includes('.') ? amount.replace('.', ' ') : amount.replace(',', '.');
}

const GROUPS_BEFORE_POINT = /^-?\d{1,3}([, \u00A0\u202F'’])\d{3}(?:\1\d{3})*(?:\.\d+)?$/;
const GROUPS_BEFORE_COMMA = /^-?\d{1,3}([. \u00A0\u202F'’])\d{3}(?:\1\d{3})*(?:,\d+)?$/;

/**
 * The decimal mark that the amounts can only have, and whether thousands are separated; null where a person has to say
 * it: "1,234" is a thousand in London and one and a bit in Berlin.
 */
export function decimalOf(texts: string[]): { decimal: Decimal | null; thousands: boolean } {
  const found = new Set<Decimal>();
  let thousands = false;
  let either = false;
  for (const text of texts) {
    const marks = text.match(/[.,]/g) ?? [];
    const last = marks.at(-1) as Decimal | undefined;
    if (!last) continue;
    const other = last === '.' ? ',' : '.';
    if ((marks as string[]).includes(other)) found.add(last);
    else if (marks.length > 1) found.add(other);
    else if (/^\s*[1-9]\d{0,2}[.,]\d{3}\s*$/.test(text)) either = true;
    else found.add(last);
    thousands ||= marks.length > 1;
  }
  if (found.size === 1) return { decimal: [...found][0]!, thousands };
  return found.size === 0 && !either ? { decimal: '.', thousands: false } : { decimal: null, thousands: false };
}

/** The model's own rounding and calendar: it shares none with the ledger, so that both cannot be wrong alike. */

const DIGITS: Record<string, number> = { EUR: 2, USD: 2, JPY: 0 };

/** Reads "12.5" as minor units of a currency, and "12.00" as those of one without decimals; null: it cannot be read. */
export function minorOf(text: string, currency: string): number | null {
  const [, sign = '', whole = '', decimals = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  const digits = DIGITS[currency];
  if (whole === '' || digits === undefined || /[^0]/.test(decimals.slice(digits))) return null;
  return Number(sign + whole + decimals.slice(0, digits).padEnd(digits, '0'));
}

/** `amount × parts / whole` in whole numbers; half goes away from zero. */
export function portion(amount: number, parts: number, whole: number): number {
  const product = BigInt(amount) * BigInt(parts);
  const size = product < 0n ? -product : product;
  const rounded = (2n * size + BigInt(whole)) / (2n * BigInt(whole));
  return Number(product < 0n ? -rounded : rounded);
}

const calendars = new Map<string, Intl.DateTimeFormat>();

/** The day on a shop's calendar, as `2026-11-25`. */
export function dayOf(at: number, timeZone: string): string {
  // Canadian English writes a date as ISO does.
  const calendar = calendars.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone });
  calendars.set(timeZone, calendar);
  return calendar.format(at);
}

/** The first and the last millisecond of a day in a zone, found by asking the calendar. */
export function spanOfDay(day: string, timeZone: string): { first: number; last: number } {
  const noon = Date.parse(`${day}T12:00:00Z`);
  const firstOf = (isThere: (at: number) => boolean) => {
    let before = noon - 48 * 3_600_000;
    let there = noon + 48 * 3_600_000;
    while (there - before > 1) {
      const middle = Math.floor((before + there) / 2);
      if (isThere(middle)) there = middle;
      else before = middle;
    }
    return there;
  };
  return {
    first: firstOf((at) => dayOf(at, timeZone) >= day),
    last: firstOf((at) => dayOf(at, timeZone) > day) - 1,
  };
}

/** An instant, in UTC or the shop's zone: "4 Mar 2026, 14:05". */
export function When({ at, timeZone = 'UTC' }: { at: number; timeZone?: string }) {
  const text = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(at);
  return <time dateTime={new Date(at).toISOString()}>{text}</time>;
}

/** A day, from its ISO date: "4 Mar 2026". */
export function Day({ on }: { on: string }) {
  return <time dateTime={on}>{dayText(on)}</time>;
}

export const dayText = (on: string, options: Intl.DateTimeFormatOptions = { dateStyle: 'medium' }) =>
  new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' }).format(new Date(`${on}T00:00:00Z`));

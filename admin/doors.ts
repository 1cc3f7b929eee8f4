export type Who = 'anyone' | 'administrator' | 'affiliate' | 'either';

/**
 * Who may call what: a path belongs to the longest entry it starts with, whole segments only. What is not named here is
 * refused, whether a route exists for it or not.
 */
export const DOORS: Readonly<Record<string, Who>> = {
  '/assets': 'anyone',
  '/sign-in': 'anyone',
  '/sign-out': 'anyone',
  '/setup': 'anyone',
  '/invitation': 'anyone',
  '/join': 'anyone',
  '/home': 'either',
  '/account': 'either',
  '/admin': 'administrator',
  '/patterns': 'administrator',
  '/affiliate': 'affiliate',
};

/** Who may call `path`, or null: nobody. */
export function whoMay(path: string): Who | null {
  if (path === '/') return 'anyone';
  const prefixes = path.split('/').map((_, segment, all) => all.slice(0, segment + 1).join('/'));
  const declared = prefixes.findLast((prefix) => Object.hasOwn(DOORS, prefix));
  return declared === undefined ? null : DOORS[declared]!;
}

/** `next` if it is a path of this very site, else the person's own home. Browsers read `\` as `/`, and `//x` as a host. */
export function safeNext(next: string | undefined): string {
  return next && /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(next) ? next : '/home';
}

import type { MiddlewareHandler } from 'hono';
import { whoAsks } from './auth.ts';
import type { App } from './env.ts';
import { takeFlash } from './flash.ts';
import { problem } from './render.tsx';

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

/**
 * The one guard before all routes. A stranger's GET is led to sign in and back; their POST gets 401. The wrong role
 * gets 403, and a path that is not declared 404.
 */
export const guard: MiddlewareHandler<App> = async (c, next) => {
  const who = whoMay(c.req.path);
  if (who === null) return problem(c, 404);
  if (c.req.path.startsWith('/assets/')) return next();

  const { user, affiliateId } = await whoAsks(c);
  c.set('user', user);
  c.set('affiliateId', affiliateId);
  c.set('flash', await takeFlash(c));

  if (who === 'anyone') return next();
  if (!user) {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return problem(c, 401);
    const { pathname, search } = new URL(c.req.url);
    return c.redirect(`/sign-in?next=${encodeURIComponent(pathname + search)}`, 303);
  }
  if (who !== 'either' && who !== user.role) return problem(c, 403);
  return next();
};

/** `next` if it is a path of this very site, else the person's own home. Browsers read `\` as `/`, and `//x` as a host. */
export function safeNext(next: string | undefined): string {
  return next && /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(next) ? next : '/home';
}

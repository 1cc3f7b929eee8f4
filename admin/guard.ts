import type { MiddlewareHandler } from 'hono';
import { whoAsks } from './auth.ts';
import { whoMay } from './doors.ts';
import type { App } from './env.ts';
import { takeFlash } from './flash.ts';
import { problem } from './render.tsx';

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

/**
 * Refuses what another site's page sends, whatever kind of body it has: `csrf()` of hono looks at forms only, and some
 * of our routes read no body.
 */
export const fromElsewhere: MiddlewareHandler<App> = async (c, next) => {
  const origin = c.req.header('origin');
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD';
  if (!isRead && origin !== undefined && origin !== new URL(c.req.url).origin) return problem(c, 403);
  return next();
};

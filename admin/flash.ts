import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie';
import type { Flash, OfficeContext } from './env.ts';

const NAME = 'counterfoil.flash';

/**
 * The end of each POST that did something: leads to `path` (303), where the page says `text`. It travels in a signed
 * cookie, so that no link can put words on our pages.
 */
export async function done(c: OfficeContext, path: string, text: string, tone: Flash['tone'] = 'good') {
  await setSignedCookie(c, NAME, JSON.stringify({ tone, text } satisfies Flash), c.env.AUTH_SECRET, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: c.env.OFFICE_URL.startsWith('https:'),
    maxAge: 60,
  });
  return c.redirect(path, 303);
}

/** What the page before left to be said, or null. `forgetFlash` once it is said. */
export async function takeFlash(c: OfficeContext): Promise<Flash | null> {
  const kept = await getSignedCookie(c, c.env.AUTH_SECRET, NAME);
  return kept ? (JSON.parse(kept) as Flash) : null;
}

export const forgetFlash = (c: OfficeContext) => deleteCookie(c, NAME, { path: '/' });

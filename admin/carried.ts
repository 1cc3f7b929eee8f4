import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie';
import type { OfficeContext } from './env.ts';

/**
 * What one page hands to the next, in a signed cookie of that page alone: a link that no record keeps, codes that are
 * shown once.
 */
export interface Carried {
  name: string;
  /** The page that takes it. */
  path: string;
  seconds: number;
}

export async function carry(c: OfficeContext, { name, path, seconds }: Carried, value: string): Promise<void> {
  await setSignedCookie(c, `counterfoil.${name}`, value, c.env.AUTH_SECRET, {
    path,
    httpOnly: true,
    sameSite: 'Strict',
    secure: c.env.OFFICE_URL.startsWith('https:'),
    maxAge: seconds,
  });
}

/** What was carried here, or null. It stays until it is put down. */
export async function carried(c: OfficeContext, { name }: Carried): Promise<string | null> {
  return (await getSignedCookie(c, c.env.AUTH_SECRET, `counterfoil.${name}`)) || null;
}

export const putDown = (c: OfficeContext, { name, path }: Carried) => deleteCookie(c, `counterfoil.${name}`, { path });

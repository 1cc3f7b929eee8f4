/** The built office on a database of its own, for tests that come in by its door. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Served, serve } from '../../scripts/serve.ts';

type Sent = { cookie?: string; origin?: string };

export interface Office {
  served: Served;
  db: D1Database;
  setupToken: string;
  /** Redirects are not followed: where they lead is what a test asks. */
  get(path: string, sent?: Sent): Promise<Response>;
  /** A form, as a browser posts it from our own page; `origin` for another's, '' for none. A list is sent field by field. */
  post(path: string, fields: Record<string, string | string[]>, sent?: Sent): Promise<Response>;
  close(): Promise<void>;
}

export async function openOffice(): Promise<Office> {
  const stateDir = await mkdtemp(join(tmpdir(), 'counterfoil-office-'));
  const served = await serve({ stateDir, trackerPort: 0, adminPort: 0 });
  const ask = (path: string, init: RequestInit) => fetch(served.officeUrl + path, { redirect: 'manual', ...init });
  return {
    served,
    db: served.db,
    setupToken: served.secrets.SETUP_TOKEN,
    get: (path, { cookie = '' } = {}) => ask(path, { headers: { cookie } }),
    post: (path, fields, { cookie = '', origin = served.officeUrl } = {}) => {
      const body = new URLSearchParams();
      for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one);
      return ask(path, { method: 'POST', headers: { cookie, ...(origin && { origin }) }, body });
    },
    close: async () => {
      await served.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** Signs in and gives the cookie to send along; '' for a person who is refused. */
export async function cookieOf(office: Office, who: { email: string; password: string }): Promise<string> {
  const answer = await office.post('/sign-in', who);
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  return cookies.join('; ');
}

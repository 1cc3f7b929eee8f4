/** The built office on a database of its own, for tests that come in by its door. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Served, serve } from '../../scripts/serve.ts';
import { auditState } from '../whole/audit-state.ts';

type Sent = { cookie?: string; origin?: string };

export interface Office {
  served: Served;
  db: D1Database;
  setupToken: string;
  /** Redirects are not followed: where they lead is what a test asks. */
  get(path: string, sent?: Sent): Promise<Response>;
  /** A form, as a browser posts it from our own page; `origin` for another's, '' for none. A list is sent field by field. */
  post(path: string, fields: Record<string, string | string[]>, sent?: Sent): Promise<Response>;
  /** Everything that was written here adds up, or this throws. */
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
      try {
        await auditState(stateDir);
      } finally {
        await served.stop();
        await rm(stateDir, { recursive: true, force: true });
      }
    },
  };
}

/** Signs in and gives the cookie to send along; '' for a person who is refused. */
export async function cookieOf(office: Office, who: { email: string; password: string }): Promise<string> {
  const answer = await office.post('/sign-in', who);
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  return cookies.join('; ');
}

/** What a person sees: a page's status, its address, its HTML, and the words on it. */
export interface Seen {
  status: number;
  path: string;
  html: string;
  words: string;
}

/** The first administrator, signed in. Like a browser it keeps cookies and goes where a form leads. */
export async function asAdministrator(office: Office) {
  const owner = { email: 'olivia@shop.test', password: 'tickets and counterfoils' };
  await office.post('/setup', { token: office.setupToken, name: 'Olivia', ...owner });
  const session = await cookieOf(office, owner);
  const look = async (path: string, answer: Response): Promise<Seen> => {
    const html = await answer.text();
    return { status: answer.status, path, html, words: wordsOf(html) };
  };
  return {
    /** The cookie, for what asks by itself. */
    session,
    get: async (path: string) => look(path, await office.get(path, { cookie: session })),
    post: async (path: string, fields: Record<string, string | string[]>): Promise<Seen> => {
      const answer = await office.post(path, fields, { cookie: session });
      const to = answer.headers.get('location');
      if (answer.status !== 303 || !to) return look(path, answer);
      const given = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
      return look(to, await office.get(to, { cookie: [session, ...given].join('; ') }));
    },
  };
}

function wordsOf(html: string): string {
  const main = html.slice(html.indexOf('<main'));
  return main
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&quot;', '"')
    .replace(/[\s\u00a0]+/g, ' ');
}

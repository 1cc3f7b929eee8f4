/** The second factor: a code after the password, and ten that work once. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { asAdministrator, cookieOf, type Office, openOffice } from './office.ts';

const OLIVIA = { email: 'olivia@shop.test', password: 'tickets and counterfoils' };
const PATH = '/account/second-factor';

let office: Office;
let session: string;
let secret: string;
let backup: string[];
beforeAll(async () => {
  office = await openOffice();
  await asAdministrator(office);
  session = await cookieOf(office, OLIVIA);
});
afterAll(() => office.close());
// Attempts are counted by the minute, and all of this takes a few seconds.
beforeEach(() => office.db.prepare('DELETE FROM rate_limits').run());

/** The code an authenticator app shows at an instant: RFC 6238, with SHA-1, 30 seconds and six digits. */
function codeAt(now: number): string {
  const bits = [...secret].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  const key = Buffer.from(
    bits
      .join('')
      .match(/.{8}/g)!
      .map((byte) => Number.parseInt(byte, 2)),
  );
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE(mac.at(-1)! & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}
const wrongCode = () => {
  const near = [-1, 0, 1, 2].map((step) => codeAt(Date.now() + step * 30_000));
  return ['000000', '111111', '222222', '333333', '444444'].find((code) => !near.includes(code))!;
};

/** Keeps cookies as a browser does, and goes where a form leads. */
function browser(jar: Map<string, string>) {
  const keep = (answer: Response) => {
    for (const line of answer.headers.getSetCookie()) {
      const [name, ...value] = line.split(';')[0]!.split('=');
      if (/max-age=0/i.test(line)) jar.delete(name!);
      else jar.set(name!, value.join('='));
    }
    return answer;
  };
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const get = async (path: string) => keep(await office.get(path, { cookie: cookie() }));
  const post = async (path: string, fields: Record<string, string>) =>
    keep(await office.post(path, fields, { cookie: cookie() }));
  return { get, post, page: async (path: string) => (await get(path)).text(), jar };
}
const fromSession = (cookies: string) =>
  new Map(cookies.split('; ').map((pair) => [pair.split('=')[0]!, pair.slice(pair.indexOf('=') + 1)]));
const stranger = () => browser(new Map());

async function halfIn() {
  const someone = stranger();
  const answer = await someone.post('/sign-in', OLIVIA);
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in/code']);
  return someone;
}

test('is switched on with the password, the secret in an app, and a code that proves it', async () => {
  const olivia = browser(fromSession(session));
  expect(await olivia.page('/account')).toContain(`href="${PATH}"`);
  const refused = await olivia.post(PATH, { password: 'not it at all' });
  expect([refused.status, (await refused.text()).includes('This is not your password.')]).toEqual([422, true]);

  expect((await olivia.post(PATH, { password: OLIVIA.password })).headers.get('location')).toBe(PATH);
  const page = await olivia.page(PATH);
  expect(page).toMatch(/<svg[^>]*role="img" aria-label="QR code with the secret/);
  expect(page).not.toContain(' style=');
  secret = /<input[^>]*aria-label="Secret"[^>]*value="([A-Z2-7]+)"/.exec(page)![1]!;

  // Begun is not on: the password alone still signs in.
  expect((await stranger().post('/sign-in', OLIVIA)).headers.get('location')).toBe('/home');
  const wrong = await olivia.post(`${PATH}/confirm`, { code: wrongCode() });
  expect(wrong.status).toBe(422);
  expect(await wrong.text()).toContain('This is not the code that your app shows now.');

  const code = codeAt(Date.now());
  const on = await olivia.post(`${PATH}/confirm`, { code: `${code.slice(0, 3)} ${code.slice(3)}` });
  expect([on.status, on.headers.get('location')]).toEqual([303, PATH]);
  const shown = await olivia.page(PATH);
  backup = /<textarea[^>]*aria-label="Backup codes"[^>]*>([^<]*)</.exec(shown)![1]!.split('\n');
  expect(backup).toHaveLength(10);
  expect(await olivia.page(PATH)).not.toContain(backup[0]!);
  session = [...olivia.jar].map(([name, value]) => `${name}=${value}`).join('; ');
});

test('signing in asks for the code, and the password alone opens nothing', async () => {
  const olivia = await halfIn();
  expect((await olivia.get('/admin')).headers.get('location')).toBe('/sign-in?next=%2Fadmin');
  expect(await olivia.page('/sign-in/code')).toContain('Now the code of your second factor.');
  const wrong = await olivia.post('/sign-in/code', { code: wrongCode() });
  expect([wrong.status, (await wrong.text()).includes('This code is not right.')]).toEqual([422, true]);
  const right = await olivia.post('/sign-in/code?next=%2Fadmin%2Fcampaigns', { code: codeAt(Date.now()) });
  expect([right.status, right.headers.get('location')]).toEqual([303, '/admin/campaigns']);
  expect((await olivia.get('/admin')).status).toBe(200);
});

test('a code without the password before it is nobody’s', async () => {
  expect((await stranger().get('/sign-in/code')).headers.get('location')).toBe('/sign-in');
  const answer = await stranger().post('/sign-in/code', { code: codeAt(Date.now()) });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in']);
});

test('a backup code lets in once', async () => {
  const olivia = await halfIn();
  expect((await olivia.post('/sign-in/code', { code: backup[0]! })).headers.get('location')).toBe('/home');
  expect((await olivia.get('/admin')).status).toBe(200);
  const again = await halfIn();
  expect((await again.post('/sign-in/code', { code: backup[0]! })).status).toBe(422);
  expect((await again.post('/sign-in/code', { code: backup[1]! })).status).toBe(303);
});

test('after five wrong codes one begins again, and after ten in a row the account takes none for a while', async () => {
  const guess = async (someone: Awaited<ReturnType<typeof halfIn>>) =>
    (await someone.post('/sign-in/code', { code: wrongCode() })).status;
  const first = await halfIn();
  for (let attempt = 0; attempt < 5; attempt++) expect(await guess(first)).toBe(422);
  const sixth = await first.post('/sign-in/code', { code: codeAt(Date.now()) });
  expect([sixth.status, sixth.headers.get('location')]).toEqual([303, '/sign-in']);
  const second = await halfIn();
  for (let attempt = 0; attempt < 5; attempt++) expect(await guess(second)).toBe(422);
  const third = await halfIn();
  expect((await third.post('/sign-in/code', { code: codeAt(Date.now()) })).status).toBe(429);
  await office.db.prepare('UPDATE two_factors SET locked_until = 1').run();
  expect((await third.post('/sign-in/code', { code: codeAt(Date.now()) })).status).toBe(303);
});

test('new backup codes replace the old ones, and switching off asks for the password', async () => {
  // Ten attempts a minute on one address: from here on she has another.
  OLIVIA.email = 'olivia.sousa@shop.test';
  await office.db.prepare('UPDATE users SET email = ?').bind(OLIVIA.email).run();
  const olivia = browser(fromSession(session));
  expect((await olivia.post(`${PATH}/backup-codes`, { renewPassword: 'not it' })).status).toBe(422);
  expect((await olivia.post(`${PATH}/backup-codes`, { renewPassword: OLIVIA.password })).status).toBe(303);
  const renewed = /aria-label="Backup codes"[^>]*>([^<]*)</.exec(await olivia.page(PATH))![1]!.split('\n');
  expect(renewed).toHaveLength(10);
  const half = await halfIn();
  expect((await half.post('/sign-in/code', { code: backup[5]! })).status).toBe(422);

  const refused = await olivia.post(`${PATH}/off`, { offPassword: 'not it at all' });
  expect([refused.status, (await refused.text()).includes('This is not your password.')]).toEqual([422, true]);
  expect((await olivia.post(`${PATH}/off`, { offPassword: OLIVIA.password })).headers.get('location')).toBe('/account');
  expect((await stranger().post('/sign-in', OLIVIA)).headers.get('location')).toBe('/home');
});

test('the log has who switched it on and off, and nothing of the secret', async () => {
  const { results } = await office.db
    .prepare("SELECT action, before, after FROM audit_log WHERE subject = 'users' ORDER BY id")
    .all();
  expect(results).toEqual([
    { action: 'second factor on', before: null, after: null },
    { action: 'new backup codes', before: null, after: null },
    { action: 'second factor off', before: null, after: null },
  ]);
});

/** Who gets into the office, and who does not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { whoMay } from '../../admin/doors.ts';
import { invite } from '../../admin/invitations.ts';
import { hashPassword } from '../../admin/password.ts';
import { cookieOf as cookieOfIn, type Office, openOffice } from './office.ts';

const OWNER = { email: 'olivia@shop.test', password: 'tickets and counterfoils' };
const JOAO = { email: 'joao@shop.test', password: 'five euros a coupon' };
const MARIA = { email: 'maria@shop.test', password: 'ten percent of summer' };

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

type Person = { email: string; password: string };
const cookieOf = (who: Person) => cookieOfIn(office, who);
const signIn = (who: Person) => office.post('/sign-in', who);

describe('an empty office', () => {
  test('leads the newcomer to the setup', async () => {
    expect((await office.get('/')).headers.get('location')).toBe('/setup');
    expect(await (await office.get('/setup')).text()).toContain('Setup token');
  });

  test('refuses a wrong token, keeping what was typed except the password', async () => {
    const answer = await office.post('/setup', { token: 'a guess', name: 'Olivia', ...OWNER });
    expect(answer.status).toBe(422);
    const page = await answer.text();
    expect(page).toContain('This is not the setup token.');
    expect(page).toContain('value="olivia@shop.test"');
    expect(page).not.toContain(OWNER.password);
  });

  test('makes one administrator of two who press at once, and then has no setup page', async () => {
    const press = (email: string) =>
      office.post('/setup', { token: office.setupToken, name: 'Olivia', email, password: OWNER.password });
    const statuses = (await Promise.all([press(OWNER.email), press('oscar@shop.test')])).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([303, 404]);
    const made = await office.db.prepare('SELECT count(*) AS n FROM users').first<{ n: number }>();
    expect(made?.n).toBe(1);
    // Whoever was first: from here on it is Olivia.
    await office.db.prepare('UPDATE users SET email = ?').bind(OWNER.email).run();
    expect((await office.get('/setup')).status).toBe(404);
    expect((await office.get('/')).headers.get('location')).toBe('/sign-in');
  });
});

describe('signing in', () => {
  test('with the right password leads home; the cookie is not for scripts, nor for other sites', async () => {
    const answer = await signIn(OWNER);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/home']);
    expect(answer.headers.getSetCookie().find((cookie) => cookie.includes('session_token'))).toMatch(
      /HttpOnly.*SameSite=Lax/i,
    );
    const cookie = await cookieOf(OWNER);
    expect((await office.get('/home', { cookie })).headers.get('location')).toBe('/admin');
    expect((await office.get('/patterns', { cookie })).status).toBe(200);
  });

  test('with a wrong password, or as nobody known, gives the same sentence', async () => {
    const sentence = 'The e-mail address or the password is not right.';
    const wrong = await signIn({ ...OWNER, password: 'not it at all' });
    const nobody = await signIn({ email: 'nobody@shop.test', password: 'not it at all' });
    expect([wrong.status, nobody.status]).toEqual([422, 422]);
    expect(await wrong.text()).toContain(sentence);
    expect(await nobody.text()).toContain(sentence);
  });

  test('leads on to where one was going, on this site only', async () => {
    const leadsTo = async (next: string) =>
      (await office.post(`/sign-in?next=${encodeURIComponent(next)}`, OWNER)).headers.get('location');
    expect(await leadsTo('/admin/coupons?q=summer')).toBe('/admin/coupons?q=summer');
    expect(await leadsTo('//evil.test')).toBe('/home');
    expect(await leadsTo('/\\evil.test')).toBe('/home');
  });

  test('is limited: after ten attempts on one address the right password has to wait too', async () => {
    const guess = () => signIn({ email: 'guessed@shop.test', password: 'a wrong guess' });
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 11; attempt++) statuses.push((await guess()).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(422));
    expect(statuses[10]).toBe(429);
  });

  test('ends with signing out, for a copied cookie too', async () => {
    const cookie = await cookieOf(OWNER);
    expect((await office.post('/sign-out', {}, { cookie })).headers.get('location')).toBe('/sign-in');
    expect((await office.get('/patterns', { cookie })).headers.get('location')).toBe('/sign-in?next=%2Fpatterns');
  });
});

describe('an affiliate', () => {
  test('comes in by an invitation, once', async () => {
    await office.db
      .prepare("INSERT INTO affiliates (id, name, email, status, created_at) VALUES (1, 'Maria', ?, 'pending', 0)")
      .bind(MARIA.email)
      .run();
    const administrator = await office.db.prepare('SELECT id FROM users').first<{ id: string }>();
    const token = await invite(office.db, 1, administrator!.id, Date.now());

    expect(await (await office.get(`/invitation/${token}`)).text()).toContain('Welcome, Maria');
    expect((await office.post(`/invitation/${token}`, { password: 'short' })).status).toBe(422);
    const accepted = await office.post(`/invitation/${token}`, { password: MARIA.password });
    expect([accepted.status, accepted.headers.get('location')]).toEqual([303, '/home']);
    const maria = await office.db.prepare('SELECT status, user_id IS NOT NULL AS let_in FROM affiliates').first();
    expect(maria).toEqual({ status: 'active', let_in: 1 });

    const again = await office.get(`/invitation/${token}`);
    expect([again.status, (await again.text()).includes('This invitation is over')]).toEqual([404, true]);
  });

  test('who has an account gets a new password by a new invitation; the one before stops working', async () => {
    await office.db
      .prepare("INSERT INTO affiliates (id, name, email, status, created_at) VALUES (2, 'João', ?, 'pending', 0)")
      .bind(JOAO.email)
      .run();
    const administrator = await office.db.prepare('SELECT id FROM users').first<{ id: string }>();
    const link = async () => `/invitation/${await invite(office.db, 2, administrator!.id, Date.now())}`;
    const first = await link();
    const second = await link();
    expect((await office.post(first, { password: 'the first password' })).status).toBe(404);
    expect((await office.post(second, { password: 'the second password' })).status).toBe(303);
    expect((await office.post(await link(), { password: JOAO.password })).status).toBe(303);
    expect(await cookieOf({ ...JOAO, password: 'the second password' })).toBe('');
    expect(await cookieOf(JOAO)).toContain('session_token');
  });

  test('is refused the pages of administrators', async () => {
    const cookie = await cookieOf(MARIA);
    expect((await office.get('/home', { cookie })).headers.get('location')).toBe('/affiliate');
    expect((await office.get('/patterns', { cookie })).status).toBe(403);
    expect((await office.get('/admin/coupons', { cookie })).status).toBe(403);
  });

  test('changes the password with the one there was, which ends other sessions', async () => {
    const here = await cookieOf(MARIA);
    const elsewhere = await cookieOf(MARIA);
    const change = (currentPassword: string) =>
      office.post('/account', { currentPassword, newPassword: 'twelve percent of winter' }, { cookie: here });
    expect((await change('not this one')).status).toBe(422);
    expect((await change(MARIA.password)).status).toBe(303);
    expect((await office.get('/account', { cookie: elsewhere })).status).toBe(303);
    MARIA.password = 'twelve percent of winter';
    expect((await signIn(MARIA)).status).toBe(303);
  });

  test('who is suspended is out at once, and is told so only with the right password', async () => {
    const cookie = await cookieOf(MARIA);
    await office.db.prepare("UPDATE affiliates SET status = 'suspended' WHERE id = 1").run();
    expect((await office.get('/account', { cookie })).headers.get('location')).toBe('/sign-in?next=%2Faccount');
    expect(await (await signIn(MARIA)).text()).toContain('This account is not active.');
    expect(await (await signIn({ ...MARIA, password: 'a wrong guess' })).text()).not.toContain('not active');
  });
});

describe('the door', () => {
  test('opens each route to those it is declared for, and to nobody else', async () => {
    const { app } = (await import('../../dist/office.js' as string)) as typeof import('../../admin/index.tsx');
    const routes = app.routes.filter(({ method }) => method !== 'ALL');
    const open = routes.filter(({ path }) => whoMay(path) === 'anyone').map(({ method, path }) => `${method} ${path}`);
    expect(open.filter((route) => !route.startsWith('GET /assets/'))).toEqual([
      'GET /',
      'GET /sign-in',
      'POST /sign-in',
      'GET /sign-in/code',
      'POST /sign-in/code',
      'POST /sign-out',
      'GET /setup',
      'POST /setup',
      'GET /invitation/:token',
      'POST /invitation/:token',
      'GET /join/:shop',
      'POST /join/:shop',
      'GET /join/:shop/thanks',
    ]);

    const cookies = { administrator: await cookieOf(OWNER), affiliate: await cookieOf(JOAO) };
    for (const { method, path } of routes) {
      const who = whoMay(path);
      if (who === 'anyone') continue;
      const address = path.replaceAll(/:\w+(\{[^}]*\})?/g, '1');
      const ask = async (cookie: string) => {
        const answer =
          method === 'POST' ? await office.post(address, {}, { cookie }) : await office.get(address, { cookie });
        return `${method} ${path} ${answer.status} ${answer.headers.get('location')?.split('?')[0] ?? ''}`.trim();
      };
      expect(await ask('')).toBe(method === 'POST' ? `POST ${path} 401` : `${method} ${path} 303 /sign-in`);
      if (who === 'either') continue;
      expect(await ask(cookies[who === 'administrator' ? 'affiliate' : 'administrator'])).toBe(`${method} ${path} 403`);
    }
  });

  test('leads strangers to sign in, and does nothing for their forms', async () => {
    expect((await office.get('/admin/coupons?q=x')).headers.get('location')).toBe(
      '/sign-in?next=%2Fadmin%2Fcoupons%3Fq%3Dx',
    );
    expect((await office.post('/account', {})).status).toBe(401);
    expect((await office.get('/not/declared')).status).toBe(404);
  });

  test('refuses forms from other sites', async () => {
    const cookie = await cookieOf(OWNER);
    const json = { 'content-type': 'application/json', cookie, origin: 'https://evil.test' };
    const elsewhere = await fetch(`${office.served.officeUrl}/sign-out`, { method: 'POST', body: '{}', headers: json });
    expect(elsewhere.status).toBe(403);
    const forged = await office.post('/account', {}, { cookie, origin: 'https://evil.test' });
    expect(forged.status).toBe(403);
    expect((await office.post('/account', {}, { cookie, origin: '' })).status).toBe(403);
  });

  test('lets nothing run or load that is not ours, and nothing be kept', async () => {
    const { headers } = await office.get('/sign-in');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(headers.get('cache-control')).toBe('no-store');
    const page = await (await office.get('/sign-in')).text();
    expect(page).not.toMatch(/<script(?![^>]*src=)| style=| on\w+=/);
    const [, style] = /href="(\/assets\/[0-9a-f]+\.css)"/.exec(page) ?? [];
    expect((await office.get(style!)).headers.get('cache-control')).toContain('immutable');
  });
});

test('a password is kept as scrypt of it, salted', async () => {
  expect(await hashPassword(OWNER.password)).toMatch(/^scrypt\$[\w-]{22}\$[\w-]{43}$/);
  expect(await hashPassword(OWNER.password)).not.toBe(await hashPassword(OWNER.password));
});

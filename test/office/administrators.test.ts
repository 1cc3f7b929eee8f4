/** Administrators: let in by a link, removed, and never none. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeAdministrator } from '../../admin/administrators.ts';
import { hashPassword } from '../../admin/password.ts';
import { asAdministrator, cookieOf, type Office, openOffice } from './office.ts';

const OSCAR = { email: 'oscar@shop.test', password: 'a second pair of keys' };
const PATH = '/admin/settings/administrators';

let office: Office;
let olivia: Awaited<ReturnType<typeof asAdministrator>>;
beforeAll(async () => {
  office = await openOffice();
  olivia = await asAdministrator(office);
});
afterAll(() => office.close());

const linkIn = (html: string) => html.match(/value="http[^"]*(\/invitation\/[\w-]+)"/)?.[1];
const idOf = async (email: string) =>
  (await office.db.prepare('SELECT id FROM users WHERE email = ?').bind(email).first<string>('id'))!;
/** Oscar's password anew, where others may have changed it. */
const setPassword = async () => {
  const id = await idOf(OSCAR.email);
  await office.db.prepare('DELETE FROM accounts WHERE user_id = ?').bind(id).run();
  await office.db
    .prepare(
      `INSERT INTO accounts (id, account_id, provider_id, user_id, password, created_at, updated_at)
       VALUES ('oscar', ?1, 'credential', ?1, ?2, 0, 0)`,
    )
    .bind(id, await hashPassword(OSCAR.password))
    .run();
};
const inviteOscar = async () => linkIn((await olivia.post(`${PATH}/invite`, { email: OSCAR.email })).html)!;

test('the only administrator is listed, and cannot be removed', async () => {
  const page = await olivia.get(PATH);
  expect(page.words).toContain('Olivia (you) olivia@shop.test Off');
  expect(page.words).toContain('The only administrator cannot be removed.');
  expect(page.html).not.toContain('/remove"');
  const stays = await olivia.post(`${PATH}/${await idOf('olivia@shop.test')}/remove`, {});
  expect(stays.words).toContain('Olivia is the only administrator, and stays.');
  await expect(
    office.db.prepare("UPDATE users SET removed_at = 1 WHERE email = 'olivia@shop.test'").run(),
  ).rejects.toThrow('the last administrator stays');
});

test('somebody invited chooses name and password by a link that works once, and is shown once', async () => {
  const first = await inviteOscar();
  const asked = await olivia.post(`${PATH}/invite`, { email: 'OSCAR@shop.test' });
  expect(asked.words).toContain('oscar@shop.test is invited.');
  const link = linkIn(asked.html)!;
  expect(linkIn((await olivia.get(PATH)).html)).toBeUndefined();
  expect((await office.get(first)).status).toBe(404);

  expect(await (await office.get(link)).text()).toContain('You will sign in with oscar@shop.test.');
  const nameless = await office.post(link, { name: '', password: OSCAR.password });
  expect([nameless.status, (await nameless.text()).includes('Type the name.')]).toEqual([422, true]);
  const answers = await Promise.all([
    office.post(link, { name: 'Oscar', password: OSCAR.password }),
    office.post(link, { name: 'Nobody', password: 'too late for the link' }),
  ]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 404]);
  await office.db.prepare("UPDATE users SET name = 'Oscar' WHERE email = ?").bind(OSCAR.email).run();
  const admins = await office.db.prepare("SELECT count(*) AS n FROM users WHERE role = 'administrator'").first();
  expect(admins).toEqual({ n: 2 });
});

test('an address that is somebody’s already is not invited', async () => {
  const again = await olivia.post(`${PATH}/invite`, { email: 'olivia@shop.test' });
  expect(again.status).toBe(422);
  expect(again.html).toMatch(/id="error-email"[^>]*>Somebody here has this e-mail address already\./);
});

test('an invitation that was withdrawn lets nobody in', async () => {
  const link = linkIn((await olivia.post(`${PATH}/invite`, { email: 'paula@shop.test' })).html)!;
  const page = await olivia.get(PATH);
  expect(page.words).toContain('paula@shop.test Olivia');
  const [, withdraw] = /action="([^"]*\/withdraw)"/.exec(page.html)!;
  expect((await olivia.post(withdraw!, {})).words).toContain('The invitation is withdrawn');
  expect((await office.get(link)).status).toBe(404);
  expect((await olivia.post(withdraw!, {})).words).toContain('was used or had ended already');
});

test('one’s own name and address change with the password, and sign in from then on', async () => {
  const change = (password: string, email = 'olivia.sousa@shop.test') =>
    olivia.post('/account/profile', { name: 'Olivia Sousa', email, password });
  const wrong = await change('not it at all');
  expect(wrong.html).toMatch(/id="error-password"[^>]*>This is not your password\./);
  expect(wrong.html).toContain('value="olivia.sousa@shop.test"');
  const taken = await change('tickets and counterfoils', 'joao@shop.test');
  expect(taken.status).toBe(200);
  expect((await change('tickets and counterfoils')).words).toContain('Saved.');
  const who = { email: 'olivia.sousa@shop.test', password: 'tickets and counterfoils' };
  expect(await cookieOf(office, who)).toContain('session_token');
});

test('whoever is removed is out at once, with the links they gave out; what they did keeps their name', async () => {
  await setPassword();
  const oscar = await cookieOf(office, OSCAR);
  expect((await office.get('/admin', { cookie: oscar })).status).toBe(200);
  const his = await office.post(`${PATH}/invite`, { email: 'friend@shop.test' }, { cookie: oscar });
  const carried = his.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  const page = await (await office.get(PATH, { cookie: [oscar, ...carried].join('; ') })).text();

  const id = await idOf(OSCAR.email);
  expect((await olivia.get(`${PATH}/${id}/remove`)).words).toContain('Oscar is signed out at once, everywhere');
  expect((await olivia.post(`${PATH}/${id}/remove`, {})).words).toContain('Oscar is removed');
  expect((await office.get('/admin', { cookie: oscar })).headers.get('location')).toBe('/sign-in?next=%2Fadmin');
  expect(await cookieOf(office, OSCAR)).toBe('');
  expect((await office.get(linkIn(page)!)).status).toBe(404);
  expect((await olivia.get(PATH)).words).not.toContain('oscar@shop.test');
  expect((await olivia.get('/admin/audit-log?action=invited')).words).toMatch(/Oscar.*friend@shop\.test/);
});

test('an address that is free again is invited anew', async () => {
  const link = await inviteOscar();
  expect((await office.post(link, { name: 'Oscar', password: OSCAR.password })).status).toBe(303);
  expect(await cookieOf(office, OSCAR)).toContain('session_token');
});

test('of two who remove each other at once, one stays', async () => {
  for (let round = 0; round < 5; round++) {
    const [one, other] = [await idOf('olivia.sousa@shop.test'), await idOf(OSCAR.email)];
    const outcomes = await Promise.all([
      removeAdministrator(office.db, other, { userId: one, now: Date.now() }),
      removeAdministrator(office.db, one, { userId: other, now: Date.now() }),
    ]);
    expect(outcomes.toSorted()).toEqual(['last', 'removed']);
    const left = await office.db
      .prepare("SELECT count(*) AS n FROM users WHERE role = 'administrator' AND removed_at IS NULL")
      .first();
    expect(left).toEqual({ n: 1 });
    const restore = office.db.prepare('UPDATE users SET removed_at = NULL, email = ? WHERE id = ?');
    await office.db.batch([restore.bind('olivia.sousa@shop.test', one), restore.bind(OSCAR.email, other)]);
  }
});

test('one who removes oneself is warned, and signed out', async () => {
  const id = await idOf(OSCAR.email);
  await setPassword();
  const cookie = await cookieOf(office, OSCAR);
  const asked = await (await office.get(`${PATH}/${id}/remove`, { cookie })).text();
  expect(asked).toContain('Remove yourself?');
  const gone = await office.post(`${PATH}/${id}/remove`, {}, { cookie });
  expect([gone.status, gone.headers.get('location')]).toEqual([303, '/sign-in']);
  expect((await office.get('/account', { cookie })).status).toBe(303);
});

import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import * as v from 'valibot';
import { createFirstAdministrator, isSetUp } from '../accounts.ts';
import { signIn } from '../auth.ts';
import type { App } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, NewPassword, parseForm, withErrors } from '../form.ts';
import { SetupPage } from '../pages/setup.tsx';
import { hashPassword } from '../password.ts';
import { pageFor, problem, render } from '../render.tsx';

const Setup = v.object({
  token: v.pipe(v.string(), v.trim(), v.nonEmpty('Type the setup token.')),
  name: v.pipe(
    v.string(),
    v.trim(),
    v.nonEmpty('Type your name.'),
    v.maxLength(200, 'Shorten the name to 200 characters.'),
  ),
  email: v.pipe(v.string(), v.trim(), v.toLowerCase(), v.email('Type a whole e-mail address: name@example.com')),
  password: NewPassword,
});

/** Compares digests, which are of one length, so that the time taken tells nothing. Without a token set, none is right. */
function isRight(token: string, expected: string | undefined): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return !!expected && timingSafeEqual(digest(token), digest(expected));
}

export const setupRoutes = new Hono<App>()
  // Once there is an administrator, this page is not.
  .use('/setup', async (c, next) => ((await isSetUp(c.env.DB)) ? problem(c, 404) : next()))

  .get('/setup', (c) => render(c, <SetupPage {...pageFor(c)} form={blankForm()} />))

  .post('/setup', async (c) => {
    const { success } = await c.env.SIGN_IN_ATTEMPTS.limit({ key: 'setup' });
    if (!success) return problem(c, 429);
    const parsed = await parseForm(c, Setup);
    if (!parsed.ok) return render(c, <SetupPage {...pageFor(c)} form={parsed.form} />, 422);
    const { token, name, email, password } = parsed.values;
    if (!isRight(token, c.env.SETUP_TOKEN)) {
      const form = withErrors(parsed.form, { token: 'This is not the setup token.' });
      return render(c, <SetupPage {...pageFor(c)} form={form} />, 422);
    }

    const account = { name, email, passwordHash: await hashPassword(password) };
    if (!(await createFirstAdministrator(c.env.DB, account, Date.now()))) return problem(c, 404);
    await signIn(c, email, password);
    return done(c, '/admin', `Welcome, ${name}. This office is yours.`);
  });

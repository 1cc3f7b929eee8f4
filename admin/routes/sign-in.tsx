import { Hono } from 'hono';
import * as v from 'valibot';
import { isSetUp } from '../accounts.ts';
import { signIn, signOut } from '../auth.ts';
import { safeNext } from '../doors.ts';
import type { App } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, type FormState, parseForm, withErrors } from '../form.ts';
import { CodePage, SignInPage } from '../pages/sign-in.tsx';
import { pageFor, problem, render } from '../render.tsx';
import { enterCode, owesCode } from '../second-factor.ts';

const Credentials = v.object({
  email: v.pipe(
    v.string(),
    v.trim(),
    v.nonEmpty('Type your e-mail address.'),
    v.email('This is not a whole e-mail address: name@example.com'),
  ),
  password: v.pipe(v.string(), v.nonEmpty('Type your password.')),
});

const REFUSALS = {
  wrong: 'The e-mail address or the password is not right.',
  'not active': 'This account is not active. Please ask the shop that invited you.',
  waiting: 'Your application waits for an answer. Once the shop has said yes, you can sign in here.',
};

const Code = v.object({ code: v.pipe(v.string(), v.trim(), v.nonEmpty('Type the code.')) });

const withNext = (path: string, next: string | undefined) => (next ? `${path}?next=${encodeURIComponent(next)}` : path);

export const signInRoutes = new Hono<App>()
  .get('/', async (c) => {
    if (c.var.user) return c.redirect('/home', 303);
    return c.redirect((await isSetUp(c.env.DB)) ? '/sign-in' : '/setup', 303);
  })

  // Where each person begins.
  .get('/home', (c) => c.redirect(c.var.user?.role === 'affiliate' ? '/affiliate' : '/admin', 303))

  .get('/sign-in', (c) => {
    const next = c.req.query('next');
    if (c.var.user) return c.redirect(safeNext(next), 303);
    return render(c, <SignInPage {...pageFor(c)} form={blankForm()} next={next} />);
  })

  .post('/sign-in', async (c) => {
    const next = c.req.query('next');
    const again = (form: FormState) => render(c, <SignInPage {...pageFor(c)} form={form} next={next} />, 422);

    const parsed = await parseForm(c, Credentials);
    if (!parsed.ok) return again(parsed.form);
    const outcome = await signIn(c, parsed.values.email, parsed.values.password);
    if (outcome === 'too many attempts') return problem(c, 429);
    if (outcome === 'code asked') return c.redirect(withNext('/sign-in/code', next), 303);
    if (outcome !== 'signed in') return again(withErrors(parsed.form, { password: REFUSALS[outcome] }));
    return c.redirect(safeNext(next), 303);
  })

  .get('/sign-in/code', (c) => {
    const next = c.req.query('next');
    if (c.var.user) return c.redirect(safeNext(next), 303);
    if (!owesCode(c)) return c.redirect(withNext('/sign-in', next), 303);
    return render(c, <CodePage {...pageFor(c)} form={blankForm()} next={next} />);
  })

  .post('/sign-in/code', async (c) => {
    const next = c.req.query('next');
    const again = (form: FormState) => render(c, <CodePage {...pageFor(c)} form={form} next={next} />, 422);

    // Somebody signed in is here by mistake, and their session answers for no code.
    if (c.var.user) return c.redirect(safeNext(next), 303);
    const parsed = await parseForm(c, Code);
    if (!parsed.ok) return again(parsed.form);
    const outcome = await enterCode(c, parsed.values.code);
    if (outcome === 'right') return c.redirect(safeNext(next), 303);
    if (outcome === 'too many attempts') return problem(c, 429);
    if (outcome === 'wrong')
      return again(withErrors(blankForm(), { code: 'This code is not right. Type the newest one.' }));
    return done(
      c,
      withNext('/sign-in', next),
      'Please begin again: the code was asked too long ago, or too often.',
      'bad',
    );
  })

  .post('/sign-out', async (c) => {
    if (c.var.user) await signOut(c);
    return done(c, '/sign-in', 'You are signed out.');
  });

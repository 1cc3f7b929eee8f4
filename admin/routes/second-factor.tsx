import { Hono } from 'hono';
import * as v from 'valibot';
import { auditRow } from '../../ledger/audit.ts';
import { isOwnPassword } from '../auth.ts';
import { type Carried, carried, carry, putDown } from '../carried.ts';
import { type App, type OfficeContext, signedIn } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, type FormState, parseForm, withErrors } from '../form.ts';
import { SecondFactorBegunPage, SecondFactorOffPage, SecondFactorOnPage } from '../pages/second-factor.tsx';
import { pageFor, problem, render } from '../render.tsx';
import {
  backupCodes,
  confirmSecondFactor,
  prepareSecondFactor,
  renewBackupCodes,
  switchOffSecondFactor,
} from '../second-factor.ts';

const PATH = '/account/second-factor';

/** The secret that is being given to an app: its owner's browser alone has it in the clear. */
const BEGUN: Carried = { name: 'second-factor', path: PATH, seconds: 600 };
/** Says that the backup codes are new, and to be shown. */
const NEW_CODES: Carried = { name: 'backup-codes', path: PATH, seconds: 60 };

const WRONG = 'This is not your password.';
const Password = v.pipe(v.string(), v.nonEmpty('Type your password.'));

type Shown = { off?: FormState; renew?: FormState; begin?: FormState; confirm?: FormState };

/** The one page of the second factor, as it stands; 422 with a form that comes back. */
async function page(c: OfficeContext, shown: Shown = {}) {
  const status = Object.values(shown).length > 0 ? 422 : 200;
  if (signedIn(c).secondFactor) {
    const codes = (await carried(c, NEW_CODES)) ? await backupCodes(c) : null;
    if (codes) putDown(c, NEW_CODES);
    const forms = { off: shown.off ?? blankForm(), renew: shown.renew ?? blankForm() };
    return render(c, <SecondFactorOnPage {...pageFor(c)} codes={codes} forms={forms} />, status);
  }
  const uri = await carried(c, BEGUN);
  if (uri && !shown.begin)
    return render(c, <SecondFactorBegunPage {...pageFor(c)} uri={uri} form={shown.confirm ?? blankForm()} />, status);
  return render(c, <SecondFactorOffPage {...pageFor(c)} form={shown.begin ?? blankForm()} />, status);
}

const note = (c: OfficeContext, action: string) => {
  const { id } = signedIn(c);
  return auditRow(c.env.DB, { userId: id, now: Date.now() }, action, { subject: 'users', id }).run();
};

export const secondFactorRoutes = new Hono<App>()
  .get(PATH, (c) => page(c))

  .post(PATH, async (c) => {
    if (signedIn(c).secondFactor) return c.redirect(PATH, 303);
    const parsed = await parseForm(c, v.object({ password: Password }));
    if (!parsed.ok) return page(c, { begin: parsed.form });
    const known = await isOwnPassword(c, parsed.values.password);
    if (known === 'too many attempts') return problem(c, 429);
    const prepared = known === 'right' ? await prepareSecondFactor(c, parsed.values.password) : 'wrong';
    if (prepared === 'wrong') return page(c, { begin: withErrors(parsed.form, { password: WRONG }) });
    await carry(c, BEGUN, prepared.uri);
    return c.redirect(PATH, 303);
  })

  .post(`${PATH}/confirm`, async (c) => {
    if (signedIn(c).secondFactor || !(await carried(c, BEGUN))) return c.redirect(PATH, 303);
    const parsed = await parseForm(
      c,
      v.object({ code: v.pipe(v.string(), v.trim(), v.nonEmpty('Type the code that your app shows.')) }),
    );
    if (!parsed.ok) return page(c, { confirm: parsed.form });
    const outcome = await confirmSecondFactor(c, parsed.values.code);
    if (outcome === 'too many attempts') return problem(c, 429);
    if (outcome === 'wrong') {
      const error =
        'This is not the code that your app shows now. Type the newest one; is the clock of your phone right?';
      return page(c, { confirm: withErrors(blankForm(), { code: error }) });
    }
    putDown(c, BEGUN);
    await note(c, 'second factor on');
    await carry(c, NEW_CODES, 'new');
    return done(c, PATH, 'Your second factor is on.');
  })

  .post(`${PATH}/backup-codes`, async (c) => {
    if (!signedIn(c).secondFactor) return c.redirect(PATH, 303);
    const parsed = await parseForm(c, v.object({ renewPassword: Password }));
    if (!parsed.ok) return page(c, { renew: parsed.form });
    const known = await isOwnPassword(c, parsed.values.renewPassword);
    if (known === 'too many attempts') return problem(c, 429);
    if (known === 'wrong') return page(c, { renew: withErrors(parsed.form, { renewPassword: WRONG }) });
    await renewBackupCodes(c, parsed.values.renewPassword);
    await note(c, 'new backup codes');
    await carry(c, NEW_CODES, 'new');
    return done(c, PATH, 'Here are ten new backup codes. The old ones do not work any more.');
  })

  .post(`${PATH}/off`, async (c) => {
    if (!signedIn(c).secondFactor) return c.redirect(PATH, 303);
    const parsed = await parseForm(c, v.object({ offPassword: Password }));
    if (!parsed.ok) return page(c, { off: parsed.form });
    const known = await isOwnPassword(c, parsed.values.offPassword);
    if (known === 'too many attempts') return problem(c, 429);
    if (known === 'wrong') return page(c, { off: withErrors(parsed.form, { offPassword: WRONG }) });
    await switchOffSecondFactor(c, parsed.values.offPassword);
    await note(c, 'second factor off');
    return done(c, '/account', 'Your second factor is off.');
  });

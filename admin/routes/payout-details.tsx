import { Hono } from 'hono';
import * as v from 'valibot';
import { type IbanError, readIban } from '../../ledger/iban.ts';
import { parseMinor, plainMinor } from '../../ledger/money.ts';
import { changePayoutDetails, PAYOUT_METHODS, type PayoutDetails } from '../../ledger/payout-details.ts';
import { isOwnPassword } from '../auth.ts';
import { type App, type OfficeContext, signedIn, signedInAffiliate } from '../env.ts';
import { done } from '../flash.ts';
import { blankForm, type FormState, parseForm, withErrors } from '../form.ts';
import { PayoutDetailsPage } from '../pages/payout-details.tsx';
import { payoutDetailsOf, shopCurrencies } from '../queries/payout-details.ts';
import { pageFor, problem, render } from '../render.tsx';

const text = v.pipe(v.string(), v.trim(), v.maxLength(200, 'Shorten this to 200 characters.'));

const Details = v.object({
  method: v.picklist(PAYOUT_METHODS, 'Choose how you want to be paid.'),
  iban: text,
  paypal: text,
  other: text,
  minimum: text,
  currency: text,
  password: v.pipe(v.string(), v.nonEmpty('Type your password, so that we know it is you.')),
});

type Typed = v.InferOutput<typeof Details>;

const IBAN: Record<IbanError, string> = {
  empty: 'Type the IBAN of your account.',
  'not an IBAN': 'This is no IBAN. It begins with two letters and two digits: PT50 0002 0123 1234 5678 9015 4.',
  'check digits': 'A character of this IBAN is mistyped: its check digits do not fit.',
};

const METHOD_FIELDS = { 'bank transfer': 'iban', PayPal: 'paypal', other: 'other' } as const;

export const payoutDetailsRoutes = new Hono<App>()
  .get('/affiliate/payout-details', async (c) => {
    const details = await payoutDetailsOf(c.var.db, signedInAffiliate(c));
    return page(c, blankForm(details ? typedOf(details) : {}));
  })

  .post('/affiliate/payout-details', async (c) => {
    const affiliateId = signedInAffiliate(c);
    const parsed = await parseForm(c, Details);
    if (!parsed.ok) return page(c, parsed.form);
    const read = readDetails(parsed.values, await shopCurrencies(c.var.db));
    if ('errors' in read) return page(c, withErrors(parsed.form, read.errors));
    const known = await isOwnPassword(c, parsed.values.password);
    if (known === 'too many attempts') return problem(c, 429);
    if (known === 'wrong') return page(c, withErrors(parsed.form, { password: 'This is not your password.' }));
    await changePayoutDetails(c.env.DB, affiliateId, read.details, { userId: signedIn(c).id, now: Date.now() });
    return done(c, '/account', 'Your payout details are saved.');
  });

async function page(c: OfficeContext, form: FormState) {
  const status = Object.keys(form.errors).length > 0 ? 422 : 200;
  const currencies = await shopCurrencies(c.var.db);
  return render(c, <PayoutDetailsPage {...pageFor(c)} form={form} currencies={currencies} />, status);
}

function readDetails(
  typed: Typed,
  currencies: string[],
): { details: PayoutDetails } | { errors: Record<string, string> } {
  const account = readAccount(typed);
  const minimum = readMinimum(typed, currencies);
  const errors = { ...('errors' in account ? account.errors : {}), ...('errors' in minimum ? minimum.errors : {}) };
  if ('errors' in account || 'errors' in minimum) return { errors };
  return { details: { method: typed.method, account: account.account, ...minimum } };
}

function readAccount({ method, iban, paypal, other }: Typed): { account: string } | { errors: Record<string, string> } {
  if (method === 'bank transfer') {
    const read = readIban(iban);
    return 'value' in read ? { account: read.value } : { errors: { iban: IBAN[read.error] } };
  }
  if (method === 'PayPal') {
    return v.is(v.pipe(v.string(), v.email()), paypal)
      ? { account: paypal }
      : { errors: { paypal: 'Type the e-mail address of your PayPal account.' } };
  }
  return other ? { account: other } : { errors: { other: 'Say how, in a few words.' } };
}

type Minimum = Pick<PayoutDetails, 'minimumMinor' | 'minimumCurrency'>;

function readMinimum({ minimum, currency }: Typed, currencies: string[]): Minimum | { errors: Record<string, string> } {
  if (minimum === '') return { minimumMinor: 0, minimumCurrency: null };
  if (!currencies.includes(currency)) return { errors: { currency: 'Choose the currency.' } };
  const read = parseMinor(minimum, currency);
  if ('error' in read) return { errors: { minimum: 'This is no amount. Type it with a dot: 25.00' } };
  return read.value === 0
    ? { minimumMinor: 0, minimumCurrency: null }
    : { minimumMinor: read.value, minimumCurrency: currency };
}

/** The details as the form shows them. */
function typedOf({ method, account, minimumMinor, minimumCurrency }: PayoutDetails): Record<string, string> {
  return {
    method,
    [METHOD_FIELDS[method]]: account,
    ...(minimumCurrency && { minimum: plainMinor(minimumMinor, minimumCurrency), currency: minimumCurrency }),
  };
}

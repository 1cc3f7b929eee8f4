import * as v from 'valibot';
import type { OfficeContext } from './env.ts';
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from './password.ts';

/** What a form shows: what was typed, and by field what is wrong with it. */
export type FormState = { values: Record<string, string>; errors: Record<string, string> };

/** A form as it is first shown. */
export const blankForm = (values: Record<string, string> = {}): FormState => ({ values, errors: {} });

/** Posted along by the form of a record: its `updated_at` when it was shown, so that nobody's change is overwritten unseen. */
export const SEEN = 'seen';
export const seenIn = ({ values }: FormState): number | undefined =>
  /^\d+$/.test(values[SEEN] ?? '') ? Number(values[SEEN]) : undefined;

/** A form that has come too late: with what was typed, against what stands by now, so that saving again is a choice. */
export const shownAgain = (form: FormState, what: string, updatedAt: number): FormState => ({
  values: { ...form.values, [SEEN]: String(updatedAt) },
  errors: {
    '': `Somebody changed this ${what} while you had it open, so nothing was saved. Save again to have it as it stands below.`,
  },
});

type Fields = v.ObjectSchema<v.ObjectEntries, undefined>;
export type Parsed<S extends Fields> =
  | { ok: true; values: v.InferOutput<S>; form: FormState }
  | { ok: false; form: FormState };

/**
 * Reads a POSTed form by a valibot `object`. Whatever is missing reads as '', except `optional` fields (an unchecked
 * box); an `array` field gathers all of its name. What does not fit comes back in `form`, with everything typed kept:
 *
 *     const parsed = await parseForm(c, v.object({ code: v.pipe(v.string(), v.trim(), v.nonEmpty('Give the coupon a code.')) }));
 *     if (!parsed.ok) return render(c, <CouponPage {...pageFor(c)} form={parsed.form} />, 422);
 *
 * What only the ledger can refuse is said with `withErrors(parsed.form, { code: '…' })`.
 */
export async function parseForm<S extends Fields>(c: OfficeContext, schema: S): Promise<Parsed<S>> {
  const posted = await c.req.formData().catch(() => new FormData());
  const read = (name: string) => posted.getAll(name).filter((value) => typeof value === 'string');

  const input: Record<string, unknown> = {};
  const values: Record<string, string> = {};
  for (const [name, field] of Object.entries(schema.entries)) {
    const all = read(name);
    input[name] = isArray(field) ? all : (all.at(-1) ?? (field.type === 'optional' ? undefined : ''));
    // A password typed wrongly is typed again.
    if (all.length > 0 && !/password/i.test(name)) values[name] = all.join(',');
  }

  const result = v.safeParse(schema, input);
  if (result.success) return { ok: true, values: result.output, form: { values, errors: {} } };
  const errors: Record<string, string> = {};
  for (const issue of result.issues) errors[String(issue.path?.[0]?.key ?? '')] ??= issue.message;
  return { ok: false, form: { values, errors } };
}

/** The same form with more said beside its fields; the name '' is for what concerns all of it. */
export const withErrors = (form: FormState, errors: Record<string, string>): FormState => ({
  values: form.values,
  errors: { ...form.errors, ...errors },
});

const isArray = (field: { type: string; wrapped?: { type: string } }) =>
  field.type === 'array' || field.wrapped?.type === 'array';

/** A password that is being chosen. */
export const NewPassword = v.pipe(
  v.string(),
  v.minLength(PASSWORD_LENGTH_MIN, `Choose a password of at least ${PASSWORD_LENGTH_MIN} characters.`),
  v.maxLength(PASSWORD_LENGTH_MAX, `Shorten the password to ${PASSWORD_LENGTH_MAX} characters.`),
);

/** A person's name. */
export const PersonName = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty('Type the name.'),
  v.maxLength(100, 'Shorten the name to 100 characters.'),
);

/** An e-mail address to sign in with, in lower case. */
export const Email = v.pipe(
  v.string(),
  v.trim(),
  v.toLowerCase(),
  v.nonEmpty('Type the e-mail address.'),
  v.email('This is not a whole e-mail address: name@example.com'),
  v.maxLength(254, 'This e-mail address is too long.'),
);

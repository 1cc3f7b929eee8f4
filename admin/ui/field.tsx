import type { ComponentChildren, JSX } from 'preact';
import type { FormState } from '../form.ts';

type FieldProps = {
  form: FormState;
  name: string;
  label: string;
  /** What helps to fill it in; stays visible while typing. */
  hint?: ComponentChildren;
};

const ids = (name: string) => ({ input: `field-${name}`, hint: `hint-${name}`, error: `error-${name}` });

/** What ties a control to its label, hint and error, and fills in what was typed. */
function tied({ form, name, hint }: Omit<FieldProps, 'label'>) {
  const id = ids(name);
  const error = form.errors[name];
  const described = [error && id.error, hint && id.hint].filter(Boolean).join(' ');
  return {
    id: id.input,
    name,
    'aria-invalid': error ? ('true' as const) : undefined,
    'aria-describedby': described || undefined,
  };
}

function Around({
  form,
  name,
  label,
  hint,
  children,
  wide,
}: FieldProps & { children: ComponentChildren; wide?: boolean }) {
  const id = ids(name);
  const error = form.errors[name];
  return (
    <div class={wide ? 'field field-wide' : 'field'}>
      <label for={id.input}>{label}</label>
      {children}
      {error && (
        <p class="field-error" id={id.error}>
          {error}
        </p>
      )}
      {hint && (
        <p class="field-hint" id={id.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}

type TextProps = FieldProps & {
  type?: 'text' | 'email' | 'password' | 'number' | 'date' | 'time' | 'search' | 'url';
  /** Suggestions, as a datalist. */
  suggestions?: string[];
  /** Asked as it is typed: a GET of this address with `?<name>=<value>` answers with the part to be shown under the field. */
  check?: string;
  /** Other fields of the form that the check needs, by name: "date shop". */
  checkWith?: string;
  /** Stands before or after the control, in the same box: a currency, a percent sign. */
  before?: string;
  after?: string;
} & Pick<
    JSX.IntrinsicElements['input'],
    | 'autocomplete'
    | 'inputMode'
    | 'required'
    | 'placeholder'
    | 'min'
    | 'max'
    | 'step'
    | 'maxLength'
    | 'autofocus'
    | 'spellcheck'
  >;

/** One line to type: text, e-mail, password, number or date. A password is never filled in again. */
export function TextField({
  type = 'text',
  suggestions,
  check,
  checkWith,
  before,
  after,
  form,
  name,
  label,
  hint,
  ...rest
}: TextProps) {
  const field = tied({ form, name, hint });
  const listId = suggestions && `list-${name}`;
  const attributes = {
    ...rest,
    ...field,
    type,
    list: listId,
    value: type === 'password' ? undefined : form.values[name],
    'data-check': check,
    'data-check-with': checkWith,
  } as JSX.IntrinsicElements['input'];
  return (
    <Around form={form} name={name} label={label} hint={hint}>
      <div class="control">
        {before && <span class="affix">{before}</span>}
        <input {...attributes} />
        {after && <span class="affix">{after}</span>}
      </div>
      {suggestions && (
        <datalist id={listId}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
      {check && <div class="field-check" data-check-for={field.id} aria-live="polite" />}
    </Around>
  );
}

export type Option = { value: string | number; label: string };

/** One of a list. `none` is the label of the empty first choice ("None", "All campaigns"). */
export function SelectField({ options, none, ...props }: FieldProps & { options: Option[]; none?: string }) {
  const chosen = props.form.values[props.name] ?? '';
  return (
    <Around {...props}>
      <div class="control">
        <select {...tied(props)}>
          {none !== undefined && <option value="">{none}</option>}
          {options.map(({ value, label }) => (
            <option key={value} value={value} selected={String(value) === chosen}>
              {label}
            </option>
          ))}
        </select>
      </div>
    </Around>
  );
}

/** Several lines to type. */
export function TextareaField({ rows = 4, ...props }: FieldProps & { rows?: number }) {
  return (
    <Around {...props} wide>
      <div class="control">
        <textarea {...tied(props)} rows={rows} value={props.form.values[props.name]} />
      </div>
    </Around>
  );
}

/** Yes or no. Unchecked, the browser posts nothing: read it with `v.optional(v.literal('on'))`. */
export function CheckboxField({ form, name, label, hint }: FieldProps) {
  const id = ids(name);
  return (
    <div class="field field-box">
      <input type="checkbox" {...tied({ form, name, hint })} checked={form.values[name] === 'on'} />
      <label for={id.input}>{label}</label>
      {form.errors[name] && (
        <p class="field-error" id={id.error}>
          {form.errors[name]}
        </p>
      )}
      {hint && (
        <p class="field-hint" id={id.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}

type FormProps = {
  form: FormState;
  action: string;
  /** The words on the primary button. */
  submit: string;
  cancelHref?: string;
  /** `multipart/form-data` for a form with a file. */
  enctype?: 'multipart/form-data';
  /** Leaves the focus where it is when the form comes back; for a page that shows more than this form. */
  still?: boolean;
  children: ComponentChildren;
};

/** A form that POSTs, with all of its errors listed at the top and linked to their fields when it comes back. */
export function Form({ form, action, submit, cancelHref, enctype, still = false, children }: FormProps) {
  return (
    <form class="form" method="post" action={action} enctype={enctype} novalidate>
      <ErrorSummary form={form} focus={!still} />
      {form.values.seen !== undefined && <input type="hidden" name="seen" value={form.values.seen} />}
      <div class="fields">{children}</div>
      <div class="form-end">
        <button type="submit" class="button">
          {submit}
        </button>
        {cancelHref && (
          <a class="button button-quiet" href={cancelHref}>
            Cancel
          </a>
        )}
      </div>
    </form>
  );
}

export function ErrorSummary({ form, focus }: { form: FormState; focus: boolean }) {
  const errors = Object.entries(form.errors);
  if (errors.length === 0) return null;
  return (
    <div class="note note-bad summary" role="alert" tabIndex={-1} autofocus={focus}>
      <p>{errors.length === 1 ? 'One thing is not right yet:' : `${errors.length} things are not right yet:`}</p>
      <ul>
        {errors.map(([name, error]) => (
          <li key={name}>{name === '' ? error : <a href={`#field-${name}`}>{error}</a>}</li>
        ))}
      </ul>
    </div>
  );
}

import type { ComponentChildren } from 'preact';
import type { FormState } from '../form.ts';

export type Choice = {
  value: string;
  label: string;
  hint?: string;
  /** Fields that matter with this choice only: seen while it is chosen, without any script. */
  more?: ComponentChildren;
};

type ChoiceProps = { form: FormState; name: string; label: string; choices: Choice[] };

/** One of a few, all of them on view, each with what it means. */
export function ChoiceField({ form, name, label, choices }: ChoiceProps) {
  const error = form.errors[name];
  const errorId = `error-${name}`;
  return (
    <fieldset class="picks" id={`field-${name}`} tabIndex={-1} aria-describedby={error && errorId}>
      <legend>{label}</legend>
      {error && (
        <p class="field-error" id={errorId}>
          {error}
        </p>
      )}
      {choices.map(({ value, label: words, hint, more }) => {
        const id = `choice-${name}-${value.replaceAll(' ', '-')}`;
        return (
          <div class="pick" key={value}>
            <input
              type="radio"
              id={id}
              name={name}
              value={value}
              checked={form.values[name] === value}
              aria-describedby={hint && `${id}-hint`}
            />
            <label for={id}>{words}</label>
            {hint && (
              <p class="field-hint" id={`${id}-hint`}>
                {hint}
              </p>
            )}
            {more && <div class="pick-more">{more}</div>}
          </div>
        );
      })}
    </fieldset>
  );
}

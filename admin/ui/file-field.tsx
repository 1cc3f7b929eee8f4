import type { ComponentChildren } from 'preact';
import type { FormState } from '../form.ts';

type FileFieldProps = {
  form: FormState;
  name: string;
  label: string;
  hint: ComponentChildren;
  /** As the browser's dialog filters: ".csv". */
  accept: string;
};

/** A file to choose. A browser never fills it in again. */
export function FileField({ form, name, label, hint, accept }: FileFieldProps) {
  const error = form.errors[name];
  return (
    <div class="field field-wide">
      <label for={`field-${name}`}>{label}</label>
      <input
        type="file"
        id={`field-${name}`}
        name={name}
        accept={accept}
        required
        aria-invalid={error ? 'true' : undefined}
        aria-describedby={[error && `error-${name}`, `hint-${name}`].filter(Boolean).join(' ')}
      />
      {error && (
        <p class="field-error" id={`error-${name}`}>
          {error}
        </p>
      )}
      <p class="field-hint" id={`hint-${name}`}>
        {hint}
      </p>
    </div>
  );
}

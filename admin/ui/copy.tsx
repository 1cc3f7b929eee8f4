import { Icon } from './icon.tsx';

type CopyProps = {
  /** What is copied. */
  text: string;
  /** What it is: "Coupon SUMMER10", "Tracking code". */
  label: string;
  /** Several lines: a tag to paste. */
  block?: boolean;
};

/** Text to take away: a field to select by hand, and where scripts run, a button that copies it. */
export function Copy({ text, label, block }: CopyProps) {
  return (
    <div class={block ? 'copy copy-block' : 'copy'}>
      {block ? (
        <textarea
          readonly
          aria-label={label}
          rows={Math.max(3, text.split('\n').length)}
          value={text}
          spellcheck={false}
        />
      ) : (
        <input readonly aria-label={label} value={text} />
      )}
      <CopyButton text={text} label={label} />
    </div>
  );
}

/** The button alone, for where the text already stands on the page (a ticket). Hidden until a script can serve it. */
export function CopyButton({ text, label }: Omit<CopyProps, 'block'>) {
  return (
    <button type="button" class="button button-quiet button-small" data-copy={text} aria-label={`Copy ${label}`} hidden>
      <Icon name="copy" />
      <span data-copy-said aria-live="polite">
        Copy
      </span>
    </button>
  );
}

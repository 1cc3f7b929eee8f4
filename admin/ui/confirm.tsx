import type { ComponentChildren } from 'preact';

type ConfirmProps = {
  /** Where the POST goes. */
  action: string;
  /** What the button says: "Delete 3 coupons". */
  verb: string;
  cancelHref: string;
  /** Posted along: the ids of what was checked. */
  hidden?: [name: string, value: string | number][];
  /** What will happen, and what will not. */
  children: ComponentChildren;
};

/** Asks before something is destroyed, and names it. A page of its own, so that it needs no script. */
export function Confirm({ action, verb, cancelHref, hidden = [], children }: ConfirmProps) {
  return (
    <form class="confirm" method="post" action={action}>
      <div class="confirm-words">{children}</div>
      {hidden.map(([name, value]) => (
        <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
      ))}
      <div class="form-end">
        <button type="submit" class="button button-danger">
          {verb}
        </button>
        <a class="button button-quiet" href={cancelHref}>
          Cancel
        </a>
      </div>
    </form>
  );
}

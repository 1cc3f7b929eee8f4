import type { ComponentChildren } from 'preact';

type ProgressProps = {
  /** What is going on: "Checking the file". */
  label: string;
  done: number;
  total: number;
  /** Said under the bar; the island goes on saying it. */
  children?: ComponentChildren;
  hidden?: boolean;
};

/** How far something has got, and in words. */
export function Progress({ label, done, total, children, hidden }: ProgressProps) {
  return (
    <div class="progress" hidden={hidden} data-progress>
      <progress aria-label={label} max={Math.max(total, 1)} value={Math.min(done, Math.max(total, 1))} />
      <p class="quiet" data-progress-text aria-live="polite">
        {children}
      </p>
    </div>
  );
}

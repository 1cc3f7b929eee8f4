import type { ComponentChildren } from 'preact';

/** A part that keeps itself fresh where scripts run: `href` answers with the same children, by `renderPart`. */
export function Live({
  href,
  everySeconds = 5,
  children,
}: {
  href: string;
  everySeconds?: number;
  children: ComponentChildren;
}) {
  return (
    <div data-live={href} data-live-every={everySeconds} aria-live="polite">
      {children}
    </div>
  );
}

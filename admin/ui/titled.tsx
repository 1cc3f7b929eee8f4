import type { ComponentChildren } from 'preact';

/** A titled part of a page whose content has a sheet of its own already: a table. */
export function Titled({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section class="titled">
      <div class="sheet-head">
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

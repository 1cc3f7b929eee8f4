import type { ComponentChildren } from 'preact';

/** A number that matters, leading to the lines it adds up. `value` is a string or <Money>s, one for each currency. */
export function Figure({
  label,
  value,
  note,
  href,
}: {
  label: string;
  value: ComponentChildren;
  note?: ComponentChildren;
  href: string;
}) {
  return (
    <a class="figure" href={href}>
      <span class="figure-label">{label}</span>
      <span class="figure-value">{value}</span>
      {note && <span class="figure-note">{note}</span>}
    </a>
  );
}

/** Figures side by side. */
export function Figures({ children }: { children: ComponentChildren }) {
  return <div class="figures">{children}</div>;
}

/** A titled part of a page, on its own sheet. */
export function Sheet({
  title,
  aside,
  children,
}: {
  title?: string;
  aside?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section class="sheet">
      {(title || aside) && (
        <div class="sheet-head">
          {title && <h2>{title}</h2>}
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}

/** Names and values of one thing: a sale's order, coupon, day. */
export function Facts({ facts }: { facts: [name: string, value: ComponentChildren][] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

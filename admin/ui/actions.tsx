import type { ComponentChildren } from 'preact';
import { Icon } from './icon.tsx';

/** An address to go to, or a way to send the checked rows: `get` to a page that asks first, `post` to do it at once. */
export type Action = { label: string; danger?: boolean } & (
  | { href: string }
  | { send: string; method: 'get' | 'post' }
);

/** "Actions" at the bottom of a table. Stands inside the <Selection> around the table, whose checked rows it sends. */
export function Actions({ actions }: { actions: Action[] }) {
  return (
    <details class="actions" data-menu>
      <summary class="button button-quiet">Actions</summary>
      <ul>
        {actions.map((action) => (
          <li key={action.label}>
            {'href' in action ? (
              <a href={action.href}>{action.label}</a>
            ) : (
              <button
                type="submit"
                class={action.danger ? 'is-danger' : undefined}
                formaction={action.send}
                formmethod={action.method}
              >
                {action.label}
              </button>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The form around a table with checkboxes, its <Actions> and its <Pager>. */
export function Selection({ children }: { children: ComponentChildren }) {
  return (
    <form class="selection" method="get">
      {children}
    </form>
  );
}

/** Actions and pager side by side under a table. */
export function TableEnd({ children }: { children: ComponentChildren }) {
  return <div class="table-end">{children}</div>;
}

/** Search and filters above a table: a GET form, so that each view has an address. Put fields or <FilterSelect>s inside. */
export function Filters({ action, children }: { action: string; children: ComponentChildren }) {
  return (
    <search>
      <form class="filters" method="get" action={action}>
        {children}
        <button type="submit" class="button button-quiet">
          <Icon name="search" />
          Show
        </button>
      </form>
    </search>
  );
}

export function FilterSearch({
  value,
  label = 'Search',
  name = 'q',
}: {
  value: string;
  label?: string;
  name?: string;
}) {
  return (
    <label class="filter filter-search">
      <span>{label}</span>
      <input type="search" name={name} value={value} />
    </label>
  );
}

type FilterSelectProps = {
  name: string;
  label: string;
  value: string;
  none: string;
  options: { value: string | number; label: string }[];
};

export function FilterSelect({ name, label, value, none, options }: FilterSelectProps) {
  return (
    <label class="filter">
      <span>{label}</span>
      <select name={name}>
        <option value="">{none}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={String(option.value) === value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A link that is an icon, at the end of a row: "Edit SUMMER10", "Delete SUMMER10". */
export function RowTool({
  icon,
  label,
  href,
  danger,
}: {
  icon: 'pencil' | 'trash' | 'right';
  label: string;
  href: string;
  danger?: boolean;
}) {
  return (
    <a class={danger ? 'row-tool is-danger' : 'row-tool'} href={href} aria-label={label} title={label}>
      <Icon name={icon} />
    </a>
  );
}

/** One of a few views of the same page, each with its address: the last 30 or 90 days. */
export function Choices({
  label,
  choices,
}: {
  label: string;
  choices: { label: string; href: string; current: boolean }[];
}) {
  return (
    <nav class="choices" aria-label={label}>
      {choices.map((choice) => (
        <a key={choice.href} href={choice.href} aria-current={choice.current ? 'true' : undefined}>
          {choice.label}
        </a>
      ))}
    </nav>
  );
}

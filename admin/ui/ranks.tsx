import type { ComponentChildren } from 'preact';

export type Rank = { id: number; name: ComponentChildren; note: ComponentChildren; value: ComponentChildren };

/** The first few of something, in their order: who or what, a quiet note, and the figure it is ordered by. */
export function Ranks({ ranks }: { ranks: Rank[] }) {
  return (
    <ol class="ranks">
      {ranks.map(({ id, name, note, value }) => (
        <li key={id}>
          <span class="rank-name">{name}</span>
          <span class="rank-note">{note}</span>
          <span class="rank-value">{value}</span>
        </li>
      ))}
    </ol>
  );
}

/** Sheets beside each other where there is room. */
export function Beside({ children }: { children: ComponentChildren }) {
  return <div class="beside">{children}</div>;
}

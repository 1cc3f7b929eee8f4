import { withQuery } from './table.tsx';

/** A list as a CSV file, with the filters that it is shown with. */
export function ExportLink({ path, query }: { path: string; query: Record<string, string> }) {
  return (
    <a class="button button-quiet" href={withQuery(`${path}.csv`, query, {})} download>
      Export CSV
    </a>
  );
}

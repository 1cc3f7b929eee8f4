/** A day among the <Filters> above a table; its value is an ISO date, or '' for any. */
export function FilterDay({ name, label, value }: { name: string; label: string; value: string }) {
  return (
    <label class="filter">
      <span>{label}</span>
      <input type="date" name={name} value={value} />
    </label>
  );
}

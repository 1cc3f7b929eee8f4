import { Choices } from './actions.tsx';

/** The choice between the last 30 and the last 90 days. */
export function PeriodChoice({ path, days }: { path: string; days: 30 | 90 }) {
  const choice = (of: 30 | 90) => ({ label: `${of} days`, href: `${path}?days=${of}`, current: days === of });
  return <Choices label="Period" choices={[choice(30), choice(90)]} />;
}

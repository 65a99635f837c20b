import { useOpenAlerts } from '../api/queries.ts';

const most = 99;

/** How many alerts are open, beside the way to them; nothing where there is none. */
export function OpenCount() {
  const { data } = useOpenAlerts();
  if (data === undefined || data.length === 0) return null;
  return (
    <span className="open-count">
      {data.length > most ? `${most}+` : data.length}
      <span className="sr-only"> open</span>
    </span>
  );
}

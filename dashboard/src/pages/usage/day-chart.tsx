import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { useTheme } from '../../layout/theme.ts';
import type { DayCount } from '../../rules/daily-usage.ts';
import { formatDate, formatNumber } from '../../rules/formats.ts';
import type { ChartLook } from './draw-days.ts';

interface DayChartProps {
  readonly counts: readonly DayCount[];
  /** What it shows, in a sentence: for whoever does not see it. */
  readonly description: string;
}

const darkScheme = window.matchMedia('(prefers-color-scheme: dark)');
const nameOf = (day: string) => formatDate(day, Date.parse(day));

/** Requests by day: as bars, and as a table that says the same. Without the chart's code the table is there all the same. */
export function DayChart({ counts, description }: DayChartProps) {
  const [isFailed, setIsFailed] = useState(false);
  const colours = useColours();
  const fail = useCallback(() => setIsFailed(true), []);
  const past = counts.filter(({ stands }) => stands !== 'ahead');
  return (
    <>
      {isFailed ? (
        <p className="soft">The chart could not be loaded. The table says the same.</p>
      ) : (
        // Drawn anew in other colours.
        <Drawing key={colours} counts={counts} description={description} onFailed={fail} />
      )}
      <details className="day-table" open={isFailed ? true : undefined}>
        <summary>The same as a table</summary>
        <DataTable caption={description} columns={columns} rows={past} keyOf={({ day }) => day} />
      </details>
    </>
  );
}

function Drawing({ counts, description, onFailed }: DayChartProps & { readonly onFailed: () => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let drawn: { remove(): void } | undefined;
    let isGone = false;
    import('./draw-days.ts')
      .then(({ drawDays }) => {
        if (!isGone && canvas.current !== null)
          drawn = drawDays(canvas.current, counts, nameOf, lookOf(canvas.current));
      })
      .catch(onFailed);
    return () => {
      isGone = true;
      drawn?.remove();
    };
  }, [counts, onFailed]);
  return (
    <div className="day-chart">
      <canvas ref={canvas} role="img" aria-label={`${description}; the table below says the same`} />
    </div>
  );
}

const columns: readonly Column<DayCount>[] = [
  {
    title: 'Day (UTC)',
    isHeading: true,
    cell: ({ day, stands }) => (
      <>
        <time dateTime={day}>{nameOf(day)}</time>
        {stands === 'part' && <span className="soft"> so far</span>}
      </>
    ),
  },
  { title: 'Requests', isNumber: true, cell: ({ requests }) => formatNumber(requests) },
];

/** Which set of design tokens holds. */
function useColours(): 'light' | 'dark' {
  const theme = useTheme();
  const isDark = useSyncExternalStore(followScheme, () => darkScheme.matches);
  if (theme !== 'system') return theme;
  return isDark ? 'dark' : 'light';
}

function followScheme(listener: () => void): () => void {
  darkScheme.addEventListener('change', listener);
  return () => darkScheme.removeEventListener('change', listener);
}

/** A token's own value may depend on the scheme; as the colour of an element it is the one that holds. */
function lookOf(element: HTMLElement): ChartLook {
  const styles = getComputedStyle(element);
  const colour = (token: string) => {
    element.style.color = `var(${token})`;
    return styles.color;
  };
  const look = {
    ink: colour('--ink'),
    soft: colour('--soft'),
    line: colour('--line'),
    card: colour('--card'),
    accent: colour('--accent'),
    accentTint: colour('--accent-tint'),
    font: styles.getPropertyValue('--sans').trim(),
  };
  element.style.color = '';
  return look;
}

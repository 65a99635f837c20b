import { BarController, BarElement, CategoryScale, Chart, LinearScale, Tooltip } from 'chart.js';
import type { DayCount } from '../../rules/daily-usage.ts';
import { formatCount, formatNumber } from '../../rules/formats.ts';

/** The part of the page that needs the chart library: loaded after everything else. */

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

/** Of the design tokens, as they are now. */
export interface ChartLook {
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly card: string;
  readonly accent: string;
  readonly accentTint: string;
  readonly font: string;
}

export interface DrawnDays {
  remove(): void;
}

/** Bars for days; today's is an outline, for it still grows. Nothing moves. @param nameOf a day as people say it */
export function drawDays(
  canvas: HTMLCanvasElement,
  counts: readonly DayCount[],
  nameOf: (day: string) => string,
  look: ChartLook,
): DrawnDays {
  const isPart = counts.map(({ stands }) => stands === 'part');
  const fill = counts.map(({ requests, stands }) => {
    if (requests === 0) return 'transparent';
    return stands === 'part' ? look.accentTint : look.accent;
  });
  const font = { family: look.font, size: 13 };
  const chart = new Chart(canvas, {
    type: 'bar',
    data: {
      labels: counts.map(({ day }) => String(Number(day.slice(8)))),
      datasets: [
        {
          data: counts.map(({ requests }) => requests),
          backgroundColor: fill,
          hoverBackgroundColor: fill,
          borderColor: look.accent,
          borderWidth: counts.map(({ requests }, index) =>
            requests > 0 && isPart[index] === true ? 1.5 : 0,
          ),
          borderRadius: 3,
          maxBarThickness: 26,
          categoryPercentage: 0.86,
          barPercentage: 0.9,
          // Few requests beside many are some all the same.
          minBarLength: 2,
        },
      ],
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: {
          grid: { display: false },
          border: { color: look.line },
          ticks: { color: look.soft, font, maxRotation: 0, autoSkipPadding: 10 },
        },
        y: {
          beginAtZero: true,
          suggestedMax: 5,
          grid: { color: look.line },
          border: { display: false },
          ticks: {
            color: look.soft,
            font,
            precision: 0,
            maxTicksLimit: 5,
            callback: (value) => formatNumber(Number(value)),
          },
        },
      },
      plugins: {
        tooltip: {
          displayColors: false,
          backgroundColor: look.ink,
          titleColor: look.card,
          bodyColor: look.card,
          titleFont: { ...font, weight: 600 },
          bodyFont: font,
          padding: 10,
          cornerRadius: 6,
          filter: ({ dataIndex }) => counts[dataIndex]?.stands !== 'ahead',
          callbacks: {
            title: ([item]) => titleOf(counts[item?.dataIndex ?? 0], nameOf),
            label: ({ raw }) => formatCount(Number(raw), 'request'),
          },
        },
      },
    },
  });
  return { remove: () => chart.destroy() };
}

function titleOf(count: DayCount | undefined, nameOf: (day: string) => string): string {
  if (count === undefined) return '';
  return count.stands === 'part' ? `${nameOf(count.day)}, so far` : nameOf(count.day);
}
